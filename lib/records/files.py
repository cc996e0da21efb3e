"""Files of customers as tables of text: CSV in its usual forms and Excel, within bounds."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

MOST_BYTES, MOST_ROWS, MOST_COLUMNS = 64 * 2**20, 200_000, 100
MOST_UNZIPPED, MOST_RATIO = 200 * 2**20, 200
DELIMITERS = ",;\t|"
FAR_CELL = re.compile(rb"""\sr\s*=\s*["'](?:([A-Z]{3,})[0-9]|[A-Z]*([0-9]+)["'])""")
UNREADABLE = (CalamineError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, IndexError, ValueError)
"""What reading a broken or locked workbook raises."""

NO_TABLE = "The file is neither CSV nor Excel. Save the list as CSV (UTF-8) or as .xlsx."

Line = tuple[int, tuple[str, ...]]
"""Where a row begins in its file (the first line is 1), and its cells."""


class NotImportable(Exception):
    """The file cannot be imported; the text says why and what to do, and may be shown to anybody."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file's columns and rows, all as text, and the line at which each row stands (none given: from 2 on)."""

    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    lines: tuple[int, ...] = ()

    def numbered(self) -> Iterator[Line]:
        """Every row with its line in the file."""
        return zip(self.lines or range(2, len(self.rows) + 2), self.rows, strict=True)


def read_table(name: str, content: bytes) -> Table:
    """A CSV or Excel file as a table of text. Raises `NotImportable`."""
    if len(content) > MOST_BYTES:
        raise NotImportable("The file is too large. Split it into files of at most 64 MB.")
    if not content.strip():
        raise NotImportable("The file is empty. Choose a CSV or Excel file with a heading and rows.")
    workbook = content[:4] == b"PK\x03\x04" or name.lower().endswith(".xlsx")
    rows = _excel(content) if workbook else _csv(content)
    _, first = next(rows, (1, ()))
    heading = tuple(cell.strip() for cell in first)
    if not any(heading) or len(heading) > MOST_COLUMNS:
        raise NotImportable("The file's first line must name its columns, at most 100 of them.")
    body = list(islice(rows, MOST_ROWS + 1))
    if len(body) > MOST_ROWS:
        raise NotImportable(f"The file has more than {MOST_ROWS:,} rows. Split it into several files.")
    columns = tuple(name or f"column {at}" for at, name in enumerate(heading, 1))
    if len(set(columns)) != len(columns):
        raise NotImportable("Two columns of the file have the same name. Give each a name of its own.")
    width = len(columns)
    cut = [(*row[:width], *[""] * (width - len(row))) for _, row in body]
    return Table(columns, cut, tuple(line for line, _ in body))


def _csv(content: bytes) -> Iterator[Line]:
    text = _decoded(content)
    first, _, rest = text.partition("\n")
    at, said = 1, re.fullmatch(r"sep=(.)\r?", first, re.IGNORECASE)
    if said:  # Excel's own way to name the delimiter
        text, at = rest, 2
    delimiter = said[1] if said else _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before = 0
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield at + before, tuple(row)
            before = reader.line_num
    except csv.Error:
        raise NotImportable("The file is no CSV: a cell never ends. Save it again as CSV (UTF-8).") from None


def _delimiter(text: str) -> str:
    """The one that the first line with any text has most of, outside quotes."""
    heading = re.sub(r'"[^"]*"', "", text.lstrip("\r\n")[:20_000].partition("\n")[0])
    return max(DELIMITERS, key=heading.count)


def _decoded(content: bytes) -> str:
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    if len(encodings) > 1 and b"\x00" in content[:4096]:
        raise NotImportable(NO_TABLE)
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotImportable(NO_TABLE)


def _excel(content: bytes) -> Iterator[Line]:
    try:
        _within_bounds(content)
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        first = (sheet.start or (0, 0))[0] + 1
        for line, row in enumerate(sheet.to_python(skip_empty_area=True), first):
            if any(cell != "" for cell in row):
                yield line, tuple(_cell(cell) for cell in row)
    except UNREADABLE:
        raise NotImportable("The Excel file cannot be read. Save it again as .xlsx, or as CSV (UTF-8).") from None


def _within_bounds(content: bytes) -> None:
    """Refuses what would fill the memory when it is unpacked or laid out: one far cell makes a sheet of that size."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        unzipped = sum(part.file_size for part in parts.infolist())
        if unzipped > MOST_UNZIPPED or unzipped > MOST_RATIO * len(content):
            raise NotImportable(
                "The Excel file unpacks to far more than its size. Save the list as CSV (UTF-8) instead."
            )
        for part in parts.infolist():  # any part may be the sheet; one that lies about its size is found out
            _no_far_cells(parts.read(part))


def _no_far_cells(sheet: bytes) -> None:
    for cell in FAR_CELL.finditer(sheet):
        if cell[1] or len(cell[2]) > 7 or int(cell[2]) > MOST_ROWS + 1:
            raise NotImportable(
                f"The Excel file has a cell beyond {MOST_ROWS:,} rows or 700 columns. Delete what stands there, "
                "or save the list as CSV (UTF-8)."
            )


def _cell(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
