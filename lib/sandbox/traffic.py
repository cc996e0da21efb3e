"""Owns what the sandbox remembers of its traffic: the log of requests and the window of the rate limit."""

import math
import time
from collections import deque
from threading import Lock
from typing import NamedTuple

WINDOW_SECONDS = 10.0
LOG_LENGTH = 20_000


class Request(NamedTuple):
    """One request as it arrived; `cust_id` is its `customer` header, `at` is on the monotonic clock in seconds."""

    method: str
    path: str
    cust_id: str | None
    at: float


class Traffic:
    """The newest 20,000 requests, and a sliding window of `rate_limit` requests in ten seconds."""

    def __init__(self, rate_limit: int) -> None:
        self._rate_limit = rate_limit
        self._lock = Lock()
        self._log: deque[Request] = deque(maxlen=LOG_LENGTH)
        self._window: deque[float] = deque()

    def note(self, method: str, path: str, cust_id: str | None) -> None:
        """Remember a request, whatever becomes of it."""
        with self._lock:
            self._log.append(Request(method, path, cust_id, time.monotonic()))

    def seen(self) -> list[Request]:
        """The log, oldest first."""
        with self._lock:
            return list(self._log)

    def admit(self) -> int:
        """0 if one more request fits in the window; else whole seconds to wait, and the request does not count."""
        now = time.monotonic()
        with self._lock:
            while self._window and self._window[0] <= now - WINDOW_SECONDS:
                self._window.popleft()
            if len(self._window) < self._rate_limit:
                self._window.append(now)
                return 0
            oldest = self._window[0] if self._window else now
        return max(1, math.ceil(oldest + WINDOW_SECONDS - now))
