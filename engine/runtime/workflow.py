"""The running workflow: a flat set of live tokens, bounded, without clock or randomness."""

from collections import ChainMap, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from datetime import UTC, datetime
from heapq import heappop, heappush
from typing import Any, NamedTuple

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.util.task import TaskState

from engine.diagram.script import compile_script
from engine.errors import BinglianError, DiagramError, IntegrityError, LimitExceeded
from engine.runtime import compensation, conditions, instances, propagation
from engine.runtime.specs import Element, FlowSpec
from engine.runtime.token import BODY, DUE, HOST, LISTENS, SERVES, VALUES, VIA, Token
from engine.runtime.values import Visible, measured

Service = Callable[[dict[str, Any]], Mapping[str, Any] | None]

STEP_SIZE = 100
"""Values (or so many characters) that cost as much as a step to write."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Limits(NamedTuple):
    """Bounds of one run: automatic ``steps`` of one act, live ``tokens``, ``depth`` of nested contents."""

    steps: int = 20_000
    tokens: int = 5_000
    depth: int = 250


DEFAULT_LIMITS = Limits()


class _NoScripts(PythonScriptEngine):
    """The library evaluates with plain ``eval``; nothing of ours asks it to."""

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        raise DiagramError("diagram.script", "不支持脚本", "scripts are not supported", task.task_spec.name)

    def execute(self, task: Any, script: str, external_context: Any = None) -> Any:
        raise DiagramError("diagram.script", "不支持脚本", "scripts are not supported", task.task_spec.name)


_NO_SCRIPTS = _NoScripts()


class LiveWorkflow(BpmnWorkflow):
    """A workflow that holds only its live tokens, in the order of their creation.

    ``view`` is what conditions may read besides the run's own values; ``entry`` the journal entry being applied (prefix
    of new token ids); ``now`` its instant.
    """

    def __init__(self, spec: FlowSpec, fresh: bool, limits: Limits = DEFAULT_LIMITS) -> None:
        self.limits = limits
        self.view: Mapping[str, Any] = {}
        self.now = EPOCH
        self.entry = 0
        self.ordinal = 0
        self.counter = 0
        self.completed = False
        self.failed: list[Any] | None = None
        self.results: dict[str, Any] = {}
        self.steps_left = limits.steps
        self.services: Mapping[str, Service] = {}
        self.emit: Callable[[str, str, dict[str, Any]], None] = _nobody_listens
        self.take_kept: Callable[[], bool] = _nothing_kept
        self.trace: list[tuple[str, str]] | None = None
        self.waiting_joins: set[tuple[str, str]] = set()
        self._agenda: deque[Any] = deque()
        self._emptied: dict[str, None] = {}
        self._instants: list[tuple[str, str, int]] = []
        self.unscheduled: list[tuple[Token, int]] = []
        self._to_ask: dict[str, Token] = {}
        self.conditional: dict[str, Token] = {}
        self._written: set[str] | None = set()
        super().__init__(spec, {}, script_engine=_NO_SCRIPTS, deserializing=True)
        self.spec: FlowSpec = spec
        self.tasks: dict[str, Token] = {}
        if fresh:
            self.root = Token(self, spec.start, "", "", {})
            spec.start._update(self.root)

    # --- ids and order

    def next_task_id(self) -> str:
        """``<entry>.<ordinal>``, unique in the run."""
        self.ordinal += 1
        task_id = f"{self.entry}.{self.ordinal}"
        if task_id in self.tasks:
            raise IntegrityError("runtime.task_id", "任务编号重复", "a task id was given out twice", task_id)
        return task_id

    def tick(self) -> int:
        """The next logical instant."""
        self.counter += 1
        return self.counter

    # --- an act

    def begin(self, entry: int, view: Mapping[str, Any], now: datetime, limits: Limits | None = None) -> None:
        """Starts the work of one journal entry, within its own limits if given."""
        self.entry, self.ordinal, self.view, self.now = entry, 0, view, now
        self.limits = limits or self.limits
        self.steps_left = self.limits.steps
        self._written = None

    def tell(self, name: str, value: Any) -> None:
        """Changes one of the values of the view."""
        self.view = {**self.view, name: value}
        self.has_changed(name)

    def has_changed(self, name: str) -> None:
        """Has the conditions that read a value asked again."""
        if self._written is not None:
            self._written.add(name)

    def queue(self, token: Token) -> None:
        """Has a ready token run in its turn, unless it waits for a person."""
        if not token.task_spec.is_manual(token):
            self._agenda.append(token)

    def later(self, work: Callable[[], object]) -> None:
        """Does something in its turn, after what is ready now: signals reach those who get ready at the same time."""
        self._agenda.append(work)

    def advance(self) -> None:
        """Runs everything that needs no person, until only people's tasks, joins and events wait."""
        while (
            ((self._to_ask or self._written or self._written is None) and self._check_conditions())
            or self._next_on_agenda()
            or self._close_contents()
            or self.take_kept()  # a join asks what may still come when all that has come is here
            or self._fire_joins()
        ):
            pass

    def step(self, element: Element) -> None:
        """Counts one automatic step; LimitExceeded when an act takes too many."""
        self.steps_left -= 1
        if self.steps_left < 0:
            raise LimitExceeded(
                "runtime.steps", "流程在一次操作中自动运行的步数过多,可能存在没有人参与的循环",
                "the flow ran too many automatic steps for one act; it may loop without a person in it",
                element.bpmn_id,
            )  # fmt: skip

    def run_token(self, token: Token) -> None:
        """Runs one ready token; an error says where it arose."""
        self.step(token.task_spec)
        try:
            token.run()
        except BinglianError as error:
            self.locate(error, token)
            raise

    def locate(self, error: BinglianError, token: Token) -> None:
        """Names the element (and the activities that called its process) in an error that names none."""
        calls, owner = [token.task_spec.bpmn_id], self.tasks.get(token.scope)
        while owner is not None:
            if owner.task_spec.owns_values and owner.scope:
                calls.append(self.tasks[owner.scope].task_spec.bpmn_id)
            owner = self.tasks.get(owner.scope)
        if error.where in {"", token.task_spec.bpmn_id}:
            error.where = " > ".join(reversed(calls))

    def _next_on_agenda(self) -> bool:
        if not self._agenda:
            return False
        work = self._agenda.popleft()
        if not isinstance(work, Token):
            work()
        elif work.live and work._state == TaskState.READY:
            self.run_token(work)
        return True

    def _fire_joins(self) -> bool:
        # One at a time: what it sends on may be what the next one has to wait for.
        return any(self.spec.task_specs[name].fire(self, scope) for name, scope in sorted(self.waiting_joins))

    def _check_conditions(self) -> bool:
        fresh, written = self._to_ask, self._written
        self._to_ask, self._written = {}, set()
        return conditions.check(self, fresh, written)

    # --- tokens

    def spawn(self, name: str, scope: str, origin: str = "", facts: dict[str, Any] | None = None) -> Token:
        """A new token at an element; it arrives there at once."""
        token = self.place(name, scope, origin, facts)
        token.task_spec._update(token)
        return token

    def place(self, name: str, scope: str, origin: str = "", facts: dict[str, Any] | None = None) -> Token:
        """A new token that does nothing yet."""
        element = self.spec.task_specs[name]
        self.step(element)
        if len(self.tasks) > self.limits.tokens:
            raise LimitExceeded(
                "runtime.tokens", f"办件同时进行的任务超过 {self.limits.tokens} 个",
                f"more than {self.limits.tokens} tokens at one time", element.bpmn_id,
            )  # fmt: skip
        return Token(self, element, scope, origin, {} if facts is None else facts)

    def forget(self, token: Token) -> None:
        """Takes a finished token out; its content may have become empty."""
        del self.tasks[token.id]
        self._emptied[token.scope] = None

    def tokens_in(self, scope: str) -> list[Token]:
        """The tokens of a content that keep it going: not those that only listen for an event sub-process."""
        return [t for t in self.tasks.values() if t.scope == scope and LISTENS not in t.internal_data]

    def is_empty(self, scope: str) -> bool:
        """Whether nothing keeps a content going."""
        return not any(t.scope == scope and LISTENS not in t.internal_data for t in self.tasks.values())

    def attached(self, key: str, holder: str) -> list[Token]:
        """The tokens whose fact ``key`` names ``holder``: boundary events of an activity, instances of a body."""
        return [t for t in self.tasks.values() if t.internal_data.get(key) == holder]

    def cancel(self, tokens: Iterable[Token]) -> None:
        """Takes tokens away, with all they contain, their instances and boundary events."""
        stack = [t for t in tokens if t.live]
        if not stack:
            return
        if all(t.listening for t in stack):
            for token in stack:
                self._take_away(token)
            return
        holders: dict[str, list[Token]] = {}
        for token in self.tasks.values():
            facts = token.internal_data
            holders.setdefault(facts.get(HOST) or facts.get(BODY) or token.scope, []).append(token)
        while stack:
            token = stack.pop()
            if token.live:
                stack += holders.get(token.id, ())
                self._take_away(token)

    def cancel_content(self, scope: str) -> None:
        """Takes away everything in a content, what only listens included."""
        self.cancel([t for t in self.tasks.values() if t.scope == scope])

    def _take_away(self, token: Token) -> None:
        self.step(token.task_spec)
        token._set_state(TaskState.CANCELLED)
        self.forget(token)
        if token.task_spec.told_when_cancelled(token):
            self.note(token, "cancelled")
        if SERVES in token.internal_data:
            self.later(lambda: compensation.served(token))

    def note(self, token: Token, event: str) -> None:
        """Keeps one line of the trace, when somebody wants it."""
        if self.trace is not None and token.task_spec.drawn:
            self.trace.append((token.task_spec.bpmn_id, event))

    # --- timers

    def await_instant(self, at: str, token: Token, number: int) -> None:
        """Takes note of an instant (UTC text) at which a waiting token's timer comes due."""
        heappush(self._instants, (at, token.id, number))

    def next_instant(self) -> tuple[str, str, int] | None:
        """The earliest timer that still waits: instant, token, number."""
        while self._instants:
            at, token_id, number = self._instants[0]
            token = self.tasks.get(token_id)
            if token is not None and token.internal_data.get(DUE, {}).get(str(number), ("",))[0] == at:
                return at, token_id, number
            heappop(self._instants)
        return None

    # --- contents

    def open_content(self, owner: Token) -> None:
        """Starts what lies inside a process or sub-process: its start events, and what listens for events."""
        content = owner.task_spec.content
        self._check_depth(owner)
        if content.begins:
            for name in content.begins:
                self.spec.task_specs[name].wait_to_begin(self, owner.id)
            return
        if content.ad_hoc is not None:
            owner.task_spec.offer(owner)
        else:
            via = owner.internal_data.get(VIA)
            for name in content.starts if via is None else (via,):
                self.spawn(name, owner.id)
        if content.listeners:
            self.later(lambda: self.listen(owner))
        self._emptied[owner.id] = None

    def listen(self, owner: Token) -> None:
        """Arms the start events of the event sub-processes of a content."""
        for name in owner.task_spec.content.listeners:
            if owner.live:
                self.spec.task_specs[name].listen(self, owner.id)

    def _check_depth(self, owner: Token) -> None:
        depth, token = 0, owner
        while token.scope:
            depth, token = depth + 1, self.tasks[token.scope]
        if depth > self.limits.depth:
            raise LimitExceeded(
                "runtime.depth", f"子流程嵌套超过 {self.limits.depth} 层",
                f"more than {self.limits.depth} processes inside each other", owner.task_spec.bpmn_id,
            )  # fmt: skip

    def _close_contents(self) -> bool:
        while self._emptied:
            scope = next(iter(self._emptied))
            del self._emptied[scope]
            owner = self.tasks.get(scope)
            if owner is not None and owner.task_spec.content_over(owner):
                self.cancel_content(scope)
                owner.task_spec.end_content(owner)
                return True
        return False

    def finish(self, root: Token) -> None:
        """The process has come to its end; its values stay."""
        self.completed = True
        self.tasks.clear()
        self.results = dict(sorted(root.internal_data.get(VALUES, {}).items()))
        self._agenda.clear()

    def fail(self, code: str, message: str) -> None:
        """An error nobody catches ends everything (BPMN 2.0.2, 10.5.6: the process is terminated)."""
        self.failed = [code, message]
        self.results = dict(sorted(self.root.internal_data.get(VALUES, {}).items()))
        self.cancel([self.root])
        self._agenda.clear()
        self._emptied.clear()
        self.waiting_joins.clear()

    # --- values

    def _around(self, token: Token) -> Iterator[Token]:
        """The token, the body it is an instance of, the owner of its content, and so on, up to its process."""
        current: Token | None = token
        while current is not None:
            yield current
            body = current.internal_data.get(BODY)
            if body is not None and body in self.tasks:
                yield self.tasks[body]
            current = self.tasks.get(current.scope)
            if current is not None and current.task_spec.owns_values:
                yield current
                return

    def visible(self, token: Token, extra: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """What an expression at a token sees, innermost first, the run's ``view`` last."""
        maps: list[Mapping[str, Any]] = [] if extra is None else [extra]
        for around in self._around(token):
            maps += around.task_spec.local_values(around)
        if self.spec.several and (told := instances.told(token, self.view)):
            maps.append(told)
        if not maps:
            return self.view
        return Visible(self.spec.aliases, *maps, self.view)

    def write(self, token: Token, name: str, value: Any, outside: bool = False) -> None:
        """Writes a value where it is declared around a token, else to its process; ``outside``: never in the token."""
        name = self.spec.aliases.get(name, name)
        if name in self.view:
            raise DiagramError(
                "data.read_only", f"{name} 只能读取，不能写入", f"{name} can be read and not written",
                token.task_spec.bpmn_id,
            )  # fmt: skip
        kept, size = measured(value, token.task_spec.bpmn_id)
        self.steps_left -= size // STEP_SIZE
        self.step(token.task_spec)
        holder = token
        for around in self._around(token):
            if outside and around is token:
                continue
            holder = around
            if name in around.task_spec.declares or name in around.internal_data.get(VALUES, ()):
                break
        holder.values[name] = kept
        self.has_changed(name)

    def write_into(self, token: Token, target: str, value: Any) -> None:
        """Writes a result of an activity around it: a name, or a part of a value such as ``form["fee"]``."""
        if "[" not in target:
            self.write(token, target, value, outside=True)
            return
        seen = ChainMap({"assigned": value}, dict(self.visible(token)))
        script = compile_script(f"{target} = assigned")
        script.run(seen, lambda name, whole: self.write(token, name, whole, outside=True))

    def copy_of_visible(self, token: Token) -> dict[str, Any]:
        """All values visible at a token, as a value of their own."""
        seen = self.visible(token)
        return {name: deepcopy(seen[name]) for name in seen}

    def copy_of_written(self, token: Token) -> dict[str, Any]:
        """The same without the view, which everything of the run sees and nothing can write."""
        local = [values for around in self._around(token) for values in around.task_spec.local_values(around)]
        seen = self.visible(token)
        return {name: deepcopy(seen[name]) for name in sorted({name for values in local for name in values})}

    # --- events

    def raise_error(self, token: Token, code: str, message: str, data: Mapping[str, Any] | None = None) -> None:
        """An error arises in the activity of a token."""
        propagation.error(self, token, code, message, data or {})

    def ask_condition(self, token: Token) -> None:
        """Has the conditions of a token that has begun to wait asked."""
        self._to_ask[token.id] = self.conditional[token.id] = token

    def is_completed(self) -> bool:
        """The process has come to its end."""
        return self.completed

    def _task_completed_notify(self, task: Any) -> None:
        # The library polls every waiting task here and looks for a task named "End".
        return None


def _nothing_kept() -> bool:
    return False


def _nobody_listens(kind: str, name: str, payload: dict[str, Any]) -> None:
    return None
