"""Every write that a human decided: intent, sent, outcome; and so the audit trail.

A row is committed as *intent* before anything is sent, marked *sent* before the first byte leaves, and settled with
what a look at the platform found. One open write a customer (or, for a new customer, an e-mail), and one write a form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from lib.models import Details
from lib.records.operations import WATCHED, AlreadyOpen, Operation, without_values
from lib.records.store import OPEN, Store, operations


class Ledger:
    """The operations in the desk's database. Times come from `clock` (aware UTC)."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.store, self.clock = store, clock

    def intend(
        self,
        kind: str,
        *,
        token: str,
        operator: str,
        cust_id: str = "",
        email: str = "",
        reason: str = "",
        note: str = "",
        before: Mapping[str, Any] | None = None,
        wanted: Mapping[str, Any] | None = None,
    ) -> tuple[Operation, bool]:
        """Commits the intent; returns it and whether it is new. The same `token` gives the same operation back.

        Raises `AlreadyOpen` where another write holds the customer or, for a create, the e-mail.
        """
        known = self._where(operations.c.token == token)
        if known:
            return known[0], False
        pseudonym = self.store.pseudonym(cust_id or email.casefold())
        row = {
            "operation_id": uuid4().hex,
            "token": token,
            "kind": kind,
            "subject": cust_id or pseudonym,
            "cust_id": cust_id,
            "pseudonym": pseudonym,
            "operator": operator,
            "reason": reason,
            "note": note,
            "state": "intent",
            "intent_at": self.clock(),
            "before": before,
            "wanted": wanted,
            "looks": [],
        }
        try:
            with self.store.begin() as connection:
                connection.execute(sa.insert(operations), row)
        except sa.exc.IntegrityError:
            return self._clash(token, str(row["subject"]))
        return self.get(str(row["operation_id"])), True

    def _clash(self, token: str, subject: str) -> tuple[Operation, bool]:
        """Somebody was faster: the same form's own operation, or `AlreadyOpen` with theirs."""
        same = self._where(operations.c.token == token)
        if same:
            return same[0], False
        held = self._where(sa.and_(operations.c.subject == subject, operations.c.state.in_(OPEN)))
        if not held:
            raise RuntimeError("a write was refused by the ledger for no reason that it can name")
        raise AlreadyOpen(held[0])

    def mark_sent(self, operation_id: str, **values: Any) -> None:
        """Committed before the first byte: from here on, no answer means *unknown*. `values` as in `settle`."""
        with self.store.begin() as connection:
            changed = connection.execute(
                sa.update(operations)
                .where(operations.c.operation_id == operation_id, operations.c.state == "intent")
                .values(state="sent", sent_at=self.clock(), **values)
            )
            if changed.rowcount != 1:
                raise RuntimeError("an operation can be sent only once")

    def note(self, operation_id: str, **values: Any) -> None:
        """Keeps what an answer brought (such as the new `cust_id`) before anything else is done with it."""
        with self.store.begin() as connection:
            connection.execute(sa.update(operations).where(operations.c.operation_id == operation_id).values(**values))

    def settle(self, operation_id: str, state: str, **values: Any) -> Operation:
        """Records an outcome, with whatever else is known of it (`found`, `counts`, `looks`, `message`, `cust_id`)."""
        now = self.clock()
        ended = {} if state in OPEN else {"settled_at": now}
        with self.store.begin() as connection:
            connection.execute(
                sa.update(operations)
                .where(operations.c.operation_id == operation_id)
                .values(state=state, looked_at=now, **ended, **values)
            )
        return self.get(operation_id)

    def get(self, operation_id: str) -> Operation:
        return self._where(operations.c.operation_id == operation_id)[0]

    def open_for(self, subject: str) -> Operation | None:
        """The open write on a customer, if there is one."""
        rows = self._where(sa.and_(operations.c.subject == subject, operations.c.state.in_(OPEN)))
        return rows[0] if rows else None

    def of_customer(self, cust_id: str, limit: int | None = 100) -> list[Operation]:
        """What happened to a customer through the desk, newest first; still answered after an erasure."""
        return self._where(operations.c.pseudonym == self.store.pseudonym(cust_id), limit)

    def last_erasure(self, cust_id: str) -> Operation | None:
        """The erasure that removed this customer, if the desk made it."""
        rows = self.of_customer(cust_id)
        return next((o for o in rows if o.kind == "erase" and o.state == "done"), None)

    def newest(self, limit: int = 2000) -> list[Operation]:
        return self._where(sa.true(), limit)

    def open_operations(self) -> list[Operation]:
        return self._where(operations.c.state.in_(OPEN))

    def needs_eyes(self) -> list[Operation]:
        """Writes whose outcome is unknown."""
        return self._where(operations.c.state == "unknown")

    def to_watch(self) -> list[Operation]:
        """Writes that may still turn out otherwise: the unknown ones, and for a day every erasure that was sent and is
        not known to be done: a request can be carried out long after nobody waits for its answer."""
        late = sa.and_(
            operations.c.kind == "erase",
            operations.c.state.in_(("not_applied", "refused")),
            operations.c.sent_at > self.clock() - WATCHED,
        )
        return self._where(sa.or_(operations.c.state == "unknown", late))

    def forget_values(self, cust_id: str, known: Iterable[Details], *, keep: str = "") -> set[str]:
        """Removes the personal values of a customer from every row but `keep`: the trail has when, who, what kind, why
        and the pseudonym. `known` are their details elsewhere: an attempt to add them is filed under the e-mail.
        Returns what is personal about them, for the row that was kept."""
        mine = self.of_customer(cust_id, limit=None)
        texts: list[dict[str, Any]] = [dict(part.to_json()) for part in known]
        texts += [dict(part or {}) for o in mine for part in (o.before, o.wanted, o.found)]
        personal = {
            cust_id,
            *(str(part.get(name) or "") for part in texts for name in ("forename", "surname", "email")),
        }
        names = [cust_id, *{str(part.get("email") or "").casefold() for part in texts}]
        theirs = sa.and_(
            operations.c.pseudonym.in_([self.store.pseudonym(name) for name in names if name]),
            operations.c.operation_id != keep,
        )
        for operation in self._where(theirs, limit=None):
            values = without_values(operation.reason, operation.note, personal)
            with self.store.begin() as connection:
                alone = operations.c.operation_id == operation.operation_id
                connection.execute(sa.update(operations).where(alone).values(**values))
        return personal

    def _where(self, condition: sa.ColumnElement[bool], limit: int | None = 1000) -> list[Operation]:
        query = sa.select(operations).where(condition).order_by(operations.c.intent_at.desc()).limit(limit)
        with self.store.read() as connection:
            return [Operation(**row) for row in connection.execute(query).mappings()]
