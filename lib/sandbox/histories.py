"""Owns what each customer has ordered over five years, by their story, and so the whole data set of a sandbox."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from lib.sandbox.events import PAST_DAYS, Programme
from lib.sandbox.orders import OrderMaker
from lib.sandbox.people import Person, Voices, make_addresses, make_people

Json = dict[str, Any]

_STATUSES = ("sold", "refunded", "cancelled")
_QUIET_MONTHS = (7, 8)


class World:
    """Everything a sandbox holds at the beginning; the same for the same three arguments."""

    def __init__(self, customers: int, big: int, today: date) -> None:
        self._random = Random(f"sandbox:{customers}:{big}:{today}")
        self._voices = Voices(f"{customers}:{big}:{today}")
        self._big = big
        self._programme = Programme(today)
        self._maker = OrderMaker(self._random, self._programme)
        self.people = make_people(self._random, self._voices, customers)

    def addresses(self) -> Iterator[tuple[str, Json]]:
        """Every address with its `cust_id`."""
        for person in self.people:
            for address in make_addresses(self._random, self._voices, person):
                yield person.cust_id, address

    def orders(self) -> Iterator[Json]:
        """Every order, customer by customer."""
        for person in self.people:
            yield from self._orders(person)

    def _orders(self, person: Person) -> Iterator[Json]:
        match person.story:
            case "nothing":
                return iter(())
            case "agency":
                return self._agency(person)
            case "two currencies":
                return self._two_currencies(person)
            case "refunds":
                return self._refunds(person)
            case "free":
                return (self._maker.make(person.cust_id, self._moment(), shape="free") for _ in range(5))
            case "extras":
                return self._extras(person)
            case "soon":
                return self._soon(person)
            case "usual":
                return self._usual(person)

    def _usual(self, person: Person) -> Iterator[Json]:
        for _ in range(self._count()):
            status = self._random.choices(_STATUSES, weights=(94, 4, 2))[0]
            yield self._maker.make(person.cust_id, self._moment(), currency=person.currency, status=status)

    def _count(self) -> int:
        lot = self._random.random()
        if lot < 0.12:
            return 0
        if lot > 0.99:
            return self._random.randint(21, 60)
        return min(20, 1 + int(self._random.expovariate(1 / 7)))

    def _agency(self, person: Person) -> Iterator[Json]:
        months = [(day.year, day.month) for day in (self._today - timedelta(30 * n) for n in range(PAST_DAYS // 30))]
        quiet = set(self._random.sample(months, 6)) | {one for one in months if one[1] in _QUIET_MONTHS}
        made = 0
        while made < self._big:
            moment = self._moment()
            if (moment.year, moment.month) not in quiet:
                made += 1
                status = self._random.choices(_STATUSES, weights=(94, 4, 2))[0]
                yield self._maker.make(person.cust_id, moment, status=status)

    def _two_currencies(self, person: Person) -> Iterator[Json]:
        for number in range(10):
            yield self._maker.make(person.cust_id, self._moment(), currency=("GBP", "EUR")[number % 2])

    def _refunds(self, person: Person) -> Iterator[Json]:
        for number in range(9):
            yield self._maker.make(person.cust_id, self._moment(), status=_STATUSES[number % 3])

    def _extras(self, person: Person) -> Iterator[Json]:
        for number in range(6):
            order = self._maker.make(person.cust_id, self._moment(), shape="rich")
            if number == 0:  # the one order of the sandbox whose lines do not add up to its total
                order["total"] = round(order["total"] + 1, 2)
            yield order

    def _soon(self, person: Person) -> Iterator[Json]:
        yield self._maker.make(
            person.cust_id, self._moment(past_days=20), performance=self._programme.this_week(), tickets=2
        )
        for show in self._programme.performances[-3:]:
            yield self._maker.make(person.cust_id, self._moment(past_days=10), performance=show)

    @property
    def _today(self) -> date:
        return self._programme.today

    def _moment(self, past_days: int = PAST_DAYS) -> datetime:
        """A moment of the day before today or earlier: nothing is placed in the future."""
        day = self._today - timedelta(self._random.randint(1, past_days))
        midnight = datetime.combine(day, time(), UTC)
        return midnight + timedelta(seconds=self._random.randrange(24 * 3600))
