"""How text is compared in a search: without case, accents, and characters that nobody sees."""

from __future__ import annotations

import unicodedata

KEPT_BY_NFKD = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i", "ħ": "h"}
    | dict.fromkeys("‘’ʼ`´", "'")
    | dict.fromkeys("‐‑‒–—−", "-")
)
"""Letters that have no accent to strip and yet are typed as these; apostrophes and dashes that word processors set."""

UNSEEN = frozenset({"Mn", "Me", "Cf", "Cs", "Co"})


def fold(text: str) -> str:
    """`text` as the search compares it; the same for what is kept and for what is typed, and stable when repeated."""
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().replace("`", "'").split())
    # Twice: some signs (ℌ, 𝐀) turn into capitals, and some capitals into letters with accents, only on the way.
    for _ in range(2):
        text = unicodedata.normalize("NFKD", text.translate(KEPT_BY_NFKD).casefold()).translate(KEPT_BY_NFKD)
        text = "".join(c for c in text if c.isspace() or (unicodedata.category(c) not in UNSEEN and c.isprintable()))
    return " ".join(text.split())
