"""The parts of the Activity page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from lib.cells import csv_file, safe_cell
from lib.records.operations import KINDS, OUTCOMES, Operation
from lib.ui import session
from lib.ui.desk import the_desk
from lib.ui.failures import part
from lib.ui.foreign import plain
from lib.ui.outcomes import PATIENCE
from lib.ui.visit import clock_time, operator, page, zone
from lib.ui.words import describe


def needs_eyes(operations: Sequence[Operation]) -> None:
    """Writes that nobody knows the outcome of, each to be looked at again; looking sends nothing."""
    st.header("Needs eyes", anchor=False)
    with st.container(key="needs_eyes"):
        if not operations:
            st.caption("No write with an unknown outcome.")
        for operation in operations:
            with st.container(border=True):
                st.markdown(
                    f"**{KINDS[operation.kind]}** · {clock_time(operation.intent_at)} · {plain(operation.operator)}"
                )
                st.caption(describe(operation, clock_time)[1])
                with st.container(horizontal=True):
                    if operation.cust_id:
                        where = {"id": operation.cust_id}
                        st.page_link(page("customer"), label="Open the customer", query_params=where)
                    if operation.cust_id and st.button("Look again", key=f"look {operation.operation_id}"):
                        the_desk().writes.look_again(operation, operator=operator())
                        _wait_for(operation)
                if not operation.cust_id:
                    _who_is_it(operation)


def _wait_for(operation: Operation) -> None:
    the_desk().writes.wait(operation.operation_id, 10 * PATIENCE)
    session.again()


def _who_is_it(operation: Operation) -> None:
    """A new customer whose id never came: only a person can say whether they are there, and who they are."""
    st.text(f"Look for {(operation.wanted or {}).get('email')} in the platform's own back office.")
    if not operator().may("editor"):
        st.caption("Settling this needs the role editor.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        cust_id = st.text_input("Their customer id", key=f"id of {operation.operation_id}", max_chars=64, width=280)
        found = st.button("This is the customer", key=f"found {operation.operation_id}", disabled=not cust_id)
        if st.button("They are not there", key=f"none {operation.operation_id}"):
            the_desk().writes.give_up(operation, operator=operator())
            session.again()
    if found:
        with part("Not settled"):
            the_desk().writes.identify(operation, cust_id.strip(), operator=operator())
            _wait_for(operation)


def trail(operations: Sequence[Operation]) -> None:
    """Everything done through the desk, narrowed by who, what, outcome and day; as a table and as CSV."""
    st.header("Everything done here", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", key="activity_filters"):
        people = sorted({operation.operator for operation in operations})
        who = st.selectbox("Operator", people, index=None, key="who", placeholder="any", width=220)
        kind = st.selectbox(
            "What", list(KINDS.values()), index=None, key="kind", placeholder="any", width=200, bind="query-params"
        )
        outcomes = list(dict.fromkeys(OUTCOMES.values()))
        state = st.selectbox(
            "Outcome", outcomes, index=None, key="outcome", placeholder="any", width=180, bind="query-params"
        )
        day: date | None = st.date_input(
            "Day", value=None, key="day", format="YYYY-MM-DD", width=150, bind="query-params"
        )
    shown = [
        operation
        for operation in operations
        if who in (None, operation.operator)
        and kind in (None, KINDS[operation.kind])
        and state in (None, OUTCOMES[operation.state])
        and day in (None, operation.intent_at.astimezone(zone()).date())
    ]
    if not shown:
        st.info("Nothing was done here yet." if not operations else "Nothing matches these filters.")
        return
    rows = [_row(operation) for operation in shown]
    with st.container(key="activity"):
        st.dataframe(pd.DataFrame(rows), hide_index=True, alt="Everything done through the desk, newest first")
    st.caption(f"{len(shown):,} shown, the newest 2,000 at most. Times in {the_desk().settings.time_zone}.")
    st.download_button(
        "Download CSV",
        csv_file([rows[0], *(map(safe_cell, row.values()) for row in rows)]),
        "activity.csv",
        "text/csv",
        key="download_activity",
        on_click="ignore",
    )


def _row(operation: Operation) -> dict[str, str]:
    return {
        "When": operation.intent_at.astimezone(zone()).strftime("%Y-%m-%d %H:%M:%S"),
        "What": KINDS[operation.kind],
        "Outcome": OUTCOMES[operation.state],
        "Customer": operation.cust_id or _nobody(operation),
        "Operator": operation.operator,
        "Reason": operation.reason,
        "Note": operation.note,
    }


def _nobody(operation: Operation) -> str:
    """Who it was about, where there is no id: somebody who was erased, or whom the platform never told us."""
    return "not known" if operation.wanted else f"erased, {operation.pseudonym[:12]}"
