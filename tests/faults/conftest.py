"""A desk whose way to the platform meets a fault, about a customer of its own."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer

import pytest
from pydantic import SecretStr

from lib.models import Address, Customer, Details, Operator
from lib.platform.api import CustomerAPI
from lib.platform.gateway import Gateway
from lib.platform.pace import Pace
from lib.records.directory import Directory
from lib.records.ledger import Ledger
from lib.records.store import Store
from lib.sandbox import Sandbox
from lib.work.writes import Writes
from tests.faults.server import FaultyLine, full_backlog
from tests.faults.table import Fault, Plan

ANA = Operator("ana", "eraser")
HOME = Address(name="Home", address_line_1="1 Long Lane", postcode="AB1 2CD", country="GB")
MOVED = replace(HOME, city="York")
numbers = itertools.count(1)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("platform") / "sandbox.db", customers=30, big=20, rate_limit=10**6) as running:
        yield running


@pytest.fixture
def line(sandbox: Sandbox) -> Iterator[FaultyLine]:
    faulty = FaultyLine(sandbox)
    yield faulty
    faulty.close()


@contextmanager
def plain_speaker() -> Iterator[str]:
    """An https address at which somebody answers without TLS."""

    class Plain(StreamRequestHandler):
        def handle(self) -> None:
            self.connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with ThreadingTCPServer(("127.0.0.1", 0), Plain) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"https://127.0.0.1:{server.server_address[1]}/api/v1"
        server.shutdown()


@dataclass
class Cell:
    """One desk against one fault, about a customer of its own."""

    line: FaultyLine
    sandbox: Sandbox
    api: CustomerAPI
    directory: Directory
    ledger: Ledger
    writes: Writes
    cust_id: str
    address: Address

    @property
    def details(self) -> Details:
        return Customer.from_json(self.sandbox.customer(self.cust_id)).details

    def count(self, path: str) -> int:
        return sum(seen == path for _, seen in self.line.seen)


@pytest.fixture
def cell(line: FaultyLine, sandbox: Sandbox, tmp_path: Path) -> Iterator[Callable[..., Cell]]:
    """cell() → a desk over the faulty line; cell("https://…") → its writes and reads go there instead."""
    with ExitStack() as stack:

        def make(elsewhere: str = "", deadline: float = 5.0) -> Cell:
            now = [0.0]

            def sleep(seconds: float) -> None:
                now[0] += max(0.0, seconds)

            def gateway(url: str) -> Gateway:
                pace = Pace(clock=lambda: now[0], sleep=sleep)
                key, ends = SecretStr("sandbox"), {"deadline": deadline, "write_deadline": deadline}
                made = Gateway(url, key, "sandbox", pace=pace, sleep=sleep, **ends)
                stack.callback(made.close)
                return made

            straight = CustomerAPI(gateway(sandbox.base_url))
            number = next(numbers)
            cust_id = straight.create_customer(Details("Faye", f"Canary{number}", f"faye{number}@canary.example"))
            straight.add_address(cust_id, HOME)
            (address,) = straight.addresses(cust_id).value
            sandbox.place_order(cust_id)
            store = Store(f"sqlite:///{tmp_path / f'desk{number}.db'}", profile="sandbox")
            stack.callback(store.close)
            directory, ledger = Directory(store), Ledger(store)
            directory.saw(straight.customer(cust_id).value, "opened")
            directory.saw(straight.customer(sandbox.roster()[0]["cust_id"]).value, "opened")
            api = CustomerAPI(gateway(elsewhere or line.url))
            writes = Writes(api, directory, ledger, sleep=sleep)
            stack.callback(writes.drain)
            return Cell(line, sandbox, api, directory, ledger, writes, cust_id, address)

        yield make


@contextmanager
def meeting(make: Callable[..., Cell], fault: Fault, path: str) -> Iterator[Cell]:
    """A cell in which requests to `path` meet the fault; a fault of the line itself meets every request."""
    with ExitStack() as stack:
        deadline = 0.6 if fault.endless else 5.0
        if isinstance(fault.plan, Plan):
            made = make(deadline=deadline)
            made.line.plans[path] = fault.plan
        else:
            elsewhere = {
                "refused": "http://127.0.0.1:9/api/v1",
                "no such host": "https://nowhere.invalid/api/v1",
                "no TLS": stack.enter_context(plain_speaker()),
                "full backlog": stack.enter_context(full_backlog()),
            }[fault.plan]
            made = make(elsewhere, deadline)
        yield made
