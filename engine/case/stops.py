"""Suspensions as they begin, and their end: by a person, by the decision of the item, by the end of the case, with the
demands they stand for."""

from collections.abc import Mapping
from dataclasses import replace

from engine.case.act import Act, Notice
from engine.case.demanded import end_closed, idle_stops
from engine.case.lateness.stages import arm
from engine.case.parts.terms import DECIDED, ENDED, RESUMED, Stop
from engine.case.running import TASK, applies, count_again, limit_of, past_clocks, running_clocks, set_due
from engine.case.session_ends import leave
from engine.case.state import IN_REVIEW, OVER, WAITING, Case


def begin_stop(case: Case, act: Act, stop: Stop, limits: Mapping[str, str]) -> str:
    """The clocks a suspension is about stand still, all but those that are past their due instant; its number.

    ``limits`` are those of running clocks that the case does not keep yet.
    """
    case.limits |= limits
    number = str(len(case.suspensions) + 1)
    case.suspensions[number] = stop = replace(stop, past=past_clocks(case, act.at))
    for clock in list(running_clocks(case)):
        if clock.due is not None and applies(stop, clock) and limit_of(case, clock) is not None:
            set_due(case, clock, None, False)
    return number


def end_demands(case: Case, act: Act) -> bool:
    """Ends demands that are over, and suspensions no demand is left of; whether there was one. The applicant is told
    of those that a notice told about. Clocks do not go on yet."""
    end_closed(case, act)
    idle = idle_stops(case)
    for number, (how, sent) in idle.items():
        end_stop(case, act, number, how if how in {DECIDED, ENDED} else RESUMED, tell=sent)
    return bool(idle)


def end_settled(case: Case, act: Act) -> None:
    """Suspensions of items that are decided, of a case that has ended, of demands that are met, are over by that."""
    if not (case.suspensions or case.sessions or case.demands):
        return
    over = case.status in OVER
    leave(case, act, [code for code in case.items if over or _is_decided(case, code)])
    met, ended = end_demands(case, act), []
    for number, stop in case.suspensions.items():
        if stop.ended_at is None and (case.status in OVER or _is_decided(case, stop.item)):
            ended.append(number)
    for number in ended:
        end_stop(case, act, number, ENDED if case.status in OVER else DECIDED)
    if met or ended:
        go_on(case, act)


def end_stop(case: Case, act: Act, number: str, how: str, *, tell: bool = True) -> None:
    """Ends a suspension and tells the applicant."""
    stop = case.suspensions[number]
    case.suspensions[number] = replace(stop, ended_at=act.at, ended_by=how)
    if not tell:
        return
    told = {"number": case.number, "item": stop.item, "procedure": stop.procedure, "how": how}
    act.notices.append(Notice("clock_resumed", facts=told))


def go_on(case: Case, act: Act) -> None:
    """Gives the clocks that nothing stops any longer their due dates, and steps their timers."""
    stopped = [clock for clock in running_clocks(case) if clock.due is None]
    count_again(case, act, stopped)
    for clock in stopped:
        if clock.kind == TASK and case.tasks[clock.of].due_at is not None:
            arm(case, act, clock.of)


def _is_decided(case: Case, code: str) -> bool:
    item = case.items.get(code)
    return item is not None and (item.decision is not None or item.status not in {WAITING, IN_REVIEW})
