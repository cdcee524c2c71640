"""The words of escalations: what a rung did, who was told, what is waited for."""

from typing import Any

from flask_babel import lazy_gettext as _l

from engine.case.parts.escalation import Escalation
from engine.catalogue.policies import CO_HANDLING, NOTICE, REASSIGNMENT, TAKE_OVER
from webapp.i18n import gettext as _
from webapp.words import Words, department_name, role_name

DOES: Words = {
    NOTICE: _l("仅通知"), CO_HANDLING: _l("协办"), REASSIGNMENT: _l("改派"), TAKE_OVER: _l("提级办理"),
}  # fmt: skip
"""What a rung of a ladder does, in a word."""
MEANS: Words = {
    NOTICE: _l("告知，办理人不变"), CO_HANDLING: _l("被告知的岗位可以一并办理"),
    REASSIGNMENT: _l("改由其他岗位办理"), TAKE_OVER: _l("由被告知的岗位接办"),
}  # fmt: skip
OPEN_STATES: tuple[tuple[str, Any, str], ...] = (
    ("acknowledged_at", _l("待签收"), "red"), ("explained_at", _l("待说明"), "amber"),
)  # fmt: skip
"""What an open escalation waits for first: the field that is empty then, words, colour."""


def state_words(record: Escalation, step_open: bool) -> tuple[str, str]:
    """What it waits for, and the colour of that."""
    if record.written_off_at is not None:
        return _("已销号"), "green"
    for name, words, colour in OPEN_STATES:
        if getattr(record, name) is None:
            return str(words), colour
    return (_("环节在办"), "amber") if step_open else (_("可销号"), "blue")


def post_words(department: str, role: str) -> str:
    """``消防救援局科室负责人``; the department alone when it is told as a whole."""
    if not role:
        return department_name(department)
    return _("%(department)s%(role)s", department=department_name(department), role=role_name(role))
