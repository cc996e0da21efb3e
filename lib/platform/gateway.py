"""The HTTP conversation with the platform: headers, deadlines, repeats of reads, and what each answer means.

Whether a call reads or writes is ours to say, never the HTTP method's: the platform's permanent delete is a GET.
A read may be repeated; a write is sent exactly once.
"""

from __future__ import annotations

import json
import logging
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime

import httpx
from pydantic import SecretStr

from lib.models import Json
from lib.platform.errors import (
    Busy,
    Denied,
    NotFound,
    OutcomeUnknown,
    PlatformError,
    Rejected,
    Unavailable,
    Unreadable,
)
from lib.platform.pace import Pace

for noisy in ("httpx", "httpcore"):
    logging.getLogger(noisy).setLevel(logging.WARNING)  # at INFO they log queries, which may name people

BODY_CAP = 5 * 1024 * 1024
READ_DEADLINE, BACKGROUND_DEADLINE, WRITE_DEADLINE = 8.0, 60.0, 20.0
LONGEST_WAIT = 10.0
"""Seconds of `Retry-After` that a read is willing to wait."""
REPEATS = 2
TIMEOUT = httpx.Timeout(connect=3.0, read=10.0, write=5.0, pool=2.0)
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL)
"""What httpx raises when no byte of the request left us. Whatever is not here may have been sent."""

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check_id(text: str) -> str:
    """`text`, if it can be an id; raises `NotFound` before anything of it reaches a header."""
    if not ID.fullmatch(text):
        raise NotFound("this cannot be an id")
    return text


@dataclass(frozen=True, slots=True)
class Envelope:
    """A good answer: its payload, the list's total (None: not said), when it came, how long it took (seconds)."""

    payload: Json
    total: int | None
    at: datetime
    took: float
    server_time: datetime | None


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: httpx.Headers
    body: bytes


class _Late(Exception):
    """Our own deadline passed while an answer was coming in."""


class _TooLarge(Exception):
    """The answer is larger than anything that the platform would send."""


class Gateway:
    """Our end of the line. One client for reads, another without kept connections for writes: a dead connection
    that is used again is the commonest needless doubt about a write."""

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
    ) -> None:
        self.pace, self._clock, self._sleep = pace or Pace(), clock, sleep
        headers = {
            "admin-key": admin_key.get_secret_value(),
            "profile": profile_id,
            "Accept": "application/json",
            "Cache-Control": "no-store",
        }

        def client(kept: int) -> httpx.Client:
            limits = httpx.Limits(max_connections=32, max_keepalive_connections=kept)
            line = transport or httpx.HTTPTransport(retries=0, limits=limits, trust_env=False)
            return httpx.Client(
                base_url=base_url,
                headers=headers,
                timeout=TIMEOUT,
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
        end = self._clock() + (BACKGROUND_DEADLINE if background else READ_DEADLINE)
        for attempt in range(REPEATS + 1):
            try:
                return self._ask_once(request, end, background)
            except (Unavailable, Busy) as error:
                wait = error.retry_after if isinstance(error, Busy) else random.uniform(0, min(4, 0.25 * 2**attempt))  # noqa: S311
                if attempt == REPEATS or wait > LONGEST_WAIT or self._clock() + wait >= end:
                    raise
                self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _ask_once(self, request: httpx.Request, end: float, background: bool) -> Envelope:
        self.pace.take(within=max(0.0, end - self._clock()), background=background)
        began = self._clock()
        try:
            answer = self._exchange(self._reads, request, end)
        except (_Late, httpx.HTTPError) as cause:
            raise Unavailable(f"no answer: {type(cause).__name__}") from None
        except (_TooLarge, httpx.InvalidURL):
            raise Unreadable("an answer that is too large") from None
        if answer.status in (500, 502, 503, 504, 408):
            raise Unavailable(f"status {answer.status}")
        return self._understand(answer, self._clock() - began, Unreadable)

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
        began = self._clock()
        try:
            answer = self._exchange(self._writes, request, began + WRITE_DEADLINE)
        except NEVER_SENT as cause:
            raise Unavailable(f"not sent: {type(cause).__name__}") from None
        except Exception as cause:  # noqa: BLE001 (fail closed: whatever is not provably unsent may have happened)
            raise OutcomeUnknown(f"no clear answer: {type(cause).__name__}") from None
        return self._understand(answer, self._clock() - began, OutcomeUnknown)

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

    def _exchange(self, client: httpx.Client, request: httpx.Request, end: float) -> _Answer:
        """One request and its whole answer. httpx times each chunk; the deadline of the whole is ours."""
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
        return _Answer(response.status_code, response.headers, bytes(body))

    def _understand(self, answer: _Answer, took: float, otherwise: type[PlatformError]) -> Envelope:
        """What an answer means; `otherwise` is raised for one that is not the platform's envelope."""
        if answer.status in (401, 403):
            raise Denied(f"status {answer.status}")
        if answer.status == 429:
            wait = _retry_after(answer.headers)
            self.pace.penalise(min(wait, LONGEST_WAIT))
            raise Busy(wait)
        document = _parse(answer.body)
        if document is None:
            raise otherwise(f"status {answer.status} without an envelope")
        if 200 <= answer.status < 300 and document.get("success") is True:
            return Envelope(
                document.get("payload"), _total(document), datetime.now(UTC), took, _date(answer.headers.get("date"))
            )
        refused = document.get("success") is False or isinstance(document.get("message"), str)
        if answer.status == 404 and refused:
            raise NotFound("status 404")
        if refused and (200 <= answer.status < 300 or answer.status in (400, 409, 422)):
            raise _rejection(document)
        raise otherwise(f"status {answer.status}")


def _parse(body: bytes) -> dict[str, Json] | None:
    """The JSON object in `body`, with exact fractions; None for anything else, however it is malformed."""
    try:
        document = json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=_no_constant)
        json.dumps(document, default=str, ensure_ascii=False).encode("utf-8")  # a lone surrogate breaks what follows
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _no_constant(_name: str) -> Json:
    raise ValueError("NaN and Infinity are no JSON")


def _rejection(document: Mapping[str, Json]) -> Rejected:
    message, errors = document.get("message"), document.get("errors")
    reason = message if isinstance(message, str) and message else "no reason was given"
    if isinstance(errors, dict):
        return Rejected(reason, {str(name): _words(value) for name, value in errors.items()})
    if isinstance(errors, list) and errors:
        return Rejected(f"{reason}: {_words(errors)}")
    return Rejected(reason)


def _words(value: Json) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _total(document: Mapping[str, Json]) -> int | None:
    meta = document.get("meta")
    total = meta.get("total") if isinstance(meta, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) and total >= 0 else None


def _date(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except (ValueError, TypeError):
        return None


def _retry_after(headers: httpx.Headers) -> float:
    """Seconds to wait; a date is read against the answer's own clock, because ours may differ."""
    text = headers.get("retry-after", "")
    if re.fullmatch(r"\d{1,6}", text):
        return max(1.0, float(text))
    at, now = _date(text), _date(headers.get("date"))
    return max(1.0, (at - now).total_seconds()) if at and now else LONGEST_WAIT
