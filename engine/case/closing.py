"""The end of a case: after the delivery, or because its diagram has come to an end without one."""

from engine.case.act import Act, Notice
from engine.case.deployment import Deployment
from engine.case.following import follow_up
from engine.case.items import abandon_open_items, outcome_of
from engine.case.state import CLOSED, Case
from engine.case.steps import live_flow
from engine.case.stops import end_settled


def close_case(case: Case, act: Act) -> None:
    """Closes it with the outcome of its items, and tells the applicant."""
    case.status, case.closed_at, case.outcome = CLOSED, act.at, outcome_of(case)
    act.notices.append(Notice("case_closed", facts={"number": case.number, "outcome": case.outcome}))


def end_if_over(case: Case, deployment: Deployment, act: Act) -> None:
    """Closes a case whose diagram has ended without a delivery (a terminate end event, an event that ended the rest).

    What was not decided was not reached, and results that were provisional are void. Suspensions of what is decided
    end.
    """
    if case.status != CLOSED and live_flow(case, deployment).ended:
        abandon_open_items(case, act)
        close_case(case, act)
    follow_up(case, act)
    end_settled(case, act)
