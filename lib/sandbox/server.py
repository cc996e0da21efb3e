"""Owns the sandbox's life: a server in a thread of this process, started, asked for the truth, stopped."""

import socket
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette

from lib.sandbox.events import Programme
from lib.sandbox.orders import OrderMaker
from lib.sandbox.storage import Storage
from lib.sandbox.traffic import Request, Traffic
from lib.sandbox.web import PREFIX, Door, make_app

Json = dict[str, Any]

_HOST = "127.0.0.1"
_START_SECONDS = 10
_STOP_SECONDS = 3


class _Server(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


class Sandbox:
    """The embedded platform. `with Sandbox(file) as sandbox:` starts it and stops it.

    The file is made and filled on the first start, with `customers` people (one of them with `big` orders) as of
    `today` (UTC; the real date by default); an existing file is kept as it is and these three are then not read.
    """

    def __init__(
        self,
        file: Path,
        *,
        customers: int = 2000,
        big: int = 5000,
        latency_ms: int = 0,
        port: int = 0,
        admin_key: str = "sandbox",
        profile_id: str = "sandbox",
        rate_limit: int = 250,
        today: date | None = None,
    ) -> None:
        self._file = file
        self._customers, self._big, self._today = customers, big, today
        self.admin_key, self.profile_id = admin_key, profile_id
        self._door = Door(admin_key, profile_id, latency_ms)
        self._traffic = Traffic(rate_limit)
        self._wanted_port = port
        self._port = 0
        self._opened: Storage | None = None
        self._server: _Server | None = None
        self._thread: Thread | None = None

    def start(self) -> Self:
        """Open the file (filling a new one takes seconds) and listen. Starting twice does nothing more.

        Raises OSError if the port is taken.
        """
        if self._server:
            return self
        listener = _listener(self._wanted_port)
        self._port = listener.getsockname()[1]
        try:
            today = self._today or datetime.now(UTC).date()
            self._opened = Storage(self._file, customers=self._customers, big=self._big, today=today)
        except BaseException:
            listener.close()
            raise
        self._listen(make_app(self._opened, self._traffic, self._door), listener)
        return self

    def stop(self) -> None:
        """Stop listening and close the file; answers under way have a second to finish. Stopping twice is fine."""
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join(_STOP_SECONDS)
        if self._opened:
            self._opened.close()
        self._opened = self._server = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        """Where the API is, `http://127.0.0.1:PORT/api/v1`. RuntimeError before the first start."""
        if not self._port:
            raise RuntimeError("The sandbox was never started")
        return f"http://{_HOST}:{self._port}{PREFIX}"

    @property
    def requests(self) -> list[Request]:
        """The newest 20,000 requests, oldest first, refused ones among them."""
        return self._traffic.seen()

    def roster(self) -> list[dict[str, str]]:
        """Every living customer's cust_id, email, forename and surname: the organiser's own list."""
        return self._storage.customers()

    def customer(self, cust_id: str) -> Json | None:
        """The truth about a customer, or None."""
        return self._storage.customer(cust_id)

    def orders(self, cust_id: str) -> list[Json]:
        """The truth about a customer's orders, newest first."""
        return self._storage.orders(cust_id)

    def addresses(self, cust_id: str) -> list[Json]:
        """The truth about a customer's addresses."""
        return self._storage.addresses(cust_id)

    def place_order(self, cust_id: str) -> Json:
        """A new order of this customer, placed now and returned. KeyError if there is no such customer."""
        if self._storage.customer(cust_id) is None:
            raise KeyError(cust_id)
        order = OrderMaker(Random(), Programme(self._storage.today)).make(cust_id, datetime.now(UTC))
        self._storage.add_order(order)
        return order

    @property
    def _storage(self) -> Storage:
        if self._opened is None:
            raise RuntimeError("The sandbox is not running")
        return self._opened

    def _listen(self, app: Starlette, listener: socket.socket) -> None:
        config = uvicorn.Config(
            app,
            log_config=None,  # the host process's logging is not ours to set
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        self._server = _Server(config)
        serve = {"sockets": [listener]}
        self._thread = Thread(target=self._server.run, kwargs=serve, name="sandbox", daemon=True)
        self._thread.start()
        if not self._server.listening.wait(_START_SECONDS):
            self.stop()
            raise RuntimeError("The sandbox did not start listening")


def _listener(port: int) -> socket.socket:
    # The protocol is named because asyncio sends small answers at once only where it sees TCP by name.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
    except OSError:
        listener.close()
        raise
    return listener
