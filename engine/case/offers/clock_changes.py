"""What an act on the clocks would change: tried on a copy of the case, nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.case.act import Act, LiveAnswers, Ports
from engine.case.handlers import APPLY, prepare
from engine.case.intent import Intent
from engine.case.state import Case
from engine.case.timekeeping.clock_view import ClockView, clocks_of
from engine.commands import ExtendClock, ResumeClock, SuspendClock, check_shape


@dataclass(frozen=True)
class Change:
    """A clock before the act and after it: another due date, or one that stops or goes on."""

    before: ClockView
    after: ClockView


def changed_by(
    case: Case, intent: Intent, command: SuspendClock | ResumeClock | ExtendClock, ports: Ports
) -> tuple[Change, ...]:
    """The clocks that would be due at another time, stop or go on; raises what the act itself would raise.

    ``case`` is changed by it: give a copy nobody else uses.
    """
    check_shape(command, intent.actor)
    before = _shown(case, intent)
    kind, facts = prepare(case, intent, command)
    act = Act(case.revision + 1, intent.instant, intent.actor.id, ports, LiveAnswers())
    APPLY[kind](case, facts, act)
    after = _shown(case, intent)
    moved = [key for key, clock in after.items() if key in before and _state(clock) != _state(before[key])]
    return tuple(Change(before[key], after[key]) for key in moved)


def _state(clock: ClockView) -> tuple[str | None, bool]:
    return clock.due, clock.stopped


def _shown(case: Case, intent: Intent) -> Mapping[tuple[str, str], ClockView]:
    clocks = clocks_of(case, intent.deployment.offering, intent.counting(), intent.instant)
    return {(clock.kind, clock.of): clock for clock in clocks}
