"""What an operator wanted beside what somebody else made of it meanwhile, chosen field by field."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from lib.models import Address, Details
from lib.records.operations import Operation
from lib.ui import session
from lib.ui.forms import key_of
from lib.ui.outcomes import dismiss


def choose(form: str, labels: Mapping[str, str], write: Operation, kind: type[Details | Address]) -> None:
    """Theirs and yours side by side: a field that only one of you changed keeps that change, one that both changed is
    asked for. What is chosen goes into the form's fields, and saving is a new decision."""
    old, mine, theirs = (_texts(part, labels) for part in (write.before, write.wanted, write.found))
    chosen, unanswered = dict(mine), False
    with st.container(border=True, key=f"conflict_{form}".replace(" ", "_")):
        st.markdown("**Changed meanwhile**")
        for name, label in labels.items():
            if mine[name] == theirs[name]:
                continue
            sides = f"{label}\n  was:    {old[name]}\n  theirs: {theirs[name]}\n  yours:  {mine[name]}"
            st.code(sides, language=None, wrap_lines=True)
            if mine[name] == old[name]:
                chosen[name] = theirs[name]
                st.caption(f"{label}: only they changed it; theirs is kept.")
            elif theirs[name] == old[name]:
                st.caption(f"{label}: only you changed it; yours is kept.")
            else:
                key = f"choose {name} {form} {write.operation_id}"
                keep = st.radio(f"Keep {label}", ("Yours", "Theirs"), index=None, key=key, horizontal=True)
                unanswered = unanswered or keep is None
                chosen[name] = theirs[name] if keep == "Theirs" else mine[name]
        if st.button("Put these into the form", key=f"choose {form}", disabled=unanswered):
            session.rebind(form, kind(**{name: value or "" for name, value in (write.found or {}).items()}))
            put_into(form, chosen)
            dismiss(form)
            session.again()


def put_into(form: str, values: Mapping[str, str]) -> None:
    """Puts values into the fields of a form that is drawn after this run."""
    for name, value in values.items():
        session.fill(key_of(form, name), value)


def _texts(part: Mapping[str, str | None] | None, labels: Mapping[str, str]) -> dict[str, str]:
    return {name: str((part or {}).get(name) or "") for name in labels}
