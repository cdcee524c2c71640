"""Notices about steps that wait, in words: reminders, rungs of a ladder, who handles it now, what silence decided."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from engine.catalogue.policies import CO_HANDLING, REASSIGNMENT, TAKE_OVER
from webapp.cases.escalation_words import Said, catalogue_step
from webapp.i18n import gettext as _
from webapp.words import instant

TITLES: Mapping[str, tuple[Any, str]] = {
    "step_reminded": (_l("办理提醒"), "amber"),
    "step_at_risk": (_l("临期督办"), "amber"),
    "step_overdue": (_l("超期提醒"), "red"),
    "step_joined": (_l("上级一并办理"), "amber"),
    "step_handed_over": (_l("已改由他人办理"), "amber"),
    "step_handed": (_l("改由您办理"), "red"),
    "step_deemed": (_l("逾期视为已答复"), "amber"),
    "deemed_objected": (_l("对“视为同意”提出异议"), "red"),
}
"""Template → title and colour."""
EFFECTS: Mapping[str, Any] = {
    CO_HANDLING: _l("请一并办理"), REASSIGNMENT: _l("已改派"), TAKE_OVER: _l("请接办"),
}  # fmt: skip


def stage_notice(template: str, facts: Mapping[str, Any]) -> Said | None:
    """A notice of these kinds in words; None for another."""
    if template not in TITLES:
        return None
    title, colour = TITLES[template]
    text = catalogue_step(str(facts.get("step", "")))
    if "due" in facts:
        text = _("%(step)s，应于 %(due)s 前办结", step=text, due=instant(facts["due"]))
    if template == "step_deemed":
        title = _("视为同意") if facts["decision"] == "agree" else _("视为不同意")
    effect = EFFECTS.get(str(facts.get("does", "")))
    return str(title), text if effect is None else _("%(words)s。%(effect)s", words=text, effect=effect), colour
