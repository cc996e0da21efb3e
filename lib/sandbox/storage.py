"""Owns the sandbox's one SQLite file: made and filled on the first opening, kept as it is on every later one."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import RLock
from typing import Any

from lib.sandbox.histories import World

Json = dict[str, Any]

_TABLES = (
    "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE customer (rank INTEGER PRIMARY KEY AUTOINCREMENT, cust_id TEXT NOT NULL UNIQUE,"
    " forename TEXT NOT NULL, surname TEXT NOT NULL, email TEXT NOT NULL, email_folded TEXT NOT NULL UNIQUE)",
    "CREATE TABLE address (rank INTEGER PRIMARY KEY AUTOINCREMENT, address_id TEXT NOT NULL UNIQUE,"
    " cust_id TEXT NOT NULL, body TEXT NOT NULL)",
    "CREATE TABLE placed_order (rank INTEGER PRIMARY KEY AUTOINCREMENT, order_id TEXT NOT NULL UNIQUE,"
    " cust_id TEXT NOT NULL, placed TEXT NOT NULL, words TEXT NOT NULL, body TEXT NOT NULL)",
    "CREATE INDEX address_of ON address (cust_id)",
    "CREATE INDEX order_of ON placed_order (cust_id, placed)",
)
_ADD_CUSTOMER = "INSERT INTO customer (cust_id, forename, surname, email, email_folded) VALUES (?, ?, ?, ?, ?)"
_ADD_ADDRESS = "INSERT INTO address (address_id, cust_id, body) VALUES (?, ?, ?)"
_ADD_ORDER = "INSERT INTO placed_order (order_id, cust_id, placed, words, body) VALUES (?, ?, ?, ?, ?)"
_CUSTOMER = "SELECT cust_id, email, forename, surname FROM customer"
_ORDERS = (
    " FROM placed_order WHERE cust_id = :cust_id AND placed >= :since AND placed < :before"
    " AND (:words = '' OR instr(words, :words) > 0)"
)


class Storage:
    """Customers, addresses and orders by id. Safe to share between threads: one connection behind one lock."""

    def __init__(self, file: Path, *, customers: int, big: int, today: date) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = RLock()
        self._db = sqlite3.connect(file, timeout=30, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        with self._change():
            if not self._row("SELECT 1 FROM sqlite_master WHERE name = 'setting'"):
                self._fill(customers, big, today)
        self.today = date.fromisoformat(self._one("SELECT value FROM setting WHERE name = 'today'"))

    def close(self) -> None:
        """Close the file; nothing can be asked afterwards."""
        with self._lock:
            self._db.close()

    # Customers

    def customers(self) -> list[dict[str, str]]:
        """Every living customer, in the order of their creation."""
        return [dict(row) for row in self._rows(f"{_CUSTOMER} ORDER BY rank")]

    def customer(self, cust_id: str) -> Json | None:
        """A customer's four fields, or None."""
        row = self._row(f"{_CUSTOMER} WHERE cust_id = ?", cust_id)
        return dict(row) if row else None

    def customer_with_email(self, email: str) -> Json | None:
        """The customer with this e-mail address in whatever case, or None."""
        row = self._row(f"{_CUSTOMER} WHERE email_folded = ?", _folded(email))
        return dict(row) if row else None

    def add_customer(self, cust_id: str, details: dict[str, str]) -> Json:
        """The new customer; the existing one if the e-mail address is taken already."""
        with self._change():
            if existing := self.customer_with_email(details["email"]):
                return existing
            self._db.execute(_ADD_CUSTOMER, _customer_row(cust_id, details))
            return {"cust_id": cust_id, **details}

    def amend_customer(self, cust_id: str, details: dict[str, str]) -> bool:
        """Set a customer's details; False, and nothing is changed, if another customer has the e-mail address."""
        with self._change():
            other = self.customer_with_email(details["email"])
            if other and other["cust_id"] != cust_id:
                return False
            change = "UPDATE customer SET forename = ?, surname = ?, email = ?, email_folded = ? WHERE cust_id = ?"
            self._db.execute(change, (*_customer_row(cust_id, details)[1:], cust_id))
            return True

    def erase_customer(self, cust_id: str) -> bool:
        """Remove a customer with every address and order; False if there is none."""
        with self._change():
            self._db.execute("DELETE FROM address WHERE cust_id = ?", (cust_id,))
            self._db.execute("DELETE FROM placed_order WHERE cust_id = ?", (cust_id,))
            return self._db.execute("DELETE FROM customer WHERE cust_id = ?", (cust_id,)).rowcount == 1

    # Addresses

    def addresses(self, cust_id: str) -> list[Json]:
        """A customer's addresses, oldest first."""
        return _bodies(self._rows("SELECT body FROM address WHERE cust_id = ? ORDER BY rank", cust_id))

    def address(self, cust_id: str, address_id: str) -> Json | None:
        """One address of this customer, or None."""
        row = self._row("SELECT body FROM address WHERE cust_id = ? AND address_id = ?", cust_id, address_id)
        return json.loads(row["body"]) if row else None

    def add_address(self, cust_id: str, address: Json) -> None:
        """Keep a new address; it brings its own `address_id`."""
        with self._change():
            self._db.execute(_ADD_ADDRESS, _address_row(cust_id, address))

    def amend_address(self, cust_id: str, address: Json) -> bool:
        """Replace the address of the same `address_id`; False if this customer has none."""
        address_id, _, body = _address_row(cust_id, address)
        change = "UPDATE address SET body = ? WHERE cust_id = ? AND address_id = ?"
        with self._change():
            return self._db.execute(change, (body, cust_id, address_id)).rowcount == 1

    def remove_address(self, cust_id: str, address_id: str) -> bool:
        """Remove one address; False if this customer has none of that id."""
        change = "DELETE FROM address WHERE cust_id = ? AND address_id = ?"
        with self._change():
            return self._db.execute(change, (cust_id, address_id)).rowcount == 1

    # Orders

    def orders(self, cust_id: str) -> list[Json]:
        """All orders of a customer, newest first."""
        wanted = "SELECT body FROM placed_order WHERE cust_id = ? ORDER BY placed DESC, rank DESC"
        return _bodies(self._rows(wanted, cust_id))

    def order(self, cust_id: str, order_id: str) -> Json | None:
        """One order of this customer, or None."""
        row = self._row("SELECT body FROM placed_order WHERE cust_id = ? AND order_id = ?", cust_id, order_id)
        return json.loads(row["body"]) if row else None

    def page(
        self, cust_id: str, *, limit: int, skip: int, since: str, before: str, words: str
    ) -> tuple[list[Json], int]:
        """One page of a customer's orders, newest first, and the count of all that match.

        `since` (inclusive) and `before` (exclusive) compare with `created_at` as text; empty `words` match all.
        """
        values = {"cust_id": cust_id, "since": since, "before": before, "words": words.casefold()}
        paging = " ORDER BY placed DESC, rank DESC LIMIT :limit OFFSET :skip"
        with self._lock:
            total = self._db.execute(f"SELECT count(*) {_ORDERS}", values).fetchone()[0]
            rows = self._db.execute(f"SELECT body {_ORDERS}{paging}", {**values, "limit": limit, "skip": skip})
            return _bodies(rows), total

    def add_order(self, order: Json) -> None:
        """Keep a new order."""
        with self._change():
            self._db.execute(_ADD_ORDER, _order_row(order))

    # The file

    def _fill(self, customers: int, big: int, today: date) -> None:
        world = World(customers, big, today)
        for table in _TABLES:
            self._db.execute(table)
        self._db.execute("INSERT INTO setting VALUES ('today', ?)", (today.isoformat(),))
        people = (_customer_row(one.cust_id, one._asdict()) for one in world.people)
        self._db.executemany(_ADD_CUSTOMER, people)
        self._db.executemany(_ADD_ADDRESS, (_address_row(*one) for one in world.addresses()))
        self._db.executemany(_ADD_ORDER, (_order_row(order) for order in world.orders()))

    @contextmanager
    def _change(self) -> Iterator[None]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _rows(self, query: str, *values: str) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def _row(self, query: str, *values: str) -> sqlite3.Row | None:
        rows = self._rows(query, *values)
        return rows[0] if rows else None

    def _one(self, query: str) -> str:
        return str(self._rows(query)[0][0])


def _folded(email: str) -> str:
    return email.strip().casefold()


def _customer_row(cust_id: str, details: dict[str, Any]) -> tuple[str, str, str, str, str]:
    email = details["email"]
    return cust_id, details["forename"], details["surname"], email, _folded(email)


def _address_row(cust_id: str, address: Json) -> tuple[str, str, str]:
    return address["address_id"], cust_id, json.dumps(address, ensure_ascii=False)


def _order_row(order: Json) -> tuple[str, str, str, str, str]:
    words = [order["order_reference"], order["event"]["name"], order["status"], *(t["name"] for t in order["tickets"])]
    body = json.dumps(order, ensure_ascii=False, separators=(",", ":"))
    return order["order_id"], order["cust_id"], order["created_at"], "\n".join(words).casefold(), body


def _bodies(rows: Iterable[sqlite3.Row]) -> list[Json]:
    return [json.loads(row["body"]) for row in rows]
