"""Orders as tables: narrowed, sorted, and summed over time and by event, for the screen and the charts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from lib.models import NOT_SPENT, Order

MOST_PERIODS = 400
OTHERS = "Other events"
EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the operators' calendar, `start` included and `end` not, in one currency."""

    start: date
    end: date
    currency: str

    def __str__(self) -> str:
        last = self.end - timedelta(days=1)
        days = f"{self.start:%d %b %Y}" if last == self.start else f"{self.start:%d %b %Y} – {last:%d %b %Y}"
        return f"{days}, {self.currency}"


def narrowed(
    orders: Iterable[Order],
    *,
    statuses: Sequence[str] = (),
    period: Period | None = None,
    zone: ZoneInfo | None = None,
    event: str = "",
    currency: str = "",
) -> tuple[Order, ...]:
    """The orders with one of `statuses`, placed within `period` (in `zone`), of `event`, in `currency`."""
    wanted = {status.lower() for status in statuses}
    return tuple(
        order
        for order in orders
        if (not wanted or order.status.lower() in wanted)
        and (period is None or _within(order, period, zone))
        and (not event or order.event == event)
        and (not currency or order.currency == currency)
    )


def _within(order: Order, period: Period, zone: ZoneInfo | None) -> bool:
    if order.placed is None or order.currency != period.currency:
        return False
    return period.start <= order.placed.astimezone(zone).date() < period.end


KEYS: dict[str, Callable[[Order], Any]] = {
    "placed": lambda o: o.placed,
    "reference": lambda o: o.reference or None,
    "event": lambda o: o.event.casefold() or None,
    "performance": lambda o: str(o.performance) or None,
    "tickets": lambda o: o.tickets,
    "status": lambda o: o.status or None,
    "total": lambda o: None if o.total is None else (o.currency, o.total),
}
"""Columns that the table sorts by; totals within their currency."""


def sorted_by(orders: Sequence[Order], column: str, descending: bool) -> tuple[Order, ...]:
    """The orders by one column, those without a value last, otherwise in the order in which they came."""
    key = KEYS[column]
    there = [order for order in orders if key(order) is not None]
    missing = [order for order in orders if key(order) is None]
    return (*sorted(there, key=key, reverse=descending), *missing)


def table(orders: Sequence[Order], zone: ZoneInfo) -> pd.DataFrame:
    """One row an order, as it is shown: times local to `zone`, totals as exact text with their currency."""
    columns = ("Placed", "Reference", "Event", "Performance", "Tickets", "Status", "Total", "order_id")
    rows = [
        (
            order.placed.astimezone(zone).strftime("%Y-%m-%d %H:%M") if order.placed else "",
            order.reference,
            order.event,
            str(order.performance),
            order.tickets,
            order.status,
            str(order.money or ""),
            order.order_id,
        )
        for order in orders
    ]
    return pd.DataFrame(rows, columns=list(columns))


def undated(orders: Iterable[Order]) -> int:
    """Orders without a readable time: no chart over time has them."""
    return sum(order.placed is None for order in orders)


def grain_for(orders: Sequence[Order], zone: ZoneInfo) -> str:
    """day, week or month (or year for a very long time), by how much time the orders span."""
    days = [order.placed.astimezone(zone).date() for order in orders if order.placed]
    span = (max(days) - min(days)).days if days else 0
    return "day" if span <= 62 else "week" if span <= 366 else "month" if span <= 30 * 366 else "year"


def period_start(day: date, grain: str) -> date:
    """The first day of the period that `day` is in; weeks start on Monday."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[grain]


def period_end(start: date, grain: str) -> date:
    """The first day after the period."""
    if grain in ("day", "week"):
        return start + timedelta(days=7 if grain == "week" else 1)
    return (start.replace(day=1) + timedelta(days=400 if grain == "year" else 32)).replace(day=1, **_january(grain))


def _january(grain: str) -> dict[str, int]:
    return {"month": 1} if grain == "year" else {}


def over_time(orders: Sequence[Order], zone: ZoneInfo, grain: str) -> pd.DataFrame:
    """period_start (a day), currency, orders (int), spend (exact): every period from the first order to the last for
    every currency, quiet ones as zero. A grain that would make more than 400 periods is taken coarser."""
    placed = [(order.placed.astimezone(zone).date(), order) for order in orders if order.placed]
    columns = ["period_start", "currency", "orders", "spend"]
    if not placed:
        return pd.DataFrame(columns=columns)
    periods = _periods(min(d for d, _ in placed), max(d for d, _ in placed), grain)
    grain = periods.grain
    sums: dict[tuple[date, str], list[Any]] = {
        (p, c): [0, Decimal(0)] for c in sorted({o.currency for o in orders}) for p in periods.starts
    }
    for day, order in placed:
        cell = sums[period_start(day, grain), order.currency]
        cell[0] += 1
        cell[1] += _spend(order)
    return pd.DataFrame([(p, c, n, spend) for (p, c), (n, spend) in sums.items()], columns=columns)


@dataclass(frozen=True, slots=True)
class _Periods:
    grain: str
    starts: tuple[date, ...]


def _periods(first: date, last: date, grain: str) -> _Periods:
    """Every period from `first` to `last`, in the finest grain from `grain` on that keeps them few."""
    finer = ("day", "week", "month", "year")
    for each in finer[finer.index(grain) :]:
        starts, at = list[date](), period_start(first, each)
        while at <= last and len(starts) <= MOST_PERIODS:
            starts.append(at)
            at = period_end(at, each)
        if len(starts) <= MOST_PERIODS or each == "year":
            return _Periods(each, tuple(starts))
    raise AssertionError("the last grain is always taken")


def _spend(order: Order) -> Decimal:
    return Decimal(0) if order.total is None or order.status.lower() in NOT_SPENT else order.total


def by_event(orders: Sequence[Order], top: int = 15) -> pd.DataFrame:
    """event, currency, orders (int), spend (exact): the `top` events with most orders, the rest as 'Other events'."""
    counts = pd.Series([order.event for order in orders], dtype="object").value_counts()
    shown = set(counts.index[:top])
    sums: dict[tuple[str, str], list[Any]] = {}
    for order in orders:
        cell = sums.setdefault((order.event if order.event in shown else OTHERS, order.currency), [0, Decimal(0)])
        cell[0] += 1
        cell[1] += _spend(order)
    rows = [(event, currency, n, spend) for (event, currency), (n, spend) in sums.items()]
    frame = pd.DataFrame(rows, columns=["event", "currency", "orders", "spend"])
    return frame.sort_values(["currency", "orders"], ascending=[True, False], ignore_index=True)
