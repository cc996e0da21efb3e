"""Owns the command `python -m lib.sandbox`: the sandbox as a process of its own, until Ctrl-C or SIGTERM."""

import signal
from argparse import ArgumentParser, Namespace
from contextlib import suppress
from pathlib import Path
from threading import Event

from lib.sandbox.server import Sandbox


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m lib.sandbox", description="A made-up ticketing platform to try the desk on")
    parser.add_argument("--port", type=int, default=8600)
    parser.add_argument("--file", type=Path, default=Path("var/sandbox.db"), help="made and filled if not there")
    parser.add_argument("--customers", type=int, default=2000, help="how many, in a new file")
    parser.add_argument("--big", type=int, default=5000, help="orders of the biggest customer, in a new file")
    parser.add_argument("--latency-ms", type=int, default=0, help="delay of every answer")
    parser.add_argument("--admin-key", default="sandbox")
    parser.add_argument("--profile", default="sandbox")
    return parser.parse_args()


def _serve(wanted: Namespace) -> None:
    sandbox = Sandbox(
        wanted.file,
        customers=wanted.customers,
        big=wanted.big,
        latency_ms=wanted.latency_ms,
        port=wanted.port,
        admin_key=wanted.admin_key,
        profile_id=wanted.profile,
    )
    with sandbox:
        print(f"DIFFERENT_BREED_BASE_URL={sandbox.base_url}")
        print(f"DIFFERENT_BREED_ADMIN_KEY={wanted.admin_key}")
        print(f"DIFFERENT_BREED_PROFILE_ID={wanted.profile}", flush=True)
        Event().wait()


def main() -> None:
    """Run the sandbox until it is told to end."""
    wanted = _arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        _serve(wanted)


if __name__ == "__main__":
    main()
