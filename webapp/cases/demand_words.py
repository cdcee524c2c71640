"""Corrections after the acceptance in words: lines of the journal, what a demand waits for."""

from collections.abc import Callable, Mapping, Sequence

from flask_babel import lazy_gettext as _l

from engine.case.correcting.demanding import DEMAND_DROPPED, DEMANDED
from engine.case.correcting.gathering import GATHERED, UNANSWERED
from engine.case.parts.demand import DECIDED, DROPPED, GONE, OVER, SUPPLIED, Demand
from engine.case.parts.terms import CORRECTION_ANSWER, GATHER
from engine.case.state import Case
from engine.catalogue import Offering
from engine.journal import Entry
from webapp.cases.clock_words import material_words
from webapp.i18n import gettext as _
from webapp.words import Words, colon, department_name, instant

Said = tuple[str, str, str]
"""What, note, tone."""

ENDED: Words = {
    SUPPLIED: _l("已补正"), DROPPED: _l("已撤回要求"), DECIDED: _l("已作出决定，不再要求"),
    GONE: _l("环节已取消，不再要求"), OVER: _l("办件已结束"),
}  # fmt: skip
"""How a demand ended."""
TERMS: Words = {GATHER: _l("汇总补正要求的期限"), CORRECTION_ANSWER: _l("申请人补正的期限")}
"""Terms of the case, for those who look after timers."""


def names(offering: Offering, case: Case, codes: Sequence[str]) -> str:
    """Materials by their names."""
    return _("、").join(material_words(offering, case, code) for code in codes)


def _demanded(entry: Entry, offering: Offering, case: Case) -> Said:
    facts = entry.facts
    what = _("要求申请人补正：%(materials)s", materials=names(offering, case, [*facts["materials"]]))
    said = [
        colon(material_words(offering, case, code), text) for code, text in facts["materials"].items() if text
    ]  # fmt: skip
    return what, _("；").join([str(facts["reason"]), *said]), "amber"


def _dropped(entry: Entry, offering: Offering, case: Case) -> Said:
    return _("撤回补正要求：%(materials)s", materials=names(offering, case, entry.facts["materials"])), "", ""


def _gathered(entry: Entry, offering: Offering, case: Case) -> Said:
    materials = names(offering, case, [*entry.facts["materials"]])
    asking = dict.fromkeys(one["department"] for asked in entry.facts["materials"].values() for one in asked)
    who = _("、").join(department_name(code) for code in asking)
    number = entry.facts["notice"]
    return _("发出第 %(n)s 份补正通知：%(materials)s（%(who)s）", n=number, materials=materials, who=who), "", "amber"


def _unanswered(entry: Entry, offering: Offering, case: Case) -> Said:
    return _("申请人逾期未补正，已告知要求补正的部门和牵头部门"), "", "red"


SAYS: Mapping[str, Callable[[Entry, Offering, Case], Said]] = {
    DEMANDED: _demanded, DEMAND_DROPPED: _dropped, GATHERED: _gathered, UNANSWERED: _unanswered,
}  # fmt: skip


def state_words(case: Case, one: Demand) -> tuple[str, str]:
    """What a demand waits for, or how it ended, and the colour of that."""
    if one.ended_at is not None:
        return str(ENDED[one.ended_by]), "green" if one.ended_by == SUPPLIED else "grey"
    if one.notice:
        due = case.terms[f"{CORRECTION_ANSWER}.{one.notice}"]
        words = _("已通知申请人，应于 %(due)s 前补正", due=instant(due.due_at))
        return words, "red" if due.overdue else "amber"
    due = next(term for term in case.terms.values() if term.kind == GATHER and term.ended_at is None)
    return _("%(due)s 前汇总通知申请人", due=instant(due.due_at)), "blue"
