"""What an answer of the platform means: the one place where statuses and bodies become a result or an error.

Source of the envelope: the platform's documentation (success, payload, meta.total, message); statuses and the shape
of `errors` are read tolerantly, because it is silent about them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime

import httpx

from lib.models import Json
from lib.platform.errors import Busy, Denied, NotFound, PlatformError, Rejected

LONGEST_WAIT = 10.0
"""Seconds of `Retry-After` that we are willing to wait, and what is assumed where a 429 names none."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A good answer: its payload, the list's total (None: not said), and when it came (aware UTC)."""

    payload: Json
    total: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer as it came over the line."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def server_time(self) -> datetime | None:
        """The platform's own clock (UTC) when it answered; None where it did not say."""
        return _date(self.headers.get("date"))

    @property
    def retry_after(self) -> float:
        """Seconds to wait; a date is read against the answer's own clock, because ours may differ."""
        text = self.headers.get("retry-after", "")
        if re.fullmatch(r"[0-9]{1,6}", text):
            return max(1.0, float(text))
        at, now = _date(text), self.server_time
        return max(1.0, (at - now).total_seconds()) if at and now else LONGEST_WAIT


def understand(answer: Answer, otherwise: type[PlatformError]) -> Envelope:
    """The answer's envelope, or the error that it means; `otherwise` is raised for whatever is not the platform's own
    clear word. A refusal counts only where its envelope says so: anything in between us may answer 403 or 404 to a
    write that the platform has carried out."""
    status, document = answer.status, _parse(answer.body) or {}
    success = document.get("success")
    if 200 <= status < 300 and success is True:
        return Envelope(document.get("payload"), _total(document), datetime.now(UTC))
    if success is False or ("success" not in document and isinstance(document.get("message"), str)):
        if status in (401, 403):
            raise Denied(f"status {status}")
        if status == 404:
            raise NotFound("status 404")
        if status == 429:
            raise Busy(answer.retry_after)
        if status in (400, 409, 422) or (200 <= status < 300 and success is False):
            raise _rejection(document)
    raise otherwise(f"status {status} without a clear envelope")


def _parse(body: bytes) -> dict[str, Json] | None:
    """The JSON object in `body`, with exact fractions; None for anything else, however it is malformed."""
    try:
        document = json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=_no_constant)
        json.dumps(document, default=str, ensure_ascii=False).encode("utf-8")  # a lone surrogate breaks what follows
    except (ValueError, ArithmeticError, RecursionError):  # ArithmeticError: an exponent beyond what Decimal holds
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
    except (ValueError, TypeError, OverflowError):
        return None
