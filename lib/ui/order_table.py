"""The table of an order history, page by page, and one order in full."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from lib.history.exports import as_text, money_line
from lib.history.periods import local
from lib.history.tables import sorted_by
from lib.history.tables import table as frame_of
from lib.models import Order, exactly, json_number
from lib.platform.errors import NotFound
from lib.ui import session
from lib.ui.desk import the_desk
from lib.ui.failures import part
from lib.ui.foreign import plain
from lib.ui.visit import enter, zone

SIZES = (25, 50, 100)
COLUMNS = ("placed", "reference", "event", "performance", "tickets", "status", "total")


def table(cust_id: str, orders: tuple[Order, ...], *, growing: bool) -> None:
    """One page of the orders, newest first unless asked otherwise; choosing a row shows that order below."""
    slot = st.container(key="orders")
    with st.container(horizontal=True, vertical_alignment="bottom", key="paging"):
        bound: dict[str, Any] = {"bind": "query-params", "on_change": first_page}
        size = st.selectbox("Page size", SIZES, key="page_size", width=110, **bound)
        column = st.selectbox("Sorted by", COLUMNS, key="sorted_by", width=150, **bound)
        descending = st.toggle("Descending", value=True, key="descending", **bound)
        number = _page_number(max(1, -(-len(orders) // size)), growing)
    ordered = sorted_by(orders, column, descending)[(number - 1) * size : number * size]
    frame = frame_of(ordered, zone())
    rows_of = f"rows of {cust_id}"
    key = f"{rows_of} {number} {size} {column} {descending} {len(orders)} {session.version(rows_of)}"
    with slot:
        event = st.dataframe(
            frame,
            hide_index=True,
            key=key,
            height="content" if len(frame) <= 25 else 912,
            column_order=[name for name in frame.columns if name != "order_id"],
            column_config={"Total": st.column_config.TextColumn(alignment="right")},
            on_select="rerun",
            selection_mode="single-row",
            alt=f"Orders, page {number}",
        )
    rows = event["selection"]["rows"]
    if rows and rows[0] < len(ordered):
        st.query_params["order"] = ordered[rows[0]].order_id
        session.put("closed order", "")
        session.renew(rows_of)
        session.again()


def first_page() -> None:
    """Other orders are about to be shown: from their first page on."""
    session.reset({"pages": 1})
    st.query_params.pop("pages", None)


def _page_number(count: int, growing: bool) -> int:
    """The page of the table, kept in the page's address once all orders are there and the number means something."""
    asked = st.query_params.get("pages", "1")
    known = re.fullmatch(r"[0-9]{1,6}", asked) is not None and 1 <= int(asked) <= count
    first = int(asked) if known else 1
    if growing:
        return st.pagination(count, default=first, key="pages_so_far")
    number = st.pagination(count, default=first, key="pages")
    if number > 1:
        st.query_params["pages"] = str(number)
    else:
        st.query_params.pop("pages", None)
    return number


def one_order(cust_id: str, orders: tuple[Order, ...]) -> None:
    """The order that the page's address names, in a drawer beside the table. Closing it leaves the address as it is,
    so that the way back leads out of the page and not through every order that was looked at."""
    order_id = st.query_params.get("order", "")
    if session.just_arrived():
        session.put("closed order", "")
    if order_id and session.get("closed order") != order_id:
        _drawer(cust_id, order_id, orders)


def _close() -> None:
    session.put("closed order", st.query_params.get("order", ""))


@st.dialog("One order", width="medium", position="right", icon=":material/receipt_long:", on_dismiss=_close)
def _drawer(cust_id: str, order_id: str, orders: tuple[Order, ...]) -> None:
    enter("viewer")
    with part("This order"):
        try:
            read = next((o for o in orders if o.order_id == order_id), None)
            _show(read or the_desk().api.order(cust_id, order_id).value)
        except NotFound:
            st.info("This customer has no order with this id. Close this and choose one from the table.")


def _show(order: Order) -> None:
    """Its lines, whether they add up, the order as text, and its raw JSON."""
    with st.container(key="one_order"):
        st.code(order.reference or order.order_id, language=None, width=320)
        at = local(order, zone())
        placed = at.strftime("placed %d %b %Y, %H:%M") if at else "no date"
        st.text(f"{order.event or '(no event)'} · {order.performance or 'no performance'}")
        st.text(f"{order.status or 'no status'} · {placed}")
        rows = [
            {"Kind": line.kind, "Name": line.name, "Description": line.description, "Amount": _amount(line.effect)}
            for line in order.lines
        ]
        rows.append({"Kind": "total", "Name": "", "Description": "", "Amount": _amount(order.total)})
        right = {"Amount": st.column_config.TextColumn(alignment="right")}
        st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=right, alt="The lines of this order")
        kind = {True: st.success, False: st.warning, None: st.info}[order.adds_up]
        kind(plain(money_line(order)))
        if order.oddities:
            st.warning(
                f"Parts of this order could not be read: {len(order.oddities)}. The raw JSON below has all of it."
            )
        with st.expander("Copy as text"):
            st.code(as_text(order, zone()), language=None)
        with st.expander("Raw JSON"):
            st.code(json.dumps(order.raw, default=json_number, ensure_ascii=False, indent=2), language=None)


def _amount(amount: Decimal | None) -> str:
    return "?" if amount is None else exactly(amount, ",")
