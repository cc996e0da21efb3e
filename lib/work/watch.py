"""Looks now and then at writes that may still turn out otherwise, for as long as the desk runs. It sends nothing."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from lib.logs import described
from lib.models import Operator
from lib.records.operations import Operation
from lib.work.writes import Writes

log = logging.getLogger(__name__)

EVERY = 30.0
"""Seconds between two rounds."""
SELF = Operator("the desk itself", "viewer")


class Watch:
    """A round looks at what is due: soon after the write often, later ever more seldom."""

    def __init__(self, writes: Writes, *, every: float = EVERY, clock: Callable[[], datetime] | None = None) -> None:
        self.writes, self.every = writes, every
        self.clock = clock or writes.ledger.clock
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()

    def round(self) -> int:
        """Looks at what is due now; how many that were. A new customer without an id cannot be looked up."""
        due = [operation for operation in self.writes.ledger.to_watch() if operation.cust_id and self._due(operation)]
        for operation in due:
            self.writes.look_again(operation, operator=SELF)
        return len(due)

    def _due(self, operation: Operation) -> bool:
        now, looked = self.clock(), operation.looked_at or operation.intent_at
        age = (now - (operation.sent_at or operation.intent_at)).total_seconds()
        return (now - looked).total_seconds() >= max(self.every, age / 4)

    def _run(self) -> None:
        while not self._ended.wait(self.every):
            try:
                self.round()
            except Exception as error:  # noqa: BLE001 (a thread's outermost edge: the next round tries again)
                log.error("a round of looks ended early: %s", described(error))
