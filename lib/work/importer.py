"""Carries an import out on a thread of its own, so that no click on a page can end it half way."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime

from lib.logs import described
from lib.records.importing import Counts, Plan, apply

log = logging.getLogger(__name__)


class Import:
    """The desk's one import at a time; asked at any time how far it is and, at the end, what it did."""

    def __init__(self) -> None:
        self.done = self.total = 0
        self.counts: Counts | None = None
        self.failed = False
        self.ended: datetime | None = None
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self, planned: Plan) -> bool:
        """Begins; False, and nothing done, while another one is going on."""
        if self.running:
            return False
        self.done, self.total, self.counts, self.failed = 0, len(planned.writes), None, False
        self._thread = threading.Thread(target=self._run, args=(planned,), name="import")
        self._thread.start()
        return True

    def wait(self) -> None:
        """Until it has ended."""
        if self._thread is not None:
            self._thread.join()

    def _run(self, planned: Plan) -> None:
        try:
            self.counts = apply(planned, self._progress)
        except Exception as error:  # noqa: BLE001 (a thread's outermost edge: what was written stays, the rest is told)
            log.error("an import was not carried to its end: %s", described(error))
            self.failed = True
        self.ended = datetime.now(UTC)

    def _progress(self, done: int, _total: int) -> None:
        self.done = done
