"""A platform that answers whatever a test plans, over real HTTP on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import SecretStr

from lib.platform.api import CustomerAPI
from lib.platform.gateway import Gateway

KEY = "canary-key-55d1"


@dataclass
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """What is sent back; `cut` closes the connection instead, `drip` is called before each byte of endless headers."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    drip: Callable[[], None] | None = None


def good(payload: Any, **meta: Any) -> Answer:
    return Answer(body=json.dumps({"success": True, "payload": payload, "meta": meta}).encode())


def bad(status: int, message: str = "no", headers: dict[str, str] | None = None, **more: Any) -> Answer:
    return Answer(status, json.dumps({"success": False, "message": message, **more}).encode(), headers or {})


class Planned:
    """The platform of a test: `answers` are given one after another, the last one for ever; `seen` is what came."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.answers: list[Answer | Callable[[Seen], Answer]] = [good({})]
        planned = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                seen = Seen(
                    self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, self.rfile.read(length)
                )
                planned.seen.append(seen)
                planned.reply(self, seen)

            do_GET = do_POST = _serve  # noqa: N815 (names that the server looks for)

            def log_message(self, *_args: object) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/api/v1"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def reply(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        plan = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        answer = plan(seen) if callable(plan) else plan
        if answer.cut:
            handler.close_connection = True
            handler.connection.close()
            return
        if answer.drip:
            with suppress(OSError):
                for byte in b"HTTP/1.1 200 OK\r\nx-slow: " + b"a" * 200:
                    answer.drip()
                    handler.wfile.write(bytes([byte]))
            return
        handler.send_response(answer.status)
        for name, value in ({"content-type": "application/json"} | answer.headers).items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(answer.body)))
        handler.end_headers()
        handler.wfile.write(answer.body)


@pytest.fixture
def planned() -> Iterator[Planned]:
    platform = Planned()
    yield platform
    platform.server.shutdown()
    platform.server.server_close()


@pytest.fixture
def gateway(planned: Planned) -> Iterator[Gateway]:
    line = Gateway(planned.url, SecretStr(KEY), "profile-1", sleep=lambda _seconds: None)
    yield line
    line.close()


@pytest.fixture
def api(gateway: Gateway) -> CustomerAPI:
    return CustomerAPI(gateway)
