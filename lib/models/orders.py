"""Orders and their histories. Field names that the platform's documentation leaves open are accepted under several
spellings, and one odd order is shown with what it has instead of failing a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from lib.models.documents import Json, Odd, T, moment, text
from lib.models.money import Money, amount, exact_sum

LINES = {
    "tickets": ("ticket", "name", "description", "price"),
    "addons": ("add-on", "name", "variant_name", "price"),
    "fees": ("fee", "title", "description", "total"),
    "discounts": ("discount", "title", "description", "total"),
}
"""Where an order's lines stand in its JSON: list → (kind, field of the name, of the description, of the amount)."""
NOT_SPENT = ("refunded", "cancelled")
"""Statuses whose totals were not kept by the organiser."""
DAY = timedelta(days=1)


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
