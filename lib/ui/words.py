"""What operators read: each error and each outcome of a write as one sentence that says what to do next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from lib.platform.errors import Busy, Denied, NotFound, OutcomeUnknown, PlatformError, Rejected, Unavailable, Unreadable
from lib.records.operations import Operation
from lib.ui.foreign import plain

UNKNOWN = "We sent this and got no clear answer. It may still happen. Do not repeat it."


def sentence(error: PlatformError) -> str:
    """What the operator should read, as Markdown; the platform's own words in it are escaped."""
    if isinstance(error, Rejected):
        fields = "".join(f" {plain(name)}: {plain(problem)}." for name, problem in error.fields.items())
        return f"The platform refused this: {plain(error.reason)}{fields}"
    if isinstance(error, Busy):
        return f"The platform is busy. Try again in {max(1, round(error.retry_after))} s."
    return next((text for kind, text in SENTENCES.items() if isinstance(error, kind)), "The platform did not answer.")


SENTENCES: dict[type[PlatformError], str] = {
    NotFound: "The platform knows no such customer, address or order. Check the id, or find the customer by name.",
    Denied: "The platform does not accept the desk's key. No customer data is shown. "
    "Tell whoever keeps the desk's settings: the key or the profile has to be set anew.",
    Unavailable: "The platform could not be reached. Try again in a moment.",
    OutcomeUnknown: "We sent this and got no clear answer. It may still happen. Do not repeat it.",
    Unreadable: "The platform's answer could not be read, so nothing of it is shown. "
    "Try again; if it stays so, tell whoever keeps the desk.",
}


def describe(operation: Operation, time: Callable[[datetime], str]) -> tuple[str, str]:
    """How an outcome is meant (good, quiet, mind, bad) and its sentence, as Markdown; `time` writes a look's time."""
    at = time(operation.looked_at or operation.intent_at)
    times = ", ".join(time(look) for look in operation.looked)
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
        "refused": ("bad", f"{'Not erased' if erased else 'Nothing was saved'}. The platform refused this: {reason}"),
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
