"""The desk's own parts over a real sandbox and a real database file; looks do not wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from lib.models import Operator
from lib.platform.api import CustomerAPI
from lib.platform.gateway import Gateway
from lib.records.directory import Directory
from lib.records.ledger import Ledger
from lib.records.store import Store
from lib.sandbox import Sandbox
from lib.work.writes import Writes

ERASER = Operator("ana", "eraser")


@dataclass
class Room:
    """What a write needs, and the platform's truth."""

    sandbox: Sandbox
    store: Store
    directory: Directory
    ledger: Ledger
    api: CustomerAPI
    writes: Writes

    def seen(self, path: str, cust_id: str = "") -> int:
        """How many requests the platform saw on a path, about one customer."""
        return sum(r.path.endswith(path) and cust_id in ("", r.cust_id) for r in self.sandbox.requests)

    def person(self, email: str) -> str:
        return next(p["cust_id"] for p in self.sandbox.roster() if p["email"] == email)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with Sandbox(tmp_path / "sandbox.db", customers=30, big=60) as sandbox:
        store = Store(f"sqlite:///{tmp_path / 'desk.db'}", profile="sandbox")
        gateway = Gateway(sandbox.base_url, SecretStr(sandbox.admin_key), sandbox.profile_id)
        api, directory, ledger = CustomerAPI(gateway), Directory(store), Ledger(store)
        writes = Writes(api, directory, ledger, sleep=lambda _seconds: None)
        yield Room(sandbox, store, directory, ledger, api, writes)
        writes.drain()
        api.close()
        store.close()
