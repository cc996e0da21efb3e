"""Every kind of write against a real sandbox: once, looked at, and in the ledger."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from lib.models import Address, Details, NotAllowed, Operator
from lib.platform.errors import NotFound
from lib.records.operations import AlreadyOpen
from lib.work.writes import Writes
from tests.work.conftest import ERASER, Room

ANNA = "anna.mueller@example.com"
HOME = Address(name="Anna", address_line_1="1 Long Lane", postcode="AB1 2CD", city="Leeds", country="GB")


def test_an_amendment_is_sent_once_checked_and_told_to_the_directory(room: Room) -> None:
    cust_id = room.person(ANNA)
    before = room.api.customer(cust_id).value.details
    wanted = replace(before, email="anna@new.example")
    operation = room.writes.amend(cust_id, before, wanted, operator=ERASER, token="t1")
    settled = room.writes.wait(operation.operation_id, 10)
    assert (settled.state, settled.operator) == ("done", "ana")
    assert settled.intent_at <= settled.sent_at <= settled.settled_at  # type: ignore[operator]
    assert room.seen("/customer/update") == 1
    assert room.api.customer(cust_id).value.details == wanted
    assert [m.entry.cust_id for m in room.directory.find("anna@new").matches] == [cust_id]


def test_the_same_form_twice_is_one_write(room: Room) -> None:
    cust_id = room.person(ANNA)
    before = room.api.customer(cust_id).value.details
    wanted = replace(before, surname="Moeller")
    found = set()
    barrier = threading.Barrier(8)

    def press() -> None:
        barrier.wait()
        found.add(room.writes.amend(cust_id, before, wanted, operator=ERASER, token="one form").operation_id)

    presses = [threading.Thread(target=press) for _ in range(8)]
    [p.start() for p in presses]
    [p.join() for p in presses]
    (key,) = found
    assert room.writes.wait(key, 10).state == "done"
    assert room.seen("/customer/update") == 1


def test_a_customer_who_changed_meanwhile_is_a_conflict_and_nothing_is_sent(room: Room) -> None:
    cust_id = room.person(ANNA)
    before = room.api.customer(cust_id).value.details
    room.api.amend_customer(cust_id, replace(before, forename="Annette"))
    operation = room.writes.amend(cust_id, before, replace(before, surname="X"), operator=ERASER, token="t")
    settled = room.writes.wait(operation.operation_id, 10)
    assert settled.state == "conflict"
    assert settled.found == {**before.to_json(), "forename": "Annette"}
    assert room.seen("/customer/update") == 1  # the other's


def test_what_is_there_already_is_not_sent(room: Room) -> None:
    cust_id = room.person(ANNA)
    before = room.api.customer(cust_id).value.details
    operation = room.writes.amend(cust_id, before, before, operator=ERASER, token="t")
    assert room.writes.wait(operation.operation_id, 10).state == "same"
    assert room.seen("/customer/update") == 0


def test_a_refusal_is_kept_with_its_fields(room: Room) -> None:
    cust_id = room.person(ANNA)
    before = room.api.customer(cust_id).value.details
    operation = room.writes.amend(cust_id, before, replace(before, email="no at"), operator=ERASER, token="t")
    settled = room.writes.wait(operation.operation_id, 10)
    assert settled.state == "refused"
    assert "email" in (settled.found or {})["fields"]


def test_a_new_customer_is_looked_at_and_known(room: Room) -> None:
    details = Details("Nova", "Stern", "nova@stern.example")
    operation = room.writes.create(details, operator=ERASER, token="t")
    settled = room.writes.wait(operation.operation_id, 10)
    assert settled.state == "done"
    assert room.sandbox.customer(settled.cust_id)["email"] == "nova@stern.example"  # type: ignore[index]
    assert room.directory.with_email("NOVA@stern.example")[0].cust_id == settled.cust_id
    assert room.ledger.of_customer(settled.cust_id)[0].kind == "create"


def test_an_address_is_added_amended_and_removed(room: Room) -> None:
    cust_id = room.person("ingrid.nystrom@example.org")
    added = room.writes.add_address(cust_id, HOME, operator=ERASER, token="a")
    assert room.writes.wait(added.operation_id, 10).state == "done"
    (saved,) = room.api.addresses(cust_id).value
    assert saved.same_place(HOME)
    moved = replace(saved, city="York", phone_number="0123")
    changed = room.writes.amend_address(cust_id, saved, moved, operator=ERASER, token="b")
    assert room.writes.wait(changed.operation_id, 10).state == "done"
    assert room.api.addresses(cust_id).value == (moved,)
    stale = room.writes.remove_address(cust_id, saved, operator=ERASER, token="c")
    assert room.writes.wait(stale.operation_id, 10).state == "conflict"
    assert room.seen("/address/delete") == 0
    removed = room.writes.remove_address(cust_id, moved, operator=ERASER, token="d")
    assert room.writes.wait(removed.operation_id, 10).state == "done"
    assert room.sandbox.addresses(cust_id) == []


def erase(room: Room, cust_id: str, token: str = "e") -> str:
    shown = room.api.customer(cust_id).value.details
    operation = room.writes.erase(
        cust_id, shown, counts={"orders": 1}, reason="Duplicate", note="n", operator=ERASER, token=token
    )
    return operation.operation_id


def test_an_erasure_is_sent_only_once_and_reaches_everything(room: Room) -> None:
    cust_id, other = room.person(ANNA), room.person("grace.freeman@example.org")
    for known in (cust_id, other):
        room.directory.saw(room.api.customer(known).value, "opened")
    before = room.api.customer(cust_id).value.details
    amended = room.writes.amend(cust_id, before, replace(before, surname="Canary"), operator=ERASER, token="c")
    assert room.writes.wait(amended.operation_id, 10).state == "done"
    assert room.directory.find("canary").matches
    assert "Canary" in str(room.ledger.of_customer(cust_id))
    key = erase(room, cust_id)
    settled = room.writes.wait(key, 10)
    assert settled.state == "done"
    assert len(settled.looks) == 2
    assert room.seen("/customer/delete") == 1
    assert room.sandbox.customer(cust_id) is None
    assert not room.directory.find("canary").matches
    assert room.directory.entry(cust_id) is None
    trail = room.ledger.of_customer(cust_id)
    assert [o.kind for o in trail] == ["erase", "amend"]
    assert "Canary" not in str(trail)
    assert cust_id not in str(trail)
    assert trail[0].reason == "Duplicate"
    assert trail[0].counts == {"orders": 1}
    with pytest.raises(NotFound):
        room.api.customer(cust_id)


def test_an_erased_customer_is_not_brought_back_by_a_late_answer(room: Room) -> None:
    cust_id = room.person(ANNA)
    room.directory.saw(room.api.customer(room.person("grace.freeman@example.org")).value, "opened")
    late = room.api.customer(cust_id).value
    assert room.directory.saw(late, "opened")
    room.writes.wait(erase(room, cust_id), 10)
    assert not room.directory.saw(late, "opened")
    assert room.directory.entry(cust_id) is None


def test_a_second_write_on_the_same_customer_waits_for_the_first(room: Room) -> None:
    cust_id = room.person(ANNA)
    held, _ = room.ledger.intend("amend", token="theirs", operator="ben", cust_id=cust_id)
    with pytest.raises(AlreadyOpen) as other:
        erase(room, cust_id)
    assert other.value.operation.operation_id == held.operation_id
    assert room.seen("/customer/delete") == 0


@pytest.mark.parametrize("role", ["viewer", "editor", ""])
def test_only_an_eraser_erases(room: Room, role: str) -> None:
    cust_id = room.person(ANNA)
    shown = room.api.customer(cust_id).value.details
    with pytest.raises(NotAllowed):
        room.writes.erase(cust_id, shown, counts={}, reason="x", operator=Operator("v", role), token="t")
    assert room.ledger.newest() == []


@pytest.mark.parametrize("role", ["viewer", ""])
def test_a_viewer_writes_nothing(room: Room, role: str) -> None:
    who, cust_id = Operator("v", role), room.person(ANNA)
    shown = room.api.customer(cust_id).value.details
    for write in (
        lambda: room.writes.amend(cust_id, shown, shown, operator=who, token="1"),
        lambda: room.writes.create(shown, operator=who, token="2"),
        lambda: room.writes.add_address(cust_id, HOME, operator=who, token="3"),
        lambda: room.writes.amend_address(cust_id, HOME, HOME, operator=who, token="4"),
        lambda: room.writes.remove_address(cust_id, HOME, operator=who, token="5"),
    ):
        with pytest.raises(NotAllowed):
            write()
    assert room.ledger.newest() == []


def test_a_platform_that_is_away_means_not_sent(room: Room) -> None:
    cust_id = room.person(ANNA)
    shown = room.api.customer(cust_id).value.details
    room.sandbox.stop()
    operation = room.writes.amend(cust_id, shown, replace(shown, surname="X"), operator=ERASER, token="t")
    settled = room.writes.wait(operation.operation_id, 30)
    assert settled.state == "not_sent"
    assert settled.sent_at is None


def test_a_restart_looks_for_what_was_sent_and_sends_nothing(room: Room) -> None:
    cust_id, other = room.person(ANNA), room.person("grace.freeman@example.org")
    room.directory.saw(room.api.customer(other).value, "opened")
    details = room.api.customer(cust_id).value.details
    sent, _ = room.ledger.intend("erase", token="1", operator="ana", cust_id=cust_id, before=details.to_json())
    room.ledger.mark_sent(sent.operation_id)
    room.api.erase_customer(cust_id)
    unsent, _ = room.ledger.intend("amend", token="2", operator="ana", cust_id=other)
    deletes = room.seen("/customer/delete")
    again = Writes(room.api, room.directory, room.ledger, sleep=lambda _seconds: None)
    again.settle_left_over()
    again.drain()
    assert room.ledger.get(unsent.operation_id).state == "not_sent"
    assert room.ledger.get(sent.operation_id).state == "done"
    assert room.seen("/customer/delete") == deletes
    assert room.directory.buried(cust_id)


def test_draining_lets_a_write_reach_its_outcome(room: Room) -> None:
    cust_id = room.person(ANNA)
    before = room.api.customer(cust_id).value.details
    operation = room.writes.amend(cust_id, before, replace(before, surname="Z"), operator=ERASER, token="t")
    room.writes.drain()
    assert room.ledger.get(operation.operation_id).state == "done"
