"""The customers we know of, and the search over them: the platform has none.

As a command it imports the organiser's own list: `python -m lib.records.directory import FILE.csv`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import sqlalchemy as sa

from lib.models import Customer, Details
from lib.records import queries
from lib.records.entries import Entry, Found, Match, Overview, why
from lib.records.folding import fold
from lib.records.queries import storable
from lib.records.store import Store, entries, tombstones

CANDIDATES = 300
"""How many matches are ranked."""


class Directory:
    """The entries in the desk's database."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.store, self.clock = store, clock

    def find(self, query: str, limit: int = 20) -> Found:
        """Every entry that has all words of `query` somewhere, in any order; never raises for any text."""
        read = queries.read(query)
        if not read.words:
            return Found((), read.read_as)
        ranked = self._ranked(read.words, read.wanted)
        same = fold(read.wanted)
        exact = [e for e, _, _ in ranked if read.wanted == e.cust_id or same == fold(e.details.email)]
        return Found(
            tuple(Match(entry, why) for entry, _, why in ranked[:limit]),
            read.read_as,
            exact[0] if len(exact) == 1 else None,
            read.whole_id,
            () if ranked else self._near(read.words),
        )

    def _near(self, words: tuple[str, ...]) -> tuple[Match, ...]:
        """A few entries that have one of the words; of an e-mail, the part before the @."""
        single = words if len(words) > 1 else tuple(word.split("@")[0] for word in words if "@" in word)
        hits = [hit for word in single if len(word) > 1 for hit in self._ranked((word,), word)[:3]]
        return tuple({entry.cust_id: Match(entry, why) for entry, _, why in hits}.values())[:5]

    def _ranked(self, words: tuple[str, ...], wanted: str) -> list[tuple[Entry, int, str]]:
        """Matches with their rank (smaller is better) and why."""
        of_surname = sa.func.lower(entries.c.surname).in_(words)
        as_whole = _having(words, queries.whole)
        tier = sa.case((sa.and_(of_surname, as_whole), 0), (as_whole, 1), (_having(words, queries.start), 2), else_=3)
        newest = sa.func.coalesce(entries.c.seen_at, entries.c.added_at).desc()
        query = sa.select(entries).where(_having(words, queries.anywhere)).order_by(tier, newest, entries.c.cust_id)
        exact = sa.select(entries).where(
            sa.or_(entries.c.cust_id == wanted, entries.c.folded_email == (fold(wanted) or None))
        )
        with self.store.read() as connection:
            found = [connection.execute(asked.limit(CANDIDATES)).mappings().all() for asked in (exact, query)]
        distinct = {row["cust_id"]: _entry(row) for rows in found for row in rows}
        ranked = [(entry, *why(entry, words, wanted)) for entry in distinct.values()]
        return sorted(ranked, key=lambda hit: hit[1])

    def entry(self, cust_id: str) -> Entry | None:
        """What is known of one customer."""
        query = sa.select(entries).where(entries.c.cust_id == storable(cust_id))
        with self.store.read() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else _entry(row)

    def with_email(self, email: str) -> tuple[Entry, ...]:
        """Everybody with this e-mail, without case."""
        query = sa.select(entries).where(entries.c.folded_email == fold(email))
        with self.store.read() as connection:
            return tuple(_entry(row) for row in connection.execute(query).mappings()) if fold(email) else ()

    def others(self, cust_id: str, count: int) -> list[str]:
        """Other customers, those first whom the platform knew most recently."""
        query = sa.select(entries.c.cust_id).where(entries.c.cust_id != cust_id)
        with self.store.read() as connection:
            newest = query.order_by(entries.c.seen_at.desc().nulls_last(), entries.c.cust_id).limit(count)
            return list(connection.execute(newest).scalars())

    def saw(self, customer: Customer, source: str, at: datetime | None = None) -> bool:
        """Notes what the platform said of a customer, just now or `at`; False, and nothing kept, for one who was
        erased. What is known to be newer stays."""
        now = at or self.clock()
        entry = self.entry(customer.cust_id)
        if entry and entry.seen_at and entry.seen_at >= now:
            return True
        details = Details(**{name: storable(value) for name, value in customer.details.to_json().items()})
        fresh = {**details.to_json(), "seen_at": now}
        with self.store.begin() as connection:
            if connection.execute(self._tombstone(customer.cust_id)).first():
                return False
            known = (
                connection.execute(sa.select(entries).where(entries.c.cust_id == customer.cust_id)).mappings().first()
            )
            reference = known["external_ref"] if known else ""
            values = {**fresh, **folded(customer.cust_id, details, reference)}
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
        """Deletes what is known of a customer; `bury` them first, or a late answer brings them back."""
        with self.store.begin() as connection:
            connection.execute(sa.delete(entries).where(entries.c.cust_id == cust_id))

    def overview(self) -> Overview:
        """The directory in figures."""
        unnamed = sa.func.sum(sa.case((_unnamed(), 1), else_=0))
        seen, imported = entries.c.seen_at, sa.case((entries.c.source == "import", entries.c.added_at))
        totals = sa.select(sa.func.count(), unnamed, sa.func.max(seen), sa.func.max(imported))
        with self.store.read() as connection:
            count, bare, newest, last = connection.execute(totals.select_from(entries)).one()
            sources = connection.execute(sa.select(entries.c.source, sa.func.count()).group_by(entries.c.source))
            return Overview(count, int(bare or 0), {row[0]: row[1] for row in sources}, newest, last)

    def unnamed(self, limit: int) -> list[str]:
        """Ids of customers of whom nothing else is known."""
        with self.store.read() as connection:
            return list(connection.execute(sa.select(entries.c.cust_id).where(_unnamed()).limit(limit)).scalars())

    def everybody(self, batch: int = 1000) -> Iterator[Entry]:
        """Every entry, by id; read batch by batch, so that a slow export keeps no reader open."""
        last = ""
        while True:
            query = sa.select(entries).where(entries.c.cust_id > last).order_by(entries.c.cust_id).limit(batch)
            with self.store.read() as connection:
                rows = connection.execute(query).mappings().all()
            if not rows:
                return
            yield from map(_entry, rows)
            last = rows[-1]["cust_id"]

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


def _having(words: tuple[str, ...], pattern: Callable[[str], str]) -> sa.ColumnElement[bool]:
    return sa.and_(*(entries.c.folded.like(pattern(word), escape="\\") for word in words))


if __name__ == "__main__":
    from lib.records.command import main

    main()
