"""Notices of corrections after the acceptance, in words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.cases.escalation_words import Said, catalogue_step
from webapp.i18n import gettext as _
from webapp.words import colon, department_name, instant

TITLES: Mapping[str, tuple[Any, str]] = {
    "correction_window": (_l("有部门要求申请人补正"), "amber"),
    "materials_came": (_l("补正材料已到，恢复计时"), "blue"),
    "correction_unanswered": (_l("申请人逾期未补正"), "red"), "correction_gathered": (_l("补正通知"), "amber"),
}  # fmt: skip
"""Template → title and colour."""


def demand_notice(template: str, facts: Mapping[str, Any]) -> Said | None:
    """A notice of these kinds in words; None for another."""
    if template not in TITLES:
        return None
    title, colour = TITLES[template]
    text = catalogue_step(str(facts["step"])) if facts.get("step") else ""
    if template == "correction_window":
        text = _(
            "%(who)s要求申请人补正。本部门也有要求的，请在 %(due)s 前提出，一并通知申请人",
            who=department_name(facts["by"]), due=instant(facts["due"]),
        )  # fmt: skip
    elif template == "correction_unanswered":
        due = _("申请人应于 %(due)s 前补正，没有补齐；计时仍中止", due=instant(facts["due"]))
        text = colon(text, due) if text else due
    return str(title), text, colour
