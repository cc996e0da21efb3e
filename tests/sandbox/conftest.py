"""One small sandbox for each test module, and clients that speak to it over real HTTP."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import httpx
import pytest

from lib.sandbox import Sandbox

TODAY = date(2026, 3, 15)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    file = tmp_path_factory.mktemp("sandbox") / "sandbox.db"
    with Sandbox(file, customers=60, big=120, rate_limit=100_000, today=TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def client(sandbox: Sandbox) -> Iterator[httpx.Client]:
    headers = {"admin-key": "sandbox", "profile": "sandbox"}
    with httpx.Client(base_url=sandbox.base_url, headers=headers) as line:
        yield line


@pytest.fixture(scope="module")
def known(sandbox: Sandbox) -> Callable[[str], dict[str, str]]:
    """The header that names the customer with this e-mail address."""
    ids = {entry["email"]: entry["cust_id"] for entry in sandbox.roster()}
    return lambda email: {"customer": ids[email]}


@pytest.fixture
def newcomer(client: httpx.Client, tmp_path: Path) -> dict[str, str]:
    """The header that names a customer made for this test alone."""
    details = {"forename": "New", "surname": "Comer", "email": f"{tmp_path.name}@example.com"}
    return {"customer": client.post("/customer/create", json=details).json()["payload"]["cust_id"]}
