"""The token game of BPMN 2.0 (chapter 13), written for tests from the text of the standard and from nothing else.

Tokens stand on flows, inside activities and at events that wait. It shares no code with the runtime it judges.
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

DEFAULT = -1
WAITING = frozenset({"intermediateCatchEvent", "eventBasedGateway"})
"""Elements without work of their own at which a token waits for an event."""
ACTIVITIES = frozenset({"userTask", "manualTask", "receiveTask", "subProcess"})
"""Activities that take time; a plain task does not."""
CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway"})
CONDITIONAL = CHOOSING | ACTIVITIES | {"task"}
"""Elements whose flows out may have conditions."""

LOOP_BIT = 4
"""The bit of ``choice`` that answers the conditions of loops and of multi-instance activities."""
COUNT_MODULUS = 3
"""A number of instances that is not drawn is ``choice`` modulo this."""


class NoFlow(Exception):
    """A token has no flow to leave by."""


class Endless(Exception):
    """The tokens move on and on without a person or an event."""


class Crowded(Exception):
    """More goes on at one time than the game is asked to follow: some graphs multiply their tokens."""


@dataclass(frozen=True)
class Mark:
    """What is drawn at a node besides its kind.

    ``inside``: the sub-process it belongs to, "" for the process; ``attached``: the activity of a boundary event;
    ``listens``: an event sub-process; ``interrupting``: of a boundary event or the start event of such a sub-process;
    ``seconds`` and ``times``: a timer, and how often it fires when it does not interrupt; ``message``: the message an
    event or a receive task waits for; ``terminate``: an end event that ends its scope.
    ``loop``: "parallel" or "sequential" (``count`` instances, None: by choice), "while" or "until" (standard loop, at
    most ``count`` rounds); ``stops``: a multi-instance activity has a completion condition.
    """

    inside: str = ""
    attached: str = ""
    listens: bool = False
    interrupting: bool = True
    seconds: int = 0
    times: int = 1
    message: str = ""
    terminate: bool = False
    loop: str = ""
    count: int | None = None
    stops: bool = False


PLAIN = Mark()


@dataclass
class Graph:
    """``nodes``: name → kind; ``flows``: (source, target, wanted bit of ``choice[source]``).

    None is the default flow of a gateway and a flow without condition of a task; ``DEFAULT`` the default of a task.
    """

    nodes: dict[str, str] = field(default_factory=dict)
    flows: list[tuple[str, str, int | None]] = field(default_factory=list)
    marks: dict[str, Mark] = field(default_factory=dict)

    def mark(self, name: str) -> Mark:
        """What is drawn at a node."""
        return self.marks.get(name, PLAIN)

    def out(self, name: str) -> list[int]:
        return [i for i, f in enumerate(self.flows) if f[0] == name]

    def into(self, name: str) -> list[int]:
        return [i for i, f in enumerate(self.flows) if f[1] == name]

    def attached(self, name: str) -> list[str]:
        """The boundary events of an activity."""
        return [event for event, mark in self.marks.items() if mark.attached == name]

    def reaches(self, start: str, target_flow: int, avoiding: str) -> bool:
        """Whether a token at ``start`` can come to lie on ``target_flow`` without passing ``avoiding``.

        A token in an activity may also leave by the boundary events of the activity.
        """
        seen, stack = {start}, [start]
        while stack:
            here = stack.pop()
            stack += [event for event in self.attached(here) if event not in seen]
            seen.update(stack)
            for i in self.out(here):
                if i == target_flow:
                    return True
                following = self.flows[i][1]
                if following != avoiding and following not in seen:
                    seen.add(following)
                    stack.append(following)
        return False


@dataclass(eq=False)
class Scope:
    """One activation of the content of the process or of a sub-process: tokens on flows, and works going on.

    ``triggers`` start its event sub-processes.
    """

    name: str
    on: Counter[int] = field(default_factory=Counter)
    works: list["Work"] = field(default_factory=list)
    triggers: list["Trigger"] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not self.works and not self.on.total()


@dataclass(frozen=True)
class Birth:
    """When something began to wait: in which act (or instant of passing time), as which one, and in which ``place``.

    What waits for the same in one place is interchangeable. In two places it is not: which of two is older is not said
    when both were born in one act.
    """

    act: int
    tick: int
    place: object


@dataclass(eq=False)
class Instance:
    """One performance of an activity; ``number`` when it is one of several, ``content`` of a sub-process."""

    element: str
    number: int | None
    born: Birth
    content: Scope | None


@dataclass(eq=False)
class Trigger:
    """An event being waited for: until an instant (seconds since the start), or for a message."""

    event: str
    born: Birth
    message: str
    due: int | None
    left: int


@dataclass(eq=False)
class Work:
    """A token in an activity, at a catching event or at an event-based gateway."""

    name: str
    scope: Scope
    total: int
    several: bool = False
    started: int = 0
    instances: list[Instance] = field(default_factory=list)
    triggers: list[Trigger] = field(default_factory=list)


class TokenGame:
    """A marking and the moves that lead to the next one.

    ``choice`` answers every condition; ``completed`` counts what was completed, by element; ``limit`` bounds the moves
    after one act or timer, ``crowd`` the activities and waiting events after them.
    """

    def __init__(self, graph: Graph, choice: Mapping[str, int], limit: int = 400, crowd: int = 40) -> None:
        self.graph = graph
        self.choice = choice
        self.limit, self.crowd = limit, crowd
        self.now = 0
        self.kept: list[str] = []
        self.completed: Counter[str] = Counter()
        self.outs = {name: graph.out(name) for name in graph.nodes}
        self.ins = {name: graph.into(name) for name in graph.nodes}
        self._joins = sorted(n for n, k in graph.nodes.items() if k == "inclusiveGateway" and len(self.ins[n]) > 1)
        self._reach: dict[tuple[str, int, str], bool] = {}
        self._ticks = itertools.count()
        self._acts = 0
        self.root = self._content("")

    # What can be seen from outside.

    @property
    def ended(self) -> bool:
        """No token is left."""
        return self.root.empty

    def open(self) -> list[Instance]:
        """Tasks that wait for a person, oldest first."""
        tasks = [
            instance
            for work in self._works()
            for instance in work.instances
            if self.graph.nodes[work.name] in {"userTask", "manualTask"}
        ]
        return sorted(tasks, key=lambda instance: instance.born.tick)

    def triggers(self) -> list[Trigger]:
        """Events that are waited for, oldest first."""
        return [trigger for _, trigger in self._triggers()]

    # Acts.

    def start(self) -> None:
        """Lets the first token run until a person or an event is needed."""
        self._settle()

    def complete(self, instance: Instance) -> None:
        """A person completes a task."""
        self._acts += 1
        work = next(work for work in self._works() if instance in work.instances)
        self._performed(work, instance)
        self._settle()

    def message(self, name: str) -> bool:
        """Gives a message to the oldest event that waits for it; without one it is kept, and the answer is False."""
        self._acts += 1
        self.kept.append(name)
        received = self._receive()
        self._settle()
        return received

    def advance(self, seconds: int) -> None:
        """Lets time pass: every timer on the way fires at its own instant."""
        until = self.now + seconds
        while True:
            due = [
                (t.due, t.born.tick, holder, t)
                for holder, t in self._triggers()
                if t.due is not None and t.due <= until
            ]
            if not due:
                break
            instant, _, holder, trigger = min(due, key=lambda entry: entry[:2])
            self._acts += instant > self.now
            self.now = instant
            self._fire(holder, trigger)
            self._settle()
        self.now = until

    # Moves.

    def _settle(self) -> None:
        """Moves every token that needs nobody, eager elements first, joins with a reachability rule last."""
        for _ in range(self.limit):
            if not (self._move() or self._receive() or self._inclusive()):
                break
        else:
            raise Endless
        if len(self._works()) > self.crowd:
            raise Crowded

    def _scopes(self) -> Iterator[tuple[Scope, Work | None, Instance | None]]:
        """Live scopes with what they are the content of, inner ones first."""
        for work in self._works():
            for instance in work.instances:
                if instance.content:
                    yield instance.content, work, instance
        yield self.root, None, None

    def _works(self) -> list[Work]:
        """Everything that goes on, inner works first."""
        found, stack = list(self.root.works), list(self.root.works)
        while stack:
            for instance in stack.pop().instances:
                inner = instance.content.works if instance.content else []
                found += inner
                stack += inner
        return found[::-1]

    def _triggers(self) -> list[tuple[Work | Scope, Trigger]]:
        holders: list[Work | Scope] = [scope for scope, _, _ in self._scopes() if not scope.empty]
        holders += self._works()
        pairs = [(holder, trigger) for holder in holders for trigger in holder.triggers]
        return sorted(pairs, key=lambda pair: pair[1].born.tick)

    def _move(self) -> bool:
        for scope, work, instance in self._scopes():
            if any(count and self._enter(scope, flow) for flow, count in scope.on.items()):
                return True
            if work and instance and scope.empty:
                self._performed(work, instance)
                return True
        return False

    def _enter(self, scope: Scope, flow: int) -> bool:
        """Moves a token from a flow into its target, when the target takes it now."""
        name = self.graph.flows[flow][1]
        kind = self.graph.nodes[name]
        taken = self.ins[name] if kind == "parallelGateway" else [flow]
        if name in self._joins or not all(scope.on[i] for i in taken):
            return False
        scope.on.subtract(taken)
        if kind in ACTIVITIES:
            self._begin(scope, name)
        elif kind in WAITING:
            events = [name] if kind == "intermediateCatchEvent" else [self.graph.flows[i][1] for i in self.outs[name]]
            self._wait(scope, name, events)
        elif kind == "endEvent":
            self.completed[name] += 1
            if self.graph.mark(name).terminate:
                scope.on.clear()
                scope.works.clear()
        else:
            self._leave(scope, name)
        return True

    def _leave(self, scope: Scope, name: str) -> None:
        self.completed[name] += 1
        scope.on.update(self._chosen(name))

    def _chosen(self, name: str) -> list[int]:
        kind = self.graph.nodes[name]
        if kind not in CONDITIONAL:
            return self.outs[name]
        wanted = {i: self.graph.flows[i][2] for i in self.outs[name]}
        fitting = [i for i, bit in wanted.items() if bit not in {None, DEFAULT} and self._answer(name, 1 << (bit or 0))]
        plain = [i for i, bit in wanted.items() if bit is None]
        if kind in CHOOSING:
            chosen = (fitting or plain)[: 1 if kind == "exclusiveGateway" else None]
        else:
            chosen = plain + (fitting or [i for i, bit in wanted.items() if bit == DEFAULT])
        if not chosen and wanted:
            raise NoFlow(name)
        return chosen

    def _answer(self, name: str, bit: int) -> bool:
        return bool(self.choice[name] & bit)

    # Joins by reachability (13.4.3).

    def _inclusive(self) -> bool:
        here = [scope for scope, _, _ in self._scopes()]
        return any(self._fire_join(scope, name) for name in self._joins for scope in here)

    def _fire_join(self, scope: Scope, name: str) -> bool:
        filled = [i for i in self.ins[name] if scope.on[i]]
        if not filled or not self._may_fire(scope, name, filled):
            return False
        scope.on.subtract(filled)
        self._leave(scope, name)
        return True

    def _may_fire(self, scope: Scope, name: str, filled: list[int]) -> bool:
        empty = [i for i in self.ins[name] if not scope.on[i]]
        places = {self.graph.flows[i][1] for i, n in scope.on.items() if n} - {name}
        places |= {work.name for work in scope.works}
        for here in places:
            to_empty = any(self._reaches(here, i, name) for i in empty)
            if to_empty and not any(self._reaches(here, i, name) for i in filled):
                return False
        return True

    def _reaches(self, start: str, flow: int, avoiding: str) -> bool:
        key = (start, flow, avoiding)
        if key not in self._reach:
            self._reach[key] = self.graph.reaches(*key)
        return self._reach[key]

    # Activities (13.3).

    def _content(self, name: str) -> Scope:
        scope = Scope(name)
        for node, kind in self.graph.nodes.items():
            mark = self.graph.mark(node)
            if kind == "startEvent" and mark.inside == name:
                self._leave(scope, node)
            elif mark.listens and mark.inside == name:
                self._await(scope, [self._start_of(node)])
        return scope

    def _start_of(self, name: str) -> str:
        kinds = self.graph.nodes.items()
        return next(node for node, kind in kinds if kind == "startEvent" and self.graph.mark(node).inside == name)

    def _begin(self, scope: Scope, name: str) -> None:
        mark = self.graph.mark(name)
        by_choice = mark.loop and mark.count is None
        total = self.choice[name] % COUNT_MODULUS if by_choice else mark.count
        work = Work(name, scope, 1 if total is None else total, mark.loop == "parallel")
        scope.works.append(work)
        self._await(work, [*self.graph.attached(name), *([name] if mark.message else [])])
        if mark.loop == "while" and not self._answer(name, LOOP_BIT):
            work.total = 0
        self._go_on(work)

    def _go_on(self, work: Work) -> None:
        """Starts what comes next of an activity, or ends it."""
        parallel = self.graph.mark(work.name).loop == "parallel"
        for _ in range((work.total - work.started) if parallel else min(1, work.total - work.started)):
            self._perform(work)
        if not work.instances:
            self._end(work)

    def _perform(self, work: Work) -> None:
        number = work.started if self.graph.mark(work.name).loop else None
        content = self._content(work.name) if self.graph.nodes[work.name] == "subProcess" else None
        work.instances.append(Instance(work.name, number, self._born(work), content))
        work.started += 1

    def _performed(self, work: Work, instance: Instance) -> None:
        self.completed[work.name] += 1
        work.instances.remove(instance)
        mark = self.graph.mark(work.name)
        again = mark.loop not in {"while", "until"} or self._answer(work.name, LOOP_BIT)
        if not again or (mark.stops and self._answer(work.name, LOOP_BIT)):
            self._end(work)
        else:
            self._go_on(work)

    def _end(self, work: Work) -> None:
        work.scope.works.remove(work)
        work.scope.on.update(self._chosen(work.name))

    def _born(self, holder: Work | Scope) -> Birth:
        place: object = holder
        if isinstance(holder, Work) and not holder.several and self.graph.nodes[holder.name] != "subProcess":
            place = holder.scope
        return Birth(self._acts, next(self._ticks), place)

    # Events (13.5).

    def _wait(self, scope: Scope, name: str, events: list[str]) -> None:
        work = Work(name, scope, 1)
        scope.works.append(work)
        self._await(work, events)

    def _await(self, holder: Work | Scope, events: list[str]) -> None:
        for event in events:
            mark = self.graph.mark(event)
            due = self.now + mark.seconds if mark.seconds else None
            holder.triggers.append(Trigger(event, self._born(holder), mark.message, due, mark.times))

    def _receive(self) -> bool:
        """Gives one kept message to the oldest event that waits for it."""
        for holder, trigger in self._triggers() if self.kept else ():
            if trigger.message in self.kept:
                self.kept.remove(trigger.message)
                self._fire(holder, trigger)
                return True
        return False

    def _fire(self, holder: Work | Scope, trigger: Trigger) -> None:
        if isinstance(holder, Scope):
            self._listened(holder, trigger)
        elif self.graph.nodes[trigger.event] == "receiveTask":
            self._performed(holder, holder.instances[0])
        else:
            if self.graph.nodes[trigger.event] == "boundaryEvent" and not self.graph.mark(trigger.event).interrupting:
                self._once_more(holder, trigger)
            else:
                holder.scope.works.remove(holder)
            self._leave(holder.scope, trigger.event)

    def _listened(self, scope: Scope, trigger: Trigger) -> None:
        """Starts an event sub-process; an interrupting one is from then on all there is in its scope."""
        mark = self.graph.mark(trigger.event)
        if mark.interrupting:
            scope.on.clear()
            scope.works.clear()
            scope.triggers.clear()
        else:
            self._once_more(scope, trigger)
        self._begin(scope, mark.inside)

    def _once_more(self, holder: Work | Scope, trigger: Trigger) -> None:
        """An event that does not interrupt: a message can come again, a timer fires as often as it says."""
        if trigger.due is None:
            return
        trigger.left -= 1
        trigger.due += self.graph.mark(trigger.event).seconds
        if not trigger.left:
            holder.triggers.remove(trigger)
