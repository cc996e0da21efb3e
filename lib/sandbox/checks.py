"""Owns what the sandbox accepts: the fields of bodies and queries, and the refusals that name what is wrong."""

import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

Json = dict[str, Any]

DETAILS = ("forename", "surname", "email")
ADDRESS_REQUIRED = ("name", "address_line_1", "postcode", "country")
ADDRESS_OPTIONAL = ("address_line_2", "address_line_3", "city", "email", "phone_number")
_LONGEST = {"email": 254, "postcode": 32, "phone_number": 64}
_LONGEST_OTHER = 255
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_COUNT = re.compile(r"-?\d{1,9}", re.ASCII)


class Refused(Exception):
    """A request the platform does not fulfil: the status, the message and the text for each field at fault."""

    def __init__(self, status: int, message: str, errors: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors or {}


def body_of(content: bytes) -> Json:
    """The JSON object in a request's body. Refused (400) if it is anything else."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        raise Refused(400, "The body is not JSON") from None
    if not isinstance(body, dict):
        raise Refused(400, "The body is not a JSON object")
    return body


def details_of(body: Json) -> dict[str, str]:
    """Forename, surname and email, all three. Refused (400) with a text for each field at fault."""
    return _checked(body, DETAILS, ())


def address_of(body: Json) -> Json:
    """The nine fields of an address, null where optional and absent. Refused (400) like `details_of`."""
    return _checked(body, ADDRESS_REQUIRED, ADDRESS_OPTIONAL)


def required(values: Mapping[str, Any], name: str) -> str:
    """One non-blank text value, such as an id. Refused (400) if it is missing."""
    value = values.get(name)
    if fault := _fault(name, value):
        raise Refused(400, f"{name} {fault}", {name: fault})
    return str(value)


def count_of(query: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    """A whole number of the query between `least` and `most`. Refused (400) otherwise."""
    text = query.get(name, str(default))
    if not _COUNT.fullmatch(text):
        raise _bad(name, "must be a whole number")
    if int(text) < least:
        raise _bad(name, f"must be at least {least}")
    if int(text) > most:
        raise _bad(name, f"must be at most {most}")
    return int(text)


def days_of(query: Mapping[str, str]) -> tuple[str, str]:
    """`date_from` and the day after `date_to` as text that compares with `created_at`. Refused (400) if no dates."""
    since, until = _day(query, "date_from"), _day(query, "date_to")
    if until is None or until == date.max:
        return _text(since), "9999-99"
    return _text(since), _text(until + timedelta(1))


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(query: Mapping[str, str], name: str) -> date | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _bad(name, "must be a date: YYYY-MM-DD")


def _checked(body: Json, needed: tuple[str, ...], optional: tuple[str, ...]) -> Json:
    given = [name for name in optional if body.get(name) is not None]
    faults = {name: _fault(name, body.get(name), blank=name in optional) for name in (*needed, *given)}
    errors = {name: fault for name, fault in faults.items() if fault}
    if errors:
        raise Refused(400, "Validation failed", errors)
    return {name: body.get(name) for name in (*needed, *optional)}


def _fault(name: str, value: object, *, blank: bool = False) -> str:
    if value is None or (value == "" and not blank):
        return "is required"
    if not isinstance(value, str) or any("\ud800" <= letter <= "\udfff" for letter in value):
        return "must be text"
    if not value.strip() and not blank:
        return "must not be blank"
    longest = _LONGEST.get(name, _LONGEST_OTHER)
    if len(value) > longest:
        return f"must be at most {longest} characters"
    if name == "email" and value and not _EMAIL.fullmatch(value):
        return "must be an e-mail address"
    return ""


def _bad(name: str, fault: str) -> Refused:
    return Refused(400, f"{name} {fault}", {name: fault})
