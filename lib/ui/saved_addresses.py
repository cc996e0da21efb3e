"""A customer's saved addresses: each as a block to copy; added, amended, removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import streamlit as st

from lib.models import Address
from lib.records.operations import Operation
from lib.ui import session
from lib.ui.conflicts import choose, put_into
from lib.ui.desk import the_desk
from lib.ui.foreign import plain
from lib.ui.forms import (
    ADDRESS,
    CHANGED,
    base_of,
    discard,
    fields,
    key_of,
    problems_of_address,
    refused_fields,
    submit,
    unsaved,
)
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
        for form in session.forms(f" of {cust_id}"):
            if form.startswith(("address ", "removal ")) and form not in _forms(cust_id, saved):
                _of_one_gone(cust_id, form)
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


def _forms(cust_id: str, saved: Iterable[Address]) -> set[str]:
    """The forms about addresses that are still there."""
    ids = [address.address_id for address in saved]
    return {f"address {i} of {cust_id}" for i in ids} | {f"removal of {i} of {cust_id}" for i in ids}


def _of_one_gone(cust_id: str, form: str) -> None:
    """What became of a write on an address that is not in the list any more; what was typed is not lost with it."""
    follow(form)
    base: Address = session.bound(form, Address())
    if not unsaved(form, ADDRESS, base):
        return
    typed = {name: str(session.draft(key_of(form, name)) or "") for name in ADDRESS}
    st.warning("This address was removed meanwhile. What you typed is kept here.")
    st.code(Address(**typed).block, language=None)
    with st.container(horizontal=True):
        if st.button("Put it into a new address", key=f"again {form}"):
            put_into(_new_form(cust_id), typed)
            session.renew(form)
            dismiss(form)
            session.again()
        if st.button("Discard", key=f"discard {form}", type="tertiary"):
            session.renew(form)
            dismiss(form)
            session.again()


def _alter(cust_id: str, number: int, address: Address) -> None:
    form = f"address {address.address_id} of {cust_id}"
    write = follow(form)
    with st.expander("Amend", key=f"amend_{number}", expanded=bool(write and write.state == "conflict")):
        base = base_of(form, ADDRESS, address)
        if write and write.state == "conflict":
            choose(form, ADDRESS, write, Address)
        elif base != address and not (write and write.open):
            st.warning(CHANGED)
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


def _new_form(cust_id: str) -> str:
    return f"new address of {cust_id}"


def _new(cust_id: str) -> None:
    form = _new_form(cust_id)
    write, begun = follow(form), bool(unsaved(form, ADDRESS, Address()))
    with st.container(key="add_address"), st.expander("Add an address", icon=":material/add_home:", expanded=begun):
        problems = session.get(f"problems {form}", {}) | refused_fields(write)
        with st.form(form, border=False):
            typed = fields(form, ADDRESS, {}, problems)
            if submit(form, "save_new_address", "Add address", disabled=bool(write and write.open)):
                wanted = Address(**typed)
                _sent(
                    form, typed, lambda t: the_desk().writes.add_address(cust_id, wanted, operator=operator(), token=t)
                )
        if not (write and write.open):
            discard(form, ADDRESS, Address())


def _sent(form: str, typed: dict[str, str], write: Callable[[str], Operation]) -> None:
    """Sends what is in the fields, or shows what is wrong with them."""
    dismiss(form)
    session.put(f"problems {form}", problems_of_address(typed))
    if session.get(f"problems {form}"):
        session.again()
    tell(form, write)
