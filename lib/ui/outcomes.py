"""What became of a write, in the words that operators read; followed until it is settled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import streamlit as st

from lib.records.ledger import AlreadyOpen, Operation
from lib.ui import session
from lib.ui.desk import the_desk
from lib.ui.foreign import plain
from lib.ui.visit import clock_time

UNKNOWN = "We sent this and got no clear answer. It may still happen. Do not repeat it."
PATIENCE = 1.5
"""Seconds for which a page waits for a write before it shows that it is under way."""


def tell(form: str, write: Callable[[str], Operation]) -> None:
    """Hands a decision over under the form's token, and shows the page again with what is known by then."""
    try:
        operation = write(session.token(form))
    except AlreadyOpen as other:
        session.put(f"held {form}", other.operation.operation_id)
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
    kind, words = describe(operation)
    {"good": st.success, "bad": st.error, "mind": st.warning, "quiet": st.info}[kind](words)


def describe(operation: Operation) -> tuple[str, str]:
    """How an outcome is meant (good, quiet, mind, bad) and its sentence, as Markdown."""
    at = clock_time(operation.looked_at or operation.intent_at)
    times = ", ".join(clock_time(look) for look in operation.looked)
    reason = plain(operation.message)
    erased = operation.kind == "erase"
    done = {
        "erase": f"Erased. Two checks found no such customer ({times}). Our own copies are gone too.",
        "forget": f"Our copies are gone. Two checks found no such customer at the platform ({times}).",
        "remove": f"Removed, checked at {at}.",
    }
    words = {
        "done": ("good", done.get(operation.kind, f"Saved, checked at {at}.")),
        "same": ("quiet", f"Nothing was saved: the platform has exactly this already (read at {at})."),
        "not_sent": ("mind", f"Nothing was sent. {_unchanged(operation)} {reason}"),
        "refused": ("bad", f"Nothing was saved. The platform refused this: {reason}"),
        "not_applied": (
            "mind",
            f"Not erased: still there at {at}." if erased else f"Not saved: at {at} the platform still has the old.",
        ),
        "conflict": ("mind", _conflict(operation, at)),
        "unknown": ("mind", f"{UNKNOWN} We are looking; see Activity."),
    }
    return words.get(operation.state, ("quiet", "Under way."))


def _unchanged(operation: Operation) -> str:
    if operation.kind in ("amend", "add", "alter"):
        return "The customer is unchanged; what you typed is kept."
    return "Nobody was added; what you typed is kept." if operation.kind == "create" else "The customer is unchanged."


def _conflict(operation: Operation, at: str) -> str:
    """What stands there now is neither what was before nor what was wanted."""
    if operation.kind == "create":
        return (
            "The platform answered with a customer whose details are not what was typed: it may have known this "
            f"e-mail already (read at {at}). Open the customer and compare before anything else."
        )
    if operation.sent_at:
        return f"Sent, but at {at} the platform has something else. Somebody else may have changed it too: compare."
    return f"Nothing was sent: somebody else changed this meanwhile (read at {at})."
