"""Every fault of the table against every operation, over real HTTP: what the server saw, what the ledger holds, what
the operator reads, and what must never happen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from lib.history.figures import figures
from lib.models import Details
from lib.platform.api import CustomerAPI
from lib.platform.errors import Busy, Denied, NotFound, PlatformError, Rejected, Unavailable, Unreadable
from lib.records.importing import Table, apply, plan
from lib.records.operations import Operation
from lib.ui.words import describe, sentence
from lib.work.writes import Writes
from tests.faults.conftest import ANA, MOVED, Cell, meeting
from tests.faults.server import changed
from tests.faults.table import FAULTS, LISTS, LOCAL, READS, WRITES, Plan

ASK: dict[str, tuple[str, Callable[[Cell], Any]]] = {
    "read customer": ("/customer", lambda c: c.api.customer(c.cust_id).value),
    "list orders": ("/orders", lambda c: c.api.orders(c.cust_id, limit=50, skip=0)),
    "list addresses": ("/address/all", lambda c: c.api.addresses(c.cust_id).value),
}


@pytest.mark.parametrize("operation", READS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_read_says_what_is_wrong_and_shows_nothing_else(
    cell: Callable[..., Cell], fault: str, operation: str
) -> None:
    row, (path, ask) = FAULTS[fault], ASK[operation]
    with meeting(cell, row, path) as here:
        if row.read is None:
            assert ask(here)
        else:
            with pytest.raises(PlatformError) as raised:
                ask(here)
            assert type(raised.value) is row.read
            told = sentence(raised.value)
            assert SAID[row.read] in told
            assert "failed" not in told
            assert "canary" not in f"{told} {raised.value!r}".lower()
        assert here.count(path) == row.asks
        assert here.ledger.newest() == []
        again = here.line.plans
        again.clear()
        if isinstance(row.plan, Plan) and row.read is not None:
            here.api.gateway.pace._sleep(60)
            assert ask(here), "what failed was remembered"


SAID = {
    Unavailable: "could not be reached. Try again",
    Busy: "is busy. Try again in",
    Denied: "does not accept the desk's key",
    NotFound: "knows no such customer",
    Rejected: "refused this: The platform says no",
    Unreadable: "could not be read",
}
"""What the operator reads of a read that failed."""


def amend(c: Cell) -> Operation:
    return c.writes.amend(c.cust_id, c.details, replace(c.details, surname="Wanted"), operator=ANA, token=uuid4().hex)


def create(c: Cell) -> Operation:
    return c.writes.create(Details("New", "Person", f"new.{c.cust_id}@x.example"), operator=ANA, token=uuid4().hex)


def erase(c: Cell) -> Operation:
    return c.writes.erase(c.cust_id, c.details, counts={}, reason="Duplicate", operator=ANA, token=uuid4().hex)


SEND: dict[str, tuple[str, Callable[[Cell], Operation], Callable[[Cell], int]]] = {
    "amend": ("/customer/update", amend, lambda c: int(c.details.surname == "Wanted")),
    "create": ("/customer/create", create, lambda c: sum(c.cust_id in p["email"] for p in c.sandbox.roster())),
    "erase": ("/customer/delete", erase, lambda c: int(c.sandbox.customer(c.cust_id) is None)),
    "add address": (
        "/address/create",
        lambda c: c.writes.add_address(c.cust_id, MOVED, operator=ANA, token=uuid4().hex),
        lambda c: sum(a["city"] == "York" for a in c.sandbox.addresses(c.cust_id)),
    ),
    "amend address": (
        "/address/update",
        lambda c: c.writes.amend_address(
            c.cust_id, c.address, replace(c.address, city="York"), operator=ANA, token=uuid4().hex
        ),
        lambda c: sum(a["city"] == "York" for a in c.sandbox.addresses(c.cust_id)),
    ),
    "remove address": (
        "/address/delete",
        lambda c: c.writes.remove_address(c.cust_id, c.address, operator=ANA, token=uuid4().hex),
        lambda c: int(not c.sandbox.addresses(c.cust_id)),
    ),
}
"""Write → its path, how it is decided, and how often the platform has carried it out."""


def expected(fault: str, operation: str) -> str:
    """The state of the ledger where the looks can see the platform."""
    row = FAULTS[fault]
    if operation == "create" and (row.write == "unclear" or fault == "another customer's record"):
        return "unknown"
    if operation == "erase" and fault == "429 without Retry-After":
        return "unknown"  # nothing goes out for ten seconds, no look either
    if row.write == "unclear":
        return "done" if row.applied else "not_applied"
    return {"never sent": "not_sent", "refused": "refused", "accepted": "done"}[row.write]


WORDS = {
    "done": ("Saved, checked at", "Erased. Two checks found no such customer", "Removed, checked at"),
    "not_sent": ("Nothing was sent.",),
    "refused": ("Nothing was saved. The platform refused this:", "Not erased. The platform refused this:"),
    "not_applied": ("Not saved: at", "Not erased: still there at"),
    "unknown": ("We sent this and got no clear answer. It may still happen. Do not repeat it.",),
}


def checked(here: Cell, asked: Operation, state: str) -> None:
    settled = here.writes.wait(asked.operation_id, 30)
    assert settled.state == state
    told = describe(settled, lambda at: at.strftime("%H:%M:%S"))[1]
    assert told.startswith(WORDS[state])
    assert "failed" not in told
    assert (settled.sent_at is None) == (state == "not_sent" and not settled.sent_at)
    assert settled.open == (state == "unknown")
    assert len(here.ledger.newest()) == 1


@pytest.mark.parametrize("operation", WRITES)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_write_is_sent_at_most_once_and_never_misreported(
    cell: Callable[..., Cell], fault: str, operation: str
) -> None:
    row, (path, send, times) = FAULTS[fault], SEND[operation]
    with meeting(cell, row, path) as here:
        asked, state = send(here), expected(fault, operation)
        checked(here, asked, state)
        assert here.count(path) == (row.write != "never sent")
        assert times(here) == (row.applied or row.write == "accepted")
        if operation == "erase":
            assert bool(here.directory.buried(here.cust_id)) == (state == "done")
            assert (here.directory.entry(here.cust_id) is None) == (state == "done")
        waiting = here.ledger.needs_eyes()
        assert [o.operation_id for o in waiting] == ([asked.operation_id] if state == "unknown" else [])
        sent = here.count(path)
        Writes(here.api, here.directory, here.ledger, sleep=here.writes.sleep).settle_left_over()
        assert here.count(path) == sent


@pytest.mark.parametrize("operation", WRITES)
@pytest.mark.parametrize("fault", [name for name, row in FAULTS.items() if row.write in ("unclear", "refused")])
def test_where_nothing_can_be_seen_afterwards_an_unclear_write_stays_unknown_until_it_can(
    cell: Callable[..., Cell], fault: str, operation: str
) -> None:
    row, (path, send, times) = FAULTS[fault], SEND[operation]
    with meeting(cell, row, path) as here:
        assert isinstance(row.plan, Plan)
        blind = Plan(applied=False, answer=lambda exchange: exchange.send(503, b"away"))
        answer = row.plan.answer

        def answer_and_go_blind(exchange: Any) -> None:
            here.line.plans |= {"/customer": blind, "/address/all": blind}
            answer(exchange)

        here.line.plans[path] = Plan(row.plan.applied, answer_and_go_blind)
        asked = send(here)
        refused = row.write == "refused" and operation != "erase"
        checked(here, asked, "refused" if refused else "unknown")
        assert here.count(path) == 1
        here.line.plans.clear()
        if not refused and operation != "create":
            here.writes.look_again(here.ledger.get(asked.operation_id), operator=ANA)
            settled = here.writes.wait(asked.operation_id, 30)
            assert settled.state == ("done" if row.applied else "not_applied")
        assert here.count(path) == 1
        assert times(here) == row.applied


@pytest.mark.parametrize("operation", [name for name in WRITES if name != "create"])
@pytest.mark.parametrize("fault", [name for name, row in FAULTS.items() if row.read is not None])
def test_where_the_platform_cannot_be_read_before_nothing_is_sent(
    cell: Callable[..., Cell], fault: str, operation: str
) -> None:
    """A new customer depends on nothing that could be read."""
    row, (path, send, times) = FAULTS[fault], SEND[operation]
    with meeting(cell, row, "/customer") as here:
        if isinstance(row.plan, Plan):
            here.line.plans["/address/all"] = row.plan
        asked = send(here)
        checked(here, asked, "not_sent")
        assert here.count(path) == 0
        assert times(here) == 0


@pytest.mark.parametrize("odd", LISTS)
def test_a_list_that_misbehaves_is_never_called_whole(cell: Callable[..., Cell], odd: str) -> None:
    change, whole, count = LISTS[odd]
    here = cell()
    for _ in range(6):
        here.sandbox.place_order(here.cust_id)
    here.line.plans["/orders"] = Plan(applied=True, answer=changed(change))
    walk = CustomerAPI(here.api.gateway, page_size=3).history(here.cust_id)
    assert walk.wait(20)
    history = walk.so_far()
    assert (history.complete, len(history.orders)) == (whole, count)
    assert figures(history).scope.startswith("at least") != whole
    assert history.unreadable == (7 if count == 0 else 0)


@pytest.mark.parametrize("operation", LOCAL)
@pytest.mark.parametrize("fault", FAULTS)
def test_the_search_and_an_import_need_no_platform(cell: Callable[..., Cell], fault: str, operation: str) -> None:
    with meeting(cell, FAULTS[fault], "*") as here:
        if operation == "search":
            assert [m.entry.cust_id for m in here.directory.find(here.details.surname).matches] == [here.cust_id]
        else:
            table = Table(("cust_id", "email"), [("cus_new1", "a@b.example"), (here.cust_id, here.details.email)])
            counts = apply(plan(here.directory, table, {"cust_id": "cust_id", "email": "email"}))
            assert (counts.new, counts.unchanged) == (1, 1)
        assert here.line.seen == []
