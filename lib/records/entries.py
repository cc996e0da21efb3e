"""The lines of the directory, what a search finds among them, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lib.models import Details
from lib.records.folding import fold


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the directory. `seen_at`: when the platform last confirmed the details (None: never)."""

    cust_id: str
    details: Details
    external_ref: str
    source: str
    added_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Match:
    """An entry and, in plain words, why it matched."""

    entry: Entry
    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, best first; how it read the query; the one exact hit; the customer id that the query may be;
    near misses where it found nothing."""

    matches: tuple[Match, ...]
    read_as: str
    exact: Entry | None = None
    whole_id: str = ""
    near: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """The directory in figures. `unnamed`: known by id only; `last_import`: when an import last added somebody."""

    count: int
    unnamed: int
    by_source: dict[str, int]
    newest_seen: datetime | None
    last_import: datetime | None = None


def why(entry: Entry, words: tuple[str, ...], wanted: str) -> tuple[int, str]:
    """How good a match is (smaller is better), and why it is one."""
    names = fold(f"{entry.details.forename} {entry.details.surname}").split()
    surname, email = fold(entry.details.surname).split(), fold(entry.details.email)
    cust_id, reference = fold(entry.cust_id), fold(entry.external_ref)
    if wanted == entry.cust_id:
        return 0, "customer id"
    if fold(wanted) == email:
        return 0, "e-mail"
    tests: tuple[tuple[str, Any], ...] = (
        ("surname", lambda w: w in surname),
        ("name", lambda w: w in names),
        ("start of the surname", lambda w: any(n.startswith(w) for n in surname)),
        ("start of a name", lambda w: any(n.startswith(w) for n in names)),
        ("start of the e-mail", lambda w: email.startswith(w)),
        ("start of the id", lambda w: cust_id.startswith(w)),
        ("external reference", lambda w: w in reference),
        ("part of the e-mail", lambda w: w in email),
        ("part of a name", lambda w: any(w in n for n in names)),
    )
    for rank, (why, test) in enumerate(tests, 1):
        if all(test(word) for word in words):
            return rank, why
    return len(tests) + 1, "name and e-mail" if len(words) > 1 else "part of the id"
