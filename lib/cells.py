"""Owns what makes an exported table safe to open in a spreadsheet: its cells, and the file of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

_STARTS_A_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")


def safe_cell(text: str) -> str:
    """`text`, with a leading apostrophe where a spreadsheet would run it as a formula.

    Blanks and unseen characters in front do not help: some spreadsheets drop them and look at what follows.
    """
    for character in text:
        if character in _STARTS_A_FORMULA:
            return "'" + text
        if character.isprintable() and not character.isspace():
            break
    return text


def csv_file(rows: Iterable[Iterable[str]]) -> bytes:
    """Rows of cells, safe ones where they are text, as CSV with CRLF: UTF-8 with a byte-order mark, so that a
    spreadsheet reads the accents."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig", "replace")
