"""Owns what makes one cell of an exported table safe to open in a spreadsheet."""

_STARTS_A_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")


def safe_cell(text: str) -> str:
    """Give the text a leading apostrophe when a spreadsheet would run it as a formula.

    Blanks in front do not help: some spreadsheets drop them and then look at what follows.
    """
    if text[:1] in _STARTS_A_FORMULA and text:
        return "'" + text
    rest = text.lstrip()
    if rest[:1] in _STARTS_A_FORMULA and rest:
        return "'" + text
    return "'" + text if any(c in "\t\r\n" for c in text[: len(text) - len(rest)]) else text
