"""Everything that the platform and the desk hold on one person: the answer to a subject access request."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from lib.history.dossier import dossier
from lib.platform.api import CustomerAPI
from lib.records.directory import Directory
from lib.records.ledger import Ledger
from lib.records.operations import KINDS, OUTCOMES

PATIENCE = 120.0
"""Seconds to wait for a long order history before the file says that it is incomplete."""


def everything(
    api: CustomerAPI, directory: Directory, ledger: Ledger, cust_id: str, *, at: datetime, zone: ZoneInfo
) -> bytes:
    """A ZIP with a readable page, JSON and CSV. Raises a `PlatformError` where the customer cannot be read."""
    customer = api.customer(cust_id, fresh=True).value
    addresses = api.addresses(cust_id, fresh=True).value
    walk = api.history(cust_id, fresh=True)
    walk.wait(PATIENCE)
    entry = directory.entry(cust_id)
    held: dict[str, list[dict[str, Any]]] = {
        "directory": [] if entry is None else [_entry(asdict(entry))],
        "operations": [
            {
                "when": operation.intent_at.isoformat(),
                "what": KINDS[operation.kind],
                "outcome": OUTCOMES[operation.state],
                "operator": operation.operator,
                "reason": operation.reason,
                "note": operation.note,
                "platform_said": operation.message,
                **{name: dict(getattr(operation, name) or {}) for name in ("before", "wanted", "found", "counts")},
            }
            for operation in ledger.of_customer(cust_id, limit=None)
        ],
    }
    return dossier(customer, addresses, walk.so_far(), held, at, zone)


def _entry(values: dict[str, Any]) -> dict[str, Any]:
    """One flat row of a directory entry."""
    flat = {**values, **values.pop("details")}
    flat.pop("details", None)
    return {name: "" if value is None else str(value) for name, value in flat.items()}
