"""What one operator's session remembers between two runs of a page: the only module that keeps session state.

Forms have a *token*: one form, one write. Saving spends it, so that a second click on the same button is the same
write, and the next form is another one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import uuid4

import streamlit as st

T = TypeVar("T")
RECENT = 8
"""How many recently opened customers are offered."""


def token(form: str) -> str:
    """The token of a form, until it is spent."""
    return str(st.session_state.setdefault(f"token of {form}", uuid4().hex))


def spend(form: str) -> None:
    """The form's write has ended: what is in the fields stays, but saving it is another write."""
    st.session_state.pop(f"token of {form}", None)


def renew(form: str) -> None:
    """The form has done its work: the next one has fresh fields."""
    spend(form)
    st.session_state.pop(f"bound to {form}", None)
    _keep_drafts(lambda key: f" of {form} " not in key)
    st.session_state[f"version of {form}"] = version(form) + 1


def version(form: str) -> int:
    """Counts the forms that stood here; part of the keys of their fields."""
    return int(st.session_state.get(f"version of {form}", 0))


def bound(form: str, now: Any) -> Any:
    """What the form was bound to when it was first drawn; `now` for a fresh one."""
    return st.session_state.setdefault(f"bound to {form}", now)


def rebind(form: str, now: Any) -> None:
    """Binds a form to a newer state, keeping what stands in its fields."""
    st.session_state[f"bound to {form}"] = now


def fill(key: str, value: Any) -> None:
    """Puts a value into a field before it is drawn."""
    st.session_state[key] = value
    _drafts()[key] = value


def draft(key: str) -> Any:
    """What was last known to stand in a field, drawn or not; None for a field that never was."""
    return _drafts().get(key)


def begin(place: str) -> None:
    """Begins a run of the page at `place`, before anything is drawn: takes down what was sent from each field, whether
    or not this run comes to draw it. Nothing is put back into a field that is on screen: that would wipe what stands
    there and was not sent yet."""
    for key in _drafts():
        if key in st.session_state:
            _drafts()[key] = st.session_state[key]
    arrived = st.session_state.get("place") != place
    st.session_state["arrived"], st.session_state["place"] = arrived, place
    if arrived:
        put("denied", False)


def _drafts() -> dict[str, Any]:
    drafts: dict[str, Any] = st.session_state.setdefault("drafts", {})
    return drafts


def _keep_drafts(wanted: Callable[[str], bool]) -> None:
    st.session_state["drafts"] = {key: value for key, value in _drafts().items() if wanted(key)}


def just_arrived() -> bool:
    """Whether this run is the first one at its place: the page was just opened, not just used."""
    return bool(st.session_state.get("arrived"))


def watch(form: str, operation_id: str) -> None:
    """This form's write, whose outcome is shown until the form is used again."""
    st.session_state[f"write of {form}"] = operation_id


def watched(form: str) -> str:
    """The write that a form made, or ''."""
    return str(st.session_state.get(f"write of {form}", ""))


def forms(ending: str) -> list[str]:
    """The forms whose name ends so, that were drawn or whose write is still to be told of."""
    kept = [str(key) for key, value in st.session_state.items() if value]
    names = [key.split(" ", 2)[2] for key in kept if key.startswith(("bound to ", "write of "))]
    return [name for name in dict.fromkeys(names) if name.endswith(ending)]


def first_time(event: str) -> bool:
    """True once for each event of this session."""
    seen: set[str] = st.session_state.setdefault("seen", set())
    known = event in seen
    seen.add(event)
    return not known


def opened(cust_id: str) -> None:
    """Notes that this operator looked at a customer."""
    others = [c for c in recent() if c != cust_id]
    st.session_state["recent"] = [cust_id, *others][:RECENT]


def recent() -> list[str]:
    """The customers whom this operator looked at, newest first."""
    return list(st.session_state.get("recent", []))


def forget(cust_id: str) -> None:
    """Removes a customer from what the session keeps: the recent list and every field and draft about them."""
    st.session_state["recent"] = [c for c in recent() if c != cust_id]
    whole = re.compile(rf"(?<![\w-]){re.escape(cust_id)}(?![\w-])")
    for key in [str(key) for key in st.session_state]:
        if whole.search(key) and not key.startswith("write of "):
            del st.session_state[key]
    _keep_drafts(lambda key: not whole.search(key))


def put(name: str, value: Any) -> None:
    """Keeps something for this page's next run, under a name of its own."""
    st.session_state[f"own {name}"] = value


def get(name: str, default: Any = None) -> Any:
    return st.session_state.get(f"own {name}", default)


def latest(name: str, of: str, make: Callable[[], T]) -> T:
    """What was made of `of` for the page that is on screen, made once while it stays there."""
    kept = get(name)
    if kept is None or kept[0] != of or just_arrived():
        kept = of, make()
        put(name, kept)
    result: T = kept[1]
    return result


def drop(name: str) -> None:
    """Forgets what `latest` keeps: it is made anew when it is asked for."""
    put(name, None)


def again() -> None:
    """Runs the whole page again, with what has changed."""
    st.rerun()


def only_for(what: str, cust_id: str, fields: dict[str, Any]) -> None:
    """Drops the fields that belong to another customer, unless the page's address sets them."""
    if get(what) not in (None, cust_id):
        for name in fields:
            if name not in st.query_params:
                st.session_state.pop(name, None)
    put(what, cust_id)


def reset(fields: dict[str, Any]) -> None:
    """Puts fields back to what stands there where nothing was chosen."""
    for name, empty in fields.items():
        st.session_state[name] = empty


def get_field(key: str) -> Any:
    """What a field of this page holds."""
    return st.session_state.get(key)
