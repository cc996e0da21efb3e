"""The charts of an order history; choosing a bar narrows the table to the orders behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from lib.history.charts import chosen_period, currencies, orders_over_time, spend_by_event
from lib.history.tables import by_event, grain_for, narrowed, over_time, undated
from lib.models import Filters, Order
from lib.ui import session
from lib.ui.desk import the_desk
from lib.ui.foreign import plain
from lib.ui.visit import zone

GRAINS = ("day", "week", "month")
MEASURES = ("Spend", "Orders")


def charts(cust_id: str, filters: Filters, orders: tuple[Order, ...], *, complete: bool) -> tuple[Order, ...]:
    """Draws both charts; returns the orders behind what is selected in them (all where nothing is)."""
    time_zone, of = zone(), f"{cust_id} {filters}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        advised = grain_for(orders, time_zone)
        options = GRAINS if advised in GRAINS else (*GRAINS, advised)
        grain = st.segmented_control("Grouped by", options, default=advised, key=f"grain of {of}", required=True)
        measure = st.segmented_control("Bars show", MEASURES, default="Spend", key="measure", required=True)
        as_table = st.toggle("Show as tables", key="charts_as_tables")
    times = over_time(orders, time_zone, grain or advised)
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
                drawn = orders_over_time(times, currency, grain or advised, the_desk().settings.time_zone, measured)
                periods += _select(drawn, f"time {currency} {key}", f"{what} over time", "period")
            with right:
                drawn = spend_by_event(events, currency, measured)
                chosen += _select(drawn, f"event {currency} {key}", f"{what} by event", "event")
        late = undated(orders)
        missing = f" {late:,} orders without a date are not in it." if late else ""
        st.caption(
            f"{least}Days in {the_desk().settings.time_zone}. Choose a bar to see the orders behind it.{missing}"
        )
    return _narrow(of, orders, chosen_period(periods, grain or advised), chosen)


def _select(chart: Any, key: str, alt: str, parameter: str) -> list[dict[str, Any]]:
    """Draws a chart; returns the bars that are selected in it."""
    state = st.altair_chart(chart, key=key, on_select="rerun", alt=alt)
    return list(state.get("selection", {}).get(parameter) or [])


def _narrow(of: str, orders: tuple[Order, ...], period: Any, events: Sequence[dict[str, Any]]) -> tuple[Order, ...]:
    selected = orders
    if period is not None:
        selected = narrowed(selected, period=period, zone=zone())
    if events:
        selected = narrowed(
            selected, event=str(events[0].get("event_name", "")), currency=str(events[0].get("currency", ""))
        )
    if selected is not orders:
        with st.container(horizontal=True, vertical_alignment="center", key="narrowed"):
            what = plain(str(period)) if period is not None else plain(str(events[0].get("event_name", "")))
            st.info(f"Only the {len(selected):,} orders behind the chosen bar: {what}.")
            if st.button("Show all", key="show_all"):
                session.renew(f"charts of {of}")
                session.again()
    return selected


def _tables(times: Any, events: Any) -> None:
    """The same numbers for those who cannot see charts."""
    left, right = st.columns(2)
    left.dataframe(times, hide_index=True, alt="Orders and spend over time, by currency")
    right.dataframe(events, hide_index=True, alt="Orders and spend by event, by currency")
