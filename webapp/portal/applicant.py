"""What an applicant can do on the tracking page: urge the departments whose steps are past their limit (催办)."""

from engine.case.answers.nudging import Today, nudgeable
from engine.commands import APPLICANT, NudgeStep
from engine.errors import AlreadyDone, NotPossible
from engine.reader import CaseView
from webapp.context import engine
from webapp.errors import message_of
from webapp.i18n import gettext as _


def may_nudge(view: CaseView) -> bool:
    """Whether there is a step to urge, and nobody did so today."""
    return bool(nudgeable(view.case, view.deployment, APPLICANT, Today(engine().read.calendar, view.now)))


def nudged(case_id: str) -> str:
    """Urges them, or does not; says which. The number and query code of the case have been checked."""
    try:
        engine().execute(NudgeStep(case_id), APPLICANT)
    except (AlreadyDone, NotPossible) as error:
        return message_of(error)
    return _("已向超时的部门发出催办。")
