"""The HTTP conversation with the platform: headers, deadlines, repeats of reads, and what each answer means.

Whether a call reads or writes is ours to say, never the HTTP method's: the platform's permanent delete is a GET.
A read may be repeated; a write is sent exactly once.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import httpx
from pydantic import SecretStr

from lib.models import Json, is_id
from lib.platform.envelope import LONGEST_WAIT, Answer, Envelope, understand
from lib.platform.errors import Busy, Denied, NotFound, OutcomeUnknown, PlatformError, Unavailable, Unreadable
from lib.platform.line import Deadline, Line
from lib.platform.pace import Pace

for noisy in ("httpx", "httpcore"):
    logging.getLogger(noisy).setLevel(logging.WARNING)  # at INFO they log queries, which may name people

BODY_CAP = 5 * 1024 * 1024
READ_DEADLINE, BACKGROUND_DEADLINE, WRITE_DEADLINE = 8.0, 60.0, 20.0
REPEATS = 2
TIMEOUTS = {"connect": 3.0, "read": 10.0, "write": 5.0, "pool": 2.0}
"""Seconds; `read` is for one chunk."""
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL)
"""What httpx raises when no byte of the request left us. Whatever is not here may have been sent."""


def check_id(text: str) -> str:
    """`text`, if it can be an id; raises `NotFound` before anything of it reaches a header."""
    if not is_id(text):
        raise NotFound("this cannot be an id")
    return text


class _Late(Exception):
    """Our own deadline passed while an answer was coming in."""


class _TooLarge(Exception):
    """The answer is larger than anything that the platform would send."""


class _Passing(Exception):
    """What kept a read from its answer may be over after `wait` seconds (None: nobody said how long)."""

    def __init__(self, error: PlatformError, wait: float | None = None) -> None:
        super().__init__("passing")
        self.error, self.wait = error, wait


class Gateway:
    """Our end of the line. One client for reads, another without kept connections for writes: a dead connection
    that is used again is the commonest needless doubt about a write. `clock_difference`: seconds by which the
    platform's clock was ahead of ours at its latest answer (None: it has not said)."""

    def __init__(
        self,
        base_url: str,
        admin_key: SecretStr,
        profile_id: str,
        *,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        transport: httpx.BaseTransport | None = None,
        deadline: float = READ_DEADLINE,
        write_deadline: float = WRITE_DEADLINE,
    ) -> None:
        self.pace, self._clock, self._sleep = pace or Pace(), clock, sleep
        self._deadline, self._write_deadline = deadline, write_deadline
        self._until = Deadline(clock)
        self.clock_difference: float | None = None
        headers = {
            "admin-key": admin_key.get_secret_value(),
            "profile": profile_id,
            "Accept": "application/json",
            "Cache-Control": "no-store",
        }

        def client(kept: int) -> httpx.Client:
            line = transport or Line(self._until, kept=kept)
            return httpx.Client(
                base_url=base_url,
                headers=headers,
                timeout=httpx.Timeout(**TIMEOUTS),
                transport=line,
                follow_redirects=False,
                trust_env=False,
            )

        self._reads, self._writes = client(16), client(0)

    def __repr__(self) -> str:
        return "Gateway()"

    def close(self) -> None:
        self._reads.close()
        self._writes.close()

    def read(
        self,
        path: str,
        cust_id: str = "",
        params: Mapping[str, str | int] | None = None,
        *,
        background: bool = False,
    ) -> Envelope:
        """Asks, at most three times within the deadline. Raises every `PlatformError` but `OutcomeUnknown`."""
        request = self._request(self._reads, "GET", path, cust_id, params=params)
        end = self._clock() + (BACKGROUND_DEADLINE if background else self._deadline)
        for attempt in range(REPEATS + 1):
            try:
                return self._ask_once(request, end, background)
            except _Passing as passing:
                jitter = random.uniform(0, min(4, 0.25 * 2**attempt))  # noqa: S311 (spreads repeats; no secret)
                wait = jitter if passing.wait is None else passing.wait
                if attempt == REPEATS or wait > LONGEST_WAIT or self._clock() + wait >= end:
                    raise passing.error from None
            self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _ask_once(self, request: httpx.Request, end: float, background: bool) -> Envelope:
        self.pace.take(within=max(0.0, end - self._clock()), background=background)
        try:
            answer = self._exchange(self._reads, request, end)
        except (_TooLarge, httpx.DecodingError, httpx.InvalidURL) as cause:
            raise Unreadable(f"an answer that cannot be taken in: {type(cause).__name__}") from None
        except (_Late, httpx.HTTPError) as cause:
            raise _Passing(Unavailable(f"no answer: {type(cause).__name__}")) from None
        if answer.status == 429:
            raise _Passing(Busy(answer.retry_after), answer.retry_after)
        if answer.status in (502, 503, 504):
            raise _Passing(Unavailable(f"status {answer.status}"))
        if answer.status >= 500 or answer.status == 408:
            raise Unavailable(f"status {answer.status}")
        if answer.status in (401, 403):  # whoever says so: nothing more is shown
            raise Denied(f"status {answer.status}")
        return understand(answer, Unreadable)

    def write(
        self,
        method: str,
        path: str,
        cust_id: str = "",
        body: Json = None,
        before_send: Callable[[], None] | None = None,
    ) -> Envelope:
        """Sends exactly once; `before_send` is called right before. Raises `Unavailable` or `Busy` where nothing was
        sent, `Rejected`, `NotFound`, `Denied` or `Busy` where it was refused, and `OutcomeUnknown` for all else."""
        request = self._request(self._writes, method, path, cust_id, body=body)
        self.pace.take(within=READ_DEADLINE)
        if before_send is not None:
            before_send()
        try:
            answer = self._exchange(self._writes, request, self._clock() + self._write_deadline)
        except NEVER_SENT as cause:
            raise Unavailable(f"not sent: {type(cause).__name__}") from None
        except Exception as cause:  # noqa: BLE001 (fail closed: whatever is not provably unsent may have happened)
            raise OutcomeUnknown(f"no clear answer: {type(cause).__name__}") from None
        return understand(answer, OutcomeUnknown)

    def _request(
        self,
        client: httpx.Client,
        method: str,
        path: str,
        cust_id: str,
        params: Mapping[str, str | int] | None = None,
        body: Json = None,
    ) -> httpx.Request:
        headers = {"customer": check_id(cust_id)} if cust_id else {}
        return client.build_request(method, path, params=params, json=body, headers=headers)

    def _exchange(self, client: httpx.Client, request: httpx.Request, end: float) -> Answer:
        """One request and its whole answer, at `end` at the latest."""
        self._until.end = end
        body = bytearray()
        response = client.send(request, stream=True)
        try:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > BODY_CAP:
                    raise _TooLarge
                if self._clock() > end:
                    raise _Late
        finally:
            response.close()
        answer = Answer(response.status_code, response.headers, bytes(body))
        self._notice(answer)
        return answer

    def _notice(self, answer: Answer) -> None:
        """What any answer says beside its content: that it is too much, and what time it is over there."""
        if answer.status == 429:
            self.pace.penalise(min(answer.retry_after, LONGEST_WAIT))
        if answer.server_time:
            self.clock_difference = (answer.server_time - datetime.now(UTC)).total_seconds()
