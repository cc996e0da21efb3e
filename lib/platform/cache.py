"""What we remember of each customer: a shelf of answers a customer, bounded in number and time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar

from cachetools import TTLCache

from lib.platform.errors import Busy, Unavailable

T = TypeVar("T")
Shelf = dict[Hashable, "Future[Any]"]

PATIENCE = 30.0
"""Seconds for which somebody waits for the answer to a question that another has asked already."""


class Shelves:
    """cust_id → shelf. A shelf that was dropped while an answer was on its way never shows that answer to anybody."""

    def __init__(
        self,
        maxsize: int = 2000,
        ttl: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
        *,
        patience: float = PATIENCE,
    ) -> None:
        self._patience = patience
        self._shelves: TTLCache[str, Shelf] = TTLCache(maxsize, ttl, timer=clock)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        with self._lock:
            return len(self._shelves)

    def recall(self, cust_id: str, question: Hashable, ask: Callable[[], T], *, fresh: bool = False) -> T:
        """The answer on the customer's shelf, or `ask`'s, which is put there. One asker a question; others wait for
        that answer, at most 30 s (`Unavailable`). An error reaches whoever waits and is not remembered."""
        with self._lock:
            shelf = self._shelves.get(cust_id)
            if shelf is None:
                shelf = self._shelves[cust_id] = {}
            before = shelf.get(question)
            answer = None if fresh else before
            if mine := answer is None:
                answer = shelf[question] = Future()
        assert answer is not None  # noqa: S101 (for the type checker)
        if mine:
            self._ask(shelf, question, answer, ask, before)
        try:
            result: T = answer.result(self._patience)
        except TimeoutError:
            if answer.done():
                raise
            raise Unavailable("another's question was not answered in time") from None
        return result

    def _ask(
        self,
        shelf: Shelf,
        question: Hashable,
        answer: Future[Any],
        ask: Callable[[], T],
        before: Future[Any] | None,
    ) -> None:
        """Asks; where the platform could not be reached, an earlier answer stays on the shelf with its own age."""
        try:
            answer.set_result(ask())
        except BaseException as error:  # even an interrupt must not leave the others waiting
            with self._lock:
                if shelf.get(question) is answer:
                    del shelf[question]
                    answered = before is not None and before.done() and before.exception() is None
                    if before is not None and answered and isinstance(error, (Unavailable, Busy)):
                        shelf[question] = before
            if isinstance(error, Exception):
                answer.set_exception(error)
            else:  # an interrupt is meant for the asker's own thread and must not end the others
                answer.set_exception(Unavailable("whoever asked was interrupted"))
                raise

    def forget(self, cust_id: str) -> None:
        """Drops all that is remembered of a customer."""
        with self._lock:
            self._shelves.pop(cust_id, None)

    def forget_everything(self) -> None:
        with self._lock:
            self._shelves.clear()
