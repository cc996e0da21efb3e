"""The charts of an order history; choosing a bar narrows the table to the orders behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from lib.history.charts import chosen_periods, currencies, orders_over_time, spend_by_event
from lib.history.periods import Period, grain_of
from lib.history.tables import (
    by_event,
    events_shown,
    grain_for,
    narrowed,
    over_time,
    periods_shown,
    undated,
)
from lib.models import Filters, Order
from lib.ui import session
from lib.ui.desk import the_desk
from lib.ui.foreign import plain
from lib.ui.visit import counted, zone

GRAINS = ("day", "week", "month")
MEASURES = ("Spend", "Orders")
FITTING, TALLEST = 12, 290
"""Events that fit beside the other chart, and its height in pixels: with more, the chart of them is scrolled."""
Event = tuple[str, str]
"""An event's name, as `tables.by_event` has it, and a currency."""


def charts(cust_id: str, filters: Filters, orders: tuple[Order, ...], *, complete: bool) -> tuple[Order, ...]:
    """Draws both charts, or the same numbers as tables; returns the orders behind what is chosen in them (all where
    nothing is)."""
    of = f"{cust_id} {filters}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
        grain = _grain(of, grain_for(orders, zone()))
        measure = st.radio("Bars show", MEASURES, key="measure", horizontal=True)
        as_table = st.toggle("Show as tables", key="charts_as_tables")
    times, events = over_time(orders, zone(), grain), by_event(orders)
    key = f"{of} {grain} {measure} {session.version(f'charts of {of}')}"
    with st.container(key="chart"):
        draw = _tables if as_table else _bars
        periods, chosen = draw(times, events, grain, measure, key)
        st.caption(_covers(orders, times, grain, complete=complete))
    return _narrow(of, orders, periods, chosen)


def _grain(of: str, advised: str) -> str:
    """What a bar stands for: as advised for what has been read so far, until the operator chooses."""
    options = GRAINS if advised in GRAINS else (*GRAINS, advised)
    chosen = session.get(f"grain of {of}")
    start = chosen if chosen in options else advised
    key = f"grain of {of} {advised}"
    now = st.radio("Grouped by", options, index=options.index(start), key=key, horizontal=True)
    if now != start:
        session.put(f"grain of {of}", now)
    return now


def _covers(orders: tuple[Order, ...], times: pd.DataFrame, grain: str, *, complete: bool) -> str:
    """What the numbers cover, in whose days, and how to go on from them."""
    drawn = grain_of(times["period_start"].iloc[0], times["period_end"].iloc[0]) if len(times) else grain
    late = undated(orders)
    parts = (
        "" if complete else "At least: not all orders are read yet.",
        "" if drawn == grain else f"By {drawn}, because there would be too many bars by {grain}.",
        f"{counted(late, 'order')} without a date not in it." if late else "",
        f"Days in {the_desk().settings.time_zone}. Choose a bar or a row to see the orders behind it.",
    )
    return " ".join(part for part in parts if part)


def _bars(
    times: pd.DataFrame, events: pd.DataFrame, grain: str, measure: str, key: str
) -> tuple[list[Period], list[Event]]:
    """A pair of charts a currency; the periods and events behind the chosen bars."""
    periods: list[dict[str, Any]] = []
    chosen: list[dict[str, Any]] = []
    left, right = st.columns([3, 2])
    for currency in currencies(events):
        what, many = f"{measure} in {currency}", sum(events["currency"] == currency) > FITTING
        with left:
            drawn = orders_over_time(times, currency, grain, the_desk().settings.time_zone, measure.lower())
            periods += _select(drawn, f"time {currency} {key}", f"{what} over time, a bar a {grain}", "period")
        with right.container(height=TALLEST if many else "content", border=False):
            drawn = spend_by_event(events, currency, measure.lower())
            chosen += _select(drawn, f"event {currency} {key}", f"{what}, a bar an event", "event")
    return chosen_periods(periods, grain), [(str(bar.get("event_name")), str(bar.get("currency"))) for bar in chosen]


def _select(chart: Any, key: str, alt: str, parameter: str) -> list[dict[str, Any]]:
    """Draws a chart; returns the bars that are selected in it."""
    state = st.altair_chart(chart, key=key, on_select="rerun", alt=alt)
    return list(state.get("selection", {}).get(parameter) or [])


def _tables(
    times: pd.DataFrame, events: pd.DataFrame, grain: str, _measure: str, key: str
) -> tuple[list[Period], list[Event]]:
    """The same numbers for those who cannot see charts or use no mouse: rows are chosen by the keyboard too. Quiet
    periods are left out."""
    times = times[times["orders"] > 0]
    left, right = st.columns(2)
    with left:
        rows = _choose_rows(periods_shown(times), f"periods {key}", f"Orders and spend by {grain}")
    periods = [Period(*times.iloc[row][["period_start", "period_end", "currency"]]) for row in rows]
    with right:
        rows = _choose_rows(events_shown(events), f"events {key}", "Orders and spend by event")
    return periods, [(events["event"].iloc[row], events["currency"].iloc[row]) for row in rows]


def _choose_rows(frame: pd.DataFrame, key: str, alt: str) -> list[int]:
    right = {"Spend": st.column_config.TextColumn(alignment="right")}
    chosen = st.dataframe(
        frame,
        hide_index=True,
        key=key,
        height=TALLEST if len(frame) > 7 else "content",
        column_config=right,
        on_select="rerun",
        selection_mode="multi-row",
        alt=alt,
    )
    return [row for row in chosen["selection"]["rows"] if row < len(frame)]


def _narrow(
    of: str, orders: tuple[Order, ...], periods: Sequence[Period], events: Sequence[Event]
) -> tuple[Order, ...]:
    """The orders behind what is chosen: of any chosen event, and in any chosen period."""
    selected = orders
    if events:
        behind = [narrowed(orders, event=event, currency=currency) for event, currency in events]
        selected = _any_of(selected, behind)
    if periods:
        selected = _any_of(selected, [narrowed(orders, period=period, zone=zone()) for period in periods])
    if periods or events:
        what = " · ".join([*(event for event, _ in events), *map(str, periods)])
        with st.container(horizontal=True, vertical_alignment="center", key="narrowed"):
            st.info(f"Only the {counted(len(selected), 'order')} behind the chosen bars: {plain(what)}.")
            if st.button("Show all", key="show_all"):
                session.renew(f"charts of {of}")
                session.again()
    return selected


def _any_of(orders: tuple[Order, ...], groups: Sequence[tuple[Order, ...]]) -> tuple[Order, ...]:
    ids = {order.order_id for group in groups for order in group}
    return tuple(order for order in orders if order.order_id in ids)
