"""Knows when a Streamlit page is idle: counts its runs on the WebSocket, then waits for a settled page."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from playwright.sync_api import Page, WebSocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

SETTLED = """() => { const app = document.querySelector('[data-testid=stApp]');
  return !!app && app.dataset.testScriptState === 'notRunning' && app.dataset.testConnectionState === 'CONNECTED'
    && !document.querySelector('[data-testid=stAppSkeleton],[data-testid=stSkeleton],[data-stale="true"]') }"""

T = TypeVar("T")


class Idle:
    """Made before the page goes anywhere."""

    def __init__(self, page: Page) -> None:
        self.page, self.sent, self.running = page, 0, True
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        if "/_stcore/stream" in socket.url:
            socket.on("framesent", self._sent)
            socket.on("framereceived", self._received)

    def _sent(self, payload: str | bytes) -> None:
        if isinstance(payload, bytes):
            message = BackMsg()
            message.ParseFromString(payload)
            self.sent += message.WhichOneof("type") == "rerun_script"

    def _received(self, payload: str | bytes) -> None:
        if isinstance(payload, bytes):
            message = ForwardMsg()
            message.ParseFromString(payload)
            kind = message.WhichOneof("type")
            if kind in ("new_session", "script_finished"):  # a run that another one overtakes may end without a word
                self.running = kind == "new_session"

    def wait(self, seconds: float = 20, quiet: float = 0.12) -> None:
        """Until no run has been going on for `quiet` seconds and the page has settled."""
        end, calm = time.monotonic() + seconds, None
        while time.monotonic() < end:
            self.page.wait_for_timeout(20)
            if self.running or not self.page.evaluate(SETTLED):
                calm = None
                continue
            calm = calm or time.monotonic()
            if time.monotonic() - calm >= quiet:
                return
        raise TimeoutError(f"not idle: a run was {'going on' if self.running else 'ended'}, {self.sent} asked for")

    def after(self, action: Callable[[], T], seconds: float = 20) -> T:
        """Does something that makes the page run again, and waits for that run."""
        before, end = self.sent, time.monotonic() + seconds
        result = action()
        while self.sent == before:
            self.page.wait_for_timeout(10)
            if time.monotonic() > end:
                raise TimeoutError("the action caused no run of the page")
        self.wait(seconds)
        return result
