"""Notices about late steps in words: nudges, explanations, write-offs."""

from collections.abc import Mapping
from typing import Any

from engine.catalogue import Offering
from engine.commands import APPLICANT
from webapp.cases.history import step_words
from webapp.context import engine
from webapp.i18n import gettext as _
from webapp.words import department_name

Said = tuple[str, str, str]
"""Title, text, colour."""


def notice_words(template: str, facts: Mapping[str, Any]) -> Said | None:
    """A notice of these kinds in words; None for another."""
    step = catalogue_step(str(facts.get("step", "")))
    if template == "step_nudged":
        by = str(facts.get("by", ""))
        who = _("申请人") if by == APPLICANT.id else department_name(by)
        said = _("%(who)s催办：%(step)s", who=who, step=step)
        message = str(facts.get("message", ""))
        return _("催办"), _("%(words)s。留言：%(message)s", words=said, message=message) if message else said, "amber"
    if template in {"step_returned", "material_replaced"}:
        return _("退回办理") if template == "step_returned" else _("材料已更新，请重新办理"), step, "amber"
    if template in {"case_withdrawn", "case_terminated"}:
        return (_("申请已撤销") if template == "case_withdrawn" else _("办理已终止")), "", "grey"
    if template == "escalation_explained":
        return _("督办已有说明"), step, "blue"
    return (_("督办已销号"), step, "green") if template == "escalation_written_off" else None


def catalogue_step(step_id: str) -> str:
    """A step by its name in today's catalogue; its id where that does not know it."""
    offering: Offering | None = engine().deployments.catalogue.offerings.get(step_id.partition(".")[0])
    return step_id if offering is None else step_words(offering, step_id)
