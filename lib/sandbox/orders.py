"""Owns the making of one order: tickets, add-ons, fees and discounts that add up to its total to the cent."""

from datetime import UTC, datetime
from random import Random
from typing import Any, Literal

from lib.sandbox.events import Performance, Programme
from lib.sandbox.people import new_id

Json = dict[str, Any]
Shape = Literal["usual", "free", "rich"]

_KINDS = (
    ("Adult", "Full price", 100),
    ("Concession", "Students, seniors and claimants", 80),
    ("Child", "Under 16", 50),
    ("Balcony", "Restricted view", 60),
    ("Front stalls", "Rows A to C", 140),
)
_ADDONS = (
    ("Programme", "Printed", 500),
    ("Drinks voucher", "House wine", 750),
    ("Car park", "Zone B", 1000),
    ("T-shirt", "Large", 2499),
    ("Ice cream", "Salted caramel", 375),
)
_FEES = (("Booking fee", "Per order", 175), ("Postage", "Second class", 149), ("Venue levy", "Restoration fund", 50))
_DISCOUNTS = (("Early bird", "10 % off", 10), ("Members", "5 % off", 5), ("Group", "12.5 % off", 12.5))


class OrderMaker:
    """Makes orders for the performances of a programme; no two share a reference."""

    def __init__(self, random: Random, programme: Programme) -> None:
        self._random = random
        self._programme = programme
        self._references: set[str] = set()

    def make(
        self,
        cust_id: str,
        placed: datetime,
        *,
        currency: str = "GBP",
        status: str = "sold",
        shape: Shape = "usual",
        performance: Performance | None = None,
        tickets: int | None = None,
    ) -> Json:
        """One order placed at an aware UTC time, for the given performance or one still ahead at that time."""
        show = performance or self._programme.pick(self._random, placed)
        lines = self._lines(show, shape, tickets or self._random.choices((1, 2, 3, 4, 6), (20, 45, 12, 18, 5))[0])
        return {
            "order_id": new_id(self._random, "ord"),
            "order_reference": self._reference(),
            "created_at": stamp(placed),
            "status": status,
            "cust_id": cust_id,
            "currency": currency,
            "event": {"event_id": show.event_id, "name": show.event_name},
            "performance": _times(show),
            **lines,
        }

    def _reference(self) -> str:
        while (reference := f"DB-{self._random.getrandbits(32):08X}") in self._references:
            pass
        self._references.add(reference)
        return reference

    def _lines(self, show: Performance, shape: Shape, count: int) -> Json:
        tickets = self._tickets(0 if shape == "free" else show.price, count)
        addons, fees = self._choose(_ADDONS, shape, 0.2), self._choose(_FEES, shape, 0.6)
        worth = sum(cents for *_, cents in tickets)
        discounts = [(title, text, int(worth * share) // 100) for title, text, share in self._off(shape)]
        total = worth + _sum(addons) + _sum(fees) - _sum(discounts)
        return {
            "tickets": self._entries("ticket_entry_id", ("name", "description", "price"), tickets),
            "addons": self._entries("addon_entry_id", ("name", "variant_name", "price"), addons),
            "fees": self._entries("fee_entry_id", ("title", "description", "total"), fees),
            "discounts": self._entries("discount_entry_id", ("title", "description", "total"), discounts),
            "total": money(total),
        }

    def _tickets(self, price: int, count: int) -> list[tuple[str, str, int]]:
        kinds = self._random.choices(_KINDS, weights=(60, 12, 15, 5, 8), k=count)
        return [(name, text, price * share // 100) for name, text, share in kinds]

    def _choose(self, menu: tuple[tuple[str, str, int], ...], shape: Shape, share: float) -> list[tuple[str, str, int]]:
        if shape == "rich":
            return self._random.sample(menu, self._random.randint(2, len(menu)))
        return [self._random.choice(menu)] if shape == "usual" and self._random.random() < share else []

    def _off(self, shape: Shape) -> list[tuple[str, str, float]]:
        if shape == "rich":
            return self._random.sample(_DISCOUNTS, 2)
        return [self._random.choice(_DISCOUNTS)] if shape == "usual" and self._random.random() < 0.1 else []

    def _entries(self, id_name: str, names: tuple[str, str, str], lines: list[tuple[str, str, int]]) -> list[Json]:
        prefix = id_name.partition("_")[0]
        first, second, amount = names
        return [
            {
                id_name: f"{prefix}_{self._random.getrandbits(48):012x}",
                first: one,
                second: two,
                amount: money(cents),
            }
            for one, two, cents in lines
        ]


def money(cents: int) -> float | int:
    """Cents as a number in major units: 1250 is 12.5, and 1200 is 12."""
    return cents / 100 if cents % 100 else cents // 100


def stamp(moment: datetime) -> str:
    """An aware time as the platform writes it: UTC, whole seconds, `Z`. Sorts as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _sum(lines: list[tuple[str, str, int]]) -> int:
    return sum(cents for *_, cents in lines)


def _times(show: Performance) -> Json:
    return {
        "start_date": f"{show.start:%Y-%m-%d}",
        "start_time": f"{show.start:%H:%M}",
        "end_date": f"{show.end:%Y-%m-%d}",
        "end_time": f"{show.end:%H:%M}",
    }
