"""Owns the charts of an order history. Data goes in as data only: field names, titles and tooltips are ours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import altair as alt
import pandas as pd

from lib.history.periods import Period, grain_of, period_end
from lib.history.tables import OTHERS
from lib.models import Money

FADED = 0.35
"""How much of its colour a bar keeps that is not the chosen one."""
LABELS = {"day": "%d %b", "week": "%d %b %y", "month": "%b %Y", "year": "%Y"}
"""How the axis writes the first day of a period."""


def currencies(frame: pd.DataFrame) -> list[str]:
    """The currencies of a frame: each gets a chart of its own, because they never share an axis."""
    return sorted(set(frame["currency"]))


def orders_over_time(
    frame: pd.DataFrame, currency: str, grain: str, zone_name: str, measure: str = "spend"
) -> alt.Chart:
    """Bars a period in one currency; `frame` is of `tables.over_time`, `measure` is "spend" or "orders".

    The selection `period` has `period_start`, `period_end` (ISO days) and `currency` of the chosen bar.
    Where the frame is coarser than `grain`, the axis says the frame's.
    """
    data, rows = _data(frame, currency)
    data.insert(0, "period_start", [str(day) for day in rows["period_start"]])
    data.insert(1, "period_end", [str(day) for day in rows["period_end"]])
    if len(rows):
        grain = grain_of(rows["period_start"].iloc[0], rows["period_end"].iloc[0])
    axis = alt.Axis(labelOverlap=True, labelAngle=0, labelExpr=f"utcFormat(toDate(datum.value), '{LABELS[grain]}')")
    x = alt.X("period_start:O", title=f"{grain.capitalize()}, {zone_name}", axis=axis)
    y = alt.Y(f"{measure}:Q", title=_title(measure, currency))
    tooltip = [alt.Tooltip("period_start:N", title=f"{grain.capitalize()} from")]
    chart = _bars(data, x, y, "period", ["period_start", "period_end", "currency"], tooltip)
    return chart.properties(height=240)


def spend_by_event(frame: pd.DataFrame, currency: str, measure: str = "spend") -> alt.Chart:
    """A bar an event in one currency; `frame` is of `tables.by_event`, `measure` is "spend" or "orders".

    The selection `event` has `event_name` (as `tables.narrowed` takes it) and `currency` of the chosen bar.
    """
    data, rows = _data(frame, currency)
    data.insert(0, "event_name", [str(name) for name in rows["event"]])
    # Largest first, but the other events stay last however large it is.
    last = data["event_name"] == OTHERS
    data["place"] = [sum(data[measure] > v) + len(data) * end for v, end in zip(data[measure], last, strict=True)]
    order = alt.EncodingSortField(field="place", op="min", order="ascending")
    y = alt.Y("event_name:N", title=None, sort=order, axis=alt.Axis(labelLimit=170))
    x = alt.X(f"{measure}:Q", title=_title(measure, currency))
    tooltip = [alt.Tooltip("event_name:N", title="Event")]
    chart = _bars(data, x, y, "event", ["event_name", "currency"], tooltip)
    return chart.properties(height=alt.Step(18), padding={"left": 5, "top": 10, "right": 5, "bottom": 5})


def _data(frame: pd.DataFrame, currency: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What both charts draw, and the rows of the frame behind it."""
    rows = frame[frame["currency"] == currency]
    data = pd.DataFrame(
        {
            "currency": [currency] * len(rows),
            "orders": [int(n) for n in rows["orders"]],
            "spend": [float(spend) for spend in rows["spend"]],
            "exact_spend": [str(Money(spend, "")) for spend in rows["spend"]],
        }
    )
    return data, rows


def _title(measure: str, currency: str) -> str:
    code = currency if re.fullmatch(r"[A-Za-z]{3}", currency) else "another currency" if currency else "no currency"
    return f"{measure.capitalize()}, {code}" if measure == "spend" else f"Orders in {code}"


def _bars(
    data: pd.DataFrame, x: alt.X, y: alt.Y, name: str, fields: list[str], tooltip: list[alt.Tooltip]
) -> alt.Chart:
    chosen = alt.selection_point(name=name, fields=fields, toggle=False)
    told = [
        *tooltip,
        alt.Tooltip("orders:Q", title="Orders"),
        alt.Tooltip("exact_spend:N", title="Spend"),
        alt.Tooltip("currency:N", title="Currency"),
    ]
    opacity = alt.condition(chosen, alt.value(1.0), alt.value(FADED))
    chart: alt.Chart = (
        alt.Chart(data, width="container").mark_bar().encode(x=x, y=y, opacity=opacity, tooltip=told).add_params(chosen)
    )
    return chart


def chosen_periods(bars: Iterable[Mapping[str, Any]], grain: str) -> list[Period]:
    """The periods behind chosen bars of `orders_over_time`; bars that cannot be read are passed over.

    `grain` serves bars that do not say where they end.
    """
    found = []
    for bar in bars:
        start, end = (_day(bar.get(name)) for name in ("period_start", "period_end"))
        if start is not None and start.year < 9998:
            later = end if end is not None and end > start else period_end(start, grain)
            found.append(Period(start, later, str(bar.get("currency") or "")))
    return found


def _day(value: object) -> date | None:
    """A day from ISO text, or from milliseconds since 1970 as a browser sends times."""
    try:
        if isinstance(value, str):
            return date.fromisoformat(value[:10])
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC).date()
    except (ValueError, OverflowError, OSError):
        pass
    return None
