"""Ids for the elements of a process that have none: legal in BPMN, but a state has to say where its tokens are.

The n-th element of its kind without an id becomes ``bl:<kind>:<n>``, counted from 1 in document order over the whole
file: ``bl:sequenceFlow:3``. No id of a file that obeys the schema can be the same, because those have no colon. Doing
it again changes nothing.
"""

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from engine.diagram.calls import GLOBAL_TASKS
from engine.diagram.finding import Finding
from engine.diagram.rules.model import NODES, kind_of
from engine.diagram.xml import line_of

IDENTIFIED = NODES | GLOBAL_TASKS | {"process", "sequenceFlow", "dataObject", "dataObjectReference", "property"}
"""Kinds of elements that get an id."""


def give_ids(root: etree._Element, file: str) -> list[Finding]:
    """Gives every flow node, sequence flow, process and data element an id, in place; one finding says for how many."""
    counted: Counter[str] = Counter()
    given = list(_given(root, counted))
    if not given:
        return []
    total = sum(counted.values())
    zh = "、".join(f"{kind} {count} 个" for kind, count in counted.items())
    en = ", ".join(f"{count} {kind}" for kind, count in counted.items())
    return [
        Finding(
            file, given[0].get("id", ""), line_of(given[0]), "missing-id", "info",
            f"{total} 个元素没有 id,已自动编号({zh})", f"{total} elements without an id were given one: {en}",
            "give them ids that stay the same when the diagram is edited",
        )
    ]  # fmt: skip


def _given(root: etree._Element, counted: Counter[str]) -> Iterator[etree._Element]:
    taken = {element.get("id") for element in root.iter() if element.get("id", "").startswith("bl:")}
    for element in root.iter():
        kind = kind_of(element)
        if kind in IDENTIFIED and not element.get("id"):
            counted[kind] += 1
            identity = f"bl:{kind}:{counted[kind]}"
            while identity in taken:
                identity += "+"
            element.set("id", identity)
            yield element
