"""Deemed acceptance: nobody answered within 5 working days, so the application counts as accepted as of the day of
receipt (行政许可法 32). The engine does that by itself when offices open on the working day after the fifth.
"""

from collections.abc import Mapping
from dataclasses import replace

from engine.case.act import Act, Notice
from engine.case.deployment import Deployment
from engine.case.intake import MISSING, accept_facts, missing_lines, take_up
from engine.case.parts.terms import ANSWER, DEEMED
from engine.case.pledging import drop, unwritten
from engine.case.policy import WINDOW, WINDOW_CLERK
from engine.case.state import Case
from engine.errors import NotPossible
from engine.journal import Json

HEAD = "head"
DEEMED_KIND = "ApplicationDeemedAccepted"


def is_deemed(case: Case, now: str) -> bool:
    """Whether the time to answer is over, raised or not: an acceptance is one as of the receipt then."""
    return DEEMED in case.timers and case.timers[DEEMED].due_at <= now


def require_in_time(case: Case, now: str) -> None:
    """A correction can be asked for, or acceptance declined, within the 5 working days only."""
    term = case.terms.get(ANSWER)
    if term is not None and term.ended_at is None and term.due_at < now:
        raise NotPossible(
            "case.deemed", "收件已满五个工作日，视为自收件之日起受理",
            "five working days have passed: the application counts as accepted as of its receipt", case.number,
        )  # fmt: skip


def deemed_facts(case: Case, deployment: Deployment) -> dict[str, Json]:
    """What an acceptance says, the day of receipt, and what is missing."""
    unpromised = unwritten(case)
    written = {code: one for code, one in case.pledges.items() if code not in unpromised}
    missing = [line.code for line in missing_lines(replace(case, pledges=written), deployment)]
    return {
        **accept_facts(case, deployment), "since": case.received_at or case.submitted_at,
        **({"missing": missing} if missing else {}), **({"unpromised": unpromised} if unpromised else {}),
    }  # fmt: skip


def deemed_accepted(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """ApplicationDeemedAccepted: clocks run from the receipt; the window and the lead department are told."""
    deployment = act.ports.deployment(case.version)
    drop(case, facts.get("unpromised", ()))
    case.materials = {**case.materials, **dict.fromkeys(facts.get("missing", ()), MISSING)}
    act.since = str(facts["since"])
    take_up(case, facts, act)
    told = {"number": case.number, "since": act.since, "missing": len(facts.get("missing", ()))}
    act.notices.append(Notice("case_deemed_accepted", facts=told))
    for department, role in ((WINDOW, WINDOW_CLERK), (deployment.offering.lead_department, HEAD)):
        act.notices.append(Notice("case_deemed_accepted", department=department, role=role, facts=told))
