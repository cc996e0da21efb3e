"""What is remembered and for how long; how many requests leave and who goes first."""

from __future__ import annotations

import threading

import pytest

from lib.platform.cache import Shelves
from lib.platform.errors import Busy, NotFound, Unavailable
from lib.platform.pace import Pace


def test_an_answer_is_remembered_until_it_is_forgotten_or_old() -> None:
    now, asked = [0.0], list[int]()
    shelves = Shelves(ttl=10, clock=lambda: now[0])

    def ask() -> int:
        asked.append(1)
        return len(asked)

    assert [shelves.recall("c", "q", ask) for _ in range(3)] == [1, 1, 1]
    assert shelves.recall("other", "q", ask) == 2
    shelves.forget("c")
    assert shelves.recall("c", "q", ask) == 3
    now[0] = 11
    assert shelves.recall("c", "q", ask) == 4
    assert shelves.recall("c", "q", ask, fresh=True) == 5
    assert shelves.recall("c", "q", ask) == 5


def test_a_question_has_one_asker_and_everybody_gets_that_answer() -> None:
    shelves, gate, asked, got = Shelves(), threading.Event(), list[int](), list[int]()

    def ask() -> int:
        asked.append(1)
        gate.wait(5)
        return 7

    threads = [threading.Thread(target=lambda: got.append(shelves.recall("c", "q", ask))) for _ in range(8)]
    [t.start() for t in threads]
    gate.set()
    [t.join() for t in threads]
    assert got == [7] * 8
    assert len(asked) == 1


def test_an_error_reaches_whoever_waits_and_is_not_remembered() -> None:
    shelves = Shelves()

    def fail() -> int:
        raise Unavailable("away")

    with pytest.raises(Unavailable):
        shelves.recall("c", "q", fail)
    assert shelves.recall("c", "q", lambda: 1) == 1


def test_a_platform_that_is_away_leaves_the_earlier_answer_where_it_was() -> None:
    shelves = Shelves()

    def away() -> int:
        raise Unavailable("away")

    def gone() -> int:
        raise NotFound("gone")

    assert shelves.recall("c", "q", lambda: 1) == 1
    with pytest.raises(Unavailable):
        shelves.recall("c", "q", away, fresh=True)
    assert shelves.recall("c", "q", lambda: 2) == 1
    with pytest.raises(NotFound):
        shelves.recall("c", "q", gone, fresh=True)
    assert shelves.recall("c", "q", lambda: 2) == 2


def test_a_failure_that_others_wait_for_is_never_kept_as_the_earlier_answer() -> None:
    shelves = Shelves()
    first, second = threading.Event(), threading.Event()
    raised: list[type[Exception]] = []

    def fail_slowly(gate: threading.Event) -> int:
        gate.wait(5)
        raise Unavailable("away")

    def ask(gate: threading.Event, fresh: bool) -> None:
        try:
            shelves.recall("c", "q", lambda: fail_slowly(gate), fresh=fresh)
        except Unavailable:
            raised.append(Unavailable)

    one = threading.Thread(target=ask, args=(first, False))
    one.start()
    two = threading.Thread(target=ask, args=(second, True))
    while len(shelves) == 0:
        pass
    two.start()
    first.set()
    one.join()
    second.set()
    two.join()
    assert raised == [Unavailable, Unavailable]
    assert shelves.recall("c", "q", lambda: 1) == 1


def test_a_read_that_a_write_overtook_is_shown_to_nobody_later() -> None:
    shelves = Shelves()

    def overtaken() -> str:
        shelves.forget("c")
        return "old"

    assert shelves.recall("c", "q", overtaken) == "old"
    assert shelves.recall("c", "q", lambda: "new") == "new"


def test_the_cache_is_bounded() -> None:
    shelves = Shelves(maxsize=3)
    for number in range(10):
        shelves.recall(f"c{number}", "q", lambda: 1)
    assert len(shelves) == 3


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def sent(background: bool, seconds: float = 60) -> list[float]:
    """When requests left in `seconds` of asking as fast as possible."""
    clock, times = Clock(), list[float]()
    pace = Pace(clock=clock, sleep=clock.sleep)
    while clock.now < 1000 + seconds:
        pace.take(within=60, background=background)
        times.append(clock.now)
    return times


def test_no_ten_seconds_ever_see_more_than_the_platform_allows() -> None:
    times = sent(background=False)
    assert len(times) > 1000
    assert max(sum(t <= u < t + 10 for u in times) for t in times) <= 250


def test_background_work_leaves_the_reserve_to_people() -> None:
    clock = Clock()
    pace = Pace(clock=clock, sleep=clock.sleep)
    for _ in range(600):
        pace.take(within=60, background=True)
        before = clock.now
        assert pace.left >= 19
        if _ % 50 == 49:
            pace.take(within=0)
        assert clock.now == before
    rate = len(sent(background=True)) / 60
    assert 11 < rate <= 13


def test_who_cannot_be_served_in_time_is_told_at_once() -> None:
    clock = Clock()
    pace = Pace(burst=2, rate=1, clock=clock, sleep=clock.sleep)
    pace.take(within=0)
    pace.take(within=0)
    with pytest.raises(Busy) as busy:
        pace.take(within=0.5)
    assert busy.value.retry_after == pytest.approx(1)
    assert clock.now == 1000


def test_after_a_refusal_nothing_leaves_for_a_while() -> None:
    clock = Clock()
    pace = Pace(clock=clock, sleep=clock.sleep)
    pace.penalise(5)
    with pytest.raises(Busy):
        pace.take(within=4)
    pace.take(within=6)
    assert clock.now >= 1005
