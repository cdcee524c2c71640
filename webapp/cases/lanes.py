"""All departments' progress, one lane for each item: what is being done, by whom, until when, what it waits for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.case.state import (
    CANCELLED,
    COVERED,
    DONE,
    GRANTED,
    IN_PROGRESS,
    NOT_REACHED,
    OPEN,
    REFUSED,
    TERMINATED,
    WITHDRAWN,
    Item,
)  # fmt: skip
from engine.catalogue import Offering
from engine.reader import CaseView
from webapp.cases.steps import StepRow, step_rows, waits_for
from webapp.i18n import gettext as _
from webapp.words import (
    TimeLeft,
    beside,
    department_name,
    limit_of,
    local,
    short_day,
    time_left,
    word,
)  # fmt: skip

ENDED: Mapping[str, tuple[str, str]] = {
    GRANTED: ("green", "✓"), REFUSED: ("red", "✕"), NOT_REACHED: ("grey", "–"),
    WITHDRAWN: ("grey", "–"), TERMINATED: ("grey", "–"),
}  # fmt: skip


@dataclass(frozen=True)
class Lane:
    """One item (or, with an empty ``code``, the bundle's own closing steps).

    ``percent`` is the share of its steps that are finished, ``now`` its current steps (words and
    colour of the light), ``cause`` why it ended
    or what it waits for.
    """

    code: str
    name: str
    department: str
    tag: TimeLeft
    percent: int
    done: int
    total: int
    now: tuple[tuple[str, str], ...] = ()
    cause: str = ""
    due_at: str | None = None
    provisional: bool = False


def lanes(view: CaseView) -> list[Lane]:
    """A lane for each item of the case in the order of the catalogue, then one for the bundle's own steps."""
    rows = step_rows(view)
    found = []
    for item in view.deployment.offering.items:
        if item.code in view.case.items:
            found.append(_item_lane(view, item.code, [row for row in rows if row.item == item.code]))
    own = [row for row in rows if not row.item]
    if own and view.case.items:
        found.append(_own_lane(view, own))
    return found


def _item_lane(view: CaseView, code: str, rows: Sequence[StepRow]) -> Lane:
    offering, item = view.deployment.offering, view.case.items[code]
    known = offering.item(code)
    done, total = _progress(rows)
    ended = item.status in ENDED
    return Lane(
        code=code, name=local(known, "short"), department=department_name(known.department),
        tag=_tag(view, item, rows), percent=100 if ended else _percent(done, total), done=done, total=total,
        now=() if ended else _current(rows), cause=_cause(view, item), due_at=None if ended else item.due_at,
        provisional=not ended and item.provisional,
    )  # fmt: skip


def _own_lane(view: CaseView, rows: Sequence[StepRow]) -> Lane:
    done, total = _progress(rows)
    opened = [row for row in rows if row.task is not None and row.task.status == OPEN]
    departments = dict.fromkeys(department_name(row.step.department) for row in (opened or rows))
    if opened and opened[0].left is not None:
        tag = opened[0].left
    elif done == total:
        tag = TimeLeft("green", "✓", word(view.case.status, "case_status"))
    else:
        tag = TimeLeft("grey", "", _("等待各事项") if view.case.status == IN_PROGRESS else _("无需办理"))
    return Lane(
        code="", name=_("汇总与送达"), department=_("、").join(departments), tag=tag,
        percent=_percent(done, total), done=done, total=total, now=_current(rows),
    )  # fmt: skip


def _progress(rows: Sequence[StepRow]) -> tuple[int, int]:
    finished = [row for row in rows if row.task is not None and row.task.status in {DONE, COVERED}]
    return len(finished), len(rows)


def _percent(done: int, total: int) -> int:
    return round(100 * done / total) if total else 0


def _tag(view: CaseView, item: Item, rows: Sequence[StepRow]) -> TimeLeft:
    if item.status in ENDED:
        colour, sign = ENDED[item.status]
        ended = item.status == NOT_REACHED and any(row.state == CANCELLED for row in rows)
        return TimeLeft(colour, sign, word(CANCELLED, "task_status") if ended else word(item.status, "item_status"))
    if waits_for(view.deployment.offering, view.case, item.code):
        return TimeLeft("grey", "", _("等待前置"))
    promised = view.deployment.offering.item(item.code).promised
    limit = None if promised is None else limit_of(promised.value, promised.unit)
    return time_left(item.opened_at, item.due_at, limit)


def _current(rows: Sequence[StepRow]) -> tuple[tuple[str, str], ...]:
    """The open steps with their own time left: ``现场核查（剩 3 日）``."""
    return tuple((beside(local(row.step), row.left.words), row.left.colour) for row in rows if row.left is not None)


def _cause(view: CaseView, item: Item) -> str:
    offering = view.deployment.offering
    if item.status == NOT_REACHED and item.cause:
        return _("因“%(item)s”不予而未进入办理", item=local(offering.item(item.cause), "short"))
    if item.status == REFUSED and item.reason:
        return item.reason
    if item.status == GRANTED:
        return _("%(day)s 办结", day=short_day(item.ended_at))
    return _waiting(offering, waits_for(offering, view.case, item.code))


def _waiting(offering: Offering, codes: Sequence[str]) -> str:
    if not codes:
        return ""
    names = [
        beside(local(offering.item(code), "short"), department_name(offering.item(code).department)) for code in codes
    ]
    return _("等待 %(items)s", items=_("、").join(names))
