"""A multi-instance activity does not say how many instances it has, or not in a way that can be followed."""

from collections.abc import Iterator

from lxml import etree

from engine.diagram.expression import compile_expression
from engine.diagram.rules.extensions import extensions, foreign_attributes
from engine.diagram.rules.model import Diagram, Problem, kind_of, text_of
from engine.diagram.xml import bpmn
from engine.errors import DiagramError

SECTION = "10.3.8"

_COLLECTIONS = frozenset(
    {"dataInput", "dataOutput", "dataObject", "dataObjectReference", "dataStoreReference", "property"}
)
_ITEMS = _COLLECTIONS | {"inputDataItem", "outputDataItem"}
_BEHAVIORS = {"None": "noneBehaviorEventRef", "One": "oneBehaviorEventRef"}


def check(diagram: Diagram) -> Iterator[Problem]:
    """The number of instances, the collections, and the events thrown when instances end."""
    for node in diagram.nodes:
        for loop in node.children("multiInstanceLoopCharacteristics"):
            for found in (*_how_many(loop), *_collections(diagram, loop), *_behavior(diagram, loop)):
                yield Problem(node.element, *found)


Words = tuple[str, str, str]


def _how_many(loop: etree._Element) -> Iterator[Words]:
    cardinality = loop.find(bpmn("loopCardinality"))
    if cardinality is not None:
        value = _constant(text_of(cardinality))
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
            yield (
                f"实例数 {value} 不是非负整数", f"the number of instances is {value}, not a whole number of at least 0",
                "write a whole number, or an expression that gives one",
            )  # fmt: skip
    elif loop.find(bpmn("loopDataInputRef")) is None and not _foreign_collection(loop):
        yield (
            "多实例没有说明实例数或集合",
            "it says neither how many instances there are nor over which collection",
            "add loopCardinality or loopDataInputRef",
        )


def _constant(text: str) -> object | None:
    """The value of an expression that reads nothing; ``None`` when it reads something or is wrong otherwise."""
    try:
        expression = compile_expression(text)
        return None if expression.names else expression.evaluate({})
    except DiagramError:
        return None


def _foreign_collection(loop: etree._Element) -> bool:
    if foreign_attributes(loop).get("collection"):
        return True
    return any(name == "loopCharacteristics" and found.get("inputCollection") for name, found in extensions(loop))


def _collections(diagram: Diagram, loop: etree._Element) -> Iterator[Words]:
    for child in loop:
        kind = kind_of(child)
        found = diagram.named(text_of(child)) if kind in {"loopDataInputRef", "loopDataOutputRef"} else None
        if found is not None and kind_of(found) not in _ITEMS:
            yield (
                f"{kind}={text_of(child)} 是 {kind_of(found)},不是数据元素",
                f"{kind}={text_of(child)} is a {kind_of(found)}, no data element",
                "name a data object, data input, data output or property by its id",
            )


def _behavior(diagram: Diagram, loop: etree._Element) -> Iterator[Words]:
    behavior = loop.get("behavior", "All")
    attribute = _BEHAVIORS.get(behavior)
    if attribute is not None:
        found = diagram.named(loop.get(attribute))
        if found is None or not kind_of(found).endswith("EventDefinition"):
            yield (
                f"behavior={behavior} 没有可抛出的事件:{attribute}={loop.get(attribute)}",
                f"behavior={behavior} throws {attribute}={loop.get(attribute)}, which is no event definition",
                f"let {attribute} name an event definition beside the process",
            )
    if behavior == "Complex" and loop.find(bpmn("complexBehaviorDefinition")) is None:
        yield (
            "behavior=Complex 没有 complexBehaviorDefinition",
            "behavior=Complex has no complexBehaviorDefinition",
            "add a condition and the event it throws",
        )
    for definition in loop.iterfind(bpmn("complexBehaviorDefinition")):
        for part in ("condition", "event"):
            if definition.find(bpmn(part)) is None:
                yield (
                    f"complexBehaviorDefinition 没有 {part}", f"a complexBehaviorDefinition has no {part}",
                    "add a condition and the event it throws",
                )  # fmt: skip
