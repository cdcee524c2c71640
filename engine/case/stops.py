"""The end of suspensions: by a person, by the decision of the item, by the end of the case."""

from dataclasses import replace

from engine.case.act import Act, Notice
from engine.case.running import TASK, count_again, running_clocks
from engine.case.stages import arm
from engine.case.state import IN_REVIEW, OVER, WAITING, Case
from engine.case.terms import DECIDED, ENDED


def end_settled(case: Case, act: Act) -> None:
    """Suspensions of items that are decided, and of a case that has ended, are over by that."""
    ended = []
    for number, stop in case.suspensions.items():
        if stop.ended_at is None and (case.status in OVER or _is_decided(case, stop.item)):
            ended.append(number)
    for number in ended:
        end_stop(case, act, number, ENDED if case.status in OVER else DECIDED)
    if ended:
        go_on(case, act)


def end_stop(case: Case, act: Act, number: str, how: str) -> None:
    """Ends a suspension and tells the applicant."""
    stop = case.suspensions[number]
    case.suspensions[number] = replace(stop, ended_at=act.at, ended_by=how)
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
