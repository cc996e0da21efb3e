"""The parts of the Orders page that stand around the charts and the table: filters, progress, and the file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import streamlit as st

from lib.history.exports import orders_csv
from lib.history.tables import narrowed, on_days
from lib.models import Customer, Filters, Order, OrderHistory
from lib.platform.pagination import Walk
from lib.ui import session
from lib.ui.foreign import plain
from lib.ui.order_charts import charts
from lib.ui.order_table import first_page, one_order, table
from lib.ui.visit import counted, enter, page, zone
from lib.ui.words import sentence

WHY = {"stopped": "Reading was stopped.", "changing while read": "Orders kept changing while they were read."}
"""Why a history ended without all of it."""
STATUSES = ("sold", "refunded", "cancelled")
FIELDS: dict[str, object] = {"from": None, "to": None, "q": "", "status": None}
"""The filters in the page's address, and what stands there where there is none."""


def title(customer: Customer) -> None:
    st.title(f"Orders of {plain(customer.name) or 'a customer without a name'}", anchor=False)
    st.page_link(
        page("customer"), label="Back to the customer", icon=":material/person:", query_params={"id": customer.cust_id}
    )


def chosen_filters(cust_id: str) -> Filters:
    """The filters as fields, kept in the page's address; those of another customer are not carried over."""
    session.only_for("orders", cust_id, FIELDS)
    with st.container(key="filters", horizontal=True, vertical_alignment="bottom"):
        bound: dict[str, Any] = {"bind": "query-params", "on_change": first_page}
        start: date | None = st.date_input("From", None, key="from", format="YYYY-MM-DD", width=150, **bound)
        end: date | None = st.date_input("To", None, key="to", format="YYYY-MM-DD", width=150, **bound)
        query = st.text_input("Text", key="q", placeholder="Reference, event, ticket", width=260, **bound)
        st.selectbox("Status", STATUSES, index=None, key="status", placeholder="any", width=150, **bound)
        st.button("Clear filters", key="clear", on_click=_clear, icon=":material/filter_alt_off:")
    if start and end and start > end:
        st.warning("The first day is after the last: no order can match. Change one of them.")
    return Filters(start, end, (query or "").strip()[:200])


def _clear() -> None:
    session.reset(FIELDS)
    first_page()


def body(cust_id: str, filters: Filters, walk: Walk) -> None:
    """Charts, table and file; drawn again each second while the history is still being read."""
    walk.wait(0.7)
    growing = not walk.finished
    st.fragment(_content, run_every=timedelta(seconds=1) if growing else None)(cust_id, filters, walk, growing)
    one_order(cust_id, walk.so_far().orders)


def _progress(walk: Walk) -> None:
    """How far the reading is, and a way to stop it."""
    now = walk.progress
    about = f" of about {now.about}" if now.about else ""
    with st.container(horizontal=True, vertical_alignment="center", key="progress"):
        st.progress(
            min(1.0, now.pages / now.about) if now.about else 0.0, f"Reading page {now.pages}{about}", width=420
        )
        if st.button("Stop", key="stop_reading"):
            walk.cancel()
            session.again()


def _content(cust_id: str, filters: Filters, walk: Walk, growing: bool) -> None:
    desk = enter("viewer")
    if (growing and walk.finished) or desk.directory.buried(cust_id):
        session.again()
    with st.container(key="reading"):
        if growing:
            _progress(walk)
    history = walk.so_far()
    if walk.finished and not history.complete:
        why = sentence(walk.error) if walk.error else WHY.get(history.note, "The platform's own count does not agree.")
        read = f"{len(history.orders):,} of {_total(history.total)}" if history.orders else "None"
        st.warning(f"Incomplete: {read} orders were read. {why}")
        if st.button("Read the rest", key="read_on"):
            desk.api.forget(cust_id)
            session.again()
    status = session.get_field("status")
    orders = narrowed(on_days(history.orders, filters, zone()), statuses=(str(status),) if status else ())
    _scope(history, orders, filters)
    if not orders:
        return
    selected = charts(cust_id, filters, orders, complete=history.complete)
    table(cust_id, selected, growing=growing)
    _download(cust_id, selected, complete=history.complete)


def _total(total: int | None) -> str:
    return "an unknown number of" if total is None else f"at least {total:,}"


def _scope(history: OrderHistory, shown: tuple[Order, ...], filters: Filters) -> None:
    """What the page covers, and whether a filter hides orders."""
    hidden = bool(filters) or len(shown) != len(history.orders)
    least, rest = ("", ", all of them") if history.complete else ("at least ", " so far")
    if shown:
        st.caption(f"{least}{counted(len(shown), 'order')}{'; filters hide others' if hidden else rest}.")
    elif hidden:
        st.info("No order matches these filters. Clear them to see every order.", icon=":material/filter_alt:")
    elif history.complete and not history.unreadable:
        st.info("This customer has no orders.", icon=":material/receipt_long:")
    if history.unreadable:
        st.warning(f"{counted(history.unreadable, 'order')} came without an id and cannot be shown here.")


def _download(cust_id: str, orders: tuple[Order, ...], *, complete: bool) -> None:
    """The file of exactly the orders that the table pages through."""
    time_zone = zone()
    with st.container(horizontal=True, vertical_alignment="center", key="download_line"):
        st.download_button(
            "Download CSV",
            data=lambda: orders_csv(orders, time_zone),
            file_name=f"orders-{cust_id}{'' if complete else '-incomplete'}.csv",
            mime="text/csv",
            key="download",
            icon=":material/download:",
            on_click="ignore",
            disabled=not complete,
        )
        st.caption(
            f"{counted(len(orders), 'order')}, as filtered" if complete else "Possible when all orders have been read."
        )
