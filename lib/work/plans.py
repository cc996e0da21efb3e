"""What each kind of write checks before it is sent, what it sends, and how a look tells what became of it.

A plan is made from its row in the ledger alone, so that a restart can look for what an earlier process sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from lib.models import Details
from lib.platform.api import CustomerAPI
from lib.platform.errors import Busy, Denied, NotFound, PlatformError, Rejected
from lib.records.directory import Directory
from lib.records.operations import Operation

Sending = Callable[[], None]
"""Called right before the first byte leaves."""

CONTROLS = 5
"""How many other customers are tried before "not found" is doubted."""


class Settled(Exception):
    """Nothing is to be sent: the outcome is known already."""

    def __init__(self, state: str, **values: Any) -> None:
        super().__init__(state)
        self.state, self.values = state, values


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look found: `state` as in the ledger, and what is worth keeping of it."""

    state: Literal["done", "not_applied", "conflict"]
    values: Mapping[str, Any] = field(default_factory=dict)


class Plan:
    """One write. `looks` is how many looks in a row must agree before it counts as done; `forgets` says that the desk
    then forgets the customer too."""

    looks: ClassVar[int] = 1
    role: ClassVar[str] = "editor"
    forgets: ClassVar[bool] = False

    def __init__(self, api: CustomerAPI, directory: Directory, operation: Operation) -> None:
        self.api, self.directory, self.operation = api, directory, operation
        self.cust_id = operation.cust_id

    def check(self) -> dict[str, Any]:
        """Reads afresh what the write depends on; returns what the ledger should keep. Raises `Settled`."""
        raise NotImplementedError

    def send(self, sending: Sending) -> dict[str, Any]:
        """Sends once; returns what the answer brought that a look needs."""
        raise NotImplementedError

    def look(self) -> Verdict:
        """Reads afresh and says what became of the write. Raises a `PlatformError` where there was no answer."""
        raise NotImplementedError

    @property
    def before(self) -> Mapping[str, Any]:
        return self.operation.before or {}

    @property
    def wanted(self) -> Mapping[str, Any]:
        return self.operation.wanted or {}


class Amend(Plan):
    """Corrects the details of a customer who still has those that the form was bound to."""

    def check(self) -> dict[str, Any]:
        found = self.api.customer(self.cust_id, fresh=True).value.details
        if found == Details(**self.wanted):
            raise Settled("same")
        if found != Details(**self.before):
            raise Settled("conflict", found=found.to_json())
        return {}

    def send(self, sending: Sending) -> dict[str, Any]:
        self.api.amend_customer(self.cust_id, Details(**self.wanted), before_send=sending)
        return {}

    def look(self) -> Verdict:
        customer = self.api.customer(self.cust_id, fresh=True).value
        self.directory.saw(customer, "opened")
        if customer.details.same(Details(**self.wanted)):
            return Verdict("done")
        if customer.details == Details(**self.before):
            return Verdict("not_applied")
        return Verdict("conflict", {"found": customer.details.to_json()})


class Create(Plan):
    """Adds a customer. Without the id from the answer nothing can be looked up, and the outcome stays unknown."""

    def check(self) -> dict[str, Any]:
        return {}

    def send(self, sending: Sending) -> dict[str, Any]:
        cust_id = self.api.create_customer(Details(**self.wanted), before_send=sending)
        return {"cust_id": cust_id, "pseudonym": self.directory.store.pseudonym(cust_id)}

    def look(self) -> Verdict:
        if not self.cust_id:
            raise NotFound("the id of the new customer never came")
        customer = self.api.customer(self.cust_id, fresh=True).value
        self.directory.saw(customer, "added")
        if customer.details.same(Details(**self.wanted)):
            return Verdict("done")
        return Verdict("conflict", {"found": customer.details.to_json()})


class Erase(Plan):
    """Erases the customer who was shown. Gone is what two looks say, each while another customer can still be read."""

    looks = 2
    role = "eraser"
    forgets = True

    def check(self) -> dict[str, Any]:
        try:
            found = self.api.customer(self.cust_id, fresh=True).value.details
        except NotFound:
            raise Settled("not_sent", message="The platform knows no such customer.") from None
        if found != Details(**self.before):
            raise Settled("conflict", found=found.to_json())
        return {}

    def send(self, sending: Sending) -> dict[str, Any]:
        self.api.erase_customer(self.cust_id, before_send=sending)
        return {}

    def look(self) -> Verdict:
        try:
            self.api.customer(self.cust_id, fresh=True)
        except NotFound:
            self._control_read()
            return Verdict("done")
        return Verdict("not_applied")

    def _control_read(self) -> None:
        """Something in between that answers 'not found' to everything must not turn the living into erased ones: one
        of some others must be found. Raises `NotFound` where none is, or nobody else is known."""
        for known in self.directory.others(self.cust_id, CONTROLS):
            with suppress(NotFound):
                self.api.customer(known, fresh=True)
                return
        raise NotFound("no other customer was found either")


class Forget(Erase):
    """Forgets the desk's own copy of somebody whom the platform does not have any more. Nothing is sent."""

    def check(self) -> dict[str, Any]:
        if self.look().state != "done":
            raise Settled("not_applied")
        return {}

    def send(self, sending: Sending) -> dict[str, Any]:  # noqa: ARG002 (there is nothing to send)
        return {}


def reason(error: PlatformError) -> str:
    """Why nothing happened, in words that an operator may read."""
    if isinstance(error, Rejected):
        return error.reason
    if isinstance(error, Busy):
        return f"The platform is busy. Try again in {max(1, round(error.retry_after))} s."
    if isinstance(error, NotFound):
        return "The platform knows no such customer or address any more."
    if isinstance(error, Denied):
        return "The platform does not accept the desk's key."
    return "The platform could not be reached."
