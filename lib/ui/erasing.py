"""The parts of the Erase page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from lib.models import NOT_SPENT, Customer, Order, OrderHistory
from lib.records.operations import Operation
from lib.ui import session
from lib.ui.desk import the_desk
from lib.ui.failures import part
from lib.ui.foreign import plain, revealed
from lib.ui.outcomes import dismiss, follow, tell
from lib.ui.visit import asked_id, clock_time, counted, enter, operator, page, zone

REASONS = ("Customer's request", "Duplicate", "Test account", "Other")
PATIENCE = 20.0
"""Seconds to wait for the whole history before the page counts "at least"."""


def title() -> None:
    st.title("Erase a customer", anchor=False)


def _form(cust_id: str) -> str:
    return f"erasure of {cust_id}"


def outcome() -> bool:
    """What became of an erasure from this page; True where the customer is gone and there is nothing else to show."""
    cust_id = asked_id()
    write = follow(_form(cust_id))
    if write is None or write.state != "done":
        gone = the_desk().ledger.last_erasure(cust_id)
        return bool(write and write.under_way) or (gone is not None and _receipt(gone))
    session.forget(cust_id)
    return _receipt(write)


def preview(customer: Customer) -> dict[str, Any]:
    """Who and what will go; returns what the receipt counts, without personal data."""
    desk, cust_id = the_desk(), customer.cust_id
    with st.container(border=True, key="who", gap="xsmall"):
        shown = {"Name": revealed(customer.name), "Email": revealed(customer.email), "Customer id": cust_id}
        facts(shown)
    addresses = desk.api.addresses(cust_id, fresh=session.just_arrived()).value
    walk = desk.api.history(cust_id, fresh=session.just_arrived())
    with st.spinner("Reading all orders"):
        walk.wait(PATIENCE)
    history = walk.so_far()
    coming = _to_come(history)
    least = "" if history.complete else "at least "
    if coming:
        _still_to_come(coming)
    st.markdown("**What goes at the platform**")
    st.markdown(
        f"- {least}{counted(len(history.orders), 'order')}\n- {counted(len(addresses), 'saved address')}\n"
        "- the details above"
    )
    _latest(history)
    st.markdown(
        "**What the desk itself forgets**: the directory's entry, everything remembered of this customer, "
        f"and the personal values in {counted(len(desk.ledger.of_customer(cust_id)), 'earlier change')} "
        "(when, who and why stay)."
    )
    st.markdown(
        "**This cannot be undone.** What becomes of tickets that were issued already is not documented by the platform."
    )
    return {
        "orders": len(history.orders),
        "orders_complete": history.complete,
        "addresses": len(addresses),
        "tickets_to_come": sum(order.tickets for order in coming),
    }


def facts(told: Mapping[str, str]) -> None:
    """Label and value, a line each; values as text."""
    for label, value in told.items():
        left, right = st.columns((1, 4), vertical_alignment="center")
        left.caption(label)
        right.text(value or "(none)")


def _still_to_come(coming: list[Order]) -> None:
    """The tickets that somebody may still stand at a door with."""
    rows = [
        f"- {counted(order.tickets, 'ticket')} for {plain(order.event)}, {plain(str(order.performance))}"
        for order in coming[:5]
    ]
    if len(coming) > 5:
        rows.append(f"- … and {counted(len(coming) - 5, 'more order')} for performances to come")
    lines = "\n".join(rows)
    st.warning(f"Holds tickets for performances still to come:\n{lines}", icon=":material/confirmation_number:")


def _latest(history: OrderHistory) -> None:
    with st.container(gap="xsmall"):
        for order in history.orders[:3]:
            placed = order.placed.astimezone(zone()).strftime("%d %b %Y") if order.placed else "no date"
            st.text(f"{placed} · {order.reference} · {order.event} · {order.money or 'total unknown'} · {order.status}")


def _to_come(history: OrderHistory) -> list[Order]:
    """Orders that were not taken back, for performances from today on, the next one first."""
    today = datetime.now(UTC).astimezone(zone()).date()
    return [
        o
        for o in history.orders
        if o.status.lower() not in NOT_SPENT and o.performance.day and o.performance.day >= today
    ]


@st.fragment
def confirmation(customer: Customer, counts: dict[str, Any]) -> None:
    """The typed confirmation, a reason, and the one button; Enter does not submit, and typing asks the platform for
    nothing."""
    if enter("eraser").directory.buried(customer.cust_id):  # erased meanwhile, from another page
        session.again()
    form, expected = _form(customer.cust_id), customer.email or customer.cust_id
    version = session.version(form)
    what = "email" if customer.email else "customer id"
    with st.container(key="confirm"):
        typed = st.text_input(
            f"Type the customer's {what} to confirm", key=f"confirm {form} {version}", live="200ms", autocomplete="off"
        )
        st.caption("To be typed:")
        st.text(revealed(expected))
    with st.container(key="reason"):
        reason = st.selectbox("Reason", REASONS, index=None, key=f"reason {form} {version}", placeholder="Choose why")
    other = st.text_input("Which reason?", key=f"other {form} {version}", max_chars=200) if reason == "Other" else ""
    note = st.text_input("Ticket or note", key=f"note {form} {version}", max_chars=200)
    st.caption("Reason and note stay in the audit trail: no personal data in them.")
    write = the_desk().ledger.open_for(customer.cust_id)
    matches = (typed or "").strip().casefold() == expected.strip().casefold()
    ready = matches and bool(reason) and (reason != "Other" or bool((other or "").strip())) and write is None
    if typed and not matches:
        st.caption("Not the same yet.")
    if write is not None:
        since = clock_time(write.intent_at)
        st.warning(f"{plain(write.operator)} has another change to this customer open since {since} (see Activity).")
    with st.container(key="erase"):
        pressed = st.button("Erase for good", key=f"erase {session.token(form)}", type="primary", disabled=not ready)
    if pressed and ready:
        dismiss(form)
        why = f"Other: {(other or '').strip()}" if reason == "Other" else str(reason)
        tell(
            form,
            lambda token: the_desk().writes.erase(
                customer.cust_id,
                customer.details,
                counts=counts,
                reason=why,
                note=(note or "").strip(),
                operator=operator(),
                token=token,
            ),
        )


def receipt_of(operation: Operation) -> dict[str, Any]:
    """The receipt of an erasure, without personal data: when, who, why, what was counted, how it was verified."""
    return {
        "receipt": operation.operation_id,
        "customer": operation.pseudonym,
        "decided": operation.intent_at.isoformat(),
        "sent": operation.sent_at.isoformat() if operation.sent_at else None,
        "operator": operation.operator,
        "reason": operation.reason,
        "note": operation.note,
        "counted": dict(operation.counts or {}),
        "verified": [at.isoformat() for at in operation.looked],
    }


def _receipt(operation: Operation) -> bool:
    counts = operation.counts or {}
    least = "" if counts.get("orders_complete", True) else "at least "
    told = {
        "Erased": clock_time(operation.settled_at or operation.intent_at),
        "By": operation.operator,
        "Reason": operation.reason,
        "Ticket or note": operation.note or "none",
        "Counted before": f"{least}{counted(counts.get('orders', 0), 'order')}, "
        f"{counted(counts.get('addresses', 0), 'saved address')}, "
        f"{counted(counts.get('tickets_to_come', 0), 'ticket')} for performances to come",
        "Verified": f"not found at {', '.join(clock_time(at) for at in operation.looked)}",
        "Customer": f"{operation.pseudonym[:16]}…, a keyed hash in place of the id",
        "Receipt": operation.operation_id,
    }
    with st.container(border=True, key="receipt", gap="xsmall"):
        st.header("Receipt", anchor=False)
        facts(told)
        shown = receipt_of(operation)
        st.caption(f"Times in {the_desk().settings.time_zone}. The receipt holds no personal data.")
        with part("The receipt"):
            st.download_button(
                "Download the receipt",
                data=json.dumps(shown, indent=2),
                file_name=f"erasure-{operation.operation_id}.json",
                mime="application/json",
                key="download_receipt",
                on_click="ignore",
            )
    st.page_link(page("find"), label="Find a customer", icon=":material/search:")
    return True
