"""How the search reads what an operator typed or pasted: an e-mail, an id, a link, or words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lib.records.folding import fold

LONGEST, MOST_WORDS = 200, 8
"""Characters and words of a query that count."""

LINK = re.compile(r"[?&]id=([A-Za-z0-9_-]{1,64})")
ANGLED = re.compile(r"<(?:mailto:)?([^<>\s]+@[^<>\s]+)>", re.IGNORECASE)
MAILTO = re.compile(r"mailto:([^?]*)(?:\?.*)?", re.IGNORECASE | re.DOTALL)
ID_LIKE = re.compile(r"[A-Za-z]{2,8}_[A-Za-z0-9_-]{2,60}|(?=\D*\d)[A-Za-z0-9_-]{12,64}")
AROUND = " \t\r\n\"'“”„,;"


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for as a whole, its folded words (all of which must be there), how it was read, and the customer
    id that it may be ('' where it cannot be one)."""

    wanted: str
    words: tuple[str, ...]
    read_as: str
    whole_id: str = ""


def read(typed: str) -> Query:
    """Reads any text at all; without words where there is nothing to look for."""
    wanted, read_as, whole_id = _shape(storable(typed[: 10 * LONGEST]).strip(AROUND))
    words = tuple(fold(wanted).split()[:MOST_WORDS])
    if not words:
        return Query("", (), "nothing to look for yet")
    if len(words) == 1 and len(words[0]) == 1 and words[0].isascii():
        return Query(wanted, words, "too short to look everywhere: starts of words only; type at least two characters")
    return Query(wanted, words, read_as, whole_id)


def _shape(text: str) -> tuple[str, str, str]:
    """The part that is looked for, in plain words what it looks like, and the customer id that it may be."""
    if link := LINK.search(text):
        return link[1], "looks like a link to a customer", link[1]
    if angled := ANGLED.search(text):
        return angled[1][:LONGEST], "looks like an e-mail", ""
    if mailto := MAILTO.fullmatch(text):
        text = mailto[1].strip(AROUND)
    text = text.removeprefix("#").strip(AROUND)[:LONGEST]
    if "@" in text and not re.search(r"\s", text):
        return text, "looks like an e-mail", ""
    if ID_LIKE.fullmatch(text):
        return text, "looks like a customer id", text
    return text, "read as words of a name or an e-mail", ""


def storable(text: str) -> str:
    """`text` without what a database cannot keep: halves of characters and NUL."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def whole(word: str) -> str:
    """What LIKE takes for `word` as a whole word of a folded line."""
    return f"% {_escaped(word)} %"


def start(word: str) -> str:
    """What LIKE takes for `word` at the start of a word."""
    return f"% {_escaped(word)}%"


def anywhere(word: str) -> str:
    """What LIKE takes for `word` anywhere; a single letter only at the start of a word."""
    return start(word) if len(word) == 1 and word.isascii() else f"%{_escaped(word)}%"


def _escaped(word: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", word)
