"""Looks that go on by themselves: soon often, later seldom, and never a second request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lib.models import Details
from lib.work.watch import Watch
from tests.work.conftest import Room

ANNA = "anna.mueller@example.com"


def test_a_round_looks_at_what_is_due_and_ever_more_seldom(room: Room) -> None:
    cust_id = room.person(ANNA)
    now = [datetime(2026, 5, 1, tzinfo=UTC)]
    room.ledger.clock = lambda: now[0]
    details = room.api.customer(cust_id).value.details
    wanted = Details("Anna", "Wanted", details.email)
    row, _ = room.ledger.intend(
        "amend", token="1", operator="ana", cust_id=cust_id, before=details.to_json(), wanted=wanted.to_json()
    )
    room.ledger.mark_sent(row.operation_id)
    room.ledger.settle(row.operation_id, "unknown")
    lost, _ = room.ledger.intend("create", token="2", operator="ana", email="x@y.example")
    room.ledger.mark_sent(lost.operation_id)
    room.ledger.settle(lost.operation_id, "unknown")
    watch = Watch(room.writes)
    assert watch.round() == 0
    now[0] += timedelta(seconds=31)
    room.api.amend_customer(cust_id, wanted)
    assert watch.round() == 1
    assert room.writes.wait(row.operation_id, 10).state == "done"
    assert room.ledger.get(lost.operation_id).state == "unknown"
    now[0] += timedelta(hours=1)
    assert watch.round() == 0
    assert room.seen("/customer/update") == 1


def test_an_erasure_that_seemed_not_to_happen_is_watched_for_a_day(room: Room) -> None:
    cust_id, other = room.person(ANNA), room.person("grace.freeman@example.org")
    for known in (cust_id, other):
        room.directory.saw(room.api.customer(known).value, "opened")
    now = [datetime(2026, 5, 1, tzinfo=UTC)]
    room.ledger.clock = lambda: now[0]
    details = room.api.customer(cust_id).value.details
    row, _ = room.ledger.intend("erase", token="1", operator="ana", cust_id=cust_id, before=details.to_json())
    room.ledger.mark_sent(row.operation_id)
    room.ledger.settle(row.operation_id, "not_applied")
    watch = Watch(room.writes)
    now[0] += timedelta(minutes=10)
    assert watch.round() == 1
    assert room.writes.wait(row.operation_id, 10).state == "not_applied"
    assert room.directory.entry(cust_id)
    assert watch.round() == 0  # it was looked at just now
    room.api.erase_customer(cust_id)  # the platform carries the request out late
    now[0] += timedelta(minutes=10)
    assert watch.round() == 1
    assert room.writes.wait(row.operation_id, 10).state == "done"
    assert room.directory.entry(cust_id) is None
    late, _ = room.ledger.intend("erase", token="2", operator="ana", cust_id=other)
    room.ledger.mark_sent(late.operation_id)
    room.ledger.settle(late.operation_id, "not_applied")
    now[0] += timedelta(days=1, minutes=1)
    assert watch.round() == 0
