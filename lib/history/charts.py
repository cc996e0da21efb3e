"""The charts of an order history. Data goes in as data only: field names, titles and tooltips are ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import altair as alt
import pandas as pd

from lib.history.tables import Period, period_end

FADED = 0.35
"""How much of its colour a bar keeps that is not the chosen one."""


def currencies(frame: pd.DataFrame) -> list[str]:
    """The currencies of a frame: each gets a chart of its own, because they never share an axis."""
    return sorted(set(frame["currency"]))


def orders_over_time(
    frame: pd.DataFrame, currency: str, grain: str, zone_name: str, measure: str = "spend"
) -> alt.Chart:
    """Bars a period in one currency, with a choice of one bar (`period`); `frame` is of `tables.over_time`."""
    data = _data(frame, currency, "start", "period_start")
    few = len(data) <= 31
    axis = alt.Axis(labelOverlap=True, labelAngle=0 if few else -45, labelLimit=80)
    x = alt.X("start:O", title=f"{grain.capitalize()}, {zone_name}", axis=axis)
    y = alt.Y(f"{measure}:Q", title=_title(measure, currency))
    return _bars(data, x, y, "period", "start").properties(height=170)


def spend_by_event(frame: pd.DataFrame, currency: str, measure: str = "spend") -> alt.Chart:
    """A bar an event in one currency, with a choice of one bar (`event`); `frame` is of `tables.by_event`."""
    data = _data(frame, currency, "event_name", "event")
    y = alt.Y("event_name:N", title=None, sort="-x", axis=alt.Axis(labelLimit=170))
    x = alt.X(f"{measure}:Q", title=_title(measure, currency))
    return _bars(data, x, y, "event", "event_name").properties(height=alt.Step(18))


def _data(frame: pd.DataFrame, currency: str, field: str, column: str) -> pd.DataFrame:
    rows = frame[frame["currency"] == currency]
    return pd.DataFrame(
        {
            field: [str(value) for value in rows[column]],
            "currency": currency,
            "orders": [int(n) for n in rows["orders"]],
            "spend": [float(spend) for spend in rows["spend"]],
        }
    )


def _title(measure: str, currency: str) -> str:
    return f"{measure.capitalize()}, {currency[:12]}" if measure == "spend" else f"Orders in {currency[:12]}"


def _bars(data: pd.DataFrame, x: alt.X, y: alt.Y, name: str, field: str) -> alt.Chart:
    chosen = alt.selection_point(name=name, fields=[field, "currency"], toggle=False)
    opacity = alt.condition(chosen, alt.value(1.0), alt.value(FADED))
    told = [field, "currency", "orders", "spend"]
    chart: alt.Chart = alt.Chart(data).mark_bar().encode(x=x, y=y, opacity=opacity, tooltip=told).add_params(chosen)
    return chart


def chosen_period(bars: Sequence[dict[str, Any]], grain: str) -> Period | None:
    """The period behind a chosen bar; None where none is chosen or it cannot be read."""
    for bar in bars:
        start = _day(bar.get("start"))
        if start is not None:
            return Period(start, period_end(start, grain), str(bar.get("currency", "")))
    return None


def _day(value: object) -> date | None:
    """A day from ISO text, or from milliseconds since 1970 as a browser sends times."""
    try:
        if isinstance(value, str):
            return date.fromisoformat(value[:10])
        if isinstance(value, (int, float)):
            return datetime.fromtimestamp(value / 1000, UTC).date()
    except (ValueError, OverflowError, OSError):
        pass
    return None
