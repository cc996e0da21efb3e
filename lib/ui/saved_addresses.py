"""A customer's saved addresses: each as a block to copy; added, amended, removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from lib.models import Address
from lib.records.ledger import Operation
from lib.ui import session
from lib.ui.desk import the_desk
from lib.ui.foreign import plain
from lib.ui.forms import ADDRESS, base_of, discard, fields, problems_of_address, refused_fields, submit
from lib.ui.outcomes import dismiss, follow, tell
from lib.ui.visit import operator, refreshing


def addresses(cust_id: str) -> None:
    """The list, with what may be done about each, and a form for another one."""
    saved = the_desk().api.addresses(cust_id, fresh=refreshing()).value
    with st.container(key="addresses"):
        if not saved:
            st.caption("No saved address.")
        for number, address in enumerate(saved):
            _saved(cust_id, number, address)
        if operator().may("editor"):
            _new(cust_id)
        else:
            st.caption("Read only: changing addresses needs the role editor.")


def _saved(cust_id: str, number: int, address: Address) -> None:
    with st.container(border=True, key=f"address_{number}"):
        st.code(address.block, language=None, wrap_lines=True)
        reach = " · ".join(text for text in (address.email, address.phone_number) if text)
        if reach:
            st.text(reach)
        if operator().may("editor"):
            _alter(cust_id, number, address)
            _remove(cust_id, number, address)


def _alter(cust_id: str, number: int, address: Address) -> None:
    form = f"address {address.address_id} of {cust_id}"
    write = follow(form)
    with st.expander("Amend", key=f"amend_{number}"):
        base = base_of(form, ADDRESS, address)
        if base != address:
            st.warning("This address was changed meanwhile; it is shown above. What you typed is kept.")
            if st.button("Start from the new one", key=f"theirs {form}"):
                dismiss(form)
                session.renew(form)
                session.again()
        problems = session.get(f"problems {form}", {}) | refused_fields(write)
        with st.form(form, border=False):
            typed = fields(form, ADDRESS, {n: str(v or "") for n, v in base.to_json().items()}, problems)
            st.caption("Orders that were placed already may keep the old address: the platform does not say.")
            if submit(form, f"save_address_{number}", "Save address", disabled=bool(write and write.open)):
                wanted = replace(base, **typed)
                _sent(
                    form,
                    typed,
                    lambda t: the_desk().writes.amend_address(cust_id, base, wanted, operator=operator(), token=t),
                )
        if not (write and write.open):
            discard(form, ADDRESS, base)


def _remove(cust_id: str, number: int, address: Address) -> None:
    form = f"removal of {address.address_id} of {cust_id}"
    write = follow(form)
    if write and write.open:
        return
    if not session.get(f"asked {form}"):
        if st.button("Remove…", key=f"remove_{number}", type="tertiary", icon=":material/delete:"):
            session.put(f"asked {form}", True)
            session.again()
        return
    st.warning(f"Remove the address of {plain(address.name)}, {plain(address.postcode)}? It cannot be brought back.")
    with st.container(horizontal=True, key=f"confirm_remove_{number}"):
        if st.button("Remove", key=f"remove {session.token(form)}", type="primary"):
            session.put(f"asked {form}", False)
            tell(form, lambda t: the_desk().writes.remove_address(cust_id, address, operator=operator(), token=t))
        if st.button("Keep", key=f"keep_{number}"):
            session.put(f"asked {form}", False)
            session.again()


def _new(cust_id: str) -> None:
    form = f"new address of {cust_id}"
    write = follow(form)
    with st.container(key="add_address"), st.expander("Add an address", icon=":material/add_home:"):
        problems = session.get(f"problems {form}", {}) | refused_fields(write)
        with st.form(form, border=False):
            typed = fields(form, ADDRESS, {}, problems)
            if submit(form, "save_new_address", "Add address", disabled=bool(write and write.open)):
                wanted = Address(**typed)
                _sent(
                    form, typed, lambda t: the_desk().writes.add_address(cust_id, wanted, operator=operator(), token=t)
                )


def _sent(form: str, typed: dict[str, str], write: Callable[[str], Operation]) -> None:
    """Sends what is in the fields, or shows what is wrong with them."""
    dismiss(form)
    session.put(f"problems {form}", problems_of_address(typed))
    if session.get(f"problems {form}"):
        session.again()
    tell(form, write)
