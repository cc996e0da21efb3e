"""The writes that operators decide: each sent at most once, looked at, and settled, on worker threads of its own.

A page hands in a decision and gets an operation, which it watches in the ledger and may leave: the script of a page
can be ended anywhere, a worker is not. Nothing is ever sent again, neither here nor after a restart.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any

from lib.logs import described
from lib.models import Address, Details, NotAllowed, Operator
from lib.platform.api import CustomerAPI
from lib.platform.errors import Busy, Denied, NotFound, OutcomeUnknown, PlatformError, Rejected, Unavailable
from lib.records.directory import Directory
from lib.records.ledger import Ledger
from lib.records.operations import Operation, without_values
from lib.work.address_plans import Add, Alter, Remove
from lib.work.plans import Amend, Create, Erase, Forget, Plan, Settled, Verdict, reason

log = logging.getLogger(__name__)

PLANS: dict[str, type[Plan]] = {
    "amend": Amend,
    "create": Create,
    "add": Add,
    "alter": Alter,
    "remove": Remove,
    "erase": Erase,
    "forget": Forget,
}
LOOKS_AFTER = (0.0, 2.0, 10.0)
"""Seconds after the answer (or its absence) at which the platform is looked at."""


class Writes:
    """Runs operations. `looks_after` and `sleep` are the patience of a look; both are given by tests."""

    def __init__(
        self,
        api: CustomerAPI,
        directory: Directory,
        ledger: Ledger,
        *,
        looks_after: Sequence[float] = LOOKS_AFTER,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.api, self.directory, self.ledger = api, directory, ledger
        self.looks_after, self.sleep = tuple(looks_after), sleep
        self._pool = ThreadPoolExecutor(8, thread_name_prefix="writes")
        self._running: dict[str, Future[None]] = {}
        self._lock = threading.Lock()

    # The decisions. Each returns its operation at once; the same token gives the same operation back. Each raises
    # `NotAllowed` for the wrong role, `AlreadyOpen` while another write is, and `NotFound` for somebody erased here.

    def amend(self, cust_id: str, before: Details, wanted: Details, *, operator: Operator, token: str) -> Operation:
        return self._decide("amend", operator, token, cust_id=cust_id, before=before.to_json(), wanted=wanted.to_json())

    def create(self, details: Details, *, operator: Operator, token: str) -> Operation:
        return self._decide("create", operator, token, email=details.email, wanted=details.to_json())

    def add_address(self, cust_id: str, address: Address, *, operator: Operator, token: str) -> Operation:
        return self._decide("add", operator, token, cust_id=cust_id, wanted=address.to_json())

    def amend_address(
        self, cust_id: str, before: Address, wanted: Address, *, operator: Operator, token: str
    ) -> Operation:
        return self._decide("alter", operator, token, cust_id=cust_id, before=before.to_json(), wanted=wanted.to_json())

    def remove_address(self, cust_id: str, address: Address, *, operator: Operator, token: str) -> Operation:
        return self._decide("remove", operator, token, cust_id=cust_id, before=address.to_json())

    def erase(
        self,
        cust_id: str,
        shown: Details,
        *,
        counts: Mapping[str, Any],
        reason: str,
        note: str = "",
        operator: Operator,
        token: str,
    ) -> Operation:
        """`counts` is what the receipt says was there; it must hold no personal data."""
        asked = {"cust_id": cust_id, "before": shown.to_json(), "counts": dict(counts), "reason": reason, "note": note}
        return self._decide("erase", operator, token, **asked)

    def forget_copy(self, cust_id: str, *, operator: Operator, token: str) -> Operation:
        """Forgets what the desk keeps of somebody whom the platform does not have any more."""
        return self._decide("forget", operator, token, cust_id=cust_id)

    def identify(self, operation: Operation, cust_id: str, *, operator: Operator) -> Operation:
        """An operator found the customer whom a create of unknown outcome made: looks whether that is them. Raises a
        `PlatformError` where there is no such customer."""
        operator.require(PLANS[operation.kind].role)
        self.api.customer(cust_id, fresh=True)
        self.ledger.note(operation.operation_id, cust_id=cust_id, pseudonym=self.directory.store.pseudonym(cust_id))
        return self.look_again(self.ledger.get(operation.operation_id), operator=operator)

    def give_up(self, operation: Operation, *, operator: Operator) -> Operation:
        """An operator made sure that a create of unknown outcome made nobody: its e-mail is free again."""
        operator.require(PLANS[operation.kind].role)
        return self.ledger.settle(operation.operation_id, "not_applied")

    def look_again(self, operation: Operation, *, operator: Operator) -> Operation:
        """Looks at what became of an unknown write; sends nothing."""
        operator.require("viewer")
        self._start(operation, self._look_for)
        return operation

    def settle_left_over(self) -> None:
        """At start-up: what was never sent is not sent; what was sent is looked for. Nothing is sent."""
        self.directory.store.scrub(patience=0)
        for operation in self.ledger.open_operations():
            if operation.state == "intent":
                self.ledger.settle(operation.operation_id, "not_sent")
            else:
                self._start(operation, self._look_for)

    def wait(self, operation_id: str, seconds: float) -> Operation:
        """The operation as it is once it is settled, or after `seconds`."""
        with self._lock:
            future = self._running.get(operation_id)
        if future is not None:
            wait([future], seconds)
        return self.ledger.get(operation_id)

    def drain(self) -> None:
        """Lets every write that is under way reach its end; takes no more."""
        self._pool.shutdown(wait=True)

    # Their execution, on a worker thread.

    def _decide(self, kind: str, operator: Operator, token: str, **values: Any) -> Operation:
        operator.require(PLANS[kind].role)
        if self.directory.buried(values.get("cust_id", "")):  # nothing of somebody who was erased is written down again
            raise NotFound("erased here")
        counts = values.pop("counts", None)
        operation, new = self.ledger.intend(kind, token=token, operator=operator.name, **values)
        if new:
            self._start(replace(operation, counts=counts), self._carry_out)
        return operation

    def _start(self, operation: Operation, run: Callable[[Operation], None]) -> None:
        with self._lock:
            known = self._running.get(operation.operation_id)
            if known is None or known.done():
                self._running = {key: future for key, future in self._running.items() if not future.done()}
                self._running[operation.operation_id] = self._pool.submit(self._guarded, operation, run)

    def _guarded(self, operation: Operation, run: Callable[[Operation], None]) -> None:
        """The outermost edge of a worker: whatever was not foreseen leaves a sent write *unknown*, never lost."""
        try:
            run(operation)
        except Exception as error:  # noqa: BLE001 (the outermost edge of a worker)
            log.error("operation %s was not carried to its end: %s", operation.operation_id, described(error))
            now = self.ledger.get(operation.operation_id)
            if now.under_way:
                self.ledger.settle(now.operation_id, "unknown" if now.sent_at else "not_sent")

    def _carry_out(self, operation: Operation) -> None:
        plan, key = self._plan(operation), operation.operation_id
        try:
            kept = plan.check()
        except Settled as known:
            self.ledger.settle(key, known.state, **known.values)
            return
        except PlatformError as error:
            self.ledger.settle(key, "not_sent", message=reason(error))
            return
        plan = self._plan(replace(operation, **kept))
        refused = ""
        try:
            brought = plan.send(lambda: self.ledger.mark_sent(key, counts=operation.counts, **kept))
        except (Unavailable, Busy, Rejected, NotFound, Denied) as error:
            refused, brought = reason(error), {}
            if isinstance(error, Unavailable) or not self.ledger.get(key).sent_at:  # no byte left us
                self.ledger.settle(key, "not_sent", message=refused)
                return
            if operation.kind != "erase":
                at_fields = error.fields if isinstance(error, Rejected) else {}
                self.ledger.settle(key, "refused", message=refused, found={"fields": at_fields})
                return
        except OutcomeUnknown:
            brought = {}
        if brought:
            self.ledger.note(key, **brought)
        self._look_for(self.ledger.get(key), refused)

    def _look_for(self, operation: Operation, refused: str = "") -> None:
        """Looks until enough looks in a row agree; with no answer the outcome stays unknown."""
        plan, agreed = self._plan(operation), list[tuple[Verdict, str]]()
        waited = 0.0
        for after in self.looks_after:
            self.sleep(after - waited)
            waited = after
            try:
                verdict = plan.look()
            except (PlatformError, NotAllowed):
                agreed.clear()
                continue
            if agreed and agreed[-1][0].state != verdict.state:
                agreed.clear()
            agreed.append((verdict, self.ledger.clock().isoformat()))
            if verdict.state != "not_applied" and len(agreed) >= plan.looks:
                break
        needed = plan.looks if agreed and agreed[-1][0].state != "not_applied" else 2
        if len(agreed) < needed:
            if not operation.open:
                return
            self.ledger.settle(operation.operation_id, "unknown" if operation.sent_at else "not_sent")
            return
        verdict = agreed[-1][0]
        if not operation.open and verdict.state != "done":  # it was settled before, and nothing has come of it since
            self.ledger.note(operation.operation_id, looked_at=self.ledger.clock())
            return
        state = "refused" if refused and verdict.state == "not_applied" else verdict.state
        values: dict[str, Any] = {"looks": [at for _, at in agreed], "message": refused, **verdict.values}
        if plan.forgets and state == "done":
            personal = self._forget_person(operation)
            values |= without_values(operation.reason, operation.note, personal)
        self.ledger.settle(operation.operation_id, state, **values)
        if plan.forgets and state == "done" and not self.directory.store.scrub():
            log.warning("deleted bytes are still in the write-ahead log; the next start or erasure removes them")

    def _forget_person(self, operation: Operation) -> set[str]:
        """Removes somebody from everything that the desk keeps; the tombstone first: nothing brings them back. The
        erasure's own row comes last, when it is settled: a restart in between looks again and ends this. Returns what
        was personal about them."""
        cust_id, entry = operation.cust_id, self.directory.entry(operation.cust_id)
        known = [Details(**operation.before)] if operation.before else []
        self.directory.bury(cust_id)
        self.api.forget(cust_id)
        self.directory.forget(cust_id)
        known += [entry.details] if entry else []
        return self.ledger.forget_values(cust_id, known, keep=operation.operation_id)

    def _plan(self, operation: Operation) -> Plan:
        return PLANS[operation.kind](self.api, self.directory, operation)
