"""The token game of BPMN 2.0 (13.4), written for tests from the text of the standard and from nothing else.

Tokens stand on flows and inside user tasks. It shares no code with the runtime it judges.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

DEFAULT = -1


@dataclass
class Graph:
    """``nodes``: name → kind; ``flows``: (source, target, wanted bit of ``choice[source]``).

    None is the default flow of a gateway and a flow without condition of a task; ``DEFAULT`` the default of a task.
    """

    nodes: dict[str, str] = field(default_factory=dict)
    flows: list[tuple[str, str, int | None]] = field(default_factory=list)

    def out(self, name: str) -> list[int]:
        return [i for i, f in enumerate(self.flows) if f[0] == name]

    def into(self, name: str) -> list[int]:
        return [i for i, f in enumerate(self.flows) if f[1] == name]

    def reaches(self, start: str, target_flow: int, avoiding: str) -> bool:
        """Whether a token at ``start`` can come to lie on ``target_flow`` without passing ``avoiding``."""
        seen, stack = {start}, [start]
        while stack:
            here = stack.pop()
            for i in self.out(here):
                if i == target_flow:
                    return True
                following = self.flows[i][1]
                if following != avoiding and following not in seen:
                    seen.add(following)
                    stack.append(following)
        return False


class TokenGame:
    """A marking: tokens on flows, and how many tokens each user task holds."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.on: Counter[int] = Counter()
        self.at: Counter[str] = Counter()
        start = next(n for n, kind in graph.nodes.items() if kind == "startEvent")
        self.on.update(graph.out(start))

    def settle(self, choice: Mapping[str, int]) -> None:
        """Moves every token that needs no person, eager nodes first, joins with a reachability rule last."""
        while self._move(choice) or self._inclusive(choice):
            pass

    def _move(self, choice: Mapping[str, int]) -> bool:
        for name, kind in self.graph.nodes.items():
            into = self.graph.into(name)
            ready = [i for i in into if self.on[i]]
            if kind == "parallelGateway" and into and len(ready) == len(into):
                self.on.subtract(into)
                self.on.update(self.graph.out(name))
                return True
            single = kind == "inclusiveGateway" and len(into) == 1  # nothing to wait for: it only splits
            if (single or kind in {"userTask", "endEvent", "exclusiveGateway"}) and ready:
                self.on[ready[0]] -= 1
                if kind == "userTask":
                    self.at[name] += 1
                elif kind != "endEvent":
                    self.on.update(self._chosen(name, choice)[: 1 if kind == "exclusiveGateway" else None])
                return True
        return False

    def _chosen(self, name: str, choice: Mapping[str, int]) -> list[int]:
        wanted = {i: self.graph.flows[i][2] for i in self.graph.out(name)}
        fitting = [i for i, bit in wanted.items() if bit not in {None, DEFAULT} and choice[name] & (1 << (bit or 0))]
        plain = [i for i, bit in wanted.items() if bit is None]
        if self.graph.nodes[name] != "userTask":
            return fitting or plain
        return plain + (fitting or [i for i, bit in wanted.items() if bit == DEFAULT])

    def _inclusive(self, choice: Mapping[str, int]) -> bool:
        for name, kind in self.graph.nodes.items():
            if kind != "inclusiveGateway":
                continue
            into = self.graph.into(name)
            filled = [i for i in into if self.on[i]]
            if filled and self._may_fire(name, filled, [i for i in into if not self.on[i]]):
                self.on.subtract(filled)
                self.on.update(self._chosen(name, choice))
                return True
        return False

    def _may_fire(self, name: str, filled: list[int], empty: list[int]) -> bool:
        places = [self.graph.flows[i][1] for i, n in self.on.items() if n and self.graph.flows[i][1] != name]
        places += [task for task, n in self.at.items() if n]
        for here in places:
            to_empty = any(self.graph.reaches(here, i, name) for i in empty)
            if to_empty and not any(self.graph.reaches(here, i, name) for i in filled):
                return False
        return True

    def open(self) -> list[str]:
        """User tasks that hold tokens, one name per token, sorted."""
        return sorted(self.at.elements())

    def complete(self, name: str, choice: Mapping[str, int]) -> None:
        """Completes one user task and settles."""
        self.at[name] -= 1
        self.on.update(self._chosen(name, choice))
        self.settle(choice)

    @property
    def ended(self) -> bool:
        """No token is left."""
        return not +self.on and not +self.at
