"""One write that a human decided, as the ledger has it, and what stays of it when its customer is erased."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from lib.records.store import OPEN, operations

KINDS = {
    "amend": "Correct details",
    "create": "Add customer",
    "add": "Add address",
    "alter": "Amend address",
    "remove": "Remove address",
    "erase": "Erase customer",
    "forget": "Forget our copy",
}
"""The kinds of write, and how the history of a customer names them."""

OUTCOMES = {
    "done": "Done",
    "same": "Nothing to do",
    "not_sent": "Not sent",
    "refused": "Refused",
    "not_applied": "Not applied",
    "conflict": "Conflict",
    "intent": "Under way",
    "sent": "Under way",
    "unknown": "Unknown",
}
"""The states of a write, and how they are named on screen."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One write, as the ledger has it. Personal values (`before`, `wanted`, `found`) go when the customer is erased."""

    operation_id: str
    kind: str
    subject: str
    cust_id: str
    pseudonym: str
    operator: str
    reason: str
    note: str
    state: str
    intent_at: datetime
    token: str = ""
    sent_at: datetime | None = None
    looked_at: datetime | None = None
    settled_at: datetime | None = None
    before: Mapping[str, Any] | None = None
    wanted: Mapping[str, Any] | None = None
    found: Mapping[str, Any] | None = None
    counts: Mapping[str, Any] | None = None
    looks: list[str] = field(default_factory=list)
    message: str = ""

    @property
    def open(self) -> bool:
        """Still holding its subject: under way, or with an outcome that nobody knows."""
        return self.state in OPEN

    @property
    def under_way(self) -> bool:
        return self.state in ("intent", "sent")

    @property
    def looked(self) -> tuple[datetime, ...]:
        """When looks confirmed the outcome (aware UTC)."""
        return tuple(datetime.fromisoformat(at) for at in self.looks)


def without_values(reason: str, note: str, personal: Iterable[str]) -> dict[str, Any]:
    """What replaces the personal values of a row. An operator's own words stay, without those of the customer."""
    nothing = {"before": sa.null(), "wanted": sa.null(), "found": sa.null(), "message": "", "cust_id": ""}
    for value in sorted(filter(None, personal), key=len, reverse=True):
        reason, note = (_without(text, value) for text in (reason, note))
    return {**nothing, "reason": reason, "note": note, "subject": operations.c.pseudonym}


def _without(text: str, value: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "[erased]", text, flags=re.IGNORECASE)


WATCHED = timedelta(days=1)
"""How long an erasure that seemed not to happen is looked at."""


class AlreadyOpen(Exception):
    """Another write on the same customer or e-mail is open; `operation` is that write."""

    def __init__(self, operation: Operation) -> None:
        super().__init__("another write is open")
        self.operation = operation
