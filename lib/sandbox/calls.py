"""Owns what each call of the platform's customer API does, apart from HTTP: a question in, a payload out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from lib.sandbox.checks import Refused, address_of, count_of, days_of, details_of, required
from lib.sandbox.storage import Storage

Json = dict[str, Any]

LARGEST_PAGE = 100
_USUAL_PAGE = 50
_NO_CUSTOMER = "Customer not found"
_NO_ADDRESS = "Address not found"


@dataclass(frozen=True)
class Question:
    """One request, read: its headers, its query and its JSON body (empty for a GET)."""

    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: Json


@dataclass(frozen=True)
class Answer:
    """What goes in the envelope; `total` only for lists."""

    payload: Any
    total: int | None = None


Call = Callable[[Storage, Question], Answer]


def _new_id(prefix: str) -> str:
    return f"{prefix}_{uuid4().hex[:16]}"


def _customer(storage: Storage, question: Question) -> Json:
    customer = storage.customer(required(question.headers, "customer"))
    if customer is None:
        raise Refused(404, _NO_CUSTOMER)
    return customer


def _cust_id(storage: Storage, question: Question) -> str:
    return str(_customer(storage, question)["cust_id"])


def retrieve_customer(storage: Storage, question: Question) -> Answer:
    """The customer's four fields."""
    return Answer(_customer(storage, question))


def create_customer(storage: Storage, question: Question) -> Answer:
    """The new customer, or the one who has the e-mail address already."""
    return Answer(storage.add_customer(_new_id("cus"), details_of(question.body)))


def update_customer(storage: Storage, question: Question) -> Answer:
    """The customer as amended; refused where another customer has the e-mail address."""
    cust_id, details = _cust_id(storage, question), details_of(question.body)
    if not storage.amend_customer(cust_id, details):
        raise Refused(400, "Validation failed", {"email": "belongs to another customer"})
    return Answer({"cust_id": cust_id, **details})


def delete_customer(storage: Storage, question: Question) -> Answer:
    """Remove the customer, every address and every order, for good."""
    cust_id = required(question.headers, "customer")
    if not storage.erase_customer(cust_id):
        raise Refused(404, _NO_CUSTOMER)
    return Answer({"cust_id": cust_id})


def all_addresses(storage: Storage, question: Question) -> Answer:
    """Every address of the customer."""
    addresses = storage.addresses(_cust_id(storage, question))
    return Answer(addresses, len(addresses))


def one_address(storage: Storage, question: Question) -> Answer:
    """One address of the customer."""
    address = storage.address(_cust_id(storage, question), required(question.query, "address_id"))
    if address is None:
        raise Refused(404, _NO_ADDRESS)
    return Answer(address)


def create_address(storage: Storage, question: Question) -> Answer:
    """The new address with its id."""
    cust_id = _cust_id(storage, question)
    address = {"address_id": _new_id("adr"), **address_of(question.body)}
    storage.add_address(cust_id, address)
    return Answer(address)


def update_address(storage: Storage, question: Question) -> Answer:
    """The address as amended."""
    cust_id = _cust_id(storage, question)
    address = {"address_id": required(question.body, "address_id"), **address_of(question.body)}
    if not storage.amend_address(cust_id, address):
        raise Refused(404, _NO_ADDRESS)
    return Answer(address)


def delete_address(storage: Storage, question: Question) -> Answer:
    """Remove one address."""
    address_id = required(question.body, "address_id")
    if not storage.remove_address(_cust_id(storage, question), address_id):
        raise Refused(404, _NO_ADDRESS)
    return Answer({"address_id": address_id})


def list_orders(storage: Storage, question: Question) -> Answer:
    """One page of the customer's orders, newest first, and the count of all that match."""
    cust_id, query = _cust_id(storage, question), question.query
    limit = count_of(query, "limit", _USUAL_PAGE, 1, LARGEST_PAGE)
    skip = count_of(query, "skip", 0, 0, 999_999_999)
    since, before = days_of(query)
    words = query.get("query", "").strip()
    orders, total = storage.page(cust_id, limit=limit, skip=skip, since=since, before=before, words=words)
    return Answer(orders, total)


def one_order(storage: Storage, question: Question) -> Answer:
    """One order of the customer."""
    order = storage.order(_cust_id(storage, question), required(question.query, "order_id"))
    if order is None:
        raise Refused(404, "Order not found")
    return Answer(order)


CALLS: dict[tuple[str, str], Call] = {
    ("GET", "/customer"): retrieve_customer,
    ("POST", "/customer/create"): create_customer,
    ("POST", "/customer/update"): update_customer,
    ("GET", "/customer/delete"): delete_customer,  # a GET, as the platform documents it
    ("GET", "/address/all"): all_addresses,
    ("GET", "/address"): one_address,
    ("POST", "/address/create"): create_address,
    ("POST", "/address/update"): update_address,
    ("POST", "/address/delete"): delete_address,
    ("GET", "/orders"): list_orders,
    ("GET", "/orders/order"): one_order,
}
