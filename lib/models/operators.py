"""The people at the screen, and what their role allows."""

from __future__ import annotations

from dataclasses import dataclass

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
