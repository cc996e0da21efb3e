"""Owns the operators' calendar: local days, and the days, weeks, months and years that orders are summed by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from lib.models import Order

GRAINS = ("day", "week", "month", "year")
"""How long a period is, from fine to coarse; weeks start on Monday."""

MOST_PERIODS = 400
YEARS = range(1900, 2200)
"""Years that an order can have. Anything else (0001-01-01 above all) is how systems write "no date"."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the operators' calendar, `start` included and `end` not, in one currency."""

    start: date
    end: date
    currency: str

    @property
    def days(self) -> str:
        """The first and the last day: '01 May 2026 – 31 May 2026'."""
        last = self.end - timedelta(days=1)
        return f"{self.start:%d %b %Y}" if last == self.start else f"{self.start:%d %b %Y} – {last:%d %b %Y}"

    def __str__(self) -> str:
        return f"{self.days}, {self.currency}"


def placed_at(order: Order) -> datetime | None:
    """When the order was placed (aware UTC); None where the platform sent no time that can be one."""
    return order.placed if order.placed is not None and order.placed.year in YEARS else None


def local(order: Order, zone: ZoneInfo) -> datetime | None:
    """`placed_at` on the clocks of `zone`."""
    at = placed_at(order)
    return None if at is None else at.astimezone(zone)


def period_start(day: date, grain: str) -> date:
    """The first day of the period that `day` is in; weeks start on Monday."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[grain]


def period_end(start: date, grain: str) -> date:
    """The first day after the period that starts on `start`."""
    if grain in ("day", "week"):
        return start + timedelta(days=7 if grain == "week" else 1)
    if grain == "year":
        return date(start.year + 1, 1, 1)
    return (start.replace(day=1) + timedelta(days=32)).replace(day=1)


def grain_of(start: date, end: date) -> str:
    """Which grain a period of these days is of."""
    days = (end - start).days
    return "day" if days == 1 else "week" if days == 7 else "month" if days <= 31 else "year"


def grain_of_span(first: date, last: date) -> str:
    """day up to two months, week up to a year, month up to 30 years, then year."""
    days = (last - first).days
    return "day" if days <= 62 else "week" if days <= 366 else "month" if days <= 30 * 366 else "year"


def periods(first: date, last: date, grain: str) -> Sequence[tuple[date, date]]:
    """(start, end) of every period from `first` to `last`, in the finest grain from `grain` on that keeps them few."""
    found: list[tuple[date, date]] = []
    for each in GRAINS[GRAINS.index(grain) :]:
        found, start = [], period_start(first, each)
        while start <= last and len(found) <= MOST_PERIODS:
            end = period_end(start, each)
            found.append((start, end))
            start = end
        if len(found) <= MOST_PERIODS:
            break
    return found
