"""Every history of an erasure: how the platform behaves, where the desk crashes, what can be read, who presses."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lib.models import Customer, Details, Operator, Reading
from lib.platform.errors import NotFound, OutcomeUnknown, PlatformError, Rejected, Unavailable
from lib.records.directory import Directory
from lib.records.ledger import Ledger
from lib.records.operations import AlreadyOpen
from lib.records.store import Store
from lib.work.watch import Watch
from lib.work.writes import Writes

ANA, BEN = Operator("ana", "eraser"), Operator("ben", "eraser")
NEVER = float("inf")


@dataclass(frozen=True)
class Behaviour:
    """When the platform carries the request out (seconds after it came), and what is answered (None: all is well)."""

    applied_after: float
    answer: PlatformError | None


BEHAVIOURS = {
    "refused": Behaviour(NEVER, Rejected("no")),
    "never arrived": Behaviour(NEVER, OutcomeUnknown("time-out")),
    "applied and answered": Behaviour(0, None),
    "applied, the answer lost": Behaviour(0, OutcomeUnknown("reset")),
    "applied a second later": Behaviour(1, OutcomeUnknown("time-out")),
    "applied five seconds later": Behaviour(5, OutcomeUnknown("time-out")),
    "applied half an hour later": Behaviour(1800, OutcomeUnknown("time-out")),
    "500, applied": Behaviour(0, OutcomeUnknown("status 500")),
    "500, not applied": Behaviour(NEVER, OutcomeUnknown("status 500")),
    "404 of a proxy": Behaviour(NEVER, NotFound("status 404")),
    "200, success false": Behaviour(NEVER, Rejected("no")),
    "a 200 that is a lie": Behaviour(NEVER, None),
}
CRASHES = (
    "never",
    "before the intent",
    "after the intent",
    "after it was marked sent",
    "after it was sent",
    "at the outcome",
)
READS = ("as it is", "the first look fails", "404 to everything for a minute", "away for a minute")
PRESSES = ("one click", "a double click", "two operators")


class Crash(BaseException):
    """The process dies here."""


class World:
    """The platform of one history, on a clock of its own; it counts what reaches it."""

    def __init__(self, behaviour: Behaviour, crash: str, reads: str) -> None:
        self.behaviour, self.crash, self.reads = behaviour, crash, reads
        self.now, self.deletes, self.gone_at, self.looks = 0.0, 0, NEVER, 0
        self.sent_at = NEVER
        self.meanwhile: Callable[[], None] = lambda: None

    def clock(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.now)

    def sleep(self, seconds: float) -> None:
        self.now += max(0.0, seconds)

    @property
    def alive(self) -> bool:
        return self.now < self.gone_at

    def dies(self, point: str) -> None:
        if self.crash == point:
            self.crash = "never"
            raise Crash(point)

    # What the writes ask of the API.

    def customer(self, cust_id: str, *, fresh: bool = False) -> Reading[Customer]:
        assert fresh
        if self.sent_at == NEVER:
            self.dies("after the intent")
        else:
            self._disturbed()
        if cust_id.startswith("cus_victim") and not self.alive:
            raise NotFound("status 404")
        return Reading(Customer(cust_id, SHOWN), self.clock())

    def _disturbed(self) -> None:
        self.looks += 1
        soon = self.now - self.sent_at < 60
        if (self.reads == "the first look fails" and self.looks == 1) or (self.reads == "away for a minute" and soon):
            raise Unavailable("away")
        if self.reads == "404 to everything for a minute" and soon:
            raise NotFound("status 404")

    def erase_customer(self, _cust_id: str, before_send: Callable[[], None]) -> None:
        before_send()
        self.dies("after it was marked sent")
        self.deletes, self.sent_at = self.deletes + 1, self.now
        self.gone_at = min(self.gone_at, self.now + self.behaviour.applied_after)
        self.meanwhile()
        self.dies("after it was sent")
        if self.behaviour.answer:
            raise self.behaviour.answer

    def forget(self, _cust_id: str) -> None:
        """Nothing is remembered here."""


SHOWN = Details("Vic", "Tim", "vic@tim.example")


class CrashingLedger(Ledger):
    """A ledger whose process can die when it is asked to keep something."""

    world: World

    def intend(self, kind: str, **values: Any) -> Any:
        self.world.dies("before the intent")
        return super().intend(kind, **values)

    def settle(self, operation_id: str, state: str, **values: Any) -> Any:
        self.world.dies("at the outcome")
        return super().settle(operation_id, state, **values)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path_factory.mktemp('histories') / 'desk.db'}", profile="x")
    yield opened
    opened.close()


numbers = itertools.count(1)
HISTORIES = list(itertools.product(BEHAVIOURS, CRASHES, READS, PRESSES))


def live(store: Store, behaviour: str, crash: str, reads: str, presses: str) -> tuple[World, Ledger, Directory, str]:
    """One history from the first click to a day later."""
    world, cust_id = World(BEHAVIOURS[behaviour], crash, reads), f"cus_victim{next(numbers)}"
    ledger, directory = CrashingLedger(store, world.clock), Directory(store, world.clock)
    ledger.world = world
    for known in (cust_id, "cus_control"):
        directory.saw(Customer(known, SHOWN), "opened")

    def start() -> Writes:
        return Writes(world, directory, ledger, sleep=world.sleep)  # type: ignore[arg-type]

    def press(writes: Writes, operator: Operator, token: str) -> None:
        asked = {"counts": {}, "reason": "Duplicate", "operator": operator, "token": f"{token} {cust_id}"}
        with suppress(Crash, AlreadyOpen, NotFound):
            writes.erase(cust_id, SHOWN, **asked)  # type: ignore[arg-type]

    writes = start()
    second = {"a double click": (ANA, "a"), "two operators": (BEN, "b")}.get(presses)
    if second:
        world.meanwhile = lambda: press(writes, *second)
    press(writes, ANA, "a")
    if second and crash == "before the intent":  # nothing was written down: the second press is the first
        press(writes, *second)
    writes.drain()
    writes = start()  # after the crash, or simply the next day
    writes.settle_left_over()
    writes.drain()
    for later in (30, 60, 120, 600, 3600, 40_000):
        world.now = max(world.now, later)
        writes = start()
        Watch(writes).round()
        writes.drain()
    return world, ledger, directory, cust_id


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_no_history_sends_twice_or_says_what_is_not_so(store: Store, behaviour: str) -> None:
    mine = [history for history in HISTORIES if history[0] == behaviour]
    assert len(mine) == len(CRASHES) * len(READS) * len(PRESSES)
    for history in mine:
        world, ledger, directory, cust_id = live(store, *history)
        rows = ledger.of_customer(cust_id)
        states = [row.state for row in rows]
        copies = directory.entry(cust_id) is not None
        assert world.deletes <= 1, history
        if world.deletes:
            assert any(row.sent_at for row in rows), ("unrecorded", history)
        if not world.alive:
            assert "done" in states, ("a gone one is not called gone", history, states)
            assert not copies, ("copies are left", history)
            assert directory.buried(cust_id), history
            assert all(row.before is None for row in rows), ("values are left", history)
        else:
            assert "done" not in states, ("a living one is called gone", history, states)
            assert copies, ("copies of a living one are gone", history)
            assert not directory.buried(cust_id), history
        assert not [state for state in states if state in ("intent", "sent")], ("in limbo", history, states)


def test_the_grid_is_whole_and_its_worlds_differ() -> None:
    assert len(HISTORIES) == len(set(HISTORIES)) == 12 * 6 * 4 * 3 == 864
    assert {b.applied_after for b in BEHAVIOURS.values()} == {0, 1, 5, 1800, NEVER}


def test_a_request_that_is_carried_out_half_an_hour_late_turns_not_erased_into_erased(store: Store) -> None:
    world, ledger, _, cust_id = live(store, "applied half an hour later", "never", "as it is", "one click")
    (row,) = ledger.of_customer(cust_id)
    assert row.state == "done"
    assert not world.alive
    assert row.looked[0] > world.clock() - timedelta(days=1)
