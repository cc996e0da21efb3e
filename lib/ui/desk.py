"""The one desk of this process: settings, platform, records and writes, put together at the first visit."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from pydantic import SecretStr

from lib.platform.api import CustomerAPI
from lib.platform.cache import Shelves
from lib.platform.gateway import Gateway
from lib.platform.pace import Pace
from lib.records.directory import Directory
from lib.records.importing import Table, apply, plan
from lib.records.ledger import Ledger
from lib.records.store import Store
from lib.sandbox import Sandbox
from lib.settings import BadSettings, Settings, check_together, load_settings
from lib.work.fill import Fill
from lib.work.importer import Import
from lib.work.watch import Watch
from lib.work.writes import Writes

ROSTER = ("cust_id", "email", "forename", "surname")
"""The columns of the sandbox's list of customers."""


@dataclass
class Desk:
    """What the pages work with."""

    settings: Settings
    store: Store
    directory: Directory
    ledger: Ledger
    api: CustomerAPI
    writes: Writes
    fill: Fill
    watch: Watch
    importer: Import = field(default_factory=Import)
    sandbox: Sandbox | None = field(default=None)

    @property
    def platform(self) -> str:
        """The platform in use, as the identity line names it."""
        return "Sandbox" if self.sandbox else f"Platform, profile {self.settings.profile_id}"

    def close(self) -> None:
        """Lets every write end, then lets go of everything."""
        self.watch.stop()
        self.fill.cancel()
        self.writes.drain()
        self.importer.wait()
        self.api.close()
        if self.sandbox:
            self.sandbox.stop()
        self.store.close()


_desk: Desk | None = None
_ending = False
_lock = threading.Lock()


def the_desk() -> Desk:
    """The desk, opened by whoever asks first. Raises `BadSettings` or `WrongDatabase` with sentences to show."""
    global _desk
    with _lock:
        if _ending:
            raise BadSettings(["It is shutting down. Reload this page in a moment."])
        if _desk is None:
            _desk = _open(check_together(load_settings()))
        return _desk


def close_desk(*, for_good: bool = False) -> None:
    """Ends the desk, if it was opened: writes under way reach their end first. `for_good`: the process ends too, and
    a visitor who waits meanwhile must not open another one."""
    global _desk, _ending
    with _lock:
        _ending = for_good
        if _desk is not None:
            _desk.close()
            _desk = None


def _open(settings: Settings) -> Desk:
    store = Store(settings.database, profile=settings.profile_id or "sandbox")
    sandbox = _sandbox(settings) if settings.sandboxed else None
    gateway = Gateway(
        sandbox.base_url if sandbox else settings.base_url,
        SecretStr(sandbox.admin_key) if sandbox else settings.admin_key,
        sandbox.profile_id if sandbox else settings.profile_id,
        pace=Pace(),
    )
    directory, ledger = Directory(store), Ledger(store)
    api = CustomerAPI(gateway, shelves=Shelves(settings.cache_customers, settings.cache_seconds))
    writes, fill = Writes(api, directory, ledger), Fill(api, directory)
    desk = Desk(settings, store, directory, ledger, api, writes, fill, Watch(writes), sandbox=sandbox)
    if sandbox and not directory.overview().count:
        _import_roster(directory, sandbox)
    if not settings.needs_sign_in:
        desk.writes.settle_left_over()
        desk.watch.start()
    return desk


def _sandbox(settings: Settings) -> Sandbox:
    return Sandbox(
        settings.sandbox_file,
        customers=settings.sandbox_customers,
        big=settings.sandbox_big,
        latency_ms=settings.sandbox_latency_ms,
    ).start()


def _import_roster(directory: Directory, sandbox: Sandbox) -> None:
    """The sandbox's customers into an empty directory, the way an organiser's own list would come."""
    rows = [tuple(person[name] for name in ROSTER) for person in sandbox.roster()]
    mapping: dict[str, str | None] = {name: name for name in ROSTER}
    apply(plan(directory, Table(ROSTER, rows), mapping))
