"""Customers, what may be corrected of them, and their saved addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import ClassVar

from lib.models.documents import Json, Odd, text


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
