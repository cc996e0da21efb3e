"""Where an error becomes a sentence on screen: a part of a page, a whole page, or the outermost edge."""

from __future__ import annotations

import logging
from types import TracebackType
from uuid import uuid4

import streamlit as st

from lib.logs import described
from lib.models import NotAllowed
from lib.platform.errors import Denied, PlatformError
from lib.ui import session
from lib.ui.words import sentence

log = logging.getLogger(__name__)


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
