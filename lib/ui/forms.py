"""Fields, their problems, and the buttons that send them: what every form of the desk shares."""

from __future__ import annotations

import re
from collections.abc import Mapping

import streamlit as st

from lib.models import Address, Details
from lib.records.ledger import Operation
from lib.ui import session
from lib.ui.foreign import plain

DETAILS = {"forename": "Forename", "surname": "Surname", "email": "Email"}
ADDRESS = {
    "name": "Name",
    "address_line_1": "Address line 1",
    "address_line_2": "Address line 2",
    "address_line_3": "Address line 3",
    "postcode": "Postcode",
    "city": "City",
    "country": "Country",
    "email": "Email",
    "phone_number": "Phone number",
}
LONGEST = 200
"""Characters that a field takes."""

EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def key_of(form: str, name: str) -> str:
    """The key of a field: the form's own, so that one customer's typing never shows under another's name."""
    return f"{name} of {form} {session.version(form)}"


def fields(
    form: str, labels: Mapping[str, str], values: Mapping[str, str], problems: Mapping[str, str]
) -> dict[str, str]:
    """Draws a text field for each label, with its problem beneath; returns what stands in them, without blank ends."""
    typed = {}
    for name, label in labels.items():
        key = key_of(form, name)
        if key not in st.session_state:
            session.fill(key, values.get(name, ""))
        with st.container(key=f"{name}_{form}".replace(" ", "_"), gap="xxsmall"):
            typed[name] = (st.text_input(label, key=key, max_chars=LONGEST) or "").strip()
            if name in problems:
                st.markdown(f":red[:material/error: {plain(problems[name])}]")
    return typed


def submit(form: str, name: str, label: str, *, disabled: bool = False, kind: str = "primary") -> bool:
    """The form's button, inside `.st-key-{name}`; its own key is the form's token: a second click is the same write."""
    with st.container(key=name):
        key = f"{name} {session.token(form)}"
        return st.form_submit_button(
            label, key=key, type="primary" if kind == "primary" else "secondary", disabled=disabled
        )


def problems_of_details(typed: Mapping[str, str]) -> dict[str, str]:
    """Field → what is wrong, before anything is sent."""
    found = {name: f"{DETAILS[name]} is missing." for name in DETAILS if not typed[name]}
    if typed["email"] and not EMAIL.fullmatch(typed["email"]):
        found["email"] = "This is no e-mail address: it needs something before and after one @, and no blanks."
    return found


def problems_of_address(typed: Mapping[str, str]) -> dict[str, str]:
    found = {name: f"{ADDRESS[name]} is missing." for name in Address.REQUIRED if not typed[name]}
    if typed["email"] and not EMAIL.fullmatch(typed["email"]):
        found["email"] = "This is no e-mail address: it needs something before and after one @, and no blanks."
    return found


def refused_fields(operation: Operation | None) -> dict[str, str]:
    """The platform's own problems with the fields of a refused write."""
    if operation is None or operation.state != "refused":
        return {}
    return {str(k): str(v) for k, v in (operation.found or {}).get("fields", {}).items()}


def details(typed: Mapping[str, str]) -> Details:
    return Details(typed["forename"], typed["surname"], typed["email"])
