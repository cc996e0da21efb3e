"""Tables of customers into the directory: planned, then applied; the same file twice changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import sqlalchemy as sa

from lib.cells import csv_file, safe_cell
from lib.models import Details, is_email, is_id
from lib.records.directory import Directory, folded
from lib.records.entries import Entry
from lib.records.files import Line, NotImportable, Table, read_table
from lib.records.folding import fold
from lib.records.store import entries, tombstones

__all__ = ["Counts", "NotImportable", "Plan", "Refusal", "Table", "apply", "export", "plan", "read_table", "suggest"]

LONGEST_CELL, BATCH = 1000, 1000
FIELDS = ("cust_id", "email", "forename", "surname", "external_ref")
NAMES = {
    "cust_id": ("custid", "customerid", "id", "kundennummer", "customer"),
    "email": ("email", "emailaddress", "mail", "customeremail"),
    "forename": ("forename", "firstname", "givenname", "vorname", "first"),
    "surname": ("surname", "lastname", "familyname", "nachname", "last"),
    "external_ref": ("externalref", "externalreference", "externalid", "crmid", "reference", "ref"),
}
"""Usual names of columns, without case, blanks and punctuation."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line of the file (the heading is line 1) and why it is not taken."""

    line: int
    reason: str


@dataclass(slots=True)
class Plan:
    """What an import would do: counts, the refused lines, and of the rows to write what the file says."""

    directory: Directory
    total: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    erased: int = 0
    refused: list[Refusal] = field(default_factory=list)
    writes: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Counts:
    """What an import did."""

    new: int
    changed: int
    unchanged: int
    erased: int
    refused: int


def suggest(columns: Sequence[str]) -> dict[str, str | None]:
    """Field → the column that is probably it."""
    bare = {re.sub(r"[^a-z]", "", fold(column)): column for column in reversed(columns)}
    return {name: next((bare[known] for known in usual if known in bare), None) for name, usual in NAMES.items()}


def plan(directory: Directory, table: Table, mapping: Mapping[str, str | None]) -> Plan:
    """What importing `table` would change, without changing it. A blank cell never overwrites what is known."""
    chosen = {name: table.columns.index(column) for name in FIELDS if (column := mapping.get(name)) in table.columns}
    if "cust_id" not in chosen:
        raise NotImportable(
            "The file has no column with customer ids. Name one cust_id, or choose it from the columns."
        )
    planned, seen = Plan(directory, total=len(table.rows)), dict[str, dict[str, str]]()
    rows = table.numbered()
    while batch := list(islice(rows, BATCH)):
        _plan_batch(planned, batch, chosen, seen)
    return planned


def apply(planned: Plan, progress: Callable[[int, int], None] | None = None) -> Counts:
    """Carries the plan out, a thousand rows a transaction; `progress` hears (rows done, rows in all).

    What became known, or was erased, after the plan was made counts: every row is compared once more.
    """
    sums = {"new": 0, "changed": 0, "unchanged": planned.unchanged, "erased": planned.erased}
    for start in range(0, len(planned.writes), BATCH):
        batch = planned.writes[start : start + BATCH]
        with planned.directory.store.begin() as connection:
            done = _apply_batch(planned.directory, connection, batch)
        sums = {name: count + done.count(name) for name, count in sums.items()}
        if progress:
            progress(start + len(batch), len(planned.writes))
    return Counts(**sums, refused=len(planned.refused))


def export(directory: Directory) -> bytes:
    """The directory as CSV, safe from formulas."""
    return csv_file([(*FIELDS, "source", "seen_at"), *map(_exported, directory.everybody())])


def _exported(entry: Entry) -> list[str]:
    details, seen = entry.details, entry.seen_at.isoformat() if entry.seen_at else ""
    cells = (entry.cust_id, details.email, details.forename, details.surname, entry.external_ref, entry.source, seen)
    return [safe_cell(cell) for cell in cells]


def _plan_batch(
    planned: Plan, batch: Sequence[Line], chosen: Mapping[str, int], seen: dict[str, dict[str, str]]
) -> None:
    rows = []
    for line, row in batch:
        values = {name: _unquoted(row[at].strip()) if at < len(row) else "" for name, at in chosen.items()}
        reason = _fault(values, seen)
        if reason:
            planned.refused.append(Refusal(line, reason))
        elif values["cust_id"] in seen:
            planned.unchanged += 1
        else:
            seen[values["cust_id"]] = values
            rows.append(values)
    with planned.directory.store.read() as connection:
        judged = _judged(planned.directory, connection, rows)
    for values, outcome, _ in judged:
        setattr(planned, outcome, getattr(planned, outcome) + 1)
        if outcome in ("new", "changed"):
            planned.writes.append(values)


def _judged(
    directory: Directory, connection: sa.Connection, rows: Sequence[dict[str, str]]
) -> list[tuple[dict[str, str], str, dict[str, str]]]:
    """Each row, what becomes of it (new, changed, unchanged, erased), and its columns then; a blank changes nothing."""
    names = {values["cust_id"]: directory.store.pseudonym(values["cust_id"]) for values in rows}
    known_rows = connection.execute(sa.select(entries).where(entries.c.cust_id.in_(list(names)))).mappings()
    known = {row["cust_id"]: row for row in known_rows}
    graves = sa.select(tombstones.c.pseudonym).where(tombstones.c.pseudonym.in_(list(names.values())))
    buried = set(connection.execute(graves).scalars())
    judged = []
    for values in rows:
        old = known.get(values["cust_id"])
        new = {name: values.get(name) or (str(old[name]) if old else "") for name in FIELDS[1:]}
        if names[values["cust_id"]] in buried:
            outcome = "erased"
        elif old is None:
            outcome = "new"
        else:
            outcome = "changed" if any(old[name] != new[name] for name in new) else "unchanged"
        judged.append((values, outcome, new))
    return judged


def _apply_batch(directory: Directory, connection: sa.Connection, batch: Sequence[dict[str, str]]) -> list[str]:
    """Writes a thousand rows; what became of each."""
    added, changed, now = [], [], directory.clock()
    judged = _judged(directory, connection, batch)
    for values, outcome, new in judged:
        if outcome not in ("new", "changed"):
            continue
        cust_id, details = values["cust_id"], Details(new["forename"], new["surname"], new["email"])
        columns = {"cust_id": cust_id, **new, **folded(cust_id, details, new["external_ref"])}
        if outcome == "new":
            added.append({**columns, "source": "import", "added_at": now, "seen_at": None})
        else:
            changed.append({f"b_{name}": value for name, value in columns.items()})
    if added:
        connection.execute(sa.insert(entries), added)
    if changed:
        written = (*FIELDS[1:], "folded", "folded_email")
        bound: dict[str, sa.BindParameter[str]] = {name: sa.bindparam(f"b_{name}") for name in written}
        update = sa.update(entries).where(entries.c.cust_id == sa.bindparam("b_cust_id"))
        connection.execute(update.values(bound), changed)
    return [outcome for _, outcome, _ in judged]


def _unquoted(cell: str) -> str:
    """`cell` without the apostrophe of an export; that of a name ('t Hooft) stays."""
    return cell[1:] if cell.startswith("'") and safe_cell(cell[1:]) == cell else cell


def _fault(values: Mapping[str, str], seen: Mapping[str, dict[str, str]]) -> str:
    """Why a row is not taken; '' for a good one."""
    cust_id, email = values["cust_id"], values.get("email", "")
    if not cust_id:
        return "the customer id is blank"
    if not is_id(cust_id):
        return "the customer id has other characters than letters, digits, - and _, or is too long"
    if email and not is_email(email):
        return "the e-mail is none: it needs something before and after one @"
    if any(len(value) > LONGEST_CELL for value in values.values()):
        return f"a cell is longer than {LONGEST_CELL} characters"
    if any(not value.isprintable() and _broken(value) for value in values.values()):
        return "a cell has characters that are no text"
    if cust_id in seen and seen[cust_id] != values:
        return "this customer id stands earlier in the file, with other values"
    return ""


def _broken(value: str) -> bool:
    return "\x00" in value or any("\ud800" <= c <= "\udfff" for c in value)
