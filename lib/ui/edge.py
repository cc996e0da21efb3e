"""What every HTTP answer of the desk carries: the security headers, and whether the desk is alive."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def _script_hashes() -> str:
    """The hashes of the inline scripts in Streamlit's own page; they change with its version."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text("utf-8")
    digests = [hashlib.sha256(script.encode()).digest() for script in INLINE_SCRIPT.findall(page)]
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "base-uri 'none'",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
            f"script-src 'self' {_script_hashes()}",
            "style-src-elem 'self' 'unsafe-inline'",  # Streamlit's styles are written into the page by its own script
            "style-src-attr 'none'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "manifest-src 'self'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


class SecurityHeaders:
    """Adds `HEADERS` to every answer, and forbids keeping the files that operators download."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if str(scope.get("path", "")).startswith("/media/"):
                    headers["Cache-Control"] = "private, no-store"
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


SCRIPT = (Path(__file__).parent / "desk.js").read_text("utf-8")


async def script(_request: Request) -> Response:
    """The desk's own script, from its own address: the content policy allows no other."""
    return Response(SCRIPT, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


async def alive(_request: Request) -> Response:
    """For a load balancer: the process answers."""
    return PlainTextResponse("ok")
