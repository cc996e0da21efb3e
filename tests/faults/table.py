"""The faults of a remote platform, and what each must come to: the table that the tests walk and people read.

`read`: what a read raises (None: it is answered all the same) and how often it asked.
`write`: what the desk knows of a write that met the fault.

- never sent: no byte left us; the ledger says *not sent*, the operator "Nothing was sent."
- refused: the platform's own clear no; *refused*, and for an erasure looked at all the same
- unclear: it may have happened; the desk looks: *done* where it was applied, *not applied* where it was not,
  *unknown* where nothing can be seen, and never sends again
- accepted: a good answer
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from lib.platform.errors import Busy, Denied, NotFound, PlatformError, Rejected, Unavailable, Unreadable
from lib.platform.gateway import BODY_CAP
from tests.faults.server import Plan, changed, disconnects, drips, hangs, resets, says, truncates


@dataclass(frozen=True)
class Fault:
    """A row of the table. `plan`: what happens to the request, or where the line itself leads."""

    plan: Plan | Literal["refused", "no such host", "no TLS", "full backlog"]
    read: type[PlatformError] | None
    asks: int
    write: Literal["never sent", "refused", "unclear", "accepted"]

    @property
    def endless(self) -> bool:
        """Whether only our own deadline ends it."""
        return self.plan == "full backlog" or (isinstance(self.plan, Plan) and self.plan.answer in (hangs, drips))

    @property
    def applied(self) -> bool:
        return isinstance(self.plan, Plan) and self.plan.applied


def no(**more: Any) -> dict[str, Any]:
    return {"success": False, "message": "The platform says no", **more}


def lost(answer: Any) -> Plan:
    """The platform never gets the request."""
    return Plan(applied=False, answer=answer)


def applied(answer: Any) -> Plan:
    """The platform carries the request out; its answer goes wrong."""
    return Plan(applied=True, answer=answer)


def other_id(document: Any) -> Any:
    """The answer, about somebody else."""
    payload = document["payload"]
    other = {**payload, "cust_id": "cus_somebody_else"} if isinstance(payload, dict) else payload
    rows = [{**row, "cust_id": "cus_somebody_else"} for row in payload] if isinstance(payload, list) else other
    return {**document, "payload": rows}


def more_fields(document: Any) -> Any:
    payload = document["payload"]
    return {
        **document,
        "more": 1,
        "payload": {**payload, "loyalty": {"points": 7}} if isinstance(payload, dict) else payload,
    }


HTML = "<html><h1>Bad gateway</h1></html>"
NEST = b"[" * 100_000
NAN = '{"success": true, "payload": {"cust_id": NaN}}'
SURROGATE = '{"success": true, "payload": "\\ud800"}'

FAULTS: dict[str, Fault] = {
    "connection refused": Fault("refused", Unavailable, 0, "never sent"),
    "no such host": Fault("no such host", Unavailable, 0, "never sent"),
    "TLS fails": Fault("no TLS", Unavailable, 0, "never sent"),
    "connect time-out": Fault("full backlog", Unavailable, 0, "never sent"),
    "read time-out, never applied": Fault(lost(hangs), Unavailable, 1, "unclear"),
    "read time-out, applied": Fault(applied(hangs), Unavailable, 1, "unclear"),
    "disconnected, never applied": Fault(lost(disconnects), Unavailable, 3, "unclear"),
    "disconnected, applied": Fault(applied(disconnects), Unavailable, 3, "unclear"),
    "reset mid-body": Fault(applied(resets), Unavailable, 3, "unclear"),
    "truncated": Fault(applied(truncates), Unavailable, 3, "unclear"),
    "slow drip": Fault(lost(drips), Unavailable, 1, "unclear"),
    "not JSON": Fault(applied(says(200, "{")), Unreadable, 1, "unclear"),
    "an HTML page": Fault(applied(says(200, HTML)), Unreadable, 1, "unclear"),
    "huge": Fault(applied(says(200, b" " * (BODY_CAP + 1))), Unreadable, 1, "unclear"),
    "deeply nested": Fault(applied(says(200, NEST)), Unreadable, 1, "unclear"),
    "NaN": Fault(applied(says(200, NAN)), Unreadable, 1, "unclear"),
    "a lone surrogate": Fault(applied(says(200, SURROGATE)), Unreadable, 1, "unclear"),
    "wrong types": Fault(applied(says(200, {"success": "yes", "payload": 7})), Unreadable, 1, "unclear"),
    "missing fields": Fault(applied(says(200, {"payload": {}})), Unreadable, 1, "unclear"),
    "extra fields": Fault(applied(changed(more_fields)), None, 1, "accepted"),
    "another customer's record": Fault(applied(changed(other_id)), Unreadable, 1, "accepted"),
    "success false": Fault(lost(says(200, no())), Rejected, 1, "refused"),
    "redirect": Fault(lost(says(302, "", {"location": "https://elsewhere.invalid/"})), Unreadable, 1, "unclear"),
    "400": Fault(lost(says(400, no(errors={"email": "is odd"}))), Rejected, 1, "refused"),
    "401": Fault(lost(says(401, no())), Denied, 1, "refused"),
    "403": Fault(lost(says(403, no())), Denied, 1, "refused"),
    "404": Fault(lost(says(404, no())), NotFound, 1, "refused"),
    "404 of a proxy": Fault(applied(says(404, HTML)), Unreadable, 1, "unclear"),
    "409": Fault(lost(says(409, no())), Rejected, 1, "refused"),
    "422": Fault(lost(says(422, no(errors=["surname is odd"]))), Rejected, 1, "refused"),
    "429 with Retry-After": Fault(lost(says(429, no(), {"retry-after": "1"})), Busy, 3, "refused"),
    "429 without Retry-After": Fault(lost(says(429, no())), Busy, 1, "refused"),
    "500, never applied": Fault(lost(says(500, no())), Unavailable, 1, "unclear"),
    "500, applied": Fault(applied(says(500, HTML)), Unavailable, 1, "unclear"),
    "502": Fault(lost(says(502, HTML)), Unavailable, 3, "unclear"),
    "503": Fault(applied(says(503, no())), Unavailable, 3, "unclear"),
    "504": Fault(applied(says(504, HTML)), Unavailable, 3, "unclear"),
}

LISTS: dict[str, tuple[Callable[[Any], Any], bool, int]] = {
    "as it is": (lambda d: d, True, 7),
    "total missing": (lambda d: {**d, "meta": {}}, True, 7),
    "total of a wrong type": (lambda d: {**d, "meta": {"total": "7"}}, True, 7),
    "total too low": (lambda d: {**d, "meta": {"total": 3}}, False, 7),
    "total too high": (lambda d: {**d, "meta": {"total": 99}}, False, 7),
    "a row twice in each page": (lambda d: {**d, "payload": [*d["payload"], *d["payload"][:1]]}, True, 7),
    "rows without an id": (lambda d: {**d, "payload": [{**row, "order_id": None} for row in d["payload"]]}, True, 0),
}
"""What a list of seven orders can be like: the change to each page, whether that is all, and how many can be shown."""

READS = ("read customer", "list orders", "list addresses")
WRITES = ("amend", "create", "erase", "add address", "amend address", "remove address")
LOCAL = ("search", "import")
"""The columns. The local ones never ask the platform: no fault may reach them."""
