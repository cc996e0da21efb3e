"""From limit/skip pages to distinct orders, and whether those are all of them.

Orders can arrive while pages are being read, which shifts every later page: a walk keeps each order once, reads its
first page again at the end, and is complete only when it has as many orders as the platform then says there are.
Where that number alone proves nothing, because rows went or cannot be told apart, the list must have stood still.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from lib.models import Order, OrderHistory
from lib.platform.errors import PlatformError, Rejected, Unavailable

MOST_PAGES = 2000
"""Pages of one walk: a total that is absurd must not keep us reading."""
MOST_ROWS = 2**62
"""Beyond any row."""
LEAST_ROWS = 10
"""Rows of a page below which a refusal must have another reason than their number."""
EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: its orders, the total of all matches (None: not said), how many rows came, and how many
    of those had no id to show them by."""

    orders: tuple[Order, ...]
    total: int | None
    received: int
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """Pages read, of about how many (None: not known yet)."""

    pages: int
    about: int | None


Fetch = Callable[[int, int], Page]
"""(limit, skip) → page; raises a `PlatformError`."""


class Walk:
    """A read of all pages that goes on in the background and can be asked at any time what it has."""

    def __init__(self, fetch: Fetch, *, limit: int = 50, in_flight: int = 8, at: datetime | None = None) -> None:
        self.at = at or datetime.now(UTC)
        self.limit = self._step = limit
        self.error: PlatformError | None = None
        self._fetch, self._in_flight = fetch, in_flight
        self._orders: dict[str, Order] = {}
        self._unreadable: dict[int, int] = {}
        self._total: int | None = None
        self._totals: set[int | None] = set()
        self._most, self._shrank, self._end = 0, False, MOST_ROWS
        self._complete, self._pages, self._note = False, 0, ""
        self._short = False
        self._lock, self._finished, self._cancelled = threading.Lock(), threading.Event(), threading.Event()

    def start(self) -> Walk:
        threading.Thread(target=self._run, name="history", daemon=True).start()
        return self

    @property
    def finished(self) -> bool:
        """Whether nothing more is read: all is there, it failed, or it was cancelled."""
        return self._finished.is_set()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    @property
    def progress(self) -> Progress:
        with self._lock:
            about = None if self._total is None else max(1, -(-self._total // self._step))
            return Progress(self._pages if about is None else min(self._pages, about), about)

    def cancel(self) -> None:
        """Reads no further page; what is there stays, as incomplete."""
        self._cancelled.set()

    def wait(self, seconds: float) -> bool:
        """Waits for the end for at most `seconds`; says whether it was reached."""
        return self._finished.wait(seconds)

    def so_far(self) -> OrderHistory:
        """The orders read until now, newest first."""
        with self._lock:
            newest = sorted(self._orders.values(), key=lambda o: o.placed or EARLIEST, reverse=True)
            return OrderHistory(
                tuple(newest), self._total, self._complete and self.finished, self._missing_ids(), self._note
            )

    def _run(self) -> None:
        try:
            self._read_all()
        except PlatformError as error:
            self.error = error
        finally:
            self._finished.set()

    def _read_all(self) -> None:
        """The first page, then all others at once; then what moved meanwhile: its tail first, then everything."""
        head = self._first()
        known = head.total or 0
        tail = max(self._step, known // self._step * self._step)
        for start in (self._step, tail, self._step):
            whole = start == self._step
            self._begin_pass(head, whole)
            counted = range(start, self._total or 0, self._step)
            self._read_at_once(counted)
            ended = self._read_to_the_end(start + len(counted) * self._step)
            if self.cancelled:
                self._note = "stopped"
                return
            again = self._page(0)
            if ended and self._all_there(again, whole and _ids(again) == _ids(head)):
                return
            head = again
        self._note = "changing while read"

    def _begin_pass(self, head: Page, whole: bool) -> None:
        with self._lock:
            self._totals, self._end, self._short = {head.total}, MOST_ROWS, head.received < self._step
            if whole:
                self._unreadable = {0: head.unreadable}

    def _all_there(self, again: Page, same_head: bool) -> bool:
        """Whether the pass that ends with the page `again` proves that every order is here. A list stood still if its
        head and every total of a whole pass are the same. Otherwise the number of distinct orders is proof only where
        none ever went, and where no row lacks the id by which it would be counted once."""
        with self._lock:
            still = same_head and self._totals == {again.total}
            if again.total is None:
                self._complete = still
            else:
                missing = self._missing_ids()
                countable = not (missing or self._shrank) and None not in self._totals
                self._complete = len(self._orders) + missing == again.total and (still or countable)
            return self._complete

    def _first(self) -> Page:
        """The first page; where the platform refuses so many rows, half as many. Where it gives fewer without a word,
        the next page begins where this one ended."""
        while True:
            try:
                page = self._page(0)
            except Rejected:
                if self.limit // 2 < LEAST_ROWS:
                    raise
                self.limit //= 2
            else:
                short = 0 < page.received < min(self.limit, page.total or 0)
                self._step = page.received if short else self.limit
                return page

    def _read_to_the_end(self, skip: int) -> bool:
        """Goes on after what the total promised, page after page to a short one: a total may be missing or too low.
        Says whether the end was reached."""
        while not self._short and self._pages < MOST_PAGES and not self.cancelled:
            try:
                skip += self._page(skip).received
            except Rejected:  # beyond the last row some refuse instead of sending none
                return True
        return self._short

    def _read_at_once(self, skips: range) -> None:
        """Every page, newest first, at most `in_flight` of them at a time; the first failure ends it. Threads are
        daemons: a history that is still being read never keeps the desk from ending."""
        todo, failures = iter(skips[:MOST_PAGES]), list[PlatformError]()

        def work() -> None:
            while not failures and not self.cancelled:
                with self._lock:
                    skip = next(todo, None)
                    if skip is None or skip >= self._end or self._pages >= MOST_PAGES:
                        return
                try:
                    self._page(skip)
                except PlatformError as error:
                    failures.append(error)

        count = min(self._in_flight, len(skips[:MOST_PAGES]))
        threads = [threading.Thread(target=work, name="pages", daemon=True) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]

    def _page(self, skip: int) -> Page:
        try:
            page = self._fetch(self.limit, skip)
        except PlatformError:
            raise
        except Exception as error:  # noqa: BLE001 (in a thread of its own, a fault that nobody foresaw is nobody's to see)
            raise Unavailable(f"not read: {type(error).__name__}") from None
        with self._lock:
            self._orders.update({order.order_id: order for order in page.orders})
            self._unreadable[skip] = page.unreadable
            self._total = page.total
            self._totals.add(page.total)
            self._shrank = self._shrank or (page.total or 0) < self._most
            self._most = max(self._most, page.total or 0)
            if not page.received:
                self._end = min(self._end, skip)
            self._short = self._short or page.received < self._step
            self._pages += 1
        return page

    def _missing_ids(self) -> int:
        return sum(self._unreadable.values())


def _ids(page: Page) -> tuple[str, ...]:
    return tuple(order.order_id for order in page.orders)
