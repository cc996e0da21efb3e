"""What the platform's documents are made of: ids, texts, times; read strictly, without their values in an error."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

Json = Any
"""What a JSON parser returns, with every fraction as a `Decimal`."""
T = TypeVar("T")


class Odd(ValueError):
    """A document that is not what it should be; the text says what is wrong, without the document's own values."""


def is_id(value: str) -> bool:
    """Whether `value` can be the id of a customer, an address or an order. Nothing else ever reaches a header."""
    return re.fullmatch(r"[A-Za-z0-9_-]{1,64}", value) is not None


def is_email(value: str) -> bool:
    """Whether `value` looks like one e-mail: something before and after one @, and no blanks."""
    return re.fullmatch(r"[^@\s]+@[^@\s]+", value) is not None


def text(value: Json) -> str:
    """`value` as one line of text: '' for nothing; numbers as written; anything else is odd."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return str(value)
    raise Odd("text was expected")


def moment(value: Json) -> datetime:
    """An aware UTC time from ISO 8601 text (no zone: UTC) or seconds since 1970; anything else is odd."""
    try:
        if isinstance(value, str):
            at = datetime.fromisoformat(value)
            return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            return datetime.fromtimestamp(float(value), UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise Odd("a time was expected")


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """An answer of the platform and when it was given (aware UTC); `stale`: the platform cannot be asked now, and
    this is what was known then."""

    value: T
    at: datetime
    stale: bool = False
