"""APScheduler as alarm clock: one job set to the next due instant, one heartbeat; a watch that hears of earlier ones.

Deadlines are rows; the scheduler keeps none of them. So start-up loads nothing, memory does not grow with the
number of open deadlines, and a lost or doubled job can neither lose nor double one: whoever wakes sweeps what is due.
"""

import logging
import time
from datetime import UTC, datetime, timedelta
from random import uniform
from threading import Event, Lock, Thread

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from engine.clock import system_clock
from engine.engine import Engine
from timers.sweep import deliver, sweep

log = logging.getLogger(__name__)

POLL_SECONDS = 1
HEARTBEAT_SECONDS = 60
JITTER = 0.2
"""Share by which polls and heartbeats vary, so that several schedulers do not wake together."""
SHORTEST_WAIT = timedelta(seconds=1)
"""A timer that is due but cannot be fired now (held by another sweep) must not make the alarm ring without pause."""
JUMP = timedelta(seconds=2)
"""By how much the machine's clock must have moved against the passing of time to count as set."""

ALARM, HEARTBEAT = "alarm", "heartbeat"
JOB_SETTINGS = {"coalesce": True, "max_instances": 2, "misfire_grace_time": None}
"""However late a job runs, it runs, and once: APScheduler's own defaults drop a job that is over a second late, and one
that comes due while its last run has just set it anew and not quite ended."""


class Alarm:
    """Wakes the sweep at the next due instant, at the latest every ``HEARTBEAT_SECONDS``.

    APScheduler counts by the machine's clock, which can be set: set back by an hour, its jobs wait an hour longer. The
    watch counts the time that passes. Each second it looks for an earlier timer (on PostgreSQL it is told at once) and
    whether the clock has moved. After a laptop slept for three days there is one sweep, not thousands.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._next: datetime | None = None
        self._turn = Lock()
        self._stopped = Event()
        self._wakeups = engine.timers.wakeups()
        self._watch = Thread(target=self._keep_watch, name="deadlines", daemon=True)
        self._scheduler = BackgroundScheduler(timezone=UTC, job_defaults=JOB_SETTINGS)

    def start(self) -> None:
        """Sweeps what is due already and starts waiting."""
        self._scheduler.start()
        self._set_heartbeat()
        self.ring()
        self._watch.start()

    def stop(self) -> None:
        """Waits for a running sweep, then stops."""
        self._stopped.set()
        self._wakeups.close()
        self._watch.join()
        self._scheduler.shutdown(wait=True)

    def ring(self) -> None:
        """Sweeps, delivers notices, and sets the alarm to the next due instant.

        A database out of reach is logged and tried again with the next second; the alarm never stops by itself.
        """
        try:
            with self._turn:
                self._ring()
        except Exception:
            log.exception("the sweep failed and will be tried again")

    def _ring(self) -> None:
        swept = sweep(self._engine)
        delivered = deliver(self._engine)
        if swept.fired or swept.failed or delivered:
            log.info("fired %d, failed %d, delivered %d", swept.fired, swept.failed, delivered)
        self._set(self._engine.due())

    def look(self) -> None:
        """Another process may have written an earlier timer, or a notice; the clock may have jumped."""
        try:
            with self._turn:
                self._look()
        except Exception:
            log.exception("looking for due timers failed and will be tried again")

    def _look(self) -> None:
        earliest = self._engine.due()
        if earliest is not None and earliest <= self._engine.read.now():
            self._ring()
            return
        deliver(self._engine)
        if earliest != self._next:
            self._set(earliest)

    def _keep_watch(self) -> None:
        offset = _offset()
        while not self._stopped.is_set():
            self._wait()
            if self._stopped.is_set():
                break
            if abs((moved := _offset()) - offset) > JUMP:
                log.warning("the machine's clock was set by %+.0f s", (moved - offset).total_seconds())
                offset = moved
                self._next = None
                self._set_heartbeat()
            self.look()

    def _wait(self) -> None:
        seconds = POLL_SECONDS * uniform(1 - JITTER, 1)
        try:
            self._wakeups.wait(seconds)
        except Exception:
            log.exception("not told of earlier deadlines, only looking for them")
            self._stopped.wait(seconds)

    def _set_heartbeat(self) -> None:
        every = IntervalTrigger(seconds=HEARTBEAT_SECONDS, jitter=HEARTBEAT_SECONDS * JITTER, timezone=UTC)
        self._scheduler.add_job(self.ring, every, id=HEARTBEAT, replace_existing=True)

    def _set(self, due: datetime | None) -> None:
        self._next = due
        if due is None:
            if self._scheduler.get_job(ALARM) is not None:
                self._scheduler.remove_job(ALARM)
            return
        # The scheduler lives by the machine's clock, deadlines by the engine's: what counts is the time in between.
        left = due - self._engine.read.now()
        instant = system_clock() + (left if left > timedelta() else SHORTEST_WAIT)
        self._scheduler.add_job(self.ring, DateTrigger(instant, timezone=UTC), id=ALARM, replace_existing=True)


def _offset() -> timedelta:
    """The machine's clock against the passing of time: it changes when the clock is set, or the machine slept."""
    return system_clock() - datetime.fromtimestamp(time.monotonic(), UTC)
