"""The script that every visit runs: the gate, the list of pages, the identity line, and the error boundary."""

from __future__ import annotations

import streamlit as st

from lib.models import NotAllowed, is_id
from lib.platform.errors import PlatformError
from lib.records.store import WrongDatabase
from lib.settings import ROOT, BadSettings
from lib.ui import session
from lib.ui.desk import Desk, the_desk
from lib.ui.failures import show_failure, show_unforeseen
from lib.ui.visit import operator, page

MENU = (
    ("find", "Find", ":material/search:", "visible"),
    ("activity", "Activity", ":material/history:", "visible"),
    ("directory", "Directory", ":material/groups:", "visible"),
    ("customer", "Customer", ":material/person:", "hidden"),
    ("orders", "Orders", ":material/receipt_long:", "hidden"),
    ("erase", "Erase", ":material/person_off:", "hidden"),
)
"""The pages: file and address, title, icon, and whether the menu lists them (the others are about one customer)."""


def _gate() -> Desk:
    """The desk, or the reasons for which it cannot be used."""
    try:
        desk = the_desk()
    except BadSettings as faults:
        st.title("Customer Desk cannot start", anchor=False)
        for fault in faults.sentences:
            st.error(fault)
        st.caption("The README has a table of all settings. Correct them and start the desk again.")
        st.stop()
    except WrongDatabase as fault:
        st.title("Customer Desk cannot start", anchor=False)
        st.error(str(fault))
        st.stop()
    if desk.settings.needs_sign_in:
        st.title("Customer Desk is closed", anchor=False)
        st.error(
            "A platform is configured, but not who may use the desk. Nothing is shown until sign-in is configured. "
            "To let everybody in who reaches this address, on purpose, set DESK_SIGN_IN=none."
        )
        st.stop()
    return desk


def _identity(desk: Desk) -> None:
    """Who is here, as what, and on which platform: always in sight."""
    person = operator()
    with st.container(key="identity", horizontal=True, vertical_alignment="center", gap="small"):
        if desk.sandbox:
            st.badge("Sandbox: made-up data", icon=":material/science:", color="orange")
        else:
            st.badge(desk.platform, icon=":material/cloud:", color="green")
        st.caption(f"{person.name.capitalize()} · role {person.role}")


_script = st.components.v2.component(
    "customer_desk", html='<span hidden></span><script src="desk.js"></script>', isolate_styles=False
)
st.set_page_config(page_icon=str(ROOT / "lib" / "ui" / "icon.png"), layout="wide")
desk = _gate()
pages = [
    st.Page(page(name), title=title, icon=icon, default=name == "find", visibility=visibility)  # type: ignore[arg-type] # a tuple of plain text
    for name, title, icon, visibility in MENU
]
chosen = st.navigation(pages, position="top")
about = st.query_params.get("id", "")
which = f" {about[-6:]}" if is_id(about) else ""  # no name: a browser keeps titles in its history
st.set_page_config(f"{chosen.title}{which} · Customer Desk")
session.begin(f"{chosen.url_path} {about}")
_identity(desk)
try:
    chosen.run()
except PlatformError as error:
    show_failure(error)
except NotAllowed as refusal:
    st.warning(f"Your role does not allow this. It needs the role {refusal.role}.", icon=":material/lock:")
except Exception as error:  # noqa: BLE001 (the outermost edge: no traceback ever reaches an operator)
    show_unforeseen(error)
_script(key=f"script of {chosen.url_path}")
