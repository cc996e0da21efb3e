"""The desk's own database: the engine, the tables, and which version of them a file holds.

SQLite by default (one file, readable by its owner only), any other SQLAlchemy address by `DESK_DATABASE_URL`.
One database serves one profile of the platform: it remembers which, and refuses another.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

SCHEMA = 1
"""The version of the tables below; a database of a newer version is refused."""

tables = sa.MetaData()


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware UTC time, kept without its zone (SQLite has none)."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


about = sa.Table(
    "about",
    tables,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
"""Facts about the database itself: its schema version, its profile's hash, the secret of its pseudonyms."""

entries = sa.Table(
    "entries",
    tables,
    sa.Column("cust_id", sa.String(64), primary_key=True),
    sa.Column("email", sa.Text, nullable=False, default=""),
    sa.Column("forename", sa.Text, nullable=False, default=""),
    sa.Column("surname", sa.Text, nullable=False, default=""),
    sa.Column("external_ref", sa.Text, nullable=False, default=""),
    sa.Column("source", sa.String(20), nullable=False),
    sa.Column("added_at", Moment, nullable=False),
    sa.Column("seen_at", Moment),  # when the platform last confirmed these details; None: never
    sa.Column("folded", sa.Text, nullable=False),  # what a search reads: see directory.fold
    sa.Column("folded_email", sa.Text, nullable=False, index=True),
    sa.Index("entries_by_seen", "seen_at"),
)
"""The customers we know of."""

tombstones = sa.Table(
    "tombstones",
    tables,
    sa.Column("pseudonym", sa.String(64), primary_key=True),
    sa.Column("erased_at", Moment, nullable=False),
)
"""Who was erased, as a keyed hash: an import or a late answer must not bring them back."""

OPEN = ("intent", "sent", "unknown")
"""The states in which a write still holds its subject."""

operations = sa.Table(
    "operations",
    tables,
    sa.Column("operation_id", sa.String(32), primary_key=True),
    sa.Column("token", sa.String(80), nullable=False, unique=True),  # the form it came from: a double click is one
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),  # what it holds while open: a customer, or an e-mail's hash
    sa.Column("cust_id", sa.String(64), nullable=False),  # '' where there is none (yet, or any more)
    sa.Column("pseudonym", sa.String(64), nullable=False, index=True),
    sa.Column("operator", sa.String(200), nullable=False),
    sa.Column("reason", sa.Text, nullable=False, default=""),
    sa.Column("note", sa.Text, nullable=False, default=""),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("intent_at", Moment, nullable=False),
    sa.Column("sent_at", Moment),
    sa.Column("looked_at", Moment),
    sa.Column("settled_at", Moment),
    sa.Column("before", sa.JSON),
    sa.Column("wanted", sa.JSON),
    sa.Column("found", sa.JSON),
    sa.Column("counts", sa.JSON),
    sa.Column("looks", sa.JSON),  # the times at which a look confirmed the outcome
    sa.Column("message", sa.Text, nullable=False, default=""),  # the platform's reason for a refusal
    sa.Index("operations_by_time", "intent_at"),
)
"""Every write: intent, sent, outcome."""

sa.Index(
    "one_open_operation",
    operations.c.subject,
    unique=True,
    sqlite_where=operations.c.state.in_(OPEN),
    postgresql_where=operations.c.state.in_(OPEN),
)


class WrongDatabase(Exception):
    """The database cannot be used; the text says why and what to do, and may be shown to anybody."""


class Store:
    """The engine over one database, its schema brought up to date."""

    def __init__(self, url: str, *, profile: str = "") -> None:
        try:
            address = sa.make_url(url)
            sqlite = address.get_backend_name() == "sqlite"
            if sqlite and address.database not in (None, "", ":memory:"):
                _private_file(Path(str(address.database)))
            arguments: dict[str, Any] = {"connect_args": {"timeout": 5}} if sqlite else {"pool_pre_ping": True}
            self.engine = sa.create_engine(address, hide_parameters=True, **arguments)
        except (sa.exc.ArgumentError, ImportError):
            raise WrongDatabase(
                "DESK_DATABASE_URL is no address of a database that this desk can open. It looks like "
                "sqlite:////var/lib/customer-desk/desk.db."
            ) from None
        except OSError:
            raise WrongDatabase(
                "The desk's database cannot be opened: its folder cannot be made or its file not written. "
                "Check DESK_DATA_FOLDER and who owns it."
            ) from None
        if sqlite:
            sa.event.listen(self.engine, "connect", _sqlite_connect)
            sa.event.listen(self.engine, "begin", _sqlite_begin)
        self.sqlite = sqlite
        self._open(hashlib.sha256(profile.encode()).hexdigest())

    def _open(self, profile: str) -> None:
        try:
            tables.create_all(self.engine)
        except sa.exc.SQLAlchemyError as cause:
            raise WrongDatabase(
                "The desk's database cannot be opened. Check DESK_DATABASE_URL, the disk and the file's owner."
            ) from cause
        facts = {"schema": str(SCHEMA), "profile": profile, "pseudonym_key": secrets.token_hex(32)}
        with self.begin() as connection:
            known = {row.name: row.value for row in connection.execute(sa.select(about))}
            missing = [{"name": name, "value": value} for name, value in facts.items() if name not in known]
            if missing:
                connection.execute(sa.insert(about), missing)
        known = {**facts, **known}
        if int(known["schema"]) > SCHEMA:
            raise WrongDatabase("The desk's database was written by a newer Customer Desk. Start that version instead.")
        if known["profile"] != profile:
            raise WrongDatabase(
                "The desk's database belongs to another profile. Set DESK_DATABASE_URL to a database of its own."
            )
        self._key = bytes.fromhex(known["pseudonym_key"])

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """One transaction that may write; committed at the end, rolled back on any error."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection to read with, outside any transaction: it never waits for a writer."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    def pseudonym(self, personal: str) -> str:
        """A keyed hash that stands for `personal` (a `cust_id` or an e-mail) where the person must not be named."""
        return hmac.new(self._key, personal.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def scrub(self, patience: float = 10.0) -> bool:
        """After an erasure and at start-up: leaves no deleted bytes in a SQLite file or its write-ahead log. A reader
        keeps the log busy, so it is tried for `patience` seconds; False where that was not enough."""
        end = time.monotonic() + patience
        while self.sqlite:
            with self.read() as connection:
                busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
            if not busy:
                break
            if time.monotonic() > end:
                return False
            time.sleep(0.1)
        return True

    def close(self) -> None:
        self.engine.dispose()


def _private_file(path: Path) -> None:
    """Makes the file and its folder, readable by their owner only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    path.chmod(0o600)


def _sqlite_connect(connection: Any, _record: Any) -> None:
    """Durable commits, overwritten deletions, and transactions begun by us (`_sqlite_begin`), not by the driver."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}").close()


def _sqlite_begin(connection: sa.Connection) -> None:
    """Takes the write lock at once, so that two writers wait for each other instead of failing half way."""
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
