"""Owns an order history in a few exact figures, each with what it covers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from lib.history.periods import placed_at
from lib.models import NOT_SPENT, Money, OrderHistory


@dataclass(frozen=True, slots=True)
class Figures:
    """Number of orders; spend and average order per currency, sorted by it (refunded and cancelled orders left out,
    which `excluded` says); first and last order (aware UTC); and in `scope` what all of that covers."""

    count: int
    spend: tuple[Money, ...]
    average: tuple[Money, ...]
    first: datetime | None
    last: datetime | None
    scope: str
    excluded: str


def figures(history: OrderHistory) -> Figures:
    """The figures of what has been read. Averages are over the orders that count, rounded half-even to 2 places."""
    spend = sorted(history.spend.items())
    times = [at for order in history.orders if (at := placed_at(order))]
    return Figures(
        len(history.orders),
        tuple(money for _, money in spend),
        tuple(_average(money, sum(o.currency == currency for o in history.counted)) for currency, money in spend),
        min(times, default=None),
        max(times, default=None),
        _scope(history),
        _excluded(history),
    )


def _average(money: Money, count: int) -> Money:
    with localcontext(prec=60):
        return Money((money.amount / count).quantize(Decimal("0.01"), ROUND_HALF_EVEN), money.currency)


def _orders(count: int) -> str:
    return f"{count:,} order{'' if count == 1 else 's'}"


def _scope(history: OrderHistory) -> str:
    count = len(history.orders)
    without_id = f"; {_orders(history.unreadable)} without an id left out" if history.unreadable else ""
    if history.complete:
        return (f"of {_orders(count)}, all loaded" if count else "no orders") + without_id
    total = "an unknown number of orders" if history.total is None else f"about {_orders(history.total)}"
    return f"at least: {count:,} of {total} loaded{without_id}"


def _excluded(history: OrderHistory) -> str:
    """Which orders are no spend, and why; '' where all are."""
    not_kept = sum(order.status.lower() in NOT_SPENT for order in history.orders)
    unknown = len(history.orders) - len(history.counted) - not_kept
    parts = [f"{not_kept:,} refunded or cancelled {_noun(not_kept)}"] if not_kept else []
    parts += [f"{unknown:,} {_noun(unknown)} without a readable total"] if unknown else []
    return f"{' and '.join(parts)} not counted" if parts else ""


def _noun(count: int) -> str:
    return "order" if count == 1 else "orders"
