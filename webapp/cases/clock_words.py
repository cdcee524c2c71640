"""What the journal says about time limits, in words: corrections, deemed acceptance, suspensions, extensions."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.case.parts.terms import Stop
from engine.case.procedures import PROCEDURES
from engine.case.state import Case
from engine.case.timekeeping.extending import GOVERNMENT_HEAD
from engine.catalogue import Offering, materials_checklist
from engine.journal import Entry
from webapp.i18n import gettext as _
from webapp.i18n import language, ngettext
from webapp.words import day, limit_words, local

Said = tuple[str, str, str]
"""What, note, tone."""


def _requested(entry: Entry, offering: Offering, case: Case) -> Said:
    names = _("、").join(material_words(offering, case, code) for code in entry.facts["materials"])
    return _("一次告知补正：%(materials)s", materials=names), str(entry.facts["reason"]), "amber"


def _deemed(entry: Entry, offering: Offering, case: Case) -> Said:
    what = _("五个工作日内未告知补正，视为自 %(day)s 收件之日起受理", day=day(str(entry.facts["since"])))
    owed = len(entry.facts.get("missing", ()))
    return what, ngettext("仍缺 %(n)s 件材料", "仍缺 %(n)s 件材料", owed, n=owed) if owed else "", "amber"


def _deferred(entry: Entry, offering: Offering, case: Case) -> Said:
    code = case.terms[str(entry.facts["timer"])].of
    return _("容缺材料逾期未补：%(material)s", material=material_words(offering, case, code)), "", "red"


def _suspended(entry: Entry, offering: Offering, case: Case) -> Said:
    facts = entry.facts
    return _stopped(offering, facts["item"], facts["procedure"], facts["expected_days"]), str(facts["ground"]), "amber"


def stop_words(offering: Offering, stop: Stop) -> str:
    """A suspension that goes on: what is stopped, why, since when and for how long."""
    words = _stopped(offering, stop.item, stop.procedure, stop.expected_days)
    return _("%(words)s，自 %(day)s 起", words=words, day=day(stop.started_at))


def _stopped(offering: Offering, item: str, procedure: str, days: str) -> str:
    return _(
        "中止计时（%(procedure)s）：%(item)s，预计 %(days)s",
        procedure=procedure_words(procedure), item=whose(offering, item), days=limit_words(days, "working_days"),
    )  # fmt: skip


def _resumed(entry: Entry, offering: Offering, case: Case) -> Said:
    stop = case.suspensions[str(entry.facts["suspension"])]
    words = _(
        "恢复计时（%(procedure)s结束）：%(item)s",
        procedure=procedure_words(stop.procedure), item=whose(offering, stop.item),
    )  # fmt: skip
    return words, "", ""


def _extended(entry: Entry, offering: Offering, case: Case) -> Said:
    facts = entry.facts
    words = _(
        "延长 %(days)s：%(item)s（%(level)s批准）",
        days=limit_words(facts["days"], "working_days"), item=whose(offering, facts["item"]),
        level=level_words(str(facts["level"])),
    )  # fmt: skip
    return words, str(facts["reason"]), "amber"


def procedure_words(code: str) -> str:
    """听证, hearing."""
    known = PROCEDURES.get(code)
    return code if known is None else known.name_en if language() == "en" else known.name_zh


def level_words(level: str) -> str:
    """Who approves an extension."""
    return _("本级政府负责人") if level == GOVERNMENT_HEAD else _("本机关负责人")


def whose(offering: Offering, code: str) -> str:
    """An item, or the whole case (empty)."""
    return local(offering.item(code), "short") if code else _("整个办件")


def material_words(offering: Offering, case: Case, code: str) -> str:
    """A material by its name; the code of one the checklist does not have."""
    lines: dict[str, Any] = {line.code: line for line in materials_checklist(offering, case.values, case.pledges)}
    return local(lines[code]) if code in lines else code


SAYS: Mapping[str, Callable[[Entry, Offering, Case], Said]] = {
    "CorrectionRequested": _requested,
    "ApplicationDeemedAccepted": _deemed,
    "DeferredMaterialOverdue": _deferred,
    "ClockSuspended": _suspended,
    "ClockResumed": _resumed,
    "ClockExtended": _extended,
}
