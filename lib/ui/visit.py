"""One visit of a page: who is there, what they may, which id is asked for, and how old what they see is."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from lib.models import Operator, is_id
from lib.settings import ROOT
from lib.ui import session
from lib.ui.desk import Desk, the_desk


def enter(role: str = "viewer") -> Desk:
    """The desk, for an operator who has `role`; every page asks for itself. Ends the run for anybody else."""
    desk = the_desk()
    if desk.settings.needs_sign_in:
        st.error("Nobody may use this desk yet: sign-in is not configured.")
        st.stop()
    if not operator().may(role):
        st.warning(f"Your role does not allow this page. It needs the role {role}.", icon=":material/lock:")
        st.stop()
    return desk


def operator() -> Operator:
    """The person at the screen. Where nobody signs in, everybody has the role of the settings."""
    return Operator("anybody at this desk", the_desk().settings.role)


def zone() -> ZoneInfo:
    return the_desk().settings.zone


def clock_time(at: datetime) -> str:
    """A time of today as '14:02:11', another day's with its date, in the operators' time zone."""
    local = at.astimezone(zone())
    today = datetime.now(UTC).astimezone(zone()).date()
    return local.strftime("%H:%M:%S" if local.date() == today else "%Y-%m-%d %H:%M:%S")


def ago(at: datetime) -> str:
    """How long ago in round words: 'just now', '3 h ago'."""
    seconds = max(0, (datetime.now(UTC) - at).total_seconds())
    for name, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{int(seconds // size)} {name} ago"
    return "just now"


def counted(count: int, noun: str) -> str:
    """'1 order', '2 orders', '3 addresses'."""
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else plural}"


def asked_id() -> str:
    """The customer's id in the page's address, if it is one. Ends the run with what to do next otherwise."""
    cust_id = st.query_params.get("id", "")
    if is_id(cust_id):
        return cust_id
    if cust_id:
        st.error("This address holds no customer id: ids are letters, digits, - and _, at most 64 of them.")
    else:
        st.info("No customer is chosen yet.")
    st.page_link(page("find"), label="Find a customer", icon=":material/search:")
    return st.stop()


def page(name: str) -> str:
    """The script of a page, for a link."""
    return str(ROOT / "pages" / f"{name}.py")


def refreshing() -> bool:
    """Whether the operator has just asked for everything anew."""
    return bool(session.get("refresh"))


def source_line(at: datetime, what: str = "live") -> None:
    """Where the page's data comes from and how old it is, with a way to refresh."""
    session.put("refresh", False)
    with st.container(horizontal=True, vertical_alignment="center", key="source"):
        st.caption(f"{what} {clock_time(at)} · times in {the_desk().settings.time_zone}")
        if st.button("Refresh", key="refresh", type="tertiary", icon=":material/refresh:"):
            desk = the_desk()
            if "id" in st.query_params:
                desk.api.forget(st.query_params["id"])
            session.put("refresh", True)
            session.again()
