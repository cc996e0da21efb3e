"""The customers we know of, and the search over them: the platform has none.

As a command it imports the organiser's own list: `python -m lib.records.directory import FILE.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from lib.models import Customer, Details
from lib.records.folding import fold
from lib.records.store import Store, entries, tombstones

LONGEST, MOST_WORDS, CANDIDATES = 200, 8, 300
"""Characters and words of a query that count, and how many matches are ranked."""

LINK = re.compile(r"[?&]id=([A-Za-z0-9_-]{1,64})")
ANGLED = re.compile(r"<([^<>\s]+@[^<>\s]+)>")
ID_LIKE = re.compile(r"[A-Za-z]{2,8}_[A-Za-z0-9_-]{2,60}")


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
    """What a search found, best first; how it read the query; the one exact hit; near misses where it found nothing."""

    matches: tuple[Match, ...]
    read_as: str
    exact: Entry | None = None
    near: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """How many customers are known, how many by id only, where they came from, and when one was last confirmed."""

    count: int
    unnamed: int
    by_source: dict[str, int]
    newest_seen: datetime | None


class Directory:
    """The entries in the desk's database."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.store, self.clock = store, clock

    def find(self, query: str, limit: int = 20) -> Found:
        """Every entry that has all words of `query` somewhere, in any order; never raises for any text."""
        wanted, read_as = _read(query)
        words = fold(wanted).split()[:MOST_WORDS]
        if not words:
            return Found((), "nothing to look for yet")
        ranked = self._ranked(words, wanted)
        exact = [e for e, _, _ in ranked if wanted == e.cust_id or fold(wanted) == fold(e.details.email)]
        near: list[tuple[Entry, int, str]] = []
        if not ranked and len(words) > 1:
            near = [hit for word in words if len(word) > 1 for hit in self._ranked([word], word)[:3]]
        return Found(
            tuple(Match(entry, why) for entry, _, why in ranked[:limit]),
            read_as,
            exact[0] if len(exact) == 1 else None,
            tuple(Match(entry, why) for entry, _, why in near[:5]),
        )

    def _ranked(self, words: list[str], wanted: str) -> list[tuple[Entry, int, str]]:
        """Matches with their rank (smaller is better) and why."""
        having = [entries.c.folded.like(_pattern(word), escape="\\") for word in words]
        newest = sa.func.coalesce(entries.c.seen_at, entries.c.added_at).desc()
        query = sa.select(entries).where(sa.and_(*having)).order_by(newest, entries.c.cust_id).limit(CANDIDATES)
        exact = sa.select(entries).where(
            sa.or_(entries.c.cust_id == _storable(wanted), entries.c.folded_email == _storable(fold(wanted)))
        )
        with self.store.read() as connection:
            rows = [*connection.execute(exact).mappings(), *connection.execute(query).mappings()]
        distinct = {row["cust_id"]: _entry(row) for row in rows}
        ranked = [(entry, *_why(entry, words, wanted)) for entry in distinct.values()]
        return sorted(ranked, key=lambda hit: hit[1])

    def entry(self, cust_id: str) -> Entry | None:
        with self.store.read() as connection:
            row = connection.execute(sa.select(entries).where(entries.c.cust_id == cust_id)).mappings().first()
        return None if row is None else _entry(row)

    def with_email(self, email: str) -> tuple[Entry, ...]:
        """Everybody with this e-mail, without case."""
        query = sa.select(entries).where(entries.c.folded_email == _storable(fold(email)))
        with self.store.read() as connection:
            return tuple(_entry(row) for row in connection.execute(query).mappings()) if email.strip() else ()

    def another(self, cust_id: str) -> str | None:
        """Somebody else whom the platform knew most recently."""
        query = sa.select(entries.c.cust_id).where(entries.c.cust_id != cust_id)
        with self.store.read() as connection:
            found: str | None = connection.execute(
                query.order_by(entries.c.seen_at.desc().nulls_last()).limit(1)
            ).scalar()
        return found

    def saw(self, customer: Customer, source: str) -> bool:
        """Notes what the platform just said of a customer; False, and nothing kept, for one who was erased."""
        now = self.clock()
        fresh = {**customer.details.to_json(), "seen_at": now}
        with self.store.begin() as connection:
            if connection.execute(self._tombstone(customer.cust_id)).first():
                return False
            known = (
                connection.execute(sa.select(entries).where(entries.c.cust_id == customer.cust_id)).mappings().first()
            )
            reference = known["external_ref"] if known else ""
            values = {**fresh, **folded(customer.cust_id, customer.details, reference)}
            if known:
                connection.execute(sa.update(entries).where(entries.c.cust_id == customer.cust_id).values(**values))
            else:
                origin = {"cust_id": customer.cust_id, "source": source, "added_at": now, "external_ref": ""}
                connection.execute(sa.insert(entries), origin | values)
        return True

    def bury(self, cust_id: str) -> None:
        """Leaves a tombstone: from now on nothing brings this customer back into the directory."""
        with self.store.begin() as connection:
            if not connection.execute(self._tombstone(cust_id)).first():
                mark = {"pseudonym": self.store.pseudonym(cust_id), "erased_at": self.clock()}
                connection.execute(sa.insert(tombstones), mark)

    def buried(self, cust_id: str) -> datetime | None:
        """When a customer was erased here; None for the living."""
        with self.store.read() as connection:
            row = connection.execute(self._tombstone(cust_id)).first()
        return row.erased_at if row else None

    def forget(self, cust_id: str) -> None:
        with self.store.begin() as connection:
            connection.execute(sa.delete(entries).where(entries.c.cust_id == cust_id))

    def overview(self) -> Overview:
        unnamed = sa.func.sum(sa.case((_unnamed(), 1), else_=0))
        with self.store.read() as connection:
            totals = connection.execute(sa.select(sa.func.count(), unnamed, sa.func.max(entries.c.seen_at))).one()
            sources = connection.execute(sa.select(entries.c.source, sa.func.count()).group_by(entries.c.source))
            return Overview(totals[0], int(totals[1] or 0), {row[0]: row[1] for row in sources}, totals[2])

    def unnamed(self, limit: int) -> list[str]:
        """Ids of customers of whom nothing else is known."""
        with self.store.read() as connection:
            return list(connection.execute(sa.select(entries.c.cust_id).where(_unnamed()).limit(limit)).scalars())

    def everybody(self) -> Iterator[Entry]:
        """Every entry, by id."""
        with self.store.read() as connection:
            for row in connection.execute(sa.select(entries).order_by(entries.c.cust_id)).mappings():
                yield _entry(row)

    def _tombstone(self, cust_id: str) -> sa.Select[tuple[datetime]]:
        return sa.select(tombstones.c.erased_at).where(tombstones.c.pseudonym == self.store.pseudonym(cust_id))


def folded(cust_id: str, details: Details, external_ref: str) -> dict[str, str]:
    """The columns that a search reads; every word after a blank, so that its start can be asked for."""
    parts = (cust_id, details.forename, details.surname, details.email, external_ref)
    return {"folded": "".join(f" {fold(part)}" for part in parts), "folded_email": fold(details.email)}


def _unnamed() -> sa.ColumnElement[bool]:
    return sa.and_(entries.c.email == "", entries.c.forename == "", entries.c.surname == "")


def _entry(row: sa.RowMapping) -> Entry:
    details = Details(row["forename"], row["surname"], row["email"])
    return Entry(row["cust_id"], details, row["external_ref"], row["source"], row["added_at"], row["seen_at"])


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def _pattern(word: str) -> str:
    """What LIKE takes for `word` anywhere; a single letter only at the start of a word."""
    escaped = re.sub(r"([\\%_])", r"\\\1", _storable(word))
    return f"% {escaped}%" if len(word) == 1 else f"%{escaped}%"


def _read(query: str) -> tuple[str, str]:
    """What is looked for in what was typed or pasted, and how it was read, in plain words."""
    text = query[: 10 * LONGEST].strip().strip("\"'“”").removeprefix("mailto:").removeprefix("#").strip()
    if "?" in text and (link := LINK.search(text)):
        return link[1], "looks like a link to a customer"
    if angled := ANGLED.search(text):
        return angled[1], "looks like an e-mail"
    text = text[:LONGEST]
    if "@" in text and " " not in text:
        return text, "looks like an e-mail"
    if ID_LIKE.fullmatch(text):
        return text, "looks like a customer id"
    return text, "read as words of a name or an e-mail"


def _why(entry: Entry, words: list[str], wanted: str) -> tuple[int, str]:
    """How good a match is (smaller is better), and why it is one."""
    names = fold(f"{entry.details.forename} {entry.details.surname}").split()
    surname, email = fold(entry.details.surname).split(), fold(entry.details.email)
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
        ("start of the id", lambda w: fold(entry.cust_id).startswith(w)),
        ("external reference", lambda w: w in fold(entry.external_ref)),
        ("part of the e-mail", lambda w: w in email),
        ("part of a name", lambda w: any(w in n for n in names)),
    )
    for rank, (why, test) in enumerate(tests, 1):
        if all(test(word) for word in words):
            return rank, why
    return len(tests) + 1, "name and e-mail" if len(words) > 1 else "part of the id"


if __name__ == "__main__":
    from lib.records.command import main

    main()
