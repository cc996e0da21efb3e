"""Exact amounts: decimals from the JSON parser on, never rounded, one currency at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, localcontext

from lib.models.documents import Json, Odd


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in major units (12.50 means £12.50) of one currency; different currencies never add up."""

    amount: Decimal
    currency: str

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError("amounts of different currencies cannot be added")
        return Money(exact_sum((self.amount, other.amount)), self.currency)

    def __str__(self) -> str:
        return f"{exactly(self.amount, ',')} {self.currency}".strip()


def exact_sum(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of amounts without any rounding: within the bounds of `amount` none needs sixty digits."""
    with localcontext(prec=60):
        return sum(amounts, Decimal(0))


def exactly(value: Decimal, thousands: str = "") -> str:
    """An amount in full, with at least two places; `thousands` is what stands between groups of three digits."""
    return f"{value:{thousands}.{max(2, -int(value.as_tuple().exponent))}f}"


def json_number(value: object) -> object:
    """What `json.dumps` writes for a fraction: a number where that is exact, text where it is not."""
    if isinstance(value, Decimal):
        return float(value) if Decimal(repr(float(value))) == value else str(value)
    return str(value)


def amount(value: Json) -> Decimal:
    """An exact, finite amount from a JSON number or a numeric string; anything else is odd."""
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise Odd("an amount was expected")
    try:
        exact = Decimal(value)
    except InvalidOperation:
        raise Odd("an amount was expected") from None
    if not exact.is_finite() or abs(exact) >= Decimal("1e15") or int(exact.as_tuple().exponent) < -20:
        raise Odd("an amount was expected")
    return exact if int(exact.as_tuple().exponent) <= 0 else exact.quantize(Decimal(1))
