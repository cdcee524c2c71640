"""The sweep: lease what is due, fire each timer in its own transaction, once."""

import logging
from dataclasses import dataclass

from engine.commands import SYSTEM, FireTimer
from engine.engine import Engine
from engine.errors import AlreadyDone, BinglianError
from engine.store.operations import DueTimer

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Swept:
    """What one sweep did: timers fired, timers that were no longer armed, timers that failed."""

    fired: int = 0
    cleared: int = 0
    failed: int = 0


def sweep(engine: Engine) -> Swept:
    """Fires everything that is due now, in order of due instants; a failing timer holds nobody up."""
    total = Swept()
    while batch := engine.lease():
        results = [_fire(engine, due) for due in batch]
        total = Swept(
            total.fired + results.count("fired"), total.cleared + results.count("cleared"),
            total.failed + results.count("failed"),
        )  # fmt: skip
        if results.count("failed") == len(results):
            break
    return total


def _fire(engine: Engine, due: DueTimer) -> str:
    try:
        engine.execute(FireTimer(due.case_id, due.timer_id), SYSTEM)
    except AlreadyDone:
        return "cleared"
    except BinglianError as error:
        log.warning("timer %s of case %s failed: %s", due.timer_id, due.case_id, error.code)
        engine.timers.fail(due, error.code)
        return "failed"
    except Exception as error:  # one broken case must not keep everybody else's deadlines from firing
        log.exception("timer %s of case %s failed", due.timer_id, due.case_id)
        engine.timers.fail(due, type(error).__name__)
        return "failed"
    return "fired"
