"""The parts of the Customer page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.history.figures import figures as figures_of
from lib.models import Customer, Details, Money, Order
from lib.platform.pagination import Walk
from lib.records.operations import KINDS, OUTCOMES, Operation
from lib.ui import session
from lib.ui.conflicts import choose
from lib.ui.desk import the_desk
from lib.ui.foreign import plain
from lib.ui.forms import (
    CHANGED,
    DETAILS,
    base_of,
    details,
    discard,
    fields,
    problems_of_details,
    refused_fields,
    submit,
)
from lib.ui.outcomes import dismiss, follow, tell
from lib.ui.saved_addresses import addresses
from lib.ui.visit import clock_time, operator, page, zone
from lib.work.access import everything

__all__ = [
    "addresses",
    "details_form",
    "downloads",
    "erase_link",
    "figures",
    "heading",
    "latest_orders",
    "what_happened",
]


def heading(customer: Customer) -> None:
    """The name as text, and what is copied from here: the id and the e-mail."""
    st.title(plain(customer.name) or "No name", anchor=False)
    with st.container(horizontal=True, gap="small", key="identity_of_customer"):
        st.code(customer.cust_id, language=None, width=320)
        st.code(customer.email or "no e-mail", language=None, width=420)


def figures(cust_id: str) -> None:
    """Number of orders, spend per currency, average, first and last order; each says what it covers."""
    walk = the_desk().api.history(cust_id)
    walk.wait(0.5)
    if walk.error:
        raise walk.error
    (_figures_now if walk.finished else _figures_growing)(walk)


@st.fragment(run_every=timedelta(seconds=1))
def _figures_growing(walk: Walk) -> None:
    """Drawn again each second while the history is read; then the whole page once, with all of it."""
    if walk.finished:
        session.again()
    _figures_now(walk)


def _figures_now(walk: Walk) -> None:
    history = walk.so_far()
    known = figures_of(history)
    least = "" if history.complete else "at least "
    with st.container(key="figures"):
        columns = st.columns(4)
        columns[0].metric("Orders", f"{least}{known.count:,}")
        _amounts(columns[1], "Spend", known.spend, least)
        _amounts(columns[2], "Average order", known.average, "")
        columns[3].metric("Last order", _day(known.last), delta_description=f"first {_day(known.first)}")
        st.caption(" · ".join(text for text in (known.scope, known.excluded) if text))


def _amounts(column: DeltaGenerator, label: str, amounts: tuple[Money, ...], least: str) -> None:
    """One figure a currency, below each other: amounts of different currencies never share a line."""
    for money in amounts:
        which = f"{label}, {plain(money.currency)}" if len(amounts) > 1 else label
        column.metric(which, least + plain(str(money)))
    if not amounts:
        column.metric(label, "none")


def _day(at: datetime | None) -> str:
    return "none" if at is None else at.astimezone(zone()).strftime("%d %b %Y")


def details_form(customer: Customer, *, stale: bool) -> None:
    """Corrects the details: problems at the field, what changes before it is sent, what became of it after."""
    form = f"details of {customer.cust_id}"
    write = follow(form)
    base = base_of(form, DETAILS, customer.details)
    if write and write.state == "conflict":
        choose(form, DETAILS, write, Details)
    elif base != customer.details and not (write and write.open):
        st.warning(CHANGED)
    if session.get(f"review {form}"):
        _review(form, customer.cust_id, base)
        return
    may = operator().may("editor")
    problems = session.get(f"problems {form}", {}) | refused_fields(write)
    with st.container(key="details"), st.form(form):
        typed = fields(form, DETAILS, base.to_json(), problems)
        pressed = submit(form, "save", "Save", disabled=not may or stale or bool(write and write.open))
    if not may:
        st.caption("Read only: correcting details needs the role editor.")
    if pressed:
        dismiss(form)
        session.put(f"problems {form}", problems_of_details(typed))
        session.put(f"review {form}", None)
        if session.get(f"problems {form}"):
            session.again()
        _decide(form, customer.cust_id, base, details(typed))
    if not (write and write.open):
        discard(form, DETAILS, base)


def _decide(form: str, cust_id: str, base: Details, wanted: Details) -> None:
    """Sends what is plain; asks first where a change reaches further than it looks."""
    if "email" in base.changes(wanted):
        session.put(f"review {form}", wanted)
        session.again()
    _send(form, cust_id, base, wanted)


def _send(form: str, cust_id: str, base: Details, wanted: Details) -> None:
    session.put(f"review {form}", None)
    tell(form, lambda token: the_desk().writes.amend(cust_id, base, wanted, operator=operator(), token=token))


def _review(form: str, cust_id: str, base: Details) -> None:
    """What changes, old → new, before a new e-mail is sent."""
    wanted: Details | None = session.get(f"review {form}")
    if wanted is None:
        return
    with st.container(border=True, key="review"):
        st.markdown("**What changes**")
        for name, (old, new) in base.changes(wanted).items():
            st.text(f"{DETAILS[name]}: {old or '(empty)'} → {new}")
        st.caption("A new e-mail also changes where tickets and order confirmations are sent from now on.")
        same = [e for e in the_desk().directory.with_email(wanted.email) if e.cust_id != cust_id]
        if same:
            st.warning(
                f"Known with this e-mail already: {', '.join(plain(e.details.name or e.cust_id) for e in same)}."
            )
        with st.container(horizontal=True):
            if st.button("Save these changes", key=f"confirm_save {session.token(form)}", type="primary"):
                _send(form, cust_id, base, wanted)
            if st.button("Back", key="review_back"):
                session.put(f"review {form}", None)
                session.again()


def latest_orders(cust_id: str) -> None:
    """The latest five orders, and the way to all of them."""
    walk = the_desk().api.history(cust_id)
    if walk.error:
        raise walk.error
    orders = walk.so_far().orders[:5]
    for order in orders:
        _order_row(cust_id, order)
    if not orders:
        st.caption("No orders." if walk.finished else "Being read …")
    st.page_link(page("orders"), label="All orders", icon=":material/receipt_long:", query_params={"id": cust_id})


def _order_row(cust_id: str, order: Order) -> None:
    reference, placed, event, total = st.columns((5, 4, 7, 6), vertical_alignment="center", gap="small")
    where = {"id": cust_id, "order": order.order_id}
    label = f"**{plain(order.reference or order.order_id)}**"
    reference.page_link(page("orders"), label=label, query_params=where)
    placed.text(_day(order.placed))
    event.text(order.event or "(no event)")
    total.text(f"{order.money or 'total unknown'} · {order.status}", width="stretch", text_alignment="right")


def what_happened(cust_id: str) -> None:
    """What was done to this customer through the desk: when, who, what, outcome."""
    operations = the_desk().ledger.of_customer(cust_id)
    with st.container(key="history"):
        if not operations:
            st.caption("Nothing was changed through this desk.")
            return
        rows = [
            {
                "When": clock_time(operation.intent_at),
                "What": KINDS[operation.kind],
                "Outcome": OUTCOMES[operation.state],
                "Who": operation.operator,
                "Changed": _changed(operation),
            }
            for operation in operations
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, alt="What happened to this customer through the desk")


def _changed(operation: Operation) -> str:
    """Field: old → new, as text."""
    before, wanted = operation.before or {}, operation.wanted or {}
    if operation.kind not in ("amend", "alter") or operation.state != "done":
        return ""
    return "; ".join(
        f"{name}: {before.get(name) or ''} → {new or ''}" for name, new in wanted.items() if before.get(name) != new
    )


def downloads(cust_id: str) -> None:
    """All that the platform and the desk hold on this person, as one ZIP; made when it is asked for."""
    desk = the_desk()

    def make() -> bytes:
        at = datetime.now(UTC)
        return everything(desk.api, desk.directory, desk.ledger, cust_id, at=at, zone=desk.settings.zone)

    st.download_button(
        "Download everything",
        data=make,
        file_name=f"customer-{cust_id}.zip",
        mime="application/zip",
        key="everything",
        icon=":material/folder_zip:",
        on_click="ignore",
        help="Everything that the platform and the desk hold on this person: the answer to a subject access request.",
    )


def erase_link(cust_id: str) -> None:
    """A quiet way to the Erase page, for those who may; an explanation for the others."""
    if operator().may("eraser"):
        st.page_link(page("erase"), label="Erase…", icon=":material/person_off:", query_params={"id": cust_id})
    else:
        st.caption("Erasing a customer needs the role eraser.")
