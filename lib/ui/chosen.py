"""The customer whom a page is about: as the platform has them, as the directory knew them, or gone."""

from __future__ import annotations

import streamlit as st

from lib.models import Customer, Reading
from lib.platform.errors import Busy, NotFound, Unavailable
from lib.ui import session
from lib.ui.desk import Desk, the_desk
from lib.ui.foreign import plain
from lib.ui.outcomes import follow, show, tell
from lib.ui.visit import asked_id, clock_time, operator, page, refreshing
from lib.ui.words import sentence


def the_customer() -> Reading[Customer]:
    """The customer whom the page's address names, as the platform has them now or a moment ago; where it cannot be
    reached, as the directory knows them. One who is gone is said to be gone, and nothing remembered is shown."""
    desk, cust_id = the_desk(), asked_id()
    try:
        return _asked(desk, cust_id, fresh=refreshing())
    except (Unavailable, Busy) as error:
        known = desk.directory.entry(cust_id)
        if known is None:
            raise
        st.warning(
            f"{sentence(error)} Shown is what the directory knew; saving is off until the platform answers again.",
            icon=":material/cloud_off:",
        )
        st.button("Try again", key="try_again", icon=":material/refresh:")
        return Reading(Customer(cust_id, known.details), known.seen_at or known.added_at, stale=True)


def the_customer_afresh() -> Reading[Customer]:
    """The same, for a decision that cannot be undone: read past every cache when the page is opened, never stale."""
    return _asked(the_desk(), asked_id(), fresh=session.just_arrived() or refreshing())


def _asked(desk: Desk, cust_id: str, *, fresh: bool) -> Reading[Customer]:
    if desk.directory.buried(cust_id):
        session.forget(cust_id)
        _erased(desk, cust_id)
    try:
        reading = desk.api.customer(cust_id, fresh=fresh)
    except NotFound:
        _unknown(desk, cust_id)
    desk.directory.saw(reading.value, "opened", reading.at)
    session.opened(cust_id)
    return reading


def _erased(desk: Desk, cust_id: str) -> None:
    """Says since when a customer is gone for good. Ends the run."""
    st.title("No such customer", anchor=False)
    since, receipt = desk.directory.buried(cust_id), desk.ledger.last_erasure(cust_id)
    if since:
        st.info(f"This customer was erased for good. We know since {clock_time(since)}.", icon=":material/person_off:")
    if receipt:
        st.caption(f"{plain(receipt.reason)}, by {plain(receipt.operator)}.")
    _elsewhere()


def _unknown(desk: Desk, cust_id: str) -> None:
    """The platform knows nobody by this id. Settles an erasure whose outcome was not known; offers to forget what the
    desk still keeps of somebody whom it knew. Ends the run."""
    st.title("No such customer", anchor=False)
    watched = [o for o in (desk.ledger.open_for(cust_id), *desk.ledger.to_watch()) if o and o.cust_id == cust_id]
    write = next((operation for operation in watched if operation.kind == "erase"), None)
    if write is not None:
        show(write)
        if not write.under_way and session.just_arrived():
            desk.writes.look_again(write, operator=operator())
        st.caption("The platform does not find this customer any more. We are checking once more.")
        _elsewhere()
    st.info(
        "The platform knows no customer with this id. Nothing was changed. "
        "Check the id, or find the customer by name or e-mail.",
        icon=":material/person_off:",
    )
    if desk.directory.entry(cust_id):
        _forget_our_copy(desk, cust_id)
    _elsewhere()


def _forget_our_copy(desk: Desk, cust_id: str) -> None:
    form = f"copy of {cust_id}"
    st.warning(
        "The directory still lists somebody by this id: perhaps they were deleted elsewhere. Reload in a moment to be "
        "sure that it is no passing fault."
    )
    follow(form)
    if not operator().may("eraser"):
        st.caption("Forgetting the desk's copy needs the role eraser.")
    elif st.button("Forget our copy", key="forget_copy", icon=":material/delete_forever:"):
        tell(form, lambda token: desk.writes.forget_copy(cust_id, operator=operator(), token=token))


def _elsewhere() -> None:
    st.page_link(page("find"), label="Find a customer", icon=":material/search:")
    st.stop()
