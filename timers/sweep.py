"""The sweep: lease what is due, fire each timer once, those of one instant together; hand the notices over."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from engine.commands import SYSTEM, FireTimer
from engine.engine import Engine
from engine.errors import AlreadyDone, BinglianError
from engine.store.operations import DueTimer

log = logging.getLogger(__name__)

TOGETHER = 20
"""Timers one transaction fires at most: their cases are locked while it lasts."""


@dataclass(frozen=True)
class Swept:
    """What one sweep did: timers fired, timers that were no longer armed, timers that failed."""

    fired: int = 0
    cleared: int = 0
    failed: int = 0


def sweep(engine: Engine) -> Swept:
    """Fires everything that is due now, in order of due instants; a failing timer holds nobody up.

    At most ``settings.timer_batch`` timers are held at a time, so several sweeps share a storm. When a whole batch
    fails, the cause is not these timers: the sweep ends.
    """
    total = Swept()
    while batch := engine.lease():
        results = [result for group in _groups(batch) for result in _fire_together(engine, group)]
        total = Swept(
            total.fired + results.count("fired"), total.cleared + results.count("cleared"),
            total.failed + results.count("failed"),
        )  # fmt: skip
        if results.count("failed") == len(results):
            break
    return total


def deliver(engine: Engine) -> int:
    """Delivers all waiting notices to the inboxes, some hundred in a transaction; returns how many."""
    total = 0
    while delivered := engine.outbox.deliver_in_app(engine.read.now()):
        total += delivered
    return total


def _groups(batch: Sequence[DueTimer]) -> Iterator[list[DueTimer]]:
    """Timers of different cases that are due at the same instant, at most ``TOGETHER``, in the order of their cases."""
    for _, same in groupby(batch, key=lambda due: due.due_at):
        ranks: dict[int, list[DueTimer]] = {}
        seen: Counter[str] = Counter()
        for due in same:
            ranks.setdefault(seen[due.case_id], []).append(due)
            seen[due.case_id] += 1
        for rank in ranks.values():
            yield from (rank[start : start + TOGETHER] for start in range(0, len(rank), TOGETHER))


def _fire_together(engine: Engine, group: list[DueTimer]) -> list[str]:
    """In one transaction what comes due together; one by one when that fails, so that each fails or fires alone."""
    if len(group) > 1:
        try:
            engine.fire_together(group)
        except Exception:
            log.info("%d timers cannot be fired together; now one by one", len(group), exc_info=True)
        else:
            return ["fired"] * len(group)
    return [_fire(engine, due) for due in group]


def _fire(engine: Engine, due: DueTimer) -> str:
    try:
        engine.execute(FireTimer(due.case_id, due.timer_id), SYSTEM)
    except AlreadyDone:
        return "cleared"
    except BinglianError as error:
        log.warning("timer %s of case %s failed: %s", due.timer_id, due.case_id, error.code)
        engine.timers.fail(due, error.code, engine.read.now())
        return "failed"
    except Exception as error:  # one broken case must not keep everybody else's deadlines from firing
        log.exception("timer %s of case %s failed", due.timer_id, due.case_id)
        engine.timers.fail(due, type(error).__name__, engine.read.now())  # raises when it is the database that is gone
        return "failed"
    return "fired"
