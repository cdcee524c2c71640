"""What an act would do, in words: decisions, steps, results and items in groups, and the clocks before and after."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.case.rerun import Line
from engine.case.running import ITEM_PROMISED, ITEM_STATUTORY, PROMISED, STATUTORY
from engine.preview import ClockChange, ItemChange, Preview
from engine.reader import CaseView
from webapp.cases.history import step_words
from webapp.i18n import gettext as _
from webapp.words import beside, instant, local, word


@dataclass(frozen=True)
class Group:
    """Things that the same happens to; ``name`` is a code for programs."""

    name: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class ClockLine:
    """A clock and what happens to it."""

    clock: str
    name: str
    words: str


def groups(view: CaseView, foreseen: Preview) -> tuple[Group, ...]:
    """What happens to decisions, steps, results, items and the case; groups without anything are left out."""
    steps = (
        ("voided", _("作废的决定"), foreseen.voided), ("cancelled", _("取消的待办环节"), foreseen.cancelled),
        ("reopened", _("重新办理的环节"), foreseen.reopened), ("opened", _("随即开始的环节"), foreseen.opened),
        ("kept", _("保留的待办环节"), foreseen.kept),
    )  # fmt: skip
    found = [Group(name, title, tuple(_step(view, one) for one in lines)) for name, title, lines in steps]
    results = tuple(beside(local(one), one.task) for one in foreseen.results)
    found += [
        Group("results", _("作废的结果"), results), Group("items", _("事项"), tuple(_items(foreseen.items))),
        Group("status", _("办件"), tuple(_status(foreseen))),
    ]  # fmt: skip
    return tuple(one for one in found if one.lines)


def _step(view: CaseView, line: Line) -> str:
    """A step by its name; of a decision, which one."""
    task = view.case.tasks.get(line.task)
    if task is None:
        return local(line)
    name = step_words(view.deployment.offering, task.step, task.instance)
    return beside(name, word(task.decision, "decision")) if task.decision else name


def _items(changes: Sequence[ItemChange]) -> Iterator[str]:
    for one in changes:
        before, after = word(one.before, "item_status"), word(one.after, "item_status")
        yield _("“%(item)s”由“%(before)s”变为“%(after)s”", item=local(one.line), before=before, after=after)


def _status(foreseen: Preview) -> Iterator[str]:
    before, after = foreseen.status
    if before != after:
        told = {"before": word(before, "case_status"), "after": word(after, "case_status")}
        yield _("由“%(before)s”变为“%(after)s”", **told)


def clock_lines(foreseen: Preview) -> tuple[ClockLine, ...]:
    """The clocks with another due date, each with the one it has and the one it gets."""
    return tuple(ClockLine(f"{one.kind}:{one.line.code}", _clock(one), _due(one)) for one in foreseen.clocks)


def _clock(one: ClockChange) -> str:
    name = local(one.line)
    if one.kind == PROMISED:
        return _("全件承诺办结")
    if one.kind == STATUTORY:
        return _("全件法定最晚")
    if one.kind == ITEM_PROMISED:
        return _("%(item)s：承诺办结", item=name)
    return _("%(item)s：法定最晚", item=name) if one.kind == ITEM_STATUTORY else _("环节 %(name)s", name=name)


def _due(one: ClockChange) -> str:
    if one.before is None:
        return _("重新计时，%(after)s 到期", after=instant(one.after))
    if one.after is None:
        return _("%(before)s 到期，不再计时", before=instant(one.before))
    return _("到期时间由 %(before)s 改为 %(after)s", before=instant(one.before), after=instant(one.after))
