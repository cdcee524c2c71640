"""Cases kept in memory between commands, with their running workflow."""

from collections import OrderedDict
from threading import Lock

from engine.case.state import Case


class LiveCases:
    """A small LRU keyed by case and revision.

    A case is *taken* out while it is worked on and put back only after the commit: when anything fails in between, the
    half-advanced workflow is simply not there any more and the next command restores the stored one. A revision that
    another process has moved on misses.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._cases: OrderedDict[str, Case] = OrderedDict()
        self._lock = Lock()

    def take(self, case_id: str, revision: int) -> Case | None:
        """The live case at exactly this revision, removed from the cache."""
        with self._lock:
            case = self._cases.pop(case_id, None)
        return case if case is not None and case.revision == revision else None

    def put(self, case: Case) -> None:
        """Keeps a case whose revision was just committed."""
        with self._lock:
            self._cases[case.id] = case
            self._cases.move_to_end(case.id)
            if len(self._cases) > self._capacity:
                self._cases.popitem(last=False)
