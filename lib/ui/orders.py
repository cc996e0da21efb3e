"""The parts of the Orders page that stand around the charts and the table: filters, progress, and the file."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from lib.history.exports import orders_csv
from lib.history.tables import narrowed
from lib.models import Customer, Filters, Order
from lib.platform.pagination import Walk
from lib.ui import session
from lib.ui.desk import the_desk
from lib.ui.failures import sentence
from lib.ui.foreign import plain
from lib.ui.order_charts import charts
from lib.ui.order_table import one_order, table
from lib.ui.visit import counted, page, zone

STATUSES = ("sold", "refunded", "cancelled")
FIELDS: dict[str, object] = {"from": None, "to": None, "q": "", "status": None, "pages": 1}
"""The filters in the page's address, and what stands there where there is none."""


def title(customer: Customer) -> None:
    st.title(f"Orders of {plain(customer.name) or 'a customer without a name'}")
    st.page_link(
        page("customer"), label="Back to the customer", icon=":material/person:", query_params={"id": customer.cust_id}
    )


def chosen_filters(cust_id: str) -> Filters:
    """The filters as fields, kept in the page's address; those of another customer are not carried over."""
    session.only_for("orders", cust_id, FIELDS)
    with st.container(key="filters", horizontal=True, vertical_alignment="bottom"):
        start: date | None = st.date_input(
            "From", value=None, key="from", bind="query-params", format="YYYY-MM-DD", width=150
        )
        end: date | None = st.date_input(
            "To", value=None, key="to", bind="query-params", format="YYYY-MM-DD", width=150
        )
        query = st.text_input("Text", key="q", bind="query-params", placeholder="Reference, event, ticket", width=260)
        st.selectbox("Status", STATUSES, index=None, key="status", bind="query-params", placeholder="any", width=150)
        st.button(
            "Clear filters", key="clear", on_click=session.reset, args=(FIELDS,), icon=":material/filter_alt_off:"
        )
    if start and end and start > end:
        st.warning("The first day is after the last: no order can match. Change one of them.")
    return Filters(start, end, (query or "").strip()[:200])


def body(cust_id: str, filters: Filters) -> None:
    """Charts, table and file; drawn again each second while the history is still being read."""
    walk = the_desk().api.history(cust_id, filters)
    walk.wait(0.7)
    growing = not walk.finished
    st.fragment(_content, run_every=timedelta(seconds=1) if growing else None)(cust_id, filters, growing)
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


def _content(cust_id: str, filters: Filters, growing: bool) -> None:
    walk = the_desk().api.history(cust_id, filters)
    if growing and walk.finished:
        session.again()
    with st.container(key="reading"):
        if growing:
            _progress(walk)
    history = walk.so_far()
    if walk.error:
        st.error(f"Not all orders could be read. {sentence(walk.error)}")
    if walk.finished and not history.complete:
        st.warning(f"Incomplete: {len(history.orders):,} of {_total(history.total)} orders were read {history.note}.")
        if st.button("Read the rest", key="read_on"):
            the_desk().api.forget(cust_id)
            session.again()
    status = session.get_field("status")
    orders = narrowed(history.orders, statuses=(str(status),) if status else ())
    _scope(history.orders, orders, filters, complete=history.complete)
    if not orders:
        return
    selected = charts(cust_id, filters, orders, complete=history.complete)
    table(cust_id, selected, growing=growing)
    _download(cust_id, selected, complete=history.complete)


def _total(total: int | None) -> str:
    return "an unknown number of" if total is None else f"at least {total:,}"


def _scope(all_read: tuple[Order, ...], shown: tuple[Order, ...], filters: Filters, *, complete: bool) -> None:
    """What the page covers, and whether a filter hides orders."""
    least = "" if complete else "at least "
    hidden = bool(filters) or len(shown) != len(all_read)
    if shown:
        st.caption(f"{least}{counted(len(shown), 'order')}{'; filters hide others' if hidden else ', all of them'}.")
    elif hidden:
        st.info("No order matches these filters. Clear them to see every order.", icon=":material/filter_alt:")
    elif complete:
        st.info("This customer has no orders.", icon=":material/receipt_long:")


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
