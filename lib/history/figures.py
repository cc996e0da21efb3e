"""An order history in a few exact figures, each with what it covers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

from lib.models import Money, OrderHistory


@dataclass(frozen=True, slots=True)
class Figures:
    """Number of orders; spend and average order per currency (refunded and cancelled ones left out, which `excluded`
    says); first and last order (aware UTC); and in `scope` what all of that covers."""

    count: int
    spend: tuple[Money, ...]
    average: tuple[Money, ...]
    first: datetime | None
    last: datetime | None
    scope: str
    excluded: str


def figures(history: OrderHistory) -> Figures:
    """The figures of what has been read."""
    spend = history.spend
    counts = {currency: sum(o.currency == currency for o in history.counted) for currency in spend}
    average = {c: Money(_cents(money.amount / counts[c]), c) for c, money in spend.items()}
    times = [order.placed for order in history.orders if order.placed]
    left_out = len(history.orders) - len(history.counted)
    return Figures(
        len(history.orders),
        tuple(spend[c] for c in sorted(spend)),
        tuple(average[c] for c in sorted(average)),
        min(times, default=None),
        max(times, default=None),
        _scope(history),
        f"{left_out:,} refunded, cancelled or unreadable not in the spend" if left_out else "",
    )


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_EVEN)


def _scope(history: OrderHistory) -> str:
    count = len(history.orders)
    if history.complete:
        return f"of {count:,} orders, all loaded" if count else "no orders"
    total = "an unknown number of" if history.total is None else f"about {history.total:,}"
    return f"at least: {count:,} of {total} orders loaded"
