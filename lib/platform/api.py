"""The cached API module: every call of the platform's customer API as a typed verb, its cache policy beside it.

Source of paths, methods and parameter names: the platform's documentation and its public admin SDK. Every read of a
customer checks that the answer is about the customer who was asked for, because only a header says who that is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from lib.models import Address, Customer, Details, Filters, Json, Odd, Order, Reading, text
from lib.platform.cache import Shelves
from lib.platform.envelope import Envelope
from lib.platform.errors import Denied, NotFound, OutcomeUnknown, Unavailable, Unreadable
from lib.platform.gateway import Gateway, check_id
from lib.platform.pagination import Page, Walk

T = TypeVar("T")
Sending = Callable[[], None] | None
ALL = Filters()
"""No filter: the whole list."""

PAGE_SIZE = 50
"""Rows asked for at once; the platform publishes no maximum, so a refusal halves it."""

KEEP_FAILURE = 10.0
"""Seconds for which a history that could not be read is shown as such before the platform is asked again."""


@dataclass(frozen=True, slots=True)
class Check:
    """The connection: seconds for an answer, whether the customer was found, seconds by which the clocks differ (None:
    not said), requests left."""

    took: float
    found: bool
    clock_difference: float | None
    budget_left: float


class CustomerAPI:
    """The platform's customers, addresses and orders. Reads are remembered on the customer's shelf; every write that
    may have left us drops that shelf. `before_send` of a write is called right before its one request leaves."""

    def __init__(
        self,
        gateway: Gateway,
        *,
        shelves: Shelves | None = None,
        page_size: int = PAGE_SIZE,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.gateway, self._page_size, self._clock = gateway, page_size, clock
        self.shelves = Shelves() if shelves is None else shelves

    # Customers

    def customer(self, cust_id: str, *, fresh: bool = False, background: bool = False) -> Reading[Customer]:
        """GET /customer. Remembered; `fresh` asks again."""

        def ask() -> Reading[Customer]:
            envelope = self._read("/customer", cust_id, background=background)
            customer = _readable(Customer.from_json, envelope.payload)
            self._belongs(customer.cust_id, cust_id)
            return Reading(customer, envelope.at)

        return self.shelves.recall(check_id(cust_id), "customer", ask, fresh=fresh)

    def create_customer(self, details: Details, before_send: Sending = None) -> str:
        """POST /customer/create; the new `cust_id`. For an e-mail that exists it may be the existing customer's."""
        envelope = self.gateway.write("POST", "/customer/create", body=details.to_json(), before_send=before_send)
        payload = envelope.payload if isinstance(envelope.payload, dict) else {}
        try:
            cust_id = check_id(text(payload.get("cust_id")))
        except (Odd, NotFound):
            raise OutcomeUnknown("a new customer without an id") from None
        self.forget(cust_id)
        return cust_id

    def amend_customer(self, cust_id: str, details: Details, before_send: Sending = None) -> None:
        """POST /customer/update, with all three details."""
        self._write("POST", "/customer/update", cust_id, details.to_json(), before_send)

    def erase_customer(self, cust_id: str, before_send: Sending = None) -> None:
        """GET /customer/delete: permanent, and a write in spite of its method."""
        self._write("GET", "/customer/delete", cust_id, None, before_send)

    # Addresses

    def addresses(self, cust_id: str, *, fresh: bool = False) -> Reading[tuple[Address, ...]]:
        """GET /address/all. Remembered."""

        def ask() -> Reading[tuple[Address, ...]]:
            envelope = self._read("/address/all", cust_id)
            if not isinstance(envelope.payload, list):
                raise Unreadable("addresses that are no list")
            for row in envelope.payload:
                self._belongs_if_said(row, cust_id)
            saved = [_readable(Address.from_json, row) for row in envelope.payload]
            return Reading(tuple({address.address_id: address for address in saved}.values()), envelope.at)

        return self.shelves.recall(check_id(cust_id), "addresses", ask, fresh=fresh)

    def address(self, cust_id: str, address_id: str, *, fresh: bool = False) -> Reading[Address]:
        """GET /address. Remembered."""

        def ask() -> Reading[Address]:
            envelope = self._read("/address", cust_id, {"address_id": check_id(address_id)})
            address = _readable(Address.from_json, envelope.payload)
            self._belongs_if_said(envelope.payload, cust_id)
            self._belongs(address.address_id, address_id)
            return Reading(address, envelope.at)

        return self.shelves.recall(check_id(cust_id), ("address", address_id), ask, fresh=fresh)

    def add_address(self, cust_id: str, address: Address, before_send: Sending = None) -> None:
        """POST /address/create."""
        self._write("POST", "/address/create", cust_id, address.to_json(), before_send)

    def amend_address(self, cust_id: str, address: Address, before_send: Sending = None) -> None:
        """POST /address/update, with all fields."""
        check_id(address.address_id)
        self._write("POST", "/address/update", cust_id, address.to_json(), before_send)

    def remove_address(self, cust_id: str, address_id: str, before_send: Sending = None) -> None:
        """POST /address/delete."""
        self._write("POST", "/address/delete", cust_id, {"address_id": check_id(address_id)}, before_send)

    # Orders

    def orders(self, cust_id: str, *, limit: int, skip: int, filters: Filters = ALL, background: bool = False) -> Page:
        """GET /orders: one page. Not remembered alone: `history` is."""
        params: dict[str, str | int] = {"limit": limit, "skip": skip}
        if filters.date_from:
            params["date_from"] = filters.date_from.isoformat()
        if filters.date_to:
            params["date_to"] = filters.date_to.isoformat()
        if filters.query:
            params["query"] = filters.query
        envelope = self._read("/orders", check_id(cust_id), params, background=background)
        if not isinstance(envelope.payload, list):
            raise Unreadable("orders that are no list")
        orders = []
        for row in envelope.payload:
            try:
                orders.append(Order.from_json(row))
            except Odd:
                continue
        for order in orders:
            self._belongs(order.cust_id or cust_id, cust_id)
        received = len(envelope.payload)
        return Page(tuple(orders), envelope.total, received, received - len(orders))

    def order(self, cust_id: str, order_id: str, *, fresh: bool = False) -> Reading[Order]:
        """GET /orders/order. Remembered."""

        def ask() -> Reading[Order]:
            envelope = self._read("/orders/order", cust_id, {"order_id": check_id(order_id)})
            order = _readable(Order.from_json, envelope.payload)
            self._belongs(order.order_id, order_id)
            self._belongs(order.cust_id or cust_id, cust_id)
            return Reading(order, envelope.at)

        return self.shelves.recall(check_id(cust_id), ("order", order_id), ask, fresh=fresh)

    def history(self, cust_id: str, filters: Filters = ALL, *, fresh: bool = False) -> Walk:
        """The whole order history, being read by pages; `forget` drops it, though who holds the walk sees its end.
        Remembered, a failure for ten seconds."""

        def ask() -> Walk:
            return Walk(self._reader(cust_id, filters), limit=self._page_size, at=self._clock()).start()

        walk = self.shelves.recall(check_id(cust_id), ("history", filters), ask, fresh=fresh)
        if walk.error and (self._clock() - walk.at).total_seconds() > KEEP_FAILURE:
            walk = self.shelves.recall(cust_id, ("history", filters), ask, fresh=True)
        if walk.finished and not walk.error:  # a refusal may have had another reason than the number of rows
            self._page_size = min(self._page_size, walk.limit)
        return walk

    def _reader(self, cust_id: str, filters: Filters) -> Callable[[int, int], Page]:
        return lambda limit, skip: self.orders(cust_id, limit=limit, skip=skip, filters=filters)

    # The rest

    def forget(self, cust_id: str) -> None:
        """Drops all that is remembered of a customer."""
        self.shelves.forget(cust_id)

    def check(self, known: str = "") -> Check:
        """Whether the platform answers and accepts the key: asks for a customer whom we know, or else nobody has."""
        began, found = time.perf_counter(), False
        with suppress(NotFound):
            self.gateway.read("/customer", known or "connection-check")
            found = True
        return Check(time.perf_counter() - began, found, self.gateway.clock_difference, self.gateway.pace.left)

    def close(self) -> None:
        self.gateway.close()

    def _read(
        self, path: str, cust_id: str, params: Mapping[str, str | int] | None = None, *, background: bool = False
    ) -> Envelope:
        """Asks the platform. Where it refuses the key, nothing that is remembered of anybody may be shown any more."""
        try:
            return self.gateway.read(path, cust_id, params, background=background)
        except Denied:
            self.shelves.forget_everything()
            raise

    def _write(self, method: str, path: str, cust_id: str, body: Json, before_send: Sending) -> None:
        check_id(cust_id)
        try:
            self.gateway.write(method, path, cust_id, body, before_send)
        except Unavailable:  # nothing was sent, so what is remembered is as good as before
            raise
        except BaseException:
            self.forget(cust_id)
            raise
        self.forget(cust_id)

    def _belongs_if_said(self, document: Json, cust_id: str) -> None:
        """Holds for documents that need not name their customer, but may."""
        said = document.get("cust_id") if isinstance(document, dict) else None
        self._belongs(cust_id if said is None else _readable(text, said), cust_id)

    def _belongs(self, answered: Json, asked: str) -> None:
        """An answer about somebody else is never shown, and nothing remembered is trusted after it."""
        if answered != asked:
            self.shelves.forget_everything()
            raise Unreadable("an answer about somebody else")


def _readable(convert: Callable[[Json], T], document: Json) -> T:
    try:
        return convert(document)
    except Odd as odd:
        raise Unreadable(str(odd)) from None
