"""What sessions mean for the rest of a case: decisions wait for an open hearing, and a decided item leaves its session.

行政许可法 48: the decision is made on the record of the hearing; who presides over it does not examine the application.
"""

from collections.abc import Collection
from dataclasses import replace

from engine.case.act import Act, Notice
from engine.case.parts.session import ENDED, HEARING, OPEN, Session
from engine.case.state import Case, Task
from engine.errors import NotPermitted, NotPossible
from engine.journal import Json

EXAMINING = frozenset({"review", "site"})
"""Kinds of steps that examine an application."""


def require_heard(case: Case, task: Task, *, decides: bool) -> None:
    """NotPossible while a hearing of the item is open, for a step that decides it; without one, the whole case."""
    if not decides or not case.sessions:
        return
    hearings = [one for one in case.sessions.values() if one.status == OPEN and one.kind == HEARING]
    if any(not task.item or task.item in one.taking_part for one in hearings):
        raise NotPossible(
            "session.hearing_open", "听证尚未结束，应当根据听证笔录作出决定（行政许可法 48）",
            "a hearing is not closed: the decision has to be made on its record (行政许可法 48)", task.id,
        )  # fmt: skip


def require_not_chair(case: Case, task: Task, account: str) -> None:
    """NotPermitted for whoever presides over a hearing of the item, to examine the application."""
    chairs = {one.chair for one in case.sessions.values() if one.kind == HEARING and task.item in one.items}
    if task.act in EXAMINING and account in chairs:
        raise NotPermitted(
            "session.chair_examines", "听证主持人不能审查该申请（行政许可法 48）",
            "who presides over the hearing does not examine the application (行政许可法 48)", task.id,
        )  # fmt: skip


def leave(case: Case, act: Act, settled: Collection[str]) -> None:
    """Items that are decided take part no longer; a session without items has ended."""
    for number, one in list(case.sessions.items()):
        gone = [code for code in one.taking_part if code in settled] if one.status == OPEN else []
        if gone:
            one = replace(one, left={**one.left, **dict.fromkeys(gone, act.at)})
            if not one.taking_part:
                one = replace(one, status=ENDED, ended_at=act.at)
                _tell_ended(case, one, act)
            case.sessions[number] = one


def _tell_ended(case: Case, one: Session, act: Act) -> None:
    if one.planned_at > act.at:
        for department in dict.fromkeys(one.items.values()):
            act.notices.append(Notice("session_cancelled", department, facts=session_facts(case, one)))
        act.notices.append(Notice("session_cancelled", facts=session_facts(case, one)))


def session_facts(case: Case, one: Session) -> dict[str, Json]:
    """What a notice says of a session; no names."""
    return {
        "number": case.number, "session": one.number, "kind": one.kind, "items": list(one.items),
        "planned": one.planned_at, "place": one.place, "expected_days": one.expected_days if one.stops else "",
    }  # fmt: skip
