"""The line to the platform: an HTTP transport on which no answer, however slowly it drips, outlasts our deadline.

httpx times each chunk by itself, so that an answer of one byte a second never ends; here every wait for the network
is cut to what is left of the whole.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore
import httpx

CONNECTIONS = 32


class Deadline(threading.local):
    """When the exchange that this thread is in must have ended, on `clock`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock, self.end = clock, float("inf")

    def cut(self, timeout: float | None, late: type[Exception]) -> float | None:
        """`timeout` or what is left, whichever is shorter; raises `late` where nothing is left."""
        left = self.end - self.clock()
        if left <= 0:
            raise late("the deadline of the whole has passed")
        return left if timeout is None else min(timeout, left)


class Line(httpx.HTTPTransport):
    """httpx's own transport over a network that knows the deadline; `kept` connections stay open between requests."""

    def __init__(self, deadline: Deadline, *, kept: int) -> None:
        context = httpx.create_ssl_context(trust_env=False)
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=CONNECTIONS,
            max_keepalive_connections=kept,
            keepalive_expiry=5.0,
            retries=0,
            network_backend=_Network(deadline),
        )


class _Network(httpcore.NetworkBackend):
    def __init__(self, deadline: Deadline) -> None:
        self._deadline, self._network = deadline, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.cut(timeout, httpcore.ConnectTimeout)
        return _Stream(self._network.connect_tcp(host, port, left, local_address, socket_options), self._deadline)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.cut(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.cut(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._deadline.cut(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
