"""How text is compared in a search: without case, accents, and characters that nobody sees."""

from __future__ import annotations

import re
import unicodedata

KEPT_BY_NFKD = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i", "ħ": "h"}
)
"""Letters that have no accent to strip and yet are typed as these."""


def fold(text: str) -> str:
    """`text` as the search compares it; the same for what is kept and for what is typed."""
    spread = unicodedata.normalize("NFKD", text.casefold()).translate(KEPT_BY_NFKD)
    seen = "".join(" " if c.isspace() else c for c in spread if unicodedata.category(c) not in ("Mn", "Cf", "Cs", "Co"))
    return re.sub(r"\s+", " ", "".join(c for c in seen if c.isprintable() or c == " ")).strip()
