"""容缺受理: a material that was to follow, and did not in time."""

from collections.abc import Mapping
from dataclasses import replace

from engine.case.act import Act, Notice
from engine.case.policy import WINDOW, WINDOW_CLERK
from engine.case.state import Case
from engine.journal import Json


def overdue(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """DeferredMaterialOverdue: window and applicant are told, once; the material is still owed."""
    timer = case.timers.pop(facts["timer"])
    case.terms[timer.id] = term = replace(case.terms[timer.id], overdue=True)
    told = {"number": case.number, "material": term.of, "due": term.due_at}
    act.notices.append(Notice("deferred_overdue", department=WINDOW, role=WINDOW_CLERK, facts=told))
    act.notices.append(Notice("deferred_overdue", facts=told))
