"""An erasure is settled only when it is whole: at the platform, and in everything that the desk keeps."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from lib.models import Address, Details, NotAllowed, Operator
from lib.platform.errors import NotFound, OutcomeUnknown
from lib.records.operations import AlreadyOpen
from lib.work.access import everything
from lib.work.writes import Writes
from tests.work.conftest import ERASER, Room

ANNA, GRACE = "anna.mueller@example.com", "grace.freeman@example.org"


def erase(room: Room, cust_id: str, *, reason: str = "Duplicate", note: str = "") -> str:
    shown = room.api.customer(cust_id).value.details
    asked = room.writes.erase(
        cust_id, shown, counts={"orders": 1}, reason=reason, note=note, operator=ERASER, token="e"
    )
    return room.writes.wait(asked.operation_id, 20).state


def known(room: Room, *emails: str) -> list[str]:
    ids = [room.person(email) for email in emails]
    for cust_id in ids:
        room.directory.saw(room.api.customer(cust_id).value, "opened")
    return ids


def test_a_failure_while_forgetting_leaves_the_erasure_open_and_a_restart_ends_it(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    cust_id, _ = known(room, ANNA, GRACE)
    with monkeypatch.context() as broken:
        broken.setattr(room.directory, "forget", lambda _cust_id: (_ for _ in ()).throw(RuntimeError("disk full")))
        assert erase(room, cust_id) == "unknown"
    assert room.directory.entry(cust_id)
    again = Writes(room.api, room.directory, room.ledger, sleep=lambda _seconds: None)
    again.settle_left_over()
    again.drain()
    (trail,) = room.ledger.of_customer(cust_id)
    assert trail.state == "done"
    assert trail.before is None
    assert room.directory.entry(cust_id) is None
    assert room.directory.buried(cust_id)
    assert room.seen("/customer/delete") == 1


def test_without_another_customer_to_look_for_nobody_is_called_gone(room: Room) -> None:
    (cust_id,) = known(room, ANNA)
    assert erase(room, cust_id) == "unknown"
    assert room.directory.entry(cust_id)
    known(room, GRACE)
    (unknown,) = room.ledger.needs_eyes()
    room.writes.look_again(unknown, operator=ERASER)
    assert room.writes.wait(unknown.operation_id, 20).state == "done"


def test_others_who_are_gone_too_do_not_keep_an_erasure_unknown(room: Room) -> None:
    cust_id, _, stale = known(room, ANNA, GRACE, "priya.raghunathan@example.com")
    room.api.erase_customer(stale)  # in the platform's own back office
    assert room.directory.others(cust_id, 1) == [stale]
    assert erase(room, cust_id) == "done"


def test_attempts_to_add_somebody_go_with_them_and_words_of_operators_lose_their_name(room: Room) -> None:
    known(room, GRACE)
    canary = Details("Canaria", "Vogelsang", "canaria@x.example")
    refused = room.writes.create(replace(canary, forename=""), operator=ERASER, token="1")
    assert room.writes.wait(refused.operation_id, 10).state == "refused"
    made = room.writes.create(canary, operator=ERASER, token="2")
    cust_id = room.writes.wait(made.operation_id, 10).cust_id
    assert "Vogelsang" in str(room.ledger.newest())
    asked = "Other: mail of Canaria VOGELSANG, see ticket"
    assert erase(room, cust_id, reason=asked, note="DESK-17 canaria@x.example") == "done"
    trail = room.ledger.newest()
    assert [o.kind for o in trail] == ["erase", "create", "create"]
    for piece in ("anaria", "VOGELSANG", "ogelsang", cust_id):
        assert piece not in str(trail)
    assert trail[0].reason == "Other: mail of [erased] [erased], see ticket"
    assert trail[0].note == "DESK-17 [erased]"


def test_a_busy_log_is_checkpointed_again_until_no_byte_is_left(room: Room, tmp_path: Path) -> None:
    cust_id, _ = known(room, ANNA, GRACE)
    before = room.api.customer(cust_id).value.details
    room.writes.amend(cust_id, before, replace(before, surname="Wiedehopfcanary"), operator=ERASER, token="c")
    files = [tmp_path / "desk.db", tmp_path / "desk.db-wal"]
    room.writes.drain()
    assert any(b"Wiedehopfcanary" in file.read_bytes() for file in files)
    room.writes = Writes(room.api, room.directory, room.ledger, sleep=lambda _seconds: None)
    reader = sqlite3.connect(tmp_path / "desk.db", isolation_level=None)
    reader.execute("begin")
    reader.execute("select count(*) from entries").fetchone()
    assert erase(room, cust_id) == "done"
    assert not room.store.scrub(patience=0)
    reader.execute("commit")
    reader.close()
    assert room.store.scrub()
    assert not any(b"Wiedehopf" in file.read_bytes() for file in files if file.exists())


class Between(httpx.BaseTransport):
    """Something between us and the platform: lets a write through and answers in its own words."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer, self.line = answer, httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.line.handle_request(request).read()
        return self.answer


@pytest.mark.parametrize(("status", "state"), [(403, "done"), (404, "done"), (429, "unknown")])
def test_a_refusal_by_something_in_between_is_looked_at(room: Room, status: int, state: str) -> None:
    """After a 429 nothing goes out for ten seconds, no look either: until then nobody knows."""
    cust_id = room.person(ANNA)
    before = room.api.customer(cust_id).value.details
    room.api.gateway._writes._transport = Between(httpx.Response(status, html="<h1>no</h1>"))
    asked = room.writes.amend(cust_id, before, replace(before, surname="Through"), operator=ERASER, token="t")
    settled = room.writes.wait(asked.operation_id, 10)
    assert settled.state == state
    assert bool(settled.looks) == (state == "done")


def test_a_new_customer_without_an_id_is_found_again_by_a_person(room: Room) -> None:
    nova = Details("Nova", "Stern", "nova@stern.example")
    room.api.gateway._writes._transport = Between(httpx.Response(502))
    unknown = room.writes.create(nova, operator=ERASER, token="1")
    assert room.writes.wait(unknown.operation_id, 10).state == "unknown"
    with pytest.raises(AlreadyOpen):
        room.writes.create(nova, operator=ERASER, token="2")
    open_one = room.ledger.get(unknown.operation_id)
    with pytest.raises(NotFound):
        room.writes.identify(open_one, "cus_nobody", operator=ERASER)
    assert room.ledger.get(unknown.operation_id).cust_id == ""
    room.writes.identify(open_one, room.person(nova.email), operator=ERASER)
    settled = room.writes.wait(unknown.operation_id, 10)
    assert settled.state == "done"
    assert room.ledger.of_customer(room.person(nova.email))[0].kind == "create"


def test_a_new_customer_who_is_not_there_frees_the_email(room: Room) -> None:
    nova = Details("Nova", "Stern", "nova@stern.example")

    class Lost(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            raise httpx.ReadTimeout("no answer", request=request)

    line = room.api.gateway._writes._transport
    room.api.gateway._writes._transport = Lost()
    unknown = room.writes.create(nova, operator=ERASER, token="1")
    assert room.writes.wait(unknown.operation_id, 10).state == "unknown"
    room.writes.give_up(room.ledger.get(unknown.operation_id), operator=ERASER)
    room.api.gateway._writes._transport = line
    again = room.writes.create(nova, operator=ERASER, token="2")
    assert room.writes.wait(again.operation_id, 10).state == "done"


def test_an_email_that_the_platform_writes_in_small_letters_is_saved(room: Room) -> None:
    cust_id = room.person(ANNA)
    before = room.api.customer(cust_id).value.details

    class Folding(httpx.BaseTransport):
        line = httpx.HTTPTransport()

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            small = httpx.Request(request.method, request.url, headers=request.headers, content=request.read().lower())
            small.headers["content-length"] = str(len(small.content))
            return self.line.handle_request(small)

    room.api.gateway._writes._transport = Folding()
    wanted = replace(before, forename="anna", surname="möller", email="Anna.M@Example.com")
    asked = room.writes.amend(cust_id, before, wanted, operator=ERASER, token="t")
    assert room.writes.wait(asked.operation_id, 10).state == "done"


def test_nothing_of_somebody_who_was_erased_is_written_down_again(room: Room) -> None:
    cust_id, _ = known(room, ANNA, GRACE)
    shown = room.api.customer(cust_id).value.details
    assert erase(room, cust_id) == "done"
    rows = len(room.ledger.newest())
    home = Address(name="A", address_line_1="1", postcode="2", country="GB", address_id="a1")
    for write in (
        lambda: room.writes.erase(cust_id, shown, counts={}, reason="x", operator=ERASER, token="1"),
        lambda: room.writes.amend(cust_id, shown, shown, operator=ERASER, token="2"),
        lambda: room.writes.add_address(cust_id, home, operator=ERASER, token="3"),
        lambda: room.writes.amend_address(cust_id, home, home, operator=ERASER, token="4"),
        lambda: room.writes.remove_address(cust_id, home, operator=ERASER, token="5"),
        lambda: room.writes.forget_copy(cust_id, operator=ERASER, token="6"),
    ):
        with pytest.raises(NotFound):
            write()
    assert len(room.ledger.newest()) == rows


def test_somebody_whom_the_platform_lost_is_forgotten_here_too(room: Room) -> None:
    cust_id, _ = known(room, ANNA, GRACE)
    early = room.writes.forget_copy(cust_id, operator=ERASER, token="1")
    assert room.writes.wait(early.operation_id, 10).state == "not_applied"
    assert room.directory.entry(cust_id)
    room.api.erase_customer(cust_id)
    deletes = room.seen("/customer/delete")
    asked = room.writes.forget_copy(cust_id, operator=ERASER, token="2")
    assert room.writes.wait(asked.operation_id, 10).state == "done"
    assert room.directory.entry(cust_id) is None
    assert room.directory.buried(cust_id)
    assert room.seen("/customer/delete") == deletes


def test_everything_that_is_held_has_every_operation_and_the_orders_of_now(room: Room) -> None:
    cust_id = room.person(ANNA)
    room.api.history(cust_id).wait(10)
    room.sandbox.place_order(cust_id)
    for number in range(120):
        row, _ = room.ledger.intend("amend", token=str(number), operator="ana", cust_id=cust_id, note="a note")
        room.ledger.settle(row.operation_id, "not_sent", message="the platform's word")
    content = everything(
        room.api, room.directory, room.ledger, cust_id, at=datetime.now(UTC), zone=ZoneInfo("Europe/London")
    )
    told = json.loads(zipfile.ZipFile(io.BytesIO(content)).read("everything.json"))
    assert len(told["desk"]["operations"]) == 120
    assert {"note", "platform_said", "found"} <= set(told["desk"]["operations"][0])
    assert len(told["orders"]) == len(room.sandbox.orders(cust_id))


def test_a_viewer_settles_and_forgets_nothing(room: Room) -> None:
    cust_id = room.person(ANNA)
    row, _ = room.ledger.intend("create", token="1", operator="ana", email="x@y.example")
    viewer, editor = Operator("v", "viewer"), Operator("e", "editor")
    with pytest.raises(NotAllowed):
        room.writes.identify(row, cust_id, operator=viewer)
    with pytest.raises(NotAllowed):
        room.writes.give_up(row, operator=viewer)
    with pytest.raises(NotAllowed):
        room.writes.forget_copy(cust_id, operator=editor, token="2")
    assert room.ledger.get(row.operation_id).state == "intent"


def test_an_unclear_answer_to_a_create_is_unknown(room: Room) -> None:
    room.api.gateway._writes._transport = Between(httpx.Response(200, json={"success": True, "payload": {}}))
    with pytest.raises(OutcomeUnknown):
        room.api.create_customer(Details("A", "B", "a@b.example"))
