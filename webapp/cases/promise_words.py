"""Promises, their checks and revocations in words (告知承诺): lines of the journal, notices."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from engine.case.commitment.checking import CHECKED, LATE, REMINDED
from engine.case.commitment.choosing import CHOSEN
from engine.case.commitment.revoking import REVOKED_KIND
from engine.case.parts.pledge import CORRECTABLE, FALSE, KEPT
from engine.case.state import Case
from engine.catalogue import Offering
from engine.journal import Entry
from webapp.context import engine
from webapp.i18n import gettext as _
from webapp.words import day, department_name, instant, local, role_name

Said = tuple[str, str, str]
"""What, note, tone; of a notice title, text, colour."""

OUTCOME: Mapping[str, Any] = {
    KEPT: _l("符合承诺"), CORRECTABLE: _l("可以整改，限期整改后再次核查"), FALSE: _l("承诺不实"),
}  # fmt: skip
TONES: Mapping[str, str] = {KEPT: "green", CORRECTABLE: "amber", FALSE: "red"}

NOTICES: Mapping[str, tuple[Any, str]] = {
    "check_due": (_l("需要核查承诺"), "blue"), "check_reminded": (_l("请核查承诺"), "amber"),
    "check_overdue": (_l("承诺核查逾期"), "red"), "commitment_kept": (_l("核查：符合承诺"), "green"),
    "commitment_correctable": (_l("核查：请限期整改"), "amber"), "commitment_false": (_l("核查：承诺不实"), "red"),
    "result_revoked": (_l("结果已被撤销"), "red"),
}  # fmt: skip
"""Template → title and colour."""


def promise_notice(template: str, facts: Mapping[str, Any]) -> Said | None:
    """A notice of these kinds in words; None for another."""
    if template not in NOTICES:
        return None
    title, colour = NOTICES[template]
    item = item_name(str(facts["item"]))
    text = _("%(item)s，应于 %(due)s 前核查", item=item, due=instant(facts["due"])) if "check" in facts else item
    note = str(facts.get("findings") or facts.get("reason") or "")
    return str(title), _("%(words)s。%(effect)s", words=text, effect=note) if note else text, colour


def item_name(code: str) -> str:
    """An item by its short name in today's catalogue."""
    found = engine().deployments.catalogue.items.get(code)
    return code if found is None else local(found, "short")


def _names(offering: Offering, codes: list[str]) -> str:
    return str(_("、")).join(local(offering.item(code), "short") for code in codes)


def _chosen(entry: Entry, offering: Offering, case: Case) -> Said:
    items = _names(offering, entry.facts["items"])
    return (_("改为以告知承诺方式办理：%(items)s", items=items) if items else _("不再以告知承诺方式办理")), "", ""


def _checked(entry: Entry, offering: Offering, case: Case) -> Said:
    outcome = str(entry.facts["outcome"])
    item = local(offering.item(entry.facts["item"]), "short")
    what = _("核查承诺：%(item)s，%(outcome)s", item=item, outcome=OUTCOME[outcome])
    if evidence := entry.facts["evidence"]:
        what = _("%(what)s（凭证：%(evidence)s）", what=what, evidence=evidence)
    return what, str(entry.facts["findings"]), TONES[outcome]


def _reminded(entry: Entry, offering: Offering, case: Case) -> Said:
    return _("提醒核查承诺：%(item)s", item=_item_of(entry, offering, case)), "", ""


def _late(entry: Entry, offering: Offering, case: Case) -> Said:
    department, role = department_name(entry.facts["department"]), role_name(entry.facts["role"])
    who = _("%(department)s%(role)s", department=department, role=role)
    item, level = _item_of(entry, offering, case), entry.facts["level"]
    return _("承诺核查逾期，第 %(level)s 级督办，已告知%(who)s：%(item)s", level=level, who=who, item=item), "", "red"


def _item_of(entry: Entry, offering: Offering, case: Case) -> str:
    return local(offering.item(case.checks[entry.facts["check"]].item), "short")


def _revoked(entry: Entry, offering: Offering, case: Case) -> Said:
    facts = entry.facts
    item = offering.item(facts["item"])
    names = str(_("、")).join(local(one) for one in item.results if one.code in facts["results"])
    what = _(
        "撤销%(results)s（依据：%(ground)s；凭证：%(evidence)s）",
        results=names, ground=facts["ground"], evidence=facts["evidence"],
    )  # fmt: skip
    return what, str(facts["reason"]), "red"


SAYS: Mapping[str, Callable[[Entry, Offering, Case], Said]] = {
    CHOSEN: _chosen, CHECKED: _checked, REMINDED: _reminded, LATE: _late, REVOKED_KIND: _revoked,
}  # fmt: skip
"""Kinds of entries → their lines."""


def until_words(case: Case, number: str) -> str:
    """The day until which what a check found has to be put right; empty when it gave no time."""
    term = case.terms.get(f"check.{number}.put_right")
    return "" if term is None else day(term.due_at)
