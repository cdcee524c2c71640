"""退回 整案退回 撤回 撤销 终止 重新办理: which of them a person may do now, as the engine says, and the ways there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from flask import url_for

from engine.case.act import Act, LiveAnswers
from engine.case.back.ending import TERMINATED_KIND, WITHDREW
from engine.case.back.returning import CASE_RETURNED, REOPENED, RETURNED, TAKEN_BACK
from engine.case.offers.choices import Choices, choices
from engine.commands import Actor, ReopenCase, ReturnCase, ReturnStep, TakeBackDecision, TerminateCase, WithdrawCase
from engine.ports import EnginePorts
from engine.reader import CaseView
from webapp.cases.going_back_words import ACTS
from webapp.cases.history import numbered
from webapp.context import engine
from webapp.i18n import gettext as _
from webapp.words import local

GoesBack = ReturnStep | ReturnCase | TakeBackDecision | WithdrawCase | TerminateCase | ReopenCase


@dataclass(frozen=True)
class GoingBack:
    """One act: its name, its kind of entry, what its form asks for, how that becomes a command (``task`` first, if it
    is ``about`` one); ``may``: whether a person's choices have it, for that task."""

    name: str
    entry: str
    fields: tuple[str, ...]
    command: Callable[..., GoesBack]
    may: Callable[[Choices, str], bool]
    about_task: bool = False


RETURN_STEP = GoingBack(
    "return_step", RETURNED, ("to_step", "reason"), ReturnStep, lambda has, task: task in has.returns, about_task=True
)
RETURN_CASE = GoingBack("return_case", CASE_RETURNED, ("reason",), ReturnCase, lambda has, task: has.return_case)
TAKE_BACK = GoingBack(
    "take_back", TAKEN_BACK, (), TakeBackDecision, lambda has, task: task in has.take_back, about_task=True
)
WITHDRAW = GoingBack("withdraw", WITHDREW, ("evidence", "reason"), WithdrawCase, lambda has, task: has.withdraw)
TERMINATE = GoingBack(
    "terminate", TERMINATED_KIND, ("ground", "reason"), TerminateCase, lambda has, task: has.terminate
)
REOPEN = GoingBack("reopen", REOPENED, ("reason",), ReopenCase, lambda has, task: has.reopen)
KINDS = {one.name: one for one in (RETURN_STEP, RETURN_CASE, TAKE_BACK, WITHDRAW, TERMINATE, REOPEN)}
"""Name, which is the end of its address too → act."""
OF_CASE = (RETURN_CASE, WITHDRAW, TERMINATE, REOPEN)


def choices_of(view: CaseView, actor: Actor) -> Choices:
    """What a person may do now to take a case back, or to end it."""
    ports = EnginePorts(engine().deployments, engine().settings, None)
    act = Act(view.case.revision + 1, view.now, actor.id, ports, LiveAnswers())
    return choices(view.case, view.deployment, actor, act)


@dataclass(frozen=True)
class Link:
    """The way to one act from the page of a case: its name, the words on it, its address."""

    act: str
    words: str
    address: str


def links(view: CaseView, has: Choices) -> tuple[Link, ...]:
    """The acts that are possible now, except taking back a decision, which stands beside it."""
    return (*_returns(view, has), *(_link(kind, view) for kind in OF_CASE if kind.may(has, "")))


def _returns(view: CaseView, has: Choices) -> Iterator[Link]:
    steps = view.deployment.offering.steps
    for task_id in has.returns:
        task = view.case.tasks[task_id]
        step = numbered(local(steps[task.step]), task.instance)
        yield replace(_link(RETURN_STEP, view, task_id), words=_("从“%(step)s”退回…", step=step))


def _link(kind: GoingBack, view: CaseView, task: str = "") -> Link:
    return Link(kind.name, _("%(act)s…", act=ACTS[kind.name]), _address(kind, view.case.id, task))


def _address(kind: GoingBack, case_id: str, task: str) -> str:
    return url_for(f"cases.{kind.name}", case_id=case_id, task=task or None)
