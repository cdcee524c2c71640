"""Hearings, site visits, expert reviews and tests in words: lines of the journal, notices, one line in a list."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from engine.case.parts.session import (
    CANCELLED,
    CLOSED,
    ENDED,
    FAIL,
    LEFT,
    OPEN,
    PASS,
    RECTIFY,
    SITE_VISIT,
    Session,
    names_of,
)
from engine.case.state import Case, Task
from engine.catalogue import Offering
from engine.journal import Entry
from webapp.cases.clock_words import whose
from webapp.i18n import gettext as _
from webapp.i18n import language
from webapp.words import colon, instant, local_instant, weekday

SITE = "site"
"""The kind of step whose opinion can be what was found on the spot."""
Said = tuple[str, str, str]
"""What, note, tone; of a notice title, text, colour."""

STATES: Mapping[str, tuple[Any, str]] = {
    OPEN: (_l("已安排"), "blue"), CLOSED: (_l("已结束"), "green"), CANCELLED: (_l("已取消"), "grey"),
    ENDED: (_l("已随决定终止"), "grey"), LEFT: (_l("已随决定退出"), "grey"),
}  # fmt: skip
OUTCOMES: Mapping[str, tuple[Any, str]] = {
    PASS: (_l("符合"), "green"), RECTIFY: (_l("需整改"), "amber"), FAIL: (_l("不符合"), "red"),
}  # fmt: skip
"""What a department found, with the colour of its tag."""
TITLES: Mapping[str, tuple[Any, str]] = {
    "session_arranged": (_l("已安排%(what)s"), "amber"), "session_changed": (_l("%(what)s有变更"), "amber"),
    "session_joined": (_l("有事项加入%(what)s"), "blue"), "session_cancelled": (_l("%(what)s取消"), "grey"),
    "session_closed": (_l("%(what)s结束"), "blue"),
}  # fmt: skip
"""Template → title and colour."""


def kind_words(kind: str, items: int = 1) -> str:
    """听证, hearing; a visit of several departments is a joint one."""
    return names_of(kind, items)[language() == "en"]


def numbered(one: Session) -> str:
    """联合勘验（第 1 次）."""
    return _("%(what)s（第 %(n)s 次）", what=kind_words(one.kind, len(one.items)), n=one.number)


def when_words(planned_at: str) -> str:
    """``3月5日 周四 09:00``, local time; the year when it is another one than the date of the page would tell."""
    at = local_instant(planned_at)
    return f"{at:%m-%d} {weekday(at)} {at:%H:%M}"


def short_words(row: Mapping[str, Any]) -> str:
    """``联合勘验 03-05 周四 09:00``: one row of the list of sessions."""
    what = kind_words(str(row["kind"]), int(row["items"]))
    return _("%(what)s %(when)s", what=what, when=when_words(str(row["planned_at"])))


def _named(case: Case, entry: Entry) -> str:
    one = case.sessions.get(str(entry.facts.get("session", "")))
    return entry.kind if one is None else numbered(one)


def _arranged(entry: Entry, offering: Offering, case: Case) -> Said:
    facts = entry.facts
    items = _("、").join(whose(offering, code) for code in facts["items"])
    what = _(
        "安排%(what)s：%(items)s，%(at)s，%(place)s", what=kind_words(facts["kind"], len(facts["items"])), items=items,
        at=instant(facts["planned_at"]), place=facts["place"],
    )  # fmt: skip
    if facts["asked_on"]:
        what = _("%(what)s（申请人 %(day)s 申请）", what=what, day=facts["asked_on"])
    return what, str(facts["ground"]), "amber"


def _changed(entry: Entry, offering: Offering, case: Case) -> Said:
    facts = entry.facts
    told = {"what": _named(case, entry), "at": instant(facts["planned_at"]), "place": facts["place"]}
    return _("变更%(what)s：%(at)s，%(place)s", **told), str(facts["reason"]), "amber"


def _joined(entry: Entry, offering: Offering, case: Case) -> Said:
    return _("%(item)s参加%(what)s", item=whose(offering, entry.facts["item"]), what=_named(case, entry)), "", ""


def _cancelled(entry: Entry, offering: Offering, case: Case) -> Said:
    return _("取消%(what)s", what=_named(case, entry)), str(entry.facts["reason"]), "amber"


def _recorded(entry: Entry, offering: Offering, case: Case) -> Said:
    facts = entry.facts
    words, colour = OUTCOMES[facts["outcome"]]
    told = {"what": _named(case, entry), "item": whose(offering, facts["item"]), "outcome": str(words)}
    return _("%(what)s记录：%(item)s，%(outcome)s", **told), str(facts["findings"]), colour


def _closed(entry: Entry, offering: Offering, case: Case) -> Said:
    what, record = _named(case, entry), str(entry.facts["record"])
    words = _("%(what)s结束", what=what)
    if record:
        words = _("%(words)s（%(record)s）", words=words, record=record)
    return words, str(entry.facts["conclusion"]), "green"


def opinion_from(case: Case, task: Task) -> tuple[str, str]:
    """What the department found on the spot, as the opinion on its site step, and where that is from; empty when
    nothing was recorded."""
    visits = [one for one in case.sessions.values() if one.kind == SITE_VISIT and task.item in one.findings]
    if task.act != SITE or not visits or visits[-1].findings[task.item]["department"] != task.department:
        return "", ""
    found, name = visits[-1].findings[task.item], numbered(visits[-1])
    words = colon(name, str(OUTCOMES[found["outcome"]][0]))
    text = _("%(words)s。%(effect)s", words=words, effect=found["findings"]) if found["findings"] else words
    return text, _("取自%(what)s的记录，可以修改", what=name)


SAYS: Mapping[str, Callable[[Entry, Offering, Case], Said]] = {
    "SessionArranged": _arranged,
    "SessionChanged": _changed,
    "SessionJoined": _joined,
    "SessionCancelled": _cancelled,
    "FindingsRecorded": _recorded,
    "SessionClosed": _closed,
}


def session_notice(template: str, facts: Mapping[str, Any]) -> Said | None:
    """A notice of these kinds in words; None for another."""
    if template not in TITLES:
        return None
    title, colour = TITLES[template]
    what = kind_words(str(facts["kind"]), len(facts["items"]))
    text = _("%(at)s，%(place)s", at=instant(str(facts["planned"])), place=facts["place"])
    return str(title) % {"what": what}, text, colour
