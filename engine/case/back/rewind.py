"""Going back: the decisions that no longer stand are voided, the others are given again to a new workflow.

What the case is afterwards follows from what still stands, as if nothing else had been decided: open steps, items,
results, the decisions conditions see. What was open and still is keeps its id, clock, timers and drafts; timer events
that still wait keep their due instants, and those that happened happen again where they are armed. Clocks of the case
and of items that have begun go on; an item that has not begun any more begins anew.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace

from engine.case.act import Act
from engine.case.approval import Verdict, consequences
from engine.case.deployment import Deployment
from engine.case.following import follow_up
from engine.case.parts.fired import FiredEvent
from engine.case.rerun import Given, Rerun, in_order, whose
from engine.case.running import (
    ITEM_PROMISED,
    ITEM_STATUTORY,
    Running,
    applies,
    carry_past,
    count_again,
    is_stopped,
    set_due,
)  # fmt: skip
from engine.case.state import (
    CANCELLED,
    COVERED,
    DONE,
    IN_REVIEW,
    OPEN,
    REVOKED,
    SKIPPED,
    VOID,
    VOIDED,
    WAITING,
    Case,
    Item,
    Result,
    Task,
)  # fmt: skip
from engine.case.steps import EVENT, live_flow, open_task, settle, status_of
from engine.case.stops import end_demands, go_on
from engine.catalogue import ServiceItem
from engine.instants import from_text
from engine.runtime import Flow, OpenTask


class Standing(Rerun):
    """A rerun in which items and results follow from the decisions too."""

    def begun(self, case: Case) -> Case:
        """The case with nothing decided, no item begun, no result."""
        return replace(super().begun(case), items={code: Item(code) for code in case.items}, results={})

    def reached(self, opened: OpenTask) -> None:
        """The item of a step that is reached has begun, unless it has ended."""
        step = self.steps[opened.element]
        item = self.trial.items.get(step.item)
        if item is not None and item.status == WAITING and status_of(self.trial, step) != SKIPPED:
            self.trial.update_item(item.code, status=IN_REVIEW)

    def concluded(self, row: Task, decision: str) -> None:
        """What followed from a decision, at the instant it was given; nobody is told again."""
        act = replace(self.act, instant=from_text(str(row.closed_at)), notices=[])
        consequences(self.trial, self.deployment, row, Verdict(decision, row.opinion, row.deemed), act)


def standing(case: Case, deployment: Deployment, act: Act) -> Standing:
    """The case as what stands in it makes it, made anew."""
    return Standing.of_case(case, deployment, act, case.fired.values())


class Rewind:
    """A way back worked out, and nothing changed yet: without the decisions of these tasks."""

    def __init__(self, case: Case, act: Act, void: Collection[str]) -> None:
        self.case, self.act = case, act
        self.deployment = act.ports.deployment(case.version)
        self.again = {whose(case.tasks[task]) for task in void}
        """Steps that are asked for again with a clock of their own, whatever is open."""
        self.run = Standing(case, self.deployment, act, self._remaining(void))
        taken = {one.id for one in self.run.taken}
        closed = [row for row in case.tasks.values() if row.id not in taken]
        self.voided = [row for row in closed if row.status == DONE]
        self._passed_by = [row for row in closed if row.status in {COVERED, SKIPPED}]
        waiting = case.open_tasks()
        self.kept, self.fresh = self.run.among(waiting, self._is_same)
        """Id in the new workflow → the open task it is; steps that open."""
        self.cancelled = waiting

    def _is_same(self, task: Task, opened: OpenTask) -> bool:
        return whose(task) == (opened.element, opened.place) and whose(task) not in self.again

    def _remaining(self, void: Collection[str]) -> list[Given]:
        """What stands, without what is voided and what was said of the same step later."""
        remaining: list[Given] = []
        gone: set[tuple[str, str]] = set()
        for one in in_order(standing(self.case, self.deployment, self.act).taken):
            if one.id in void or (isinstance(one, Task) and one.status == DONE and whose(one) in gone):
                gone.add(whose(one))
            else:
                remaining.append(one)
        return remaining

    def opens(self, step: str, instance: str) -> bool:
        """Whether a step has to be decided again now."""
        return any((one.element, one.place) == (step, instance) for one in self.fresh)

    def apply(self) -> list[Task]:
        """Goes back; returns the tasks that were opened by that."""
        case, act, flow = self.case, self.act, self.run.flow
        for row in self.voided:
            case.update_task(row.id, status=VOIDED, voided=act.entry)
        for row in self._passed_by:
            case.update_task(row.id, status=CANCELLED)
        self._keep_tokens(flow)
        case.flow, case.decisions = flow, self.run.trial.decisions
        case.fired = {one.id: one for one in self.run.taken if isinstance(one, FiredEvent)}
        self._items()
        self._results()
        for opened in self.run.passed:
            open_task(case, self.deployment, opened, act)
        settle(case, self.deployment, act)
        end_demands(case, act)
        go_on(case, act)
        follow_up(case, act)
        return [case.tasks[one.id] for one in self.fresh]

    def _keep_tokens(self, flow: Flow) -> None:
        """Tasks and waiting timer events that stay are known by the ids they had, and wait for the same instants."""
        names = {new: task.id for new, task in self.kept.items()}
        events: dict[str, str] = {}
        if any(EVENT in timer for timer in self.case.timers):
            before = live_flow(self.case, self.deployment)
            events = dict(_same_events(flow, before))
            flow.rename({**names, **events})
            flow.keep_timers(before, events.values())
        else:
            flow.rename(names)

    def _items(self) -> None:
        """Items are what the decisions make of them; what they have begun goes on."""
        for code, new in self.run.trial.items.items():
            old = self.case.items[code]
            if new.status == WAITING or (old.opened_at is None and new.status == IN_REVIEW):
                self._unopened(old)
                continue
            ended = old.ended_at if old.status == new.status else new.ended_at
            item = replace(
                old, status=new.status, decision=new.decision, reason=new.reason, cause=new.cause, ended_at=ended
            )
            if item != old:
                self.case.items[code] = item
            if new.status == IN_REVIEW != old.status:
                self._resume(item)

    def _unopened(self, old: Item) -> None:
        """An item nobody has begun, or whose beginning stands no longer: its clocks start when it opens."""
        if old != Item(old.code):
            self.case.items[old.code] = Item(old.code)
        for kind in (ITEM_PROMISED, ITEM_STATUTORY):
            self.case.limits.pop(f"{kind}:{old.code}", None)
            self.case.extensions.pop(f"{kind}:{old.code}", None)
            carry_past(self.case, f"{kind}:{old.code}")

    def _resume(self, item: Item) -> None:
        """The clocks of a decided item that is in review again run on, without what suspensions stopped or stop."""
        case, known = self.case, self.deployment.offering.item(item.code)
        for clock, limit in _clocks(item, known):
            if limit and any(applies(stop, clock) for stop in case.suspensions.values()):
                case.limits.setdefault(clock.key, limit)
                if is_stopped(case, clock):
                    set_due(case, clock, None, False)
                else:
                    count_again(case, self.act, [clock])

    def _results(self) -> None:
        """Results nothing stands behind any more are void; the others are what the decisions make of them."""
        now = {result.code: result.status for result in self.run.trial.results.values()}
        for key, result in list(self.case.results.items()):
            status = result.status
            if result.code == key and status != REVOKED:
                status = now.get(result.code, VOID)
            if status != result.status:
                self.case.results[key] = Result(result.code, result.item, result.number, status, self.act.at)


def _clocks(item: Item, known: ServiceItem) -> Iterator[tuple[Running, str]]:
    """The clocks of an item, each with the limit its version gives."""
    due = {ITEM_PROMISED: item.due_at, ITEM_STATUTORY: item.statutory_due_at}
    for kind, limit in ((ITEM_PROMISED, known.promised), (ITEM_STATUTORY, known.statutory)):
        told = "" if limit is None else f"{limit.value} {limit.unit}"
        yield Running(kind, item.code, item.code, str(item.opened_at), due[kind]), told


def _same_events(flow: Flow, before: Flow) -> Iterator[tuple[str, str]]:
    """Tokens of timer events that wait in both flows at the same place: new id, old id."""
    old: dict[tuple[str, str], list[str]] = {}
    for event in before.events():
        tokens = old.setdefault((event.element, event.place), [])
        if event.armed.token not in tokens:
            tokens.append(event.armed.token)
    for token in dict.fromkeys((e.armed.token, e.element, e.place) for e in flow.events()):
        tokens = old.get((token[1], token[2]), [])
        if tokens:
            yield token[0], tokens.pop(0)


def last_visit(case: Case, step: str) -> list[Task]:
    """The decisions of the last visit of a step: the last one, and those of instances opened together with it."""
    rows = [row for row in case.tasks.values() if row.step == step and row.status == DONE]
    if not rows:
        return []
    last = sorted(rows, key=lambda row: row.closed_at or "")[-1]
    entry, _, _ = last.id.partition(".")
    return [row for row in rows if row is last or (row.instance and row.id.partition(".")[0] == entry)]


def is_last_word(case: Case, task: Task) -> bool:
    """Whether nobody has been asked for the same again since."""
    later = [t for t in case.tasks.values() if whose(t) == whose(task) and t.status in {OPEN, DONE}]
    return later[-1] is task
