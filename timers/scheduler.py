"""APScheduler as alarm clock: one job set to the next due instant, one that looks whether an earlier one was written.

Deadlines are rows; the scheduler keeps none of them. So start-up loads nothing, memory does not grow with the
number of open deadlines, and a lost or doubled job can neither lose nor double one: whoever wakes sweeps what is due.
"""

import logging
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from engine.clock import system_clock
from engine.engine import Engine
from timers.sweep import sweep

log = logging.getLogger(__name__)

POLL_SECONDS = 1
HEARTBEAT_SECONDS = 60
SHORTEST_WAIT = timedelta(seconds=1)
"""A timer that is due but cannot be fired now (held by another sweep) must not make the alarm ring without pause."""

ALARM, POLL, HEARTBEAT = "alarm", "poll", "heartbeat"


class Alarm:
    """Wakes the sweep at the next due instant, at the latest every ``HEARTBEAT_SECONDS``.

    Jobs run one at a time and coalesce: after a laptop slept for three days there is one sweep, not thousands.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._next: datetime | None = None
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler = BackgroundScheduler(timezone=UTC, job_defaults=defaults)

    def start(self) -> None:
        """Sweeps what is due already and starts waiting."""
        self._scheduler.add_job(self.ring, IntervalTrigger(seconds=HEARTBEAT_SECONDS, timezone=UTC), id=HEARTBEAT)
        self._scheduler.add_job(self.look, IntervalTrigger(seconds=POLL_SECONDS, timezone=UTC), id=POLL)
        self._scheduler.start()
        self.ring()

    def stop(self) -> None:
        """Waits for a running sweep, then stops."""
        self._scheduler.shutdown(wait=True)

    def ring(self) -> None:
        """Sweeps, delivers notices, and sets the alarm to the next due instant.

        A database out of reach is logged and tried again with the next second; the alarm never stops by itself.
        """
        try:
            self._ring()
        except Exception:
            log.exception("the sweep failed and will be tried again")

    def _ring(self) -> None:
        swept = sweep(self._engine)
        delivered = self._engine.outbox.deliver_in_app(self._engine.read.now())
        if swept.fired or swept.failed or delivered:
            log.info("fired %d, failed %d, delivered %d", swept.fired, swept.failed, delivered)
        self._set(self._engine.due())

    def look(self) -> None:
        """Another process may have written an earlier timer, or a notice; the clock may have jumped."""
        try:
            self._look()
        except Exception:
            log.exception("looking for due timers failed and will be tried again")

    def _look(self) -> None:
        earliest = self._engine.due()
        if earliest is not None and earliest <= self._engine.read.now():
            self.ring()
            return
        self._engine.outbox.deliver_in_app(self._engine.read.now())
        if earliest != self._next:
            self._set(earliest)

    def _set(self, due: datetime | None) -> None:
        self._next = due
        if due is None:
            if self._scheduler.get_job(ALARM) is not None:
                self._scheduler.remove_job(ALARM)
            return
        # The scheduler lives by the machine's clock, deadlines by the engine's: what counts is the time in between.
        instant = system_clock() + max(due - self._engine.read.now(), SHORTEST_WAIT)
        self._scheduler.add_job(self.ring, DateTrigger(instant, timezone=UTC), id=ALARM, replace_existing=True)
