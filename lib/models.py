"""The nouns that every room speaks of: customers, addresses, orders, money; frozen and exact.

Shapes are those of the platform's customer API. Field names that its documentation leaves open are accepted under
several spellings (`Order.from_json`), and one odd order is shown with what it has instead of failing a page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any, ClassVar, Generic, TypeVar

Json = Any
"""What a JSON parser returns, with every fraction as a `Decimal`."""

T = TypeVar("T")
DAY = timedelta(days=1)


class Odd(ValueError):
    """A document that is not what it should be; the text says what is wrong, without the document's own values."""


def is_id(value: str) -> bool:
    """Whether `value` can be the id of a customer, an address or an order. Nothing else ever reaches a header."""
    return re.fullmatch(r"[A-Za-z0-9_-]{1,64}", value) is not None


def is_email(value: str) -> bool:
    """Whether `value` looks like one e-mail: something before and after one @, and no blanks."""
    return re.fullmatch(r"[^@\s]+@[^@\s]+", value) is not None


def text(value: Json) -> str:
    """`value` as one line of text: '' for nothing; numbers as written; anything else is odd."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return str(value)
    raise Odd("text was expected")


@dataclass(frozen=True, slots=True)
class Details:
    """What may be corrected of a customer."""

    forename: str
    surname: str
    email: str

    @property
    def name(self) -> str:
        """Both names in one line; '' for somebody who has none."""
        return f"{self.forename} {self.surname}".strip()

    def to_json(self) -> dict[str, str]:
        return {"forename": self.forename, "surname": self.surname, "email": self.email}

    def same(self, other: Details) -> bool:
        """Equal, but for capitals in the e-mail: mail systems do not tell them apart, and a platform may fold them."""
        return replace(self, email=self.email.casefold()) == replace(other, email=other.email.casefold())

    def changes(self, wanted: Details) -> dict[str, tuple[str, str]]:
        """Field → (old, new) for every field in which `wanted` differs."""
        old, new = self.to_json(), wanted.to_json()
        return {name: (old[name], new[name]) for name in old if old[name] != new[name]}


@dataclass(frozen=True, slots=True)
class Customer:
    """A person at the platform: the opaque id, their details, and whatever else the platform sent."""

    cust_id: str
    details: Details
    raw: Mapping[str, Json] = field(default_factory=dict, compare=False, repr=False)

    @property
    def name(self) -> str:
        return self.details.name

    @property
    def email(self) -> str:
        return self.details.email

    @classmethod
    def from_json(cls, document: Json) -> Customer:
        """Raises `Odd` unless the document is an object with an id and readable details."""
        if not isinstance(document, dict) or not text(document.get("cust_id")):
            raise Odd("a customer without an id")
        parts = {name: text(document.get(name)) for name in ("forename", "surname", "email")}
        return cls(text(document["cust_id"]), Details(**parts), document)


@dataclass(frozen=True, slots=True)
class Address:
    """A saved address. `address_id` is '' until the platform has given it one; optional fields are '' for none."""

    address_id: str = ""
    name: str = ""
    address_line_1: str = ""
    address_line_2: str = ""
    address_line_3: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    email: str = ""
    phone_number: str = ""

    REQUIRED: ClassVar = ("name", "address_line_1", "postcode", "country")

    @classmethod
    def from_json(cls, document: Json) -> Address:
        if not isinstance(document, dict) or not text(document.get("address_id")):
            raise Odd("an address without an id")
        return cls(**{item.name: text(document.get(item.name)) for item in fields(cls)})

    def to_json(self) -> dict[str, str | None]:
        """The body of a create or update: optional fields that are empty are sent as null."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return {
            name: value if value or name in self.REQUIRED else None
            for name, value in values.items()
            if name != "address_id" or value
        }

    def same_place(self, other: Address) -> bool:
        """Equal in everything but the id."""
        return replace(self, address_id="") == replace(other, address_id="")

    @property
    def block(self) -> str:
        """The address as lines to put on an envelope."""
        town = f"{self.postcode} {self.city}".strip()
        lines = (self.name, self.address_line_1, self.address_line_2, self.address_line_3, town, self.country)
        return "\n".join(line for line in lines if line)


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in major units (12.50 means £12.50) of one currency; different currencies never add up."""

    amount: Decimal
    currency: str

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError("amounts of different currencies cannot be added")
        return Money(exact_sum((self.amount, other.amount)), self.currency)

    def __str__(self) -> str:
        return f"{exactly(self.amount, ',')} {self.currency}".strip()


def exact_sum(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of amounts without any rounding: within the bounds of `amount` none needs sixty digits."""
    with localcontext(prec=60):
        return sum(amounts, Decimal(0))


def exactly(value: Decimal, thousands: str = "") -> str:
    """An amount in full, with at least two places; `thousands` is what stands between groups of three digits."""
    return f"{value:{thousands}.{max(2, -int(value.as_tuple().exponent))}f}"


def json_number(value: object) -> object:
    """What `json.dumps` writes for a fraction: a number where that is exact, text where it is not."""
    if isinstance(value, Decimal):
        return float(value) if Decimal(repr(float(value))) == value else str(value)
    return str(value)


def amount(value: Json) -> Decimal:
    """An exact, finite amount from a JSON number or a numeric string; anything else is odd."""
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise Odd("an amount was expected")
    try:
        exact = Decimal(value)
    except InvalidOperation:
        raise Odd("an amount was expected") from None
    if not exact.is_finite() or abs(exact) >= Decimal("1e15") or int(exact.as_tuple().exponent) < -20:
        raise Odd("an amount was expected")
    return exact if int(exact.as_tuple().exponent) <= 0 else exact.quantize(Decimal(1))


def moment(value: Json) -> datetime:
    """An aware UTC time from ISO 8601 text (no zone: UTC) or seconds since 1970; anything else is odd."""
    try:
        if isinstance(value, str):
            at = datetime.fromisoformat(value)
            return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            return datetime.fromtimestamp(float(value), UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise Odd("a time was expected")


@dataclass(frozen=True, slots=True)
class Line:
    """One ticket, add-on, fee or discount of an order. A discount's amount is what it takes away (positive)."""

    kind: str
    name: str
    description: str
    amount: Decimal | None

    @property
    def effect(self) -> Decimal | None:
        """What the line adds to the order's total."""
        return -self.amount if self.kind == "discount" and self.amount is not None else self.amount


LINES = {
    "tickets": ("ticket", "name", "description", "price"),
    "addons": ("add-on", "name", "variant_name", "price"),
    "fees": ("fee", "title", "description", "total"),
    "discounts": ("discount", "title", "description", "total"),
}
"""Where an order's lines stand in its JSON: list → (kind, field of the name, of the description, of the amount)."""


@dataclass(frozen=True, slots=True)
class Performance:
    """When an event takes place, in the venue's own local time: dates and times as the platform wrote them."""

    start_date: str = ""
    start_time: str = ""
    end_date: str = ""
    end_time: str = ""

    @property
    def day(self) -> date | None:
        try:
            return date.fromisoformat(self.start_date[:10])
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.start_date} {self.start_time[:5]}".strip()


@dataclass(frozen=True, slots=True)
class Order:
    """One order as the platform sent it. `oddities` names the parts that could not be read; `raw` has everything."""

    order_id: str
    reference: str
    placed: datetime | None
    status: str
    currency: str
    event_id: str
    event: str
    performance: Performance
    lines: tuple[Line, ...]
    total: Decimal | None
    cust_id: str = ""
    oddities: tuple[str, ...] = ()
    raw: Mapping[str, Json] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def from_json(cls, document: Json) -> Order:
        """Reads what can be read; raises `Odd` only where there is no object or no id to show it by."""
        if not isinstance(document, dict):
            raise Odd("an order that is no object")
        reader = _Reader(document)
        order_id = reader.first(text, "order_id", "id")
        if not order_id:
            raise Odd("an order without an id")
        event, performance = reader.part("event"), reader.part("performance")
        return cls(
            order_id=order_id,
            reference=reader.first(text, "order_reference", "reference", "order_ref", "order_number") or "",
            placed=reader.first(moment, "created_at", "order_date", "date_created", "created", "purchased_at"),
            status=reader.first(text, "status") or "",
            currency=reader.first(text, "currency") or "",
            event_id=event.first(text, "event_id") or "",
            event=event.first(text, "name") or "",
            performance=Performance(**{f.name: performance.first(text, f.name) or "" for f in fields(Performance)}),
            lines=tuple(reader.lines()),
            total=reader.first(amount, "total", "order_total", "entry_total"),
            cust_id=reader.first(text, "cust_id") or "",
            oddities=tuple(reader.oddities),
            raw=document,
        )

    @property
    def tickets(self) -> int:
        return sum(line.kind == "ticket" for line in self.lines)

    @property
    def money(self) -> Money | None:
        """The total with its currency; None where the platform sent none that could be read."""
        return None if self.total is None else Money(self.total, self.currency)

    @property
    def sum_of_lines(self) -> Decimal | None:
        """What the lines come to; None where a line has no readable amount."""
        effects = [line.effect for line in self.lines]
        return None if None in effects else exact_sum(e for e in effects if e is not None)

    @property
    def adds_up(self) -> bool | None:
        """Whether the lines come to the total; None where that is not known: no lines came, or not all of them or not
        every amount could be read."""
        lines, unread = self.sum_of_lines, any(oddity in LINES for oddity in self.oddities)
        return None if not self.lines or unread or lines is None or self.total is None else lines == self.total


class _Reader:
    """Reads one JSON object field by field and notes what could not be read."""

    def __init__(self, document: Mapping[str, Json], oddities: list[str] | None = None, path: str = "") -> None:
        self.document, self.path = document, path
        self.oddities: list[str] = [] if oddities is None else oddities

    def first(self, convert: Callable[[Json], T], *names: str) -> T | None:
        """The first of `names` that is there, converted; None if none is there or it cannot be read."""
        for name in names:
            if self.document.get(name) is not None:
                try:
                    return convert(self.document[name])
                except Odd:
                    self.oddities.append(f"{self.path}{name}")
        return None

    def part(self, name: str) -> _Reader:
        """The object under `name`; an empty one where there is none."""
        value = self.document.get(name)
        if value is not None and not isinstance(value, dict):
            self.oddities.append(f"{self.path}{name}")
        return _Reader(value if isinstance(value, dict) else {}, self.oddities, f"{name}.")

    def lines(self) -> Iterable[Line]:
        for where, (kind, name, description, price) in LINES.items():
            rows = self.document.get(where) or []
            if not isinstance(rows, list):
                self.oddities.append(where)
                continue
            for row in rows:
                if not isinstance(row, dict):
                    self.oddities.append(where)
                    continue
                line = _Reader(row, self.oddities, f"{where}.")
                named = line.first(text, name) or "", line.first(text, description) or ""
                yield Line(kind, *named, line.first(amount, price))


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a list of orders at the platform: days inclusive, free text. The empty filter is the whole list."""

    date_from: date | None = None
    date_to: date | None = None
    query: str = ""

    def __bool__(self) -> bool:
        return self != Filters()

    def a_day_wider(self) -> Filters:
        """What to ask the platform for days of the operators' calendar: it does not say in which zone its days are."""
        start = self.date_from and max(self.date_from, date.min + DAY) - DAY
        end = self.date_to and min(self.date_to, date.max - DAY) + DAY
        return replace(self, date_from=start, date_to=end)


@dataclass(frozen=True, slots=True)
class OrderHistory:
    """All orders of one customer under one filter, newest first; `complete` only when that was proven.

    `total` is what the platform says there are (None: it did not say); `unreadable` counts rows without an id.
    """

    orders: tuple[Order, ...] = ()
    total: int | None = None
    complete: bool = False
    unreadable: int = 0
    note: str = ""

    @property
    def spend(self) -> dict[str, Money]:
        """Currency → what the sold orders come to. Refunded and cancelled orders do not count."""
        sums: dict[str, Money] = {}
        for money in (order.money for order in self.counted):
            if money is not None:
                sums[money.currency] = sums.get(money.currency, Money(Decimal(0), money.currency)) + money
        return sums

    @property
    def counted(self) -> tuple[Order, ...]:
        """The orders whose totals count as spend: not refunded, not cancelled, with a readable total."""
        return tuple(o for o in self.orders if o.total is not None and o.status.lower() not in NOT_SPENT)


NOT_SPENT = ("refunded", "cancelled")
"""Statuses whose totals were not kept by the organiser."""


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """An answer of the platform and when it was given (aware UTC); `stale`: the platform cannot be asked now, and
    this is what was known then."""

    value: T
    at: datetime
    stale: bool = False


ROLES = ("viewer", "editor", "eraser")
"""What an operator may do, each including the one before: look; correct and add; erase."""


class NotAllowed(Exception):
    """The operator's role does not allow this; `role` is the one that would."""

    def __init__(self, role: str) -> None:
        super().__init__(f"the role {role} is needed")
        self.role = role


@dataclass(frozen=True, slots=True)
class Operator:
    """The person at the screen."""

    name: str
    role: str

    def may(self, role: str) -> bool:
        return self.role in ROLES and ROLES.index(self.role) >= ROLES.index(role)

    def require(self, role: str) -> None:
        """Raises `NotAllowed` unless the operator has `role` or one above it."""
        if not self.may(role):
            raise NotAllowed(role)
