"""Fills in the names of customers of whom the directory has only the id, in the background, under the rate limit."""

from __future__ import annotations

import logging
import threading

from lib.logs import described
from lib.platform.api import CustomerAPI
from lib.platform.errors import NotFound, PlatformError, Unreadable
from lib.records.directory import Directory

log = logging.getLogger(__name__)


class Fill:
    """One walk over the unnamed entries; asked at any time how far it is. People's requests always go first."""

    def __init__(self, api: CustomerAPI, directory: Directory) -> None:
        self.api, self.directory = api, directory
        self.done = self.missing = self.total = 0
        self.stopped_by: PlatformError | None = None
        self.failed = False
        self._cancelled = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begins at the entries that are still unnamed; does nothing while a walk is going on."""
        if not self.running:
            self.done = self.missing = 0
            self.stopped_by, self.failed = None, False
            self._cancelled.clear()
            self._thread = threading.Thread(target=self._guarded, name="fill", daemon=True)
            self._thread.start()

    @property
    def stopped(self) -> bool:
        """Whether the latest walk was ended by a person."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        self._cancelled.set()

    def _guarded(self) -> None:
        try:
            self._walk()
        except Exception as error:  # noqa: BLE001 (a thread's outermost edge: what was filled stays, the rest is told)
            log.error("filling in names was not carried to its end: %s", described(error))
            self.failed = True

    def _walk(self) -> None:
        unnamed = self.directory.unnamed(200_000)
        self.total = len(unnamed)
        for cust_id in unnamed:
            if self._cancelled.is_set():
                return
            try:
                self.directory.saw(self.api.customer(cust_id, background=True).value, "import")
            except (NotFound, Unreadable):
                self.missing += 1
            except PlatformError as error:
                self.stopped_by = error
                return
            self.done += 1
