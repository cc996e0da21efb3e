"""Owns the sandbox's HTTP: which paths exist, the headers that let a request in, and the envelope of every answer."""

import asyncio
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lib.sandbox.calls import CALLS, Answer, Call, Question
from lib.sandbox.checks import Refused, body_of
from lib.sandbox.storage import Storage
from lib.sandbox.traffic import Traffic

PREFIX = "/api/v1"
_PATHS = {path for _, path in CALLS}
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


@dataclass(frozen=True)
class Door:
    """What a request must carry to be let in, and how long every answer takes."""

    admin_key: str
    profile_id: str
    latency_ms: int

    def refuses(self, request: Request) -> str:
        """Why the headers are refused; empty if they are right."""
        if request.headers.get("admin-key") != self.admin_key:
            return "The admin key is missing or wrong"
        if request.headers.get("profile") != self.profile_id:
            return "The profile is missing or unknown"
        return ""


def make_app(storage: Storage, traffic: Traffic, door: Door) -> Starlette:
    """The platform as an ASGI application."""

    async def endpoint(request: Request) -> Response:
        traffic.note(request.method, request.url.path, request.headers.get("customer"))
        if door.latency_ms:
            await asyncio.sleep(door.latency_ms / 1000)
        if fault := door.refuses(request):
            return _failure(Refused(401, fault))
        if wait := traffic.admit():
            return _failure(Refused(429, "Too many requests"), {"Retry-After": str(wait)})
        try:
            return _success(await _answer(storage, request))
        except Refused as refused:
            return _failure(refused)

    # One route for everything: Starlette would answer HEAD wherever GET is allowed, and here one GET erases people.
    return Starlette(routes=[Route("/{path:path}", endpoint, methods=_METHODS)])


async def _answer(storage: Storage, request: Request) -> Answer:
    call = _call(request.method, request.url.path)
    body = body_of(await request.body()) if request.method == "POST" else {}
    return await run_in_threadpool(call, storage, Question(request.headers, request.query_params, body))


def _call(method: str, path: str) -> Call:
    name = path.removeprefix(PREFIX)
    if not path.startswith(PREFIX) or name not in _PATHS:
        raise Refused(404, "There is no such path")
    call = CALLS.get((method, name))
    if call is None:
        raise Refused(405, f"{method} is not allowed here")
    return call


def _success(answer: Answer) -> Response:
    envelope = {"success": True, "payload": answer.payload}
    if answer.total is not None:
        envelope["meta"] = {"total": answer.total}
    return JSONResponse(envelope)


def _failure(refused: Refused, headers: dict[str, str] | None = None) -> Response:
    envelope = {"success": False, "message": refused.message, "errors": refused.errors}
    return JSONResponse(envelope, refused.status, headers)
