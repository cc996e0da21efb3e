"""The parts of the Find page: the box, its results, two different empty states, and adding a customer."""

from __future__ import annotations

from array import array

import streamlit as st

from lib.models import Details
from lib.platform.errors import NotFound
from lib.records.entries import Entry, Found, Match
from lib.ui import session
from lib.ui.desk import the_desk
from lib.ui.failures import part
from lib.ui.foreign import plain
from lib.ui.forms import DETAILS, details, discard, fields, problems_of_details, refused_fields, submit, unsaved
from lib.ui.outcomes import follow, tell
from lib.ui.visit import ago, counted, operator, page


@st.fragment
def search() -> None:
    """The box and what it finds; only this part of the page is drawn again while somebody types."""
    overview = the_desk().directory.overview()
    if not overview.count:
        _nothing_known()
        return
    typed = st.text_input(
        "Find a customer",
        key="find",
        type="search",
        live="200ms",
        persist_state="session",
        placeholder="E-mail or part of it, names in any order, customer id, pasted link",
        autocomplete="off",
    )
    query = (typed or "").strip()
    if query:
        _results(query, the_desk().directory.find(query))
    else:
        seen = (
            f"; the platform confirmed the newest of them {ago(overview.newest_seen)}" if overview.newest_seen else ""
        )
        st.caption(f"{counted(overview.count, 'customer')} in the directory{seen}.")


def _results(query: str, found: Found) -> None:
    if not found.matches and found.whole_id and _asked_of_the_platform(found.whole_id):
        return
    with st.container(key="results", gap="xsmall"):
        st.caption(f"{plain(found.read_as)} · {_how_many(found)} · from the directory")
        if found.exact:
            _open_exact(query, found.exact)
        for match in found.matches:
            _row(match)
        if not found.matches:
            _nothing_found(found)


def _how_many(found: Found) -> str:
    count = len(found.matches)
    return "first 20, best first" if count >= 20 else f"{count} found" if count != 1 else "1 found"


def _open_exact(query: str, entry: Entry) -> None:
    """One exact hit is one Enter away: `desk.js` presses the button that was made for what stands in the box."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"exact_{_mark(query)}"):
        label = f"Open {plain(entry.details.name or entry.cust_id)}"
        if st.button(label, key="open_exact", type="primary", icon=":material/keyboard_return:"):
            st.switch_page(page("customer"), query_params={"id": entry.cust_id})
        st.text(entry.details.email)
        st.text(entry.cust_id)


def _mark(query: str) -> int:
    """The FNV-1a hash of a text's UTF-16 units; `desk.js` makes the same of what stands in the box."""
    mark = 2166136261
    for unit in array("H", query.encode("utf-16-le", "replace")):
        mark = ((mark ^ unit) * 16777619) & 0xFFFFFFFF
    return mark


def _row(match: Match) -> None:
    entry = match.entry
    name, email, cust_id, why = st.columns((3, 4, 3, 3), vertical_alignment="center", gap="small")
    label = f"**{plain(entry.details.name or 'Name not known')}**"
    name.page_link(page("customer"), label=label, icon=":material/person:", query_params={"id": entry.cust_id})
    email.text(entry.details.email or "E-mail not known")
    cust_id.text(entry.cust_id)
    why.caption(f"{plain(match.why)} · {_seen(entry)}")


def _seen(entry: Entry) -> str:
    """When the platform last confirmed an entry, or since when it waits for that."""
    return f"seen {ago(entry.seen_at)}" if entry.seen_at else f"imported {ago(entry.added_at)}"


def _asked_of_the_platform(query: str) -> bool:
    """A whole id that the directory does not know is asked of the platform at once; True where it is there."""
    if the_desk().directory.buried(query):
        return False
    with part("Asking the platform for this id"):
        try:
            customer = the_desk().api.customer(query).value
        except NotFound:
            return False
        the_desk().directory.saw(customer, "opened")
        with st.container(key="results"):
            st.caption("A customer id that the directory did not know: the platform knows it (live).")
            st.page_link(page("customer"), label=plain(customer.name or query), query_params={"id": query})
    return True


def _nothing_found(found: Found) -> None:
    overview = the_desk().directory.overview()
    newest = max((at for at in (overview.newest_seen, overview.last_import) if at), default=None)
    changed = f", last added to or confirmed {ago(newest)}" if newest else ""
    st.info(
        "Nothing found. Searched: names, e-mails, ids and external references of the "
        f"{counted(overview.count, 'customer')} that the desk knows of{changed}. "
        "Try fewer letters, another spelling, the old e-mail, or the customer id; "
        "a full id is asked of the platform itself."
    )
    if found.near:
        st.caption("Near misses, with some of the words:")
        for match in found.near:
            _row(match)
    if overview.unnamed:
        st.caption(f"{overview.unnamed:,} customers are known by id only; the Directory page can fill in their names.")


def _nothing_known() -> None:
    st.info(
        "The directory is empty. The platform has no search, so the desk finds only customers that it knows of: "
        "import the organiser's list, open a customer by id, or add one.",
        icon=":material/group_off:",
    )
    st.page_link(page("directory"), label="Import a list", icon=":material/upload:")
    with st.form("open by id", border=False):
        cust_id = st.text_input("Open by customer id", key="open_by_id", max_chars=64)
        if st.form_submit_button("Open", key="open_id") and cust_id:
            st.switch_page(page("customer"), query_params={"id": cust_id.strip()})
    add_customer()


def recently_opened() -> None:
    """The customers whom this operator opened in this session; who was erased is not among them."""
    directory = the_desk().directory
    entries = [entry for entry in map(directory.entry, session.recent()) if entry]
    if entries:
        st.header("Recently opened", anchor=False)
        with st.container(horizontal=True, key="recent"):
            for entry in entries:
                label = plain(entry.details.name or entry.cust_id)
                st.page_link(page("customer"), label=label, query_params={"id": entry.cust_id})


def add_customer() -> None:
    """Adds a customer at the platform, after a look for the same e-mail in the directory."""
    form = "new customer"
    if not operator().may("editor"):
        st.caption("Adding a customer needs the role editor.")
        return
    empty = Details("", "", "")
    begun = bool(unsaved(form, DETAILS, empty) or session.watched(form))
    with st.container(key="add_customer"), st.expander("Add a customer", icon=":material/person_add:", expanded=begun):
        made = follow(form)
        if made and made.cust_id and made.state in ("done", "conflict"):
            st.page_link(page("customer"), label="Open this customer", query_params={"id": made.cust_id})
        if made and made.state == "unknown":
            st.warning(
                "We do not know whether this customer exists now. Look for this e-mail in the platform's own back "
                "office; if the customer is there, open them here by id. Until then this e-mail cannot be added again."
            )
        problems = session.get(f"problems {form}", {}) | refused_fields(made)
        with st.form("add a customer"):
            typed = fields(form, DETAILS, {}, problems)
            anyway = st.checkbox("Add even though this e-mail is known", key=f"anyway {session.version(form)}")
            if submit(form, "add", "Add", disabled=bool(made and made.open)):
                _add(form, typed, details(typed), anyway)
        if not (made and made.open):
            discard(form, DETAILS, empty)


def _add(form: str, typed: dict[str, str], wanted: Details, anyway: bool) -> None:
    problems = problems_of_details(typed)
    same = the_desk().directory.with_email(wanted.email) if not problems else ()
    if same and not anyway:
        problems["email"] = (
            f"{len(same)} known with this e-mail: {', '.join(e.details.name or e.cust_id for e in same)}."
        )
    session.put(f"problems {form}", problems)
    if problems:
        session.again()
    tell(form, lambda token: the_desk().writes.create(wanted, operator=operator(), token=token))
