"""Foreign text on screen: customers' names, addresses and events are shown as text, whatever is written in them.

Streamlit reads labels, captions, alerts and links as Markdown; text from outside goes there through `plain` only.
"""

from __future__ import annotations

import re
import unicodedata

MARKS = re.compile(r'([\\`*_{}\[\]()#+\-.!|<>~$:^&=@"\'/%?,;])')
JOINER = "\u2060"
"""An invisible character that keeps Markdown from seeing a link or an arrow in text that was escaped already."""


def plain(foreign: str) -> str:
    """`foreign` on one line so that Markdown shows it letter by letter. Not for text that somebody copies."""
    text = MARKS.sub(r"\\\1", re.sub(r"\s+", " ", foreign).strip())
    text = text.replace(r"\:\/\/", rf"\:{JOINER}\/\/").replace(r"\@", rf"{JOINER}\@{JOINER}")
    text = re.sub(r"(?i)\b(www)\\\.", rf"\1{JOINER}\\.", text)
    text = re.sub(r"(?i)\\:(streamlit)\\:", rf"\\:{JOINER}\1\\:", text)
    return re.sub(r"(?<=\s)(\\<\\-\\>|\\<\\-|\\-\\>|\\-\\-|\\>\\=|\\<\\=|\\~\\=)(?=\s)", rf"{JOINER}\1", text)


def revealed(foreign: str) -> str:
    """`foreign` with every hidden character written out: ⟨U+202E⟩; for what somebody is about to confirm."""
    return "".join(f"⟨U+{ord(c):04X}⟩" if _hidden(c) else c for c in foreign)


def _hidden(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
