"""Every order once, and 'complete' only when it is true, whatever happens while the pages are read."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.models import Order
from lib.platform.errors import Rejected, Unavailable
from lib.platform.pagination import Page, Walk


def order(number: int) -> Order:
    return Order.from_json(
        {"order_id": f"o{number}", "created_at": f"2020-01-01T00:00:{number % 60:02d}Z", "total": number}
    )


class Platform:
    """A list of orders, newest first, at which orders arrive before some of the reads."""

    def __init__(self, count: int, arrivals: dict[int, int] | None = None, most: int = 100, total: bool = True) -> None:
        self.orders = [order(n) for n in range(count, 0, -1)]
        self.arrivals, self.most, self.total, self.reads = arrivals or {}, most, total, 0
        self.lock = threading.Lock()

    def fetch(self, limit: int, skip: int) -> Page:
        with self.lock:
            for _ in range(self.arrivals.get(self.reads, 0)):
                self.orders.insert(0, order(len(self.orders) + 1))
            self.reads += 1
            if limit > self.most:
                raise Rejected("limit")
            rows = tuple(self.orders[skip : skip + limit])
            return Page(rows, len(self.orders) if self.total else None, len(rows))


def walked(platform: Platform, limit: int = 50) -> Walk:
    walk = Walk(platform.fetch, limit=limit).start()
    assert walk.wait(20)
    return walk


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 100, 1234])
@pytest.mark.parametrize("total", [True, False])
def test_a_quiet_list_is_read_whole(count: int, total: bool) -> None:
    history = walked(Platform(count, total=total)).so_far()
    assert history.complete
    assert len(history.orders) == len({o.order_id for o in history.orders}) == count
    assert list(history.orders) == sorted(history.orders, key=lambda o: str(o.placed), reverse=True)


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(0, 120),
    limit=st.integers(1, 20),
    arrivals=st.dictionaries(st.integers(0, 30), st.integers(1, 7), max_size=6),
)
def test_orders_that_arrive_meanwhile_lose_none_and_double_none(
    count: int, limit: int, arrivals: dict[int, int]
) -> None:
    platform = Platform(count, arrivals)
    before = {o.order_id for o in platform.orders}
    history = walked(platform, limit).so_far()
    ids = [o.order_id for o in history.orders]
    assert len(ids) == len(set(ids))
    if history.complete:
        assert before <= set(ids)
        assert len(ids) == history.total
    else:
        assert history.note


def test_a_refused_limit_is_halved_and_kept() -> None:
    walk = walked(Platform(70, most=13), limit=50)
    assert walk.limit == 12
    assert len(walk.so_far().orders) == 70


@pytest.mark.parametrize("said", [3, 50, 230])
def test_a_total_that_is_wrong_is_never_called_complete(said: int) -> None:
    platform = Platform(160)

    def fetch(limit: int, skip: int) -> Page:
        page = platform.fetch(limit, skip)
        return Page(page.orders, said, page.received)

    history_of = Walk(fetch, limit=50).start()
    assert history_of.wait(20)
    assert len(history_of.so_far().orders) == 160
    assert not history_of.so_far().complete


def test_a_list_that_ends_with_a_full_page_is_complete_and_one_that_refuses_more_too() -> None:
    platform = Platform(100)

    def strict(limit: int, skip: int) -> Page:
        if skip >= 100:
            raise Rejected("skip is too large")
        return platform.fetch(limit, skip)

    for fetch in (platform.fetch, strict):
        history_of = Walk(fetch, limit=50).start()
        assert history_of.wait(20)
        assert history_of.so_far().complete
        assert len(history_of.so_far().orders) == 100


def test_a_refusal_that_is_not_about_the_limit_leaves_the_limit_of_others() -> None:
    def refuse(_limit: int, _skip: int) -> Page:
        raise Rejected("bad query")

    walk = Walk(refuse, limit=50).start()
    assert walk.wait(20)
    assert isinstance(walk.error, Rejected)
    assert walk.limit >= 10


def test_a_page_that_fails_is_an_error_with_what_came() -> None:
    platform = Platform(200)

    def fetch(limit: int, skip: int) -> Page:
        if skip == 100:
            raise Unavailable("away")
        return platform.fetch(limit, skip)

    walk = Walk(fetch, limit=50).start()
    assert walk.wait(20)
    assert isinstance(walk.error, Unavailable)
    assert not walk.so_far().complete
    assert len(walk.so_far().orders) >= 50


def test_a_fault_that_nobody_foresaw_ends_a_walk_with_an_error_and_not_as_complete() -> None:
    platform = Platform(200)

    def fetch(limit: int, skip: int) -> Page:
        if skip == 100:
            raise RuntimeError("the client has been closed")
        return platform.fetch(limit, skip)

    walk = Walk(fetch, limit=50).start()
    assert walk.wait(20)
    assert isinstance(walk.error, Unavailable)
    assert not walk.so_far().complete


def test_a_cancelled_walk_stops_and_says_so() -> None:
    gate, platform = threading.Event(), Platform(5000)

    def fetch(limit: int, skip: int) -> Page:
        if skip:
            gate.wait(10)
        return platform.fetch(limit, skip)

    walk = Walk(fetch, limit=50, in_flight=2).start()
    while walk.progress.about is None:
        pass
    assert len(walk.so_far().orders) == 50
    walk.cancel()
    gate.set()
    assert walk.wait(20)
    assert not walk.so_far().complete
    assert walk.so_far().note == "stopped"
    assert platform.reads < 10
