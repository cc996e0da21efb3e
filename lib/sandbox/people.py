"""Owns the made-up customers and their addresses: names in many scripts, one unique e-mail address each."""

import unicodedata
from random import Random
from typing import Any, NamedTuple

from faker import Faker

from lib.sandbox.specials import SPECIALS, Story

Json = dict[str, Any]

COUNTRIES = {
    "en_GB": "United Kingdom",
    "en_IE": "Ireland",
    "ga_IE": "Ireland",
    "de_DE": "Germany",
    "fr_FR": "France",
    "es_ES": "Spain",
    "it_IT": "Italy",
    "nl_NL": "Netherlands",
    "pt_BR": "Brazil",
    "pl_PL": "Poland",
    "cs_CZ": "Czechia",
    "hu_HU": "Hungary",
    "ro_RO": "Romania",
    "tr_TR": "Türkiye",
    "sv_SE": "Sweden",
    "da_DK": "Denmark",
    "no_NO": "Norway",
    "el_GR": "Greece",
    "ru_RU": "Russia",
    "uk_UA": "Ukraine",
    "ja_JP": "Japan",
    "zh_CN": "China",
    "ko_KR": "South Korea",
    "ar_AA": "Egypt",
    "he_IL": "Israel",
    "hi_IN": "India",
    "vi_VN": "Vietnam",
    "th_TH": "Thailand",
}
_LOCALES = ("en_GB",) * 12 + tuple(COUNTRIES)
_DOMAINS = ("example.com", "example.org", "example.net", "mail.example.com", "post.example.net", "school.example.org")
_NEUTRAL = ("tickets", "hello", "family", "post", "home", "me")
_ITALIAN_CITIES = ("Roma", "Milano", "Napoli", "Torino", "Palermo", "Bologna", "Forlì", "L'Aquila", "Reggio Calabria")
_ID_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LATIN = str.maketrans(
    {
        **dict(zip("łøđıабвгдезиіклмнопрстуфхыэєґ", "lodiabvgdeziiklmnoprstufhyeeg", strict=True)),
        **dict(zip("αβγδεζηικλμνξοπρστυφω", "avgdeziiklmnxoprstyfo", strict=True)),
        **dict(
            zip("ßæœþжчшюяθχψ", ("ss", "ae", "oe", "th", "zh", "ch", "sh", "yu", "ya", "th", "ch", "ps"), strict=True)
        ),
        "ð": "d",
        "ц": "ts",
        "щ": "shch",
    }
)


class Person(NamedTuple):
    """One customer to be, with what the sandbox needs to make up their addresses and orders."""

    cust_id: str
    forename: str
    surname: str
    email: str
    story: Story
    locale: str
    currency: str


class Voices:
    """One seeded Faker for each locale, made when first asked for."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._fakers: dict[str, Faker] = {}

    def of(self, locale: str) -> Faker:
        """The Faker of a locale: the same answers in the same order for the same seed."""
        if locale not in self._fakers:
            self._fakers[locale] = Faker(locale)
            self._fakers[locale].seed_instance(f"{self._seed}:{locale}")
        return self._fakers[locale]


def new_id(random: Random, prefix: str) -> str:
    """An opaque id such as `cus_4f0z…`: the prefix and 16 characters of 0-9a-z."""
    return f"{prefix}_{''.join(random.choices(_ID_LETTERS, k=16))}"


def make_people(random: Random, voices: Voices, count: int) -> list[Person]:
    """`count` customers, the specials first; every special is there however small `count` is."""
    people = [
        Person(new_id(random, "cus"), one.forename, one.surname, one.email, one.story, one.locale, "GBP")
        for one in SPECIALS.values()
    ]
    taken = {person.email.casefold() for person in people}
    people += [_ordinary(random, voices, taken) for _ in range(count - len(people))]
    return people


def _ordinary(random: Random, voices: Voices, taken: set[str]) -> Person:
    locale = random.choice(_LOCALES)
    faker = voices.of(locale)
    forename, surname = faker.first_name(), faker.last_name()
    email = _email(random, forename, surname, taken)
    currency = "EUR" if random.random() < 0.1 else "GBP"
    return Person(new_id(random, "cus"), forename, surname, email, "usual", locale, currency)


def _email(random: Random, forename: str, surname: str, taken: set[str]) -> str:
    first, last = in_ascii(forename), in_ascii(surname)
    local = f"{first}.{last}" if first and last else random.choice(_NEUTRAL)
    if first and random.random() < 0.01:
        local = "".join(letter for letter in forename.casefold() if letter.isalnum())
    elif random.random() < 0.04:
        local = local.title()
    domain = random.choice(_DOMAINS)
    email = f"{local}@{domain}"
    while email.casefold() in taken:
        email = f"{local}{random.randrange(2, 10_000)}@{domain}"
    taken.add(email.casefold())
    return email


def in_ascii(name: str) -> str:
    """A name in the letters a-z and digits; empty when the script has no simple transliteration."""
    letters = unicodedata.normalize("NFKD", name.casefold()).translate(_LATIN)
    return "".join(letter for letter in letters if letter.isascii() and letter.isalnum())


def make_addresses(random: Random, voices: Voices, person: Person) -> list[Json]:
    """None to three addresses of a customer, each with an `address_id`."""
    if person.story == "nothing":
        return []
    few = 1 if person.story != "usual" else 0
    count = max(few, random.choices((0, 1, 2, 3), weights=(15, 60, 20, 5))[0])
    return [_address(random, voices.of(person.locale), person) for _ in range(count)]


def _address(random: Random, faker: Faker, person: Person) -> Json:
    lines = [line.strip() for line in faker.street_address().splitlines()]
    return {
        "address_id": new_id(random, "adr"),
        "name": f"{person.forename} {person.surname}",
        "address_line_1": lines[0],
        "address_line_2": lines[1] if len(lines) > 1 else _perhaps(random, 0.2, f"Flat {random.randrange(1, 60)}"),
        "address_line_3": _perhaps(random, 0.05, "c/o Reception"),
        "postcode": faker.postcode(),
        "city": _perhaps(random, 0.9, _city(random, faker, person.locale)),
        "country": COUNTRIES[person.locale],
        "email": _perhaps(random, 0.5, person.email),
        "phone_number": _perhaps(random, 0.5, faker.phone_number()),
    }


def _city(random: Random, faker: Faker, locale: str) -> str:
    if locale == "it_IT":  # Faker's own choice of Italian cities differs from process to process, whatever the seed
        return random.choice(_ITALIAN_CITIES)
    return faker.city()


def _perhaps(random: Random, share: float, value: str) -> str | None:
    return value if random.random() < share else None
