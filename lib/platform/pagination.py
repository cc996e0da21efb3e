"""From limit/skip pages to distinct orders, and whether those are all of them.

Orders can arrive while pages are being read, which shifts every later page: a walk keeps each order once, reads its
first page again at the end, and is complete only when it has as many orders as the platform then says there are.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime

from lib.models import Order, OrderHistory
from lib.platform.errors import PlatformError, Rejected

MOST_PAGES = 2000
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
        self.limit = limit
        self.error: PlatformError | None = None
        self._fetch, self._in_flight = fetch, in_flight
        self._orders: dict[str, Order] = {}
        self._unreadable: dict[int, int] = {}
        self._total: int | None = None
        self._end_seen = self._complete = False
        self._pages, self._note = 0, ""
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
            about = None if self._total is None else max(1, -(-self._total // self.limit))
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
            return OrderHistory(tuple(newest), self._total, self._complete, self._missing_ids(), self._note)

    def _run(self) -> None:
        try:
            with ThreadPoolExecutor(self._in_flight, thread_name_prefix="pages") as pool:
                self._read_all(pool)
        except PlatformError as error:
            self.error = error
        finally:
            self._finished.set()

    def _read_all(self, pool: ThreadPoolExecutor) -> None:
        """The first page, then all others at once; then what moved meanwhile: its tail first, then everything."""
        first = self._first()
        if first.total is None:
            self._read_on(first)
        known = first.total or 0
        for start in (self.limit, max(self.limit, known // self.limit * self.limit), self.limit):
            if first.total is not None:
                self._read_at_once(pool, range(start, self._total or 0, self.limit))
            if self.cancelled:
                self._note = "stopped"
                return
            again = self._page(0)
            if self._all_there(again):
                return
        self._note = "changing while read" if self._total is not None else ""

    def _all_there(self, again: Page) -> bool:
        with self._lock:
            have = len(self._orders) + self._missing_ids()
            self._complete = have == again.total if again.total is not None else self._end_seen
            return self._complete

    def _first(self) -> Page:
        """The first page; where the platform refuses so many rows, half as many."""
        while True:
            try:
                return self._page(0)
            except Rejected:
                if self.limit == 1:
                    raise
                self.limit //= 2

    def _read_on(self, page: Page) -> None:
        """Page after page to a short one, where the platform does not say how many there are."""
        skip = 0
        while page.received >= self.limit and self._pages < MOST_PAGES and not self.cancelled:
            skip += page.received
            page = self._page(skip)
        self._end_seen = page.received < self.limit

    def _read_at_once(self, pool: ThreadPoolExecutor, skips: Iterable[int]) -> None:
        """Every page, newest first, at most `in_flight` of them at a time; the first failure ends it."""
        reads = [pool.submit(self._unless_cancelled, skip) for skip in list(skips)[:MOST_PAGES]]
        try:
            for read in as_completed(reads):
                read.result()
        except PlatformError:
            for read in reads:
                read.cancel()
            raise

    def _unless_cancelled(self, skip: int) -> None:
        if not self.cancelled:
            self._page(skip)

    def _page(self, skip: int) -> Page:
        page = self._fetch(self.limit, skip)
        with self._lock:
            self._orders.update({order.order_id: order for order in page.orders})
            self._unreadable[skip] = page.unreadable
            self._total = page.total
            self._pages += 1
        return page

    def _missing_ids(self) -> int:
        return sum(self._unreadable.values())
