"""What can go wrong with the platform, named by what the operator should do next. The gateway alone raises these.

    PlatformError
    ├── NotFound         no such customer, address or order: check the id
    ├── Rejected         the platform refused, with its reason, perhaps by field: correct it
    ├── Denied           the key or the profile is refused: tell whoever keeps the settings
    ├── Busy             the rate limit: try again in some seconds; nothing was sent or it was refused
    ├── Unavailable      not reached, or a read that was not answered: nothing was changed
    ├── OutcomeUnknown   a write that may or may not have happened: do not repeat it, look
    └── Unreadable       an answer to a read that cannot be trusted: tell whoever keeps the desk

The text of an error is for logs: it never holds personal data or the key. `Rejected.reason` and `Rejected.fields`
are the platform's own words, for the screen only, as text.
"""

from __future__ import annotations

from collections.abc import Mapping


class PlatformError(Exception):
    """Anything that kept the platform from doing what it was asked."""


class NotFound(PlatformError):
    """The platform knows no such thing."""


class Rejected(PlatformError):
    """The platform refused; `fields` maps a field's name to what is wrong with it."""

    def __init__(self, reason: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__("refused by the platform")
        self.reason, self.fields = reason, dict(fields or {})


class Denied(PlatformError):
    """The platform does not accept the key or the profile."""


class Busy(PlatformError):
    """Too many requests; worth another try after `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("the rate limit is used up")
        self.retry_after = retry_after


class Unavailable(PlatformError):
    """The platform could not be reached or did not answer a read; nothing was changed."""


class OutcomeUnknown(PlatformError):
    """A write left us and no clear answer came back."""


class Unreadable(PlatformError):
    """An answer that is not what was asked for."""
