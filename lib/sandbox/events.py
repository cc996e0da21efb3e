"""Owns the made-up programme: some forty events and their performances around one day."""

from bisect import bisect_left
from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple

from lib.sandbox.people import new_id

PAST_DAYS = 5 * 365 + 1
FUTURE_DAYS = 183
_A_YEAR_EACH = 4
_SOON = ((0, 3), (1, 5), (2, 6))  # event, days from today: something is always on within the week
_STARTS = (time(10, 30), time(14), time(14, 30), time(19), time(19, 30), time(20), time(22, 30))
_NAMES = (
    "Hamlet",
    "The Nutcracker",
    "Rock & Roll <Live>",
    "Åsa's *Great* Night",
    "Winter Lights Trail",
    "Carmen",
    "Comedy Cellar: Late Show",
    "Jazz on the Quay",
    "Twelfth Night",
    "Swan Lake",
    "The Snow Queen (family matinée)",
    "Open Air Cinema: Casablanca",
    "Mozart's Requiem",
    "Beer & Cider Festival",
    "Tango de Buenos Aires",
    "La Bohème",
    "Die Zauberflöte",
    "Poetry Slam #1",
    "Wine Tasting: 5 for $25",
    "The Great Escape Room",
    "Museum After Hours",
    "Ghost Walk",
    "Harbour Cruise",
    "Street Food Market",
    "Flamenco Nights",
    "Proms in the Park",
    "Stand-up_Special_2",
    "Kids' Science Day",
    "Ceilidh!",
    "Drag Brunch ✨",
    "A Midsummer Night's Dream",
    "Żeglarze: shanty evening",
    "東京ジャズ・ナイト",
    "ليلة الطرب",
    "Book Fair",
    "Steam Railway Santa Special",
    "Choir of St Brigid's",
    "Vinyl Fair [north hall]",
    "Improv Battle",
    "New Year's Gala",
)


class Performance(NamedTuple):
    """One performance of one event, in the venue's own time, and the full price of a seat in cents."""

    start: datetime
    end: datetime
    event_id: str
    event_name: str
    price: int


class Programme:
    """All performances around `today`, in order of their start; the same for the same day."""

    def __init__(self, today: date) -> None:
        self.today = today
        random = Random(f"programme:{today}")
        performances = [one for event in _events() for one in _season(random, today, *event)]
        performances += [_on(random, today + timedelta(days), *_events()[event]) for event, days in _SOON]
        self.performances = sorted(performances)

    def pick(self, random: Random, placed: datetime) -> Performance:
        """A performance that could still be booked at that moment: among the next sixty (the last one if none)."""
        first = bisect_left(self.performances, placed.replace(tzinfo=None), key=lambda one: one.start)
        ahead = self.performances[first : first + 60] or self.performances[-1:]
        return random.choice(ahead)

    def this_week(self) -> Performance:
        """A performance one to seven days after today."""
        day = self.today + timedelta(_SOON[0][1])
        return next(one for one in self.performances if one.start.date() == day)


def _events() -> list[tuple[str, str, int]]:
    random = Random("events")
    return [(new_id(random, "evt"), name, random.randrange(800, 9000, 50)) for name in _NAMES]


def _season(random: Random, today: date, event_id: str, name: str, price: int) -> list[Performance]:
    count = _A_YEAR_EACH * (PAST_DAYS + FUTURE_DAYS) // 365
    days = (random.randrange(-PAST_DAYS, FUTURE_DAYS) for _ in range(count))
    return [_on(random, today + timedelta(day), event_id, name, price) for day in days]


def _on(random: Random, day: date, event_id: str, name: str, price: int) -> Performance:
    start = datetime.combine(day, random.choice(_STARTS))
    end = start + timedelta(minutes=random.choice((75, 120, 150, 180)))
    return Performance(start, end, event_id, name, price)
