"""From a deployed BPMN file to its spec, refusing what cannot run; nothing drawn is ever ignored."""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

from engine.diagram.decision_files import decisions_of
from engine.diagram.lint import adopt_and_refuse
from engine.diagram.xml import executable_processes, read_definitions
from engine.runtime.reading import Reader
from engine.runtime.specs import FlowSpec


def parse(data: bytes, file: str, tables: Mapping[str, bytes] | None = None) -> FlowSpec:
    """The spec of the one executable process of a BPMN file; DiagramError names file, line and element.

    ``tables``: the ``.dmn`` files its business rule tasks decide by, by name.
    """
    root, decisions = read_definitions(data, file), decisions_of(tables or {})
    adopt_and_refuse(root, file, decisions)
    return Reader({file: root}, decisions).read(executable_processes(root)[0].get("id", ""))


class FlowSpecs:
    """Parsed specs by deployed version, so a process parses each version once. Specs are shared and never changed."""

    def __init__(self, capacity: int = 256) -> None:
        self._capacity = capacity
        self._specs: OrderedDict[str, FlowSpec] = OrderedDict()
        self._lock = Lock()

    def get(self, version: str, data: bytes, tables: Mapping[str, bytes] | None = None) -> FlowSpec:
        """The spec of ``version`` whose XML is ``data`` and whose decision tables are ``tables``."""
        with self._lock:
            spec = self._specs.get(version)
            if spec is None:
                spec = self._specs[version] = parse(data, version[:12], tables)
                if len(self._specs) > self._capacity:
                    self._specs.popitem(last=False)
            else:
                self._specs.move_to_end(version)
            return spec
