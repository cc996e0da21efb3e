"""The parts of the Directory page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
import streamlit as st

from lib.records.entries import Overview
from lib.records.importing import NotImportable, Plan, Table, plan, read_table, suggest
from lib.records.importing import export as export_csv
from lib.ui import session
from lib.ui.desk import the_desk
from lib.ui.failures import part
from lib.ui.foreign import plain
from lib.ui.visit import ago, clock_time, operator
from lib.ui.words import sentence

FIELDS = {
    "cust_id": "Customer id",
    "email": "Email",
    "forename": "Forename",
    "surname": "Surname",
    "external_ref": "External reference",
}
SOURCES = {"import": "imported", "opened": "opened by id", "added": "added here"}


def overview(known: Overview) -> None:
    """How many customers are known, how fresh, and where they came from."""
    with st.container(key="overview"):
        columns = st.columns(3)
        columns[0].metric("Customers known", f"{known.count:,}")
        columns[1].metric("Known by id only", f"{known.unnamed:,}")
        columns[2].metric(
            "Newest confirmation by the platform", ago(known.newest_seen) if known.newest_seen else "none yet"
        )
        sources = " · ".join(f"{SOURCES.get(name, name)}: {count:,}" for name, count in known.by_source.items())
        if sources:
            st.caption(sources)
        st.caption("The platform has no search: what is not in this directory can only be opened by its id.")


def import_file() -> None:
    """A CSV or Excel file: its columns, what it would change, then the import itself."""
    st.header("Import a list", anchor=False)
    if not operator().may("editor"):
        st.caption("Importing needs the role editor.")
        return
    with st.container(key="import"):
        if the_desk().importer.running:
            _importing()
            return
        _imported()
        file = st.file_uploader(
            "CSV or Excel file with at least the customers' ids", type=["csv", "txt", "tsv", "xlsx"]
        )
        if file is None:
            return
        try:
            table = session.latest("table", file.file_id, lambda: read_table(file.name, file.getvalue()))
            _preview(table, file.file_id)
        except NotImportable as fault:
            st.error(str(fault))


def _preview(table: Table, file_id: str) -> None:
    st.dataframe(
        pd.DataFrame(table.rows[:5], columns=list(table.columns)), hide_index=True, alt="The first rows of the file"
    )
    advised = suggest(table.columns)
    mapping: dict[str, str | None] = {}
    for column, (field, label) in zip(st.columns(len(FIELDS)), FIELDS.items(), strict=True):
        first = advised.get(field)
        index = table.columns.index(first) if first in table.columns else None
        mapping[field] = column.selectbox(
            label, table.columns, index=index, key=f"{field} {file_id}", placeholder="none"
        )
    planned = session.latest("plan", f"{file_id} {mapping}", lambda: plan(the_desk().directory, table, mapping))
    _counts(planned)
    if st.button("Import", key=f"import {file_id}", type="primary", disabled=not (planned.new or planned.changed)):
        the_desk().importer.start(planned)
        session.drop("plan")
        session.again()


@st.fragment(run_every=timedelta(seconds=0.5))
def _importing() -> None:
    importer = the_desk().importer
    if not importer.running:
        session.again()
    st.progress(importer.done / max(1, importer.total), f"Importing: {importer.done:,} of {importer.total:,}")


def _imported() -> None:
    """What the latest import did."""
    importer = the_desk().importer
    if importer.failed:
        st.error(
            f"The import ended early, after {importer.done:,} of {importer.total:,} rows: those are in the directory. "
            "Check the disk, then import the same file again; it goes on where this one ended."
        )
    if counts := importer.counts:
        at = clock_time(importer.ended or datetime.now(UTC))
        st.success(
            f"Imported at {at}: {counts.new:,} new, {counts.changed:,} changed, {counts.unchanged:,} unchanged, "
            f"{counts.erased:,} erased before and not brought back, {counts.refused:,} refused."
        )


def _counts(planned: Plan) -> None:
    st.markdown(
        f"**{planned.new:,}** new · **{planned.changed:,}** changed · **{planned.unchanged:,}** unchanged · "
        f"**{planned.erased:,}** erased before (not brought back) · **{len(planned.refused):,}** refused"
    )
    if planned.refused:
        with st.expander("Refused rows"):
            rows = [{"Line": refusal.line, "Why": refusal.reason} for refusal in planned.refused[:200]]
            st.dataframe(pd.DataFrame(rows), hide_index=True, alt="Refused rows of the file")


def fill_in_names() -> None:
    """Names for rows that have only ids, from the platform, in the background."""
    desk = the_desk()
    unnamed = desk.directory.overview().unnamed
    if not (unnamed or desk.fill.running or desk.fill.missing):
        return
    st.header("Names for ids", anchor=False)
    if desk.fill.running:
        _filling()
        return
    if desk.fill.stopped:
        st.caption(f"Stopped after {desk.fill.done:,}; starting again goes on with the rest.")
    if desk.fill.stopped_by:
        st.warning(f"Filling in names stopped. {sentence(desk.fill.stopped_by)}")
    if desk.fill.failed:
        st.error(f"Filling in names ended early, after {desk.fill.done:,}. Check the disk, then start it again.")
    if desk.fill.missing:
        st.caption(f"{desk.fill.missing:,} ids are not known to the platform.")
    if unnamed and operator().may("editor"):
        st.caption(f"{unnamed:,} customers are known by id only.")
        if st.button("Fill in names from the platform", key="fill"):
            desk.fill.start()
            session.again()


@st.fragment(run_every=timedelta(seconds=1))
def _filling() -> None:
    fill = the_desk().fill
    if not fill.running:
        session.again()
    st.progress(fill.done / max(1, fill.total), f"Filling in names: {fill.done:,} of {fill.total:,}")
    if st.button("Stop", key="stop_fill"):
        fill.cancel()


def export() -> None:
    """The directory as CSV, for editors."""
    st.header("Export", anchor=False)
    if not operator().may("editor"):
        st.caption("Exporting needs the role editor.")
        return
    directory = the_desk().directory
    st.download_button(
        "Download the directory",
        data=lambda: export_csv(directory),
        file_name="directory.csv",
        mime="text/csv",
        key="export",
        on_click="ignore",
    )


def connection_check() -> None:
    """Whether the platform answers, with this key, how fast, and what is left of the rate."""
    st.header("Connection", anchor=False)
    with st.container(key="connection"):
        if not st.button("Check the connection", key="check"):
            return
        with part("The platform"):
            others = the_desk().directory.others("", 1)
            check = the_desk().api.check(*others)
            difference = check.clock_difference
            clocks = "unknown" if difference is None else f"{difference:+.0f} s"
            if others and not check.found:
                st.warning(
                    "The platform answers, but does not know a customer whom the directory lists. Check that the "
                    "address and the profile are the right ones."
                )
            st.success(
                f"The platform answers and accepts the key. {plain(the_desk().platform)}. "
                f"Answer in {check.took * 1000:.0f} ms; rate budget left {check.budget_left:.0f} of 50; "
                f"clock difference {clocks}."
            )
