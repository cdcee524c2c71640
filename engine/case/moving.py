"""Moving a running case to another deployed version of its item or bundle.

The decisions that stand in the case are given again, oldest first, to a new workflow of the other version; where that
cannot follow the rounds the case went through, the last decision of each step. What is open then and was open before is
kept with its id, its clock and its timers. Decisions that cannot be given again are asked for again, unless something
followed from them that nothing takes back: then the move is not possible. Items, results, values, numbers and the
clocks of the case stay as they are. Fired events are not decisions: the events of the other version wait anew.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from engine.case import policy
from engine.case.act import Act
from engine.case.approval import ISSUE, LEAD
from engine.case.deployment import Deployment, Get
from engine.case.lateness.stages import arm_anew
from engine.case.rerun import Line, Rerun, item_names, step_line
from engine.case.state import CANCELLED, DONE, IN_PROGRESS, IN_REVIEW, WAITING, Case, Task
from engine.case.steps import DELIVER, open_task, settle
from engine.case.stops import end_settled
from engine.commands import SYSTEM, Actor, MoveCase
from engine.errors import IntegrityError, NotFound, NotPermitted, NotPossible
from engine.journal import Json
from engine.runtime import OpenTask

ADMIN = "admin"
"""Role of those who may move cases; the command line acts as the system."""

Why = tuple[str, str]
"""A reason, Chinese and English."""

_GONE = "新版本没有该环节", "the new version has no such step"
_OTHER = "该环节在新版本中性质不同", "the step is of another kind in the new version"
_FINAL = (
    "该决定已产生结果，新版本要求重新作出",
    "something followed from this decision, which the new version would ask for again",
)
_NEVER = "新版本不会再到达该环节", "the new version never comes to this step"
_NO_ITEM = "新版本不办理该事项", "the new version does not handle this item"
_NEW_ITEM = "该事项不在本办件受理范围内", "the case was not accepted for this item"
_NO_RESULT = "新版本没有该结果", "the new version has no such result"
_NOT_ISSUED = "新版本中已没有环节能产生该结果", "no step ahead in the new version yields this result"
_NOTHING = "新版本中没有待办环节", "nothing is left to do in the new version"


@dataclass(frozen=True)
class MoveReport:
    """What a move does to the steps of a case.

    ``kept`` stay open as they are; ``cancelled`` were open and are not in the new version now; ``opened`` open for the
    first time; ``reopened`` were decided and have to be decided again, now or when the case comes to them (then without
    a ``task``). With anything ``impossible`` the move is refused.
    """

    kept: tuple[Line, ...] = ()
    cancelled: tuple[Line, ...] = ()
    opened: tuple[Line, ...] = ()
    reopened: tuple[Line, ...] = ()
    impossible: tuple[Line, ...] = ()

    def as_dict(self) -> dict[str, Json]:
        """The report as JSON: list of lines by kind."""
        return {kind: [line.as_dict() for line in lines] for kind, lines in vars(self).items()}


def require_movable(case: Case, deployment: Deployment) -> None:
    """A case in progress goes to another version of what it is an application for; NotPossible otherwise."""
    if case.status != IN_PROGRESS:
        raise NotPossible(
            "move.not_running", "只有办理中的办件可以转换版本", "only a case in progress can be moved", case.number
        )
    if deployment.offering.code != case.offering:
        raise NotPossible(
            "move.other_offering", f"该版本属于 {deployment.offering.code}，不是 {case.offering}",
            f"this version is of {deployment.offering.code}, not of {case.offering}", case.number,
        )  # fmt: skip
    if deployment.version == case.version:
        raise NotPossible("move.same", "办件已在该版本上", "the case already runs on this version", case.number)


def check_move(case: Case, get: Get, command: MoveCase, actor: Actor) -> None:
    """Only administrators, with a reason, to a deployed version."""
    if actor != SYSTEM and ADMIN not in actor.roles:
        raise NotPermitted("policy.admin", "只有管理员可以转换办件的版本", "only administrators may move a case")
    policy.require_text("reason", command.reason)
    require_movable(case, deployed(get, command.version))


def deployed(get: Get, version: str) -> Deployment:
    """A deployed version that somebody named; NotFound when there is none."""
    try:
        return get(version)
    except IntegrityError as error:
        if error.code != "deployment.lost":
            raise
        raise NotFound("move.version", "没有这个流程版本", "there is no such version", version[:12]) from error


def move_facts(command: MoveCase) -> dict[str, Json]:
    """What the journal keeps of a move."""
    return {"version": command.version, "reason": command.reason.strip()}


def moved(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """CaseMoved: the case goes on under the other version. NotPossible when something stands in the way."""
    deployment = act.ports.deployment(facts["version"])
    move = Move(case, deployment, act)
    report = move.report()
    if report.impossible:
        zh = "；".join(f"{line.name_zh}：{line.why_zh}" for line in report.impossible)
        en = "; ".join(f"{line.name_en}: {line.why_en}" for line in report.impossible)
        raise NotPossible("move.impossible", f"无法转换版本。{zh}", f"the case cannot be moved. {en}", case.number)
    for task in move.again:
        case.update_task(task.id, status=CANCELLED)
    move.run.flow.rename({new: task.id for new, task in move.kept.items()})
    case.version, case.flow, case.decisions = deployment.version, move.run.flow, move.run.trial.decisions
    case.fired = {}
    for opened in move.run.passed:
        open_task(case, deployment, opened, act)
    settle(case, deployment, act)
    for task in move.kept.values():
        arm_anew(case, act, move.before, task.id)
    end_settled(case, act)


class Move:
    """A move worked out, and nothing changed yet."""

    def __init__(self, case: Case, deployment: Deployment, act: Act) -> None:
        self.case, self.new, self.before = case, deployment, act.ports.deployment(case.version)
        self.offerings = self.new.offering, self.before.offering
        self.run = Rerun.of_case(case, deployment, act)
        self.ahead = self.run.flow.ahead()
        waiting = case.open_tasks()
        self.kept, self.fresh = self.run.among(waiting, self._is_same)
        """Id in the new workflow → the open task it is; steps that open."""
        self.cancelled = waiting
        self.again = [row for row in self.run.lost if self._why(row) is None]
        """Decisions that stand no longer."""

    def _is_same(self, task: Task, opened: OpenTask) -> bool:
        """An open task is the one of a step in the new version: the same people do the same. Whom its delay has given
        it to since does not matter."""
        step = self.run.steps[opened.element]
        old = self.before.offering.steps.get(task.step, step)
        told = (task.step, task.item, task.act, old.department, old.role, old.approvers)
        same = (step.id, step.item, step.act, step.department, step.role, step.approvers)
        return task.instance == opened.place and told == same

    def report(self) -> MoveReport:
        """The move in lists."""
        decided = {row.step for row in self.case.tasks.values() if row.status == DONE}
        again = {row.step: row for row in self.again}
        fresh = [(opened.element in decided, self._step(opened.element, opened.id)) for opened in self.fresh]
        later = [self._step(step) for step in again]
        return MoveReport(
            kept=tuple(self._step(task.step, task.id) for task in self.kept.values()),
            cancelled=tuple(self._step(task.step, task.id) for task in self.cancelled),
            opened=tuple(line for before, line in fresh if not before),
            reopened=(*(line for before, line in fresh if before), *later),
            impossible=tuple(dict.fromkeys(self._impossible())),
        )

    def _step(self, step: str, task: str = "", why: Why = ("", "")) -> Line:
        return step_line(self.offerings, step, task, why)

    def _impossible(self) -> Iterator[Line]:
        for row in self.run.lost:
            why = self._why(row)
            if why is not None:
                yield self._step(row.step, row.id, why)
        yield from self._items()
        yield from self._results()
        if self.run.flow.ended or not self.run.flow.open_tasks():
            yield Line(self.new.offering.code, self.new.offering.short_zh, self.new.offering.short_en, "", *_NOTHING)

    def _why(self, row: Task) -> Why | None:
        """Why a decision that was not taken cannot be asked for again either."""
        step = self.new.offering.steps.get(row.step)
        if step is None:
            return _GONE
        if not self.run.fits(row):
            return _OTHER
        before = self.before.offering.steps.get(row.step, step)
        if row.act in {DELIVER, ISSUE, LEAD} or before.decisive or before.yields:
            return _FINAL
        return None if row.step in self.ahead else _NEVER

    def _items(self) -> Iterator[Line]:
        """The items of a case are those it was accepted for; a version that wants others is not for it."""
        wanted = set(self.new.offering.applicable_items(self.case.values))
        reasons: tuple[tuple[Collection[str], Why], ...] = (
            (self.case.items.keys() - wanted, _NO_ITEM), (wanted - self.case.items.keys(), _NEW_ITEM),
        )  # fmt: skip
        for codes, why in reasons:
            for code in sorted(codes):
                yield Line(code, *item_names(self.offerings, code), "", *why)

    def _results(self) -> Iterator[Line]:
        """What was issued exists in the new version too, and what is still owed can be issued there."""
        items = {item.code: item for item in self.new.offering.items if item.code in self.case.items}
        names = {r.code: (r.name_zh, r.name_en) for i in self.before.offering.items for r in i.results}
        known = {result.code for item in items.values() for result in item.results}
        for code in sorted({result.code for result in self.case.results.values()} - known):
            yield Line(code, *names.get(code, (code, code)), "", *_NO_RESULT)
        coming = {opened.element for opened in self.run.flow.open_tasks()} | self.ahead
        possible = {result for step in coming & self.run.steps.keys() for result in self.run.steps[step].yields}
        for code, item in items.items():
            if self.case.items[code].status in {WAITING, IN_REVIEW}:
                for result in item.results:
                    if result.code not in self.case.results.keys() | possible:
                        yield Line(result.code, result.name_zh, result.name_en, "", *_NOT_ISSUED)
