"""Fields, their problems, and the buttons that send them: what every form of the desk shares."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import TypeVar

import streamlit as st

from lib.models import Address, Details, is_email
from lib.records.operations import Operation
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
Entity = TypeVar("Entity", Details, Address)
CHANGED = "This was changed meanwhile. What you typed is kept; saving asks you to choose by field."
LONGEST = 200
"""Characters that a field takes."""


def key_of(form: str, name: str) -> str:
    """The key of a field: the form's own, so that one customer's typing never shows under another's name."""
    return f"{name} of {form} {session.version(form)}"


def fields(
    form: str, labels: Mapping[str, str], values: Mapping[str, str], problems: Mapping[str, str]
) -> dict[str, str]:
    """Draws a text field for each label, with its problem beneath; returns what stands in them, without blank ends."""
    typed, names = {}, iter(labels)
    while pair := tuple(islice(names, 2)):  # a row of columns for each pair: the Tab key follows the reading order
        for column, name in zip(st.columns(len(pair)), pair, strict=True):
            key = key_of(form, name)
            if key not in st.session_state:
                kept = session.draft(key)
                session.fill(key, values.get(name, "") if kept is None else kept)
            with column.container(key=f"{name}_{form}".replace(" ", "_"), gap="xxsmall"):
                typed[name] = (st.text_input(labels[name], key=key, max_chars=LONGEST) or "").strip()
                if name in problems:
                    st.markdown(f":red[:material/error: {plain(problems[name])}]")
    return typed


def base_of(form: str, labels: Mapping[str, str], now: Entity) -> Entity:
    """What the form was bound to. One in which nothing was typed follows the platform when its page is opened."""
    base: Entity = session.bound(form, now)
    if base != now and session.just_arrived() and not unsaved(form, labels, base):
        session.renew(form)
        base = session.bound(form, now)
    return base


def unsaved(form: str, labels: Mapping[str, str], base: Details | Address) -> list[str]:
    """The labels of the fields in which something else stands than the form was bound to."""
    values = base.to_json()
    held = {name: session.draft(key_of(form, name)) for name in labels}
    return [labels[name] for name, text in held.items() if text is not None and text.strip() != (values[name] or "")]


def discard(form: str, labels: Mapping[str, str], base: Details | Address) -> None:
    """What was typed and not saved, and a way to be rid of it."""
    names = unsaved(form, labels, base)
    if not names:
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"unsaved_{form}".replace(" ", "_")):
        st.caption(f"Not saved yet: {', '.join(names)}.")
        if st.button("Discard", key=f"discard {form}", type="tertiary"):
            session.renew(form)
            session.put(f"problems {form}", {})
            session.watch(form, "")
            session.again()


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
    if typed["email"] and not is_email(typed["email"]):
        found["email"] = "This is no e-mail address: it needs something before and after one @, and no blanks."
    return found


def problems_of_address(typed: Mapping[str, str]) -> dict[str, str]:
    found = {name: f"{ADDRESS[name]} is missing." for name in Address.REQUIRED if not typed[name]}
    if typed["email"] and not is_email(typed["email"]):
        found["email"] = "This is no e-mail address: it needs something before and after one @, and no blanks."
    return found


def refused_fields(operation: Operation | None) -> dict[str, str]:
    """The platform's own problems with the fields of a refused write."""
    if operation is None or operation.state != "refused":
        return {}
    return {str(k): str(v) for k, v in (operation.found or {}).get("fields", {}).items()}


def details(typed: Mapping[str, str]) -> Details:
    return Details(typed["forename"], typed["surname"], typed["email"])
