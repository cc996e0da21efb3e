"""Owns orders as tables: narrowed, sorted, and summed over time and by event, for the screen and the charts."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain, count
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from lib.history.periods import Period, grain_of_span, local, period_end, period_start, periods, placed_at
from lib.models import NOT_SPENT, Filters, Order, exact_sum, exactly

__all__ = [
    "OTHERS",
    "Period",
    "by_event",
    "events_shown",
    "grain_for",
    "narrowed",
    "on_days",
    "over_time",
    "period_end",
    "period_start",
    "periods_shown",
    "sorted_by",
    "table",
    "undated",
]

TOP = 40
OTHERS = "Other events"
UNNAMED = "(no name)"


def narrowed(
    orders: Iterable[Order],
    *,
    statuses: Sequence[str] = (),
    period: Period | None = None,
    zone: ZoneInfo | None = None,
    event: str | None = None,
    currency: str | None = None,
    top: int = TOP,
) -> tuple[Order, ...]:
    """The orders with one of `statuses`, placed within `period` (days in `zone`, UTC if not given), in `currency`
    ('' is: orders without one), of `event`: a name as `by_event(orders, top)` gives it for these same orders, where
    'Other events' is all beyond the `top`."""
    orders = tuple(orders)
    wanted = {status.lower() for status in statuses}
    keys = None if event is None else _keys_of(orders, event, top)
    return tuple(
        order
        for order in orders
        if (not wanted or order.status.lower() in wanted)
        and (period is None or _within(order, period, zone or ZoneInfo("UTC")))
        and (keys is None or _event_key(order) in keys)
        and (currency is None or order.currency == currency)
    )


def on_days(orders: Iterable[Order], filters: Filters, zone: ZoneInfo) -> tuple[Order, ...]:
    """The orders that were placed on the days of `filters` in `zone`; those without a usable time stay."""
    first, last = filters.date_from or date.min, filters.date_to or date.max
    return tuple(o for o in orders if (at := local(o, zone)) is None or first <= at.date() <= last)


def _within(order: Order, period: Period, zone: ZoneInfo) -> bool:
    at = local(order, zone)
    return at is not None and order.currency == period.currency and period.start <= at.date() < period.end


KEYS: dict[str, Callable[[Order], Any]] = {
    "placed": placed_at,
    "reference": lambda o: o.reference or None,
    "event": lambda o: o.event.casefold() or None,
    "performance": lambda o: str(o.performance) or None,
    "tickets": lambda o: o.tickets,
    "status": lambda o: o.status or None,
    "total": lambda o: None if o.total is None else (o.currency, o.total),
}
"""Columns that the table sorts by; totals within their currency."""


def sorted_by(orders: Sequence[Order], column: str, descending: bool) -> tuple[Order, ...]:
    """The orders by one column of `KEYS`, those without a value last, otherwise in the order in which they came."""
    key = KEYS[column]
    there = [order for order in orders if key(order) is not None]
    missing = [order for order in orders if key(order) is None]
    return (*sorted(there, key=key, reverse=descending), *missing)


COLUMNS = ("Placed", "Reference", "Event", "Performance", "Tickets", "Status", "Total", "Currency", "order_id")


def table(orders: Sequence[Order], zone: ZoneInfo) -> pd.DataFrame:
    """One row an order, as it is shown: times local to `zone`; totals as exact text ("1,234.50"), because a browser
    rounds large numbers; `order_id` is for the program, not for the screen."""
    return pd.DataFrame([_row(order, zone) for order in orders], columns=list(COLUMNS))


def _row(order: Order, zone: ZoneInfo) -> tuple[object, ...]:
    at, money = local(order, zone), order.money
    return (
        at.strftime("%Y-%m-%d %H:%M") if at else "",
        order.reference,
        order.event,
        str(order.performance),
        order.tickets,
        order.status,
        str(money).removesuffix(f" {order.currency}") if money else "",
        order.currency,
        order.order_id,
    )


def undated(orders: Iterable[Order]) -> int:
    """Orders without a usable time: no chart over time has them."""
    return sum(placed_at(order) is None for order in orders)


def grain_for(orders: Sequence[Order], zone: ZoneInfo) -> str:
    """day, week or month (or year for a very long time), by how much time the orders span."""
    days = [at.date() for order in orders if (at := local(order, zone))]
    return grain_of_span(min(days), max(days)) if days else "day"


def over_time(orders: Sequence[Order], zone: ZoneInfo, grain: str) -> pd.DataFrame:
    """period_start, period_end (days of `zone`, the end not included), currency, orders (int), spend (exact).

    Every period from the first order to the last for every currency, quiet ones as zero. A grain that would make more
    than 400 periods is taken coarser: the bounds of the periods say so. Orders without a usable time: `undated`.
    """
    columns = ["period_start", "period_end", "currency", "orders", "spend"]
    placed = [(at.date(), order) for order in orders if (at := local(order, zone))]
    if not placed:
        return pd.DataFrame(columns=columns)
    days = [day for day, _ in placed]
    bounds = periods(min(days), max(days), grain)
    starts = [start for start, _ in bounds]
    sums: dict[tuple[int, str], list[Any]] = {
        (n, currency): [0, Decimal(0)] for currency in sorted({o.currency for o in orders}) for n in range(len(bounds))
    }
    for day, order in placed:
        _add(sums[bisect_right(starts, day) - 1, order.currency], order)
    rows: list[tuple[date, date, str, int, Decimal]] = [(*bounds[n], c, *cell) for (n, c), cell in sums.items()]
    return pd.DataFrame(rows, columns=columns)


def _add(cell: list[Any], order: Order) -> None:
    """Counts the order; its total only where the organiser kept it."""
    cell[0] += 1
    if order.total is not None and order.status.lower() not in NOT_SPENT:
        cell[1] = exact_sum((cell[1], order.total))


def by_event(orders: Sequence[Order], top: int = TOP) -> pd.DataFrame:
    """event (a name of its own for each), event_id, currency, orders (int), spend (exact): the `top` events with most
    orders, the rest as 'Other events', which comes last in each currency."""
    shown, names = _shown(orders, top), _names(orders)
    sums: dict[tuple[str, str], list[Any]] = {}
    for order in orders:
        key = _event_key(order)
        _add(sums.setdefault((key if key in shown else OTHERS, order.currency), [0, Decimal(0)]), order)
    ids = {_event_key(order): order.event_id for order in orders}
    rows = [(names.get(key, OTHERS), ids.get(key, ""), currency, *cell) for (key, currency), cell in sums.items()]
    rows.sort(key=lambda row: (row[2], row[0] == OTHERS, -row[3], row[0]))
    return pd.DataFrame(rows, columns=["event", "event_id", "currency", "orders", "spend"])


def periods_shown(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame of `over_time` as people read it: each period with orders by its first and last day, spend exact."""
    spans = [
        Period(*bounds) for bounds in zip(frame["period_start"], frame["period_end"], frame["currency"], strict=True)
    ]
    return _shown_sums([span.days for span in spans], "Period", frame)


def events_shown(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame of `by_event` as people read it."""
    return _shown_sums(list(frame["event"]), "Event", frame)


def _shown_sums(names: list[str], heading: str, frame: pd.DataFrame) -> pd.DataFrame:
    spend = [exactly(amount, ",") for amount in frame["spend"]]
    columns = {heading: names, "Orders": list(frame["orders"]), "Spend": spend, "Currency": list(frame["currency"])}
    return pd.DataFrame(columns)


def _event_key(order: Order) -> str:
    """What tells events apart: their id, or the name of one without an id; never equal to `OTHERS`."""
    return f"id {order.event_id}" if order.event_id else f"name {order.event}"


def _shown(orders: Iterable[Order], top: int) -> set[str]:
    counts = Counter(_event_key(order) for order in orders)
    return {key for key, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:top]}


def _names(orders: Iterable[Order]) -> Mapping[str, str]:
    """Event → the name it is shown by: its newest, with the id where two events would look the same."""
    newest: dict[str, Order] = {}
    for order in orders:
        newest.setdefault(_event_key(order), order)
    alike = Counter([OTHERS, *(order.event or UNNAMED for order in newest.values())])
    names: dict[str, str] = {}
    taken = {OTHERS}
    for key, order in sorted(newest.items(), key=lambda item: item[0]):
        plain, long = order.event or UNNAMED, _long(order)
        wishes = chain([plain] if alike[plain] == 1 else [], [long], (f"{long} {n}" for n in count(2)))
        names[key] = next(name for name in wishes if name not in taken)
        taken.add(names[key])
    return names


def _long(order: Order) -> str:
    return f"{order.event or UNNAMED} ({order.event_id or 'no id'})"


def _keys_of(orders: Sequence[Order], event: str, top: int) -> set[str]:
    """The events behind a name of `by_event`; the long name is understood even where the short one would do."""
    names = _names(orders)
    if event == OTHERS:
        return set(names) - _shown(orders, top)
    exactly = {key for key, name in names.items() if name == event}
    return exactly or {_event_key(order) for order in orders if _long(order) == event}
