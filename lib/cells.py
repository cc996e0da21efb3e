"""Owns what makes one cell of an exported table safe to open in a spreadsheet."""

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
