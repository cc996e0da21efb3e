"""The charts of an order history; choosing a bar narrows the table to the orders behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from lib.history.charts import chosen_periods, currencies, orders_over_time, spend_by_event
from lib.history.periods import Period
from lib.history.tables import by_event, grain_for, narrowed, over_time, undated
from lib.models import Filters, Order
from lib.ui import session
from lib.ui.desk import the_desk
from lib.ui.foreign import plain
from lib.ui.visit import counted, zone

GRAINS = ("day", "week", "month")
MEASURES = ("Spend", "Orders")
TALLEST = 290
"""Pixels: with more events than fit, the chart of them is scrolled."""


def charts(cust_id: str, filters: Filters, orders: tuple[Order, ...], *, complete: bool) -> tuple[Order, ...]:
    """Draws both charts; returns the orders behind what is selected in them (all where nothing is)."""
    time_zone, of = zone(), f"{cust_id} {filters}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        grain = _grain(of, grain_for(orders, time_zone))
        measure = st.segmented_control("Bars show", MEASURES, default="Spend", key="measure", required=True)
        as_table = st.toggle("Show as tables", key="charts_as_tables")
    times = over_time(orders, time_zone, grain)
    events = by_event(orders)
    if as_table:
        _tables(times, events)
        return orders
    key = f"{of} {grain} {measure} {session.version(f'charts of {of}')}"
    measured = (measure or "Spend").lower()
    least = "" if complete else "At least: not all orders are read yet. "
    periods: list[dict[str, Any]] = []
    chosen: list[dict[str, Any]] = []
    with st.container(key="chart"):
        left, right = st.columns([3, 2])
        for currency in currencies(events):
            what = f"{measure} in {currency}"
            with left:
                drawn = orders_over_time(times, currency, grain, the_desk().settings.time_zone, measured)
                periods += _select(drawn, f"time {currency} {key}", f"{what} over time, a bar a {grain}", "period")
            with right.container(
                height=TALLEST if sum(events["currency"] == currency) > 12 else "content", border=False
            ):
                drawn = spend_by_event(events, currency, measured)
                chosen += _select(drawn, f"event {currency} {key}", f"{what}, a bar an event", "event")
        late = undated(orders)
        missing = f" {late:,} orders without a date are not in it." if late else ""
        st.caption(
            f"{least}Days in {the_desk().settings.time_zone}. Choose a bar to see the orders behind it.{missing}"
        )
    return _narrow(of, orders, chosen_periods(periods, grain), chosen)


def _grain(of: str, advised: str) -> str:
    """What a bar stands for: as advised for what has been read so far, until the operator chooses."""
    options = GRAINS if advised in GRAINS else (*GRAINS, advised)
    chosen = session.get(f"grain of {of}")
    start = chosen if chosen in options else advised
    key = f"grain of {of} {advised}"
    now = st.segmented_control("Grouped by", options, default=start, key=key, required=True) or start
    if now != start:
        session.put(f"grain of {of}", now)
    return now


def _select(chart: Any, key: str, alt: str, parameter: str) -> list[dict[str, Any]]:
    """Draws a chart; returns the bars that are selected in it."""
    state = st.altair_chart(chart, key=key, on_select="rerun", alt=alt)
    return list(state.get("selection", {}).get(parameter) or [])


def _narrow(
    of: str, orders: tuple[Order, ...], periods: Sequence[Period], events: Sequence[dict[str, Any]]
) -> tuple[Order, ...]:
    """The orders behind the chosen bars: of any chosen event, and in any chosen period."""
    selected = orders
    if events:
        bars = [(str(bar.get("event_name", "")), str(bar.get("currency", ""))) for bar in events]
        behind = [narrowed(orders, event=event, currency=currency) for event, currency in bars]
        selected = _any_of(selected, behind)
    if periods:
        selected = _any_of(selected, [narrowed(orders, period=period, zone=zone()) for period in periods])
    if periods or events:
        what = " · ".join([*(str(bar.get("event_name", "")) for bar in events), *map(str, periods)])
        with st.container(horizontal=True, vertical_alignment="center", key="narrowed"):
            st.info(f"Only the {counted(len(selected), 'order')} behind the chosen bars: {plain(what)}.")
            if st.button("Show all", key="show_all"):
                session.renew(f"charts of {of}")
                session.again()
    return selected


def _any_of(orders: tuple[Order, ...], groups: Sequence[tuple[Order, ...]]) -> tuple[Order, ...]:
    ids = {order.order_id for group in groups for order in group}
    return tuple(order for order in orders if order.order_id in ids)


def _tables(times: Any, events: Any) -> None:
    """The same numbers for those who cannot see charts."""
    left, right = st.columns(2)
    left.dataframe(times, hide_index=True, alt="Orders and spend over time, by currency")
    right.dataframe(events, hide_index=True, alt="Orders and spend by event, by currency")
