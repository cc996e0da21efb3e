"""Cells of files that a spreadsheet opens: text that would run as a formula there is made plain text."""

from __future__ import annotations

STARTS_A_FORMULA = "=+-@\t\r\n＝＋－＠"


def safe_cell(text: str) -> str:
    """`text`, after an apostrophe where a spreadsheet would take it for a formula, also behind blanks."""
    bare = text.lstrip(" \u00a0\u3000")
    return f"'{text}" if bare[:1] and bare[0] in STARTS_A_FORMULA else text
