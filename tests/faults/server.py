"""A line to a real sandbox on which any request can go wrong in any way: before or after the platform applied it."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any
from urllib.parse import urlsplit

import httpx

from lib.sandbox import Sandbox


@dataclass(frozen=True)
class Exchange:
    """One request under a fault: its connection, and the platform's true answer, where it was let through."""

    connection: socket.socket
    status: int
    body: bytes

    def send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        lines = {"content-type": "application/json", "content-length": str(len(body)), "connection": "close"}
        lines |= headers or {}
        head = f"HTTP/1.1 {status} X\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self.connection.sendall(head.encode() + b"\r\n" + body)

    @property
    def truth(self) -> Any:
        return json.loads(self.body)


Answer = Callable[[Exchange], None]


@dataclass(frozen=True)
class Plan:
    """What becomes of a request: whether the platform gets it, and what comes back."""

    applied: bool
    answer: Answer


class FaultyLine:
    """Passes every request on to the sandbox, except those whose path ends as `plans` say; `seen` is what came."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.plans: dict[str, Plan] = {}
        self.seen: list[tuple[str, str]] = []
        self._target = sandbox.base_url.removesuffix("/api/v1")
        self._client = httpx.Client(timeout=30)
        line = self

        class Handler(StreamRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):
                    line._serve(self)

        class Server(ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/api/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._client.close()

    def _serve(self, handler: StreamRequestHandler) -> None:
        """One request a connection, so that nothing of a fault reaches the next one."""
        method, target, _ = handler.rfile.readline().decode("latin-1").split(" ", 2)
        headers = dict(self._headers(handler))
        body = handler.rfile.read(int(headers.get("content-length", 0)))
        path = urlsplit(target).path.removeprefix("/api/v1")
        self.seen.append((method, path))
        plan = self.plans.get(path) or self.plans.get("*")
        status, answer = (0, b"") if plan and not plan.applied else self._ask(method, target, headers, body)
        exchange = Exchange(handler.connection, status, answer)
        if plan is None:
            exchange.send(status, answer)
        else:
            plan.answer(exchange)

    def _ask(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        kept = {name: value for name, value in headers.items() if name in ("admin-key", "profile", "customer")}
        kept |= {"content-type": "application/json"}
        answer = self._client.request(method, self._target + target, headers=kept, content=body)
        return answer.status_code, answer.content

    @staticmethod
    def _headers(handler: StreamRequestHandler) -> Iterator[tuple[str, str]]:
        while (line := handler.rfile.readline().decode("latin-1").strip()) != "":
            name, _, value = line.partition(":")
            yield name.strip().lower(), value.strip()


def says(status: int, body: bytes | str | object, headers: dict[str, str] | None = None) -> Answer:
    """Answers so, whatever was asked; what is no text is sent as JSON."""
    content = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return lambda exchange: exchange.send(status, content, headers)


def changed(change: Callable[[Any], Any]) -> Answer:
    """The true answer with something else in it."""
    return lambda exchange: exchange.send(exchange.status, json.dumps(change(exchange.truth)).encode())


def hangs(exchange: Exchange) -> None:
    """No byte comes until the other side has given up."""
    with suppress(OSError):
        exchange.connection.settimeout(5)
        exchange.connection.recv(1)


def disconnects(exchange: Exchange) -> None:
    exchange.connection.shutdown(socket.SHUT_RDWR)


def resets(exchange: Exchange) -> None:
    """The head of an answer, then a reset."""
    exchange.connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
    time.sleep(0.02)
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.connection.close()


def truncates(exchange: Exchange) -> None:
    """Half of the true answer, or of none."""
    body = exchange.body or b'{"success": true, "payload": {}}'
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    exchange.connection.sendall(head.encode() + body[: len(body) // 2])
    exchange.connection.shutdown(socket.SHUT_RDWR)


def drips(exchange: Exchange) -> None:
    """A byte every now and then, long past any deadline."""
    for byte in b"HTTP/1.1 200 OK\r\nx-slow: " + b"a" * 100:
        exchange.connection.sendall(bytes([byte]))
        time.sleep(0.05)


@contextmanager
def full_backlog() -> Iterator[str]:
    """An address on which no connection is ever made: somebody listens and takes nobody in."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = []
        for _ in range(8):
            client = socket.socket()
            client.setblocking(False)
            with suppress(BlockingIOError):
                client.connect(listener.getsockname())
            waiting.append(client)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/api/v1"
        for client in waiting:
            client.close()
