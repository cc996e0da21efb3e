"""Files of customers into the directory: read, planned, applied; the same file twice changes nothing."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import sqlalchemy as sa
from python_calamine import CalamineError, CalamineWorkbook

from lib.cells import safe_cell
from lib.models import Details
from lib.records.directory import Directory, folded
from lib.records.folding import fold
from lib.records.store import entries, tombstones

MOST_BYTES, MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 64 * 2**20, 200_000, 100, 1000
MOST_UNZIPPED = 200 * 2**20
BATCH = 1000
FIELDS = ("cust_id", "email", "forename", "surname", "external_ref")
NAMES = {
    "cust_id": ("custid", "customerid", "id", "kundennummer", "customer"),
    "email": ("email", "emailaddress", "mail", "customeremail"),
    "forename": ("forename", "firstname", "givenname", "vorname", "first"),
    "surname": ("surname", "lastname", "familyname", "nachname", "last"),
    "external_ref": ("externalref", "externalreference", "externalid", "crmid", "reference", "ref"),
}
"""Usual names of columns, without case, blanks and punctuation."""

CUST_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class NotImportable(Exception):
    """The file cannot be imported; the text says why and what to do, and may be shown to anybody."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file's columns and rows, all as text."""

    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line of the file (the heading is line 1) and why it is not taken."""

    line: int
    reason: str


@dataclass(slots=True)
class Plan:
    """What an import would do: counts, the refused lines, and the rows that it would write."""

    directory: Directory
    total: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    erased: int = 0
    refused: list[Refusal] = field(default_factory=list)
    writes: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Counts:
    """What an import did."""

    new: int
    changed: int
    unchanged: int
    erased: int
    refused: int


def read_table(name: str, content: bytes) -> Table:
    """A CSV or Excel file as a table of text. Raises `NotImportable`."""
    if len(content) > MOST_BYTES:
        raise NotImportable("The file is too large. Split it into files of at most 64 MB.")
    if not content.strip():
        raise NotImportable("The file is empty. Choose a CSV or Excel file with a heading and rows.")
    workbook = content[:4] == b"PK\x03\x04" or name.lower().endswith(".xlsx")
    rows = _excel(content) if workbook else _csv(content)
    heading = tuple(cell.strip() for cell in next(rows, ()))
    if not any(heading) or len(heading) > MOST_COLUMNS:
        raise NotImportable("The file's first line must name its columns, at most 100 of them.")
    body = list(islice(rows, MOST_ROWS + 1))
    if len(body) > MOST_ROWS:
        raise NotImportable(f"The file has more than {MOST_ROWS:,} rows. Split it into several files.")
    columns = tuple(name or f"column {at}" for at, name in enumerate(heading, 1))
    if len(set(columns)) != len(columns):
        raise NotImportable("Two columns of the file have the same name. Give each a name of its own.")
    width = len(columns)
    return Table(columns, [(*row[:width], *[""] * (width - len(row))) for row in body])


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
    planned, seen = Plan(directory, total=len(table.rows)), dict[str, tuple[str, ...]]()
    rows = enumerate(table.rows, 2)
    while batch := list(islice(rows, BATCH)):
        _plan_batch(planned, batch, chosen, seen)
    return planned


def apply(planned: Plan, progress: Callable[[int, int], None] | None = None) -> Counts:
    """Carries the plan out, a thousand rows a transaction; `progress` hears (rows done, rows in all)."""
    store, done, erased = planned.directory.store, 0, 0
    for start in range(0, len(planned.writes), BATCH):
        batch = planned.writes[start : start + BATCH]
        with store.begin() as connection:
            buried = _buried(connection, [store.pseudonym(row["cust_id"]) for row in batch])
            kept = [row for row in batch if store.pseudonym(row["cust_id"]) not in buried]
            erased += len(batch) - len(kept)
            known = _known(connection, [row["cust_id"] for row in kept])
            added = [row for row in kept if row["cust_id"] not in known]
            if added:
                connection.execute(sa.insert(entries), added)
            changed = [{f"b_{k}": v for k, v in row.items()} for row in kept if row["cust_id"] in known]
            if changed:
                written = ("email", "forename", "surname", "external_ref", "folded", "folded_email")
                update = sa.update(entries).where(entries.c.cust_id == sa.bindparam("b_cust_id"))
                connection.execute(update.values({name: sa.bindparam(f"b_{name}") for name in written}), changed)
        done += len(batch)
        if progress:
            progress(done, len(planned.writes))
    return Counts(planned.new, planned.changed, planned.unchanged, planned.erased + erased, len(planned.refused))


def export(directory: Directory) -> bytes:
    """The directory as CSV, UTF-8 with a byte-order mark, safe from formulas."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow((*FIELDS, "source", "seen_at"))
    for entry in directory.everybody():
        details, seen = entry.details, entry.seen_at.isoformat() if entry.seen_at else ""
        cells = (
            entry.cust_id,
            details.email,
            details.forename,
            details.surname,
            entry.external_ref,
            entry.source,
            seen,
        )
        writer.writerow(safe_cell(cell) for cell in cells)
    return text.getvalue().encode("utf-8-sig")


def _plan_batch(
    planned: Plan, batch: list[tuple[int, tuple[str, ...]]], chosen: Mapping[str, int], seen: dict[str, tuple[str, ...]]
) -> None:
    store = planned.directory.store
    rows = []
    for line, row in batch:
        values = {name: row[at].strip().removeprefix("'") if at < len(row) else "" for name, at in chosen.items()}
        reason = _fault(values, seen)
        if reason:
            planned.refused.append(Refusal(line, reason))
        elif values["cust_id"] in seen:
            planned.unchanged += 1
        else:
            seen[values["cust_id"]] = tuple(values.values())
            rows.append(values)
    with store.read() as connection:
        known = _known(connection, [values["cust_id"] for values in rows])
        buried = _buried(connection, [store.pseudonym(values["cust_id"]) for values in rows])
    for values in rows:
        _plan_row(planned, values, known.get(values["cust_id"]), store.pseudonym(values["cust_id"]) in buried)


def _plan_row(planned: Plan, values: dict[str, str], known: Mapping[str, Any] | None, erased: bool) -> None:
    if erased:
        planned.erased += 1
        return
    old = {name: str(known[name]) if known else "" for name in FIELDS[1:]}
    new = {name: values.get(name) or old[name] for name in old}
    if known and new == old:
        planned.unchanged += 1
        return
    planned.new, planned.changed = planned.new + (known is None), planned.changed + (known is not None)
    details = Details(new["forename"], new["surname"], new["email"])
    searched = folded(values["cust_id"], details, new["external_ref"])
    origin = {"cust_id": values["cust_id"], "source": "import", "added_at": planned.directory.clock(), "seen_at": None}
    planned.writes.append({**origin, **new, **searched})


def _fault(values: Mapping[str, str], seen: Mapping[str, tuple[str, ...]]) -> str:
    """Why a row is not taken; '' for a good one."""
    cust_id, email = values["cust_id"], values.get("email", "")
    if not cust_id:
        return "the customer id is blank"
    if not CUST_ID.fullmatch(cust_id):
        return "the customer id has other characters than letters, digits, - and _, or is too long"
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        return "the e-mail is none: it needs something before and after one @"
    if any(len(value) > LONGEST_CELL for value in values.values()):
        return f"a cell is longer than {LONGEST_CELL} characters"
    if any(not value.isprintable() and _broken(value) for value in values.values()):
        return "a cell has characters that are no text"
    if cust_id in seen and seen[cust_id] != tuple(values.values()):
        return "this customer id stands earlier in the file, with other values"
    return ""


def _broken(value: str) -> bool:
    return "\x00" in value or any("\ud800" <= c <= "\udfff" for c in value)


def _known(connection: sa.Connection, ids: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    rows = connection.execute(sa.select(entries).where(entries.c.cust_id.in_(list(ids)))).mappings()
    return {row["cust_id"]: dict(row) for row in rows}


def _buried(connection: sa.Connection, pseudonyms: Iterable[str]) -> set[str]:
    query = sa.select(tombstones.c.pseudonym).where(tombstones.c.pseudonym.in_(list(pseudonyms)))
    return set(connection.execute(query).scalars())


def _csv(content: bytes) -> Iterator[tuple[str, ...]]:
    text = _decoded(content)
    sample = text[:20_000]
    try:
        dialect: Any = csv.Sniffer().sniff(sample.split("\n", 1)[0], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        yield from (
            tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter) if any(row)
        )
    except csv.Error:
        raise NotImportable("The file is no CSV: a cell never ends. Save it again as CSV (UTF-8).") from None


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    if len(encodings) > 1 and b"\x00" in content[:4096]:
        raise NotImportable("The file is neither CSV nor Excel. Save the list as CSV (UTF-8) or as .xlsx.")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotImportable("The file is neither CSV nor Excel. Save the list as CSV (UTF-8) or as .xlsx.")


def _excel(content: bytes) -> Iterator[tuple[str, ...]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            unzipped = sum(part.file_size for part in parts.infolist())
        if unzipped > MOST_UNZIPPED or unzipped > 200 * len(content):
            raise NotImportable(
                "The Excel file unpacks to far more than its size. Save the list as CSV (UTF-8) instead."
            )
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        yield from (tuple(_cell(cell) for cell in row) for row in sheet.iter_rows() if any(c != "" for c in row))
    except (CalamineError, zipfile.BadZipFile, IndexError):
        raise NotImportable("The Excel file cannot be read. Save it again as .xlsx, or as CSV (UTF-8).") from None


def _cell(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
