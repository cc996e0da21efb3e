"""What an operator reads when something went wrong: each error as one sentence that says what to do next."""

from __future__ import annotations

import logging
from types import TracebackType
from uuid import uuid4

import streamlit as st

from lib.logs import described
from lib.models import NotAllowed
from lib.platform.errors import Busy, Denied, NotFound, OutcomeUnknown, PlatformError, Rejected, Unavailable, Unreadable
from lib.ui import session
from lib.ui.foreign import plain

log = logging.getLogger(__name__)


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


class part:  # noqa: N801 (used as a word: `with part("Addresses"):`)
    """A part of a page that may fail without the rest: its errors become a sentence in its place."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> part:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        if isinstance(error, Denied) and not session.get("denied"):
            session.put("denied", True)  # nothing of anybody may stay on screen: the whole page is asked for again
            session.again()
        if isinstance(error, PlatformError):
            st.warning(f"{self.name}: {sentence(error)}", icon=":material/cloud_off:")
            return True
        if isinstance(error, NotAllowed):
            st.warning(f"{self.name}: your role does not allow this. It needs the role {error.role}.")
            return True
        return False


def show_failure(error: PlatformError) -> None:
    """A whole page that cannot be shown, with a way to try again."""
    st.header("This page cannot be shown now", anchor=False)
    st.error(sentence(error), icon=":material/cloud_off:")
    st.button("Try again", key="try_again", icon=":material/refresh:")


def show_unforeseen(error: BaseException) -> bool:
    """The outermost edge: a reference instead of a traceback; the log has the kind of error under it, no values."""
    reference = uuid4().hex[:8]
    log.error("reference %s: %s", reference, described(error))
    st.error(
        f"This page could not be shown. Nothing was changed by showing it. "
        f"Reload it; if it stays so, tell whoever keeps the desk the reference {reference}."
    )
    return True
