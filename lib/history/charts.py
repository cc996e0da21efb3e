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


def orders_over_time(frame: pd.DataFrame, grain: str, zone_name: str, measure: str = "spend") -> alt.Chart:
    """Bars a period, one row a currency, with a choice of one bar (`period`); `frame` is of `tables.over_time`."""
    chosen = alt.selection_point(name="period", fields=["start", "currency"], toggle=False)
    data = pd.DataFrame(
        {
            "start": [day.isoformat() for day in frame["period_start"]],
            "currency": list(frame["currency"]),
            "orders": [int(n) for n in frame["orders"]],
            "spend": [float(spend) for spend in frame["spend"]],
        }
    )
    few = len(set(data["start"])) <= 31
    x = alt.X(
        "start:O",
        title=f"{grain.capitalize()} ({zone_name})",
        axis=alt.Axis(labelOverlap=True, labelAngle=0 if few else -60),
    )
    bars = alt.Chart(data, height=130).mark_bar()
    return _rows(
        bars, x, alt.Y(f"{measure}:Q", title=measure.capitalize()), chosen, ["start", "currency", "orders", "spend"]
    )


def spend_by_event(frame: pd.DataFrame, measure: str = "spend") -> alt.Chart:
    """A bar an event, one row a currency, with a choice of one bar (`event`); `frame` is of `tables.by_event`."""
    chosen = alt.selection_point(name="event", fields=["event_name", "currency"], toggle=False)
    data = pd.DataFrame(
        {
            "event_name": list(frame["event"]),
            "currency": list(frame["currency"]),
            "orders": [int(n) for n in frame["orders"]],
            "spend": [float(spend) for spend in frame["spend"]],
        }
    )
    y = alt.Y("event_name:N", title=None, sort="-x", axis=alt.Axis(labelLimit=180))
    bars = alt.Chart(data).mark_bar()
    return _rows(
        bars,
        alt.X(f"{measure}:Q", title=measure.capitalize()),
        y,
        chosen,
        ["event_name", "currency", "orders", "spend"],
    )


def _rows(bars: alt.Chart, x: alt.X, y: alt.Y, chosen: alt.Parameter, told: Sequence[str]) -> alt.Chart:
    """One row a currency, each with a scale of its own: different currencies never share an axis."""
    chart: alt.Chart = (
        bars.encode(
            x=x,
            y=y,
            row=alt.Row("currency:N", title=None, header=alt.Header(labelAngle=0, labelAlign="left")),
            opacity=alt.condition(chosen, alt.value(1.0), alt.value(FADED)),
            tooltip=list(told),
        )
        .add_params(chosen)
        .resolve_scale(x="shared" if "start" in str(x.shorthand) else "independent", y="independent")
    )
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
