"""The rate limit: a paced bucket that never lets more than 250 requests through in 10 seconds, people first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from lib.platform.errors import Busy


class Pace:
    """`burst` requests at once, then `rate` a second: burst + 10 · rate ≤ 250, the platform's documented limit.

    Background work leaves the share `reserve` of the burst and of the rate to people.
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
        self.burst, self.rate, self.reserve = burst, rate, reserve
        self._clock, self._sleep, self._lock = clock, sleep, threading.Lock()
        self._tokens, self._at, self._shut_until = burst, clock(), 0.0
        self._next_background = 0.0

    @property
    def left(self) -> float:
        """How many requests could go out at once now."""
        with self._lock:
            self._refill()
            return max(0.0, self._tokens)

    def take(self, *, within: float, background: bool = False) -> None:
        """Waits for a turn; raises `Busy` at once where it would come later than `within` seconds from now."""
        if background:
            self._take_in_background(within)
            return
        with self._lock:
            self._refill()
            wait = max((1 - self._tokens) / self.rate, self._shut_until - self._clock(), 0.0)
            if wait > within:
                raise Busy(wait)
            self._tokens -= 1
        if wait:
            self._sleep(wait)

    def penalise(self, seconds: float) -> None:
        """The platform said that it is too much: nothing goes out for `seconds`."""
        with self._lock:
            self._shut_until = max(self._shut_until, self._clock() + seconds)

    def _take_in_background(self, within: float) -> None:
        """Asks again and again for what is above the reserve, so that people always come first."""
        end = self._clock() + within
        while True:
            with self._lock:
                self._refill()
                now = self._clock()
                wait = max((self.burst * self.reserve + 1 - self._tokens) / self.rate, self._shut_until - now)
                wait = max(wait, self._next_background - now)
                if wait <= 0:
                    self._tokens -= 1
                    self._next_background = now + 1 / (self.rate * (1 - self.reserve))
                    return
                if now + wait > end:
                    raise Busy(wait)
            self._sleep(wait)

    def _refill(self) -> None:
        now = self._clock()
        self._tokens = min(self.burst, self._tokens + (now - self._at) * self.rate)
        self._at = now
