"""What became of a write, in the words that operators read; followed until it is settled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import streamlit as st

from lib.platform.errors import NotFound
from lib.records.operations import AlreadyOpen, Operation
from lib.ui import session
from lib.ui.desk import the_desk
from lib.ui.foreign import plain
from lib.ui.visit import clock_time
from lib.ui.words import describe

PATIENCE = 1.5
"""Seconds for which a page waits for a write before it shows that it is under way."""


def tell(form: str, write: Callable[[str], Operation]) -> None:
    """Hands a decision over under the form's token, and shows the page again with what is known by then."""
    try:
        operation = write(session.token(form))
    except AlreadyOpen as other:
        session.put(f"held {form}", other.operation.operation_id)
    except NotFound:  # erased from another page: the whole page is asked for again, and says so
        pass
    else:
        session.put(f"held {form}", "")
        session.watch(form, operation.operation_id)
        with st.spinner("Under way"):
            the_desk().writes.wait(operation.operation_id, PATIENCE)
    session.again()


def follow(form: str) -> Operation | None:
    """Shows what became of the form's last write; returns it. A settled write gives the form a new token, and is
    shown until the operator goes elsewhere."""
    ledger, held = the_desk().ledger, session.get(f"held {form}", "")
    other = ledger.get(held) if held else None
    if other and other.open:
        st.warning(
            f"Not sent: {plain(other.operator)} has another change to this customer open since "
            f"{clock_time(other.intent_at)}. What you typed is kept. Try again when it is settled (see Activity)."
        )
    if not session.watched(form):
        return None
    operation = ledger.get(session.watched(form))
    if operation.under_way:
        _under_way(operation.operation_id)
        return operation
    if session.first_time(f"{operation.state} {operation.operation_id}"):
        (session.renew if operation.state in ("done", "same") else session.spend)(form)
    elif session.just_arrived() and not operation.open:
        dismiss(form)
        return None
    show(operation)
    return operation


def dismiss(form: str) -> None:
    """The outcome has been dealt with: it is no longer shown."""
    session.watch(form, "")


@st.fragment(run_every=timedelta(seconds=0.5))
def _under_way(operation_id: str) -> None:
    operation = the_desk().ledger.get(operation_id)
    if not operation.under_way:
        session.again()
    sent = f"Sent at {clock_time(operation.sent_at)}. Checking that it happened." if operation.sent_at else "Sending."
    st.info(sent, icon=":material/hourglass_top:")


def show(operation: Operation) -> None:
    """One settled or unknown operation as an alert."""
    kind, words = describe(operation, clock_time)
    {"good": st.success, "bad": st.error, "mind": st.warning, "quiet": st.info}[kind](words)
