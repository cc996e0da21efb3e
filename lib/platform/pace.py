"""The rate limit: a paced bucket that never lets more than 250 requests through in 10 seconds, people first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from lib.platform.errors import Busy

LIMIT, WINDOW = 250, 10
"""Requests of a profile in so many seconds (documented)."""
A_MOMENT = 1e-6
"""Seconds too short to wait for: what is left of a wait by rounding."""


class Pace:
    """`burst` requests at once, then `rate` a second: burst + 10 · rate ≤ 250, the platform's documented limit.

    Background work leaves the share `reserve` of the burst and of the rate to people. Raises `ValueError` for a burst
    and a rate that together are over the limit.
    """

    def __init__(
        self,
        burst: float = 50,
        rate: float = 20.0,
        *,
        reserve: float = 0.4,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if burst + WINDOW * rate > LIMIT:
            raise ValueError("more than the platform allows")
        self.burst, self.rate, self.reserve = burst, rate, reserve
        self._clock, self._sleep, self._lock = clock, sleep, threading.Lock()
        self._tokens, self._at, self._shut_until = burst, clock(), clock()
        self._open = 0.0
        self._next_background = 0.0

    @property
    def left(self) -> float:
        """How many requests could go out at once now."""
        with self._lock:
            self._refill()
            return max(0.0, self._tokens)

    def take(self, *, within: float, background: bool = False) -> None:
        """Waits for a turn; raises `Busy` at once where it would come later than `within` seconds from now, and later
        where the platform itself said meanwhile that it is too much."""
        if background:
            self._take_in_background(within)
            return
        with self._lock:
            self._refill()
            end = self._clock() + within
            queue = max((1 - self._tokens) / self.rate, 0.0)
            wait = self._shut() + queue
            if wait > within:
                raise Busy(wait)
            self._tokens -= 1
            turn = self._open + queue
        while wait > A_MOMENT:
            self._sleep(wait)
            with self._lock:
                self._refill()
                wait = self._shut() + max(turn - self._open, 0.0)
                if wait > A_MOMENT and self._clock() + wait > end + A_MOMENT:
                    raise Busy(wait)

    def penalise(self, seconds: float) -> None:
        """The platform said that it is too much: nothing goes out for `seconds`, whoever queues already included."""
        with self._lock:
            self._refill()
            self._shut_until = max(self._shut_until, self._clock() + seconds)

    def _take_in_background(self, within: float) -> None:
        """Asks again and again for what is above the reserve, so that people always come first."""
        end = self._clock() + within
        while True:
            with self._lock:
                self._refill()
                lacking = max((self.burst * self.reserve + 1 - self._tokens) / self.rate, 0.0)
                wait = self._shut() + max(lacking, self._next_background - self._open)
                if wait <= A_MOMENT:
                    self._tokens -= 1
                    self._next_background = self._open + 1 / (self.rate * (1 - self.reserve))
                    return
                if self._clock() + wait > end:
                    raise Busy(wait)
            self._sleep(wait)

    def _shut(self) -> float:
        """Seconds for which nothing goes out."""
        return max(0.0, self._shut_until - self._clock())

    def _refill(self) -> None:
        """Only open time counts: refilled while shut, the bucket would let a whole window out when it opens."""
        now = self._clock()
        passed = max(0.0, now - max(self._at, self._shut_until))
        self._open += passed
        self._tokens = min(self.burst, self._tokens + passed * self.rate)
        self._at = now
