"""The sandbox: an embedded double of the ticketing platform, with made-up customers, over real HTTP on loopback."""

from lib.sandbox.server import Sandbox
from lib.sandbox.traffic import Request

__all__ = ["Request", "Sandbox"]
