"""Data of a diagram: data objects, inputs and outputs of activities, loops over collections."""

from collections.abc import Iterator

from lxml import etree

from engine.diagram.rules.extensions import extensions, foreign_attributes
from engine.diagram.rules.model import bare, is_true
from engine.diagram.xml import bpmn, local_name
from engine.runtime.activities import Association
from engine.runtime.loops import Behavior, MultiInstance, StandardLoop
from engine.runtime.reading_events import Definitions, expression_text


def data_names(container: etree._Element) -> tuple[frozenset[str], dict[str, str]]:
    """The data objects a process or sub-process declares, and what else they are called."""
    declared = frozenset(e.get("id", "") for e in container.iterfind(bpmn("dataObject")) if e.get("id"))
    properties = container.iterfind(bpmn("property"))
    declared |= {name for e in properties for name in (e.get("id", ""), e.get("name", "")) if name}
    aliases: dict[str, str] = {}
    named = ("dataObject", "dataObjectReference", "dataStoreReference")
    for element in (found for name in named for found in container.iterfind(bpmn(name))):
        reference = element.get("dataObjectRef") or element.get("dataStoreRef")
        target = bare(reference) or element.get("id", "")
        aliases |= {label: target for label in (element.get("name", ""), element.get("id", "")) if label}
    return declared, aliases


def optional_data(node: etree._Element) -> frozenset[str]:
    """The data inputs and outputs that need not be there (``optionalInputRefs``, ``optionalOutputRefs``)."""
    found = node.iterfind(f"{bpmn('ioSpecification')}//*")
    return frozenset(
        (e.text or "").strip() for e in found if local_name(e) in {"optionalInputRefs", "optionalOutputRefs"}
    )


def declared_data(process: etree._Element, kind: str) -> dict[str, bool] | None:
    """What a process takes in (``dataInput``) or gives (``dataOutput``): name → required; None: it says nothing."""
    if process.find(bpmn("ioSpecification")) is None:
        return None
    found = process.iterfind(f"{bpmn('ioSpecification')}/{bpmn(kind)}")
    return {_label(e): e.get("id", "") not in optional_data(process) for e in found}


def correlations(root: etree._Element) -> Iterator[tuple[str, str, str, str]]:
    """Message id, correlation key, property and the path of the property's value in the message (8.4.2)."""
    keys = [
        (key.get("id") or key.get("name", ""), bare(reference.text))
        for key in root.iter(bpmn("correlationKey"))
        for reference in key.iterfind(bpmn("correlationPropertyRef"))
    ]
    for found in root.iter(bpmn("correlationProperty")):
        for retrieval in found.iterfind(bpmn("correlationPropertyRetrievalExpression")):
            path = expression_text(retrieval.find(bpmn("messagePath")))
            for key, reference in keys:
                if path and reference == found.get("id"):
                    yield bare(retrieval.get("messageRef")), key or "", reference, path


def received(event: etree._Element, aliases: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Where a catch event puts what it receives: part (empty: all) → value."""
    names = {e.get("id", ""): _label(e) for e in event.iterfind(bpmn("dataOutput"))}
    found = []
    for association in event.iterfind(bpmn("dataOutputAssociation")):
        source, target = _text(association, "sourceRef"), _text(association, "targetRef")
        for assignment in association.iterfind(bpmn("assignment")):
            part = unwrapped(assignment.findtext(bpmn("from")) or "")
            found.append((names.get(part, part), expression_text(assignment.find(bpmn("to"))) or target))
        if association.find(bpmn("assignment")) is None and target:
            found.append((names.get(source, source), aliases.get(target, target)))
    return tuple(found)


def sent(event: etree._Element, aliases: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """What a throw event or send task sends along: name → expression."""
    labels = (*event.iterfind(bpmn("dataInput")), *event.iterfind(f"{bpmn('ioSpecification')}/{bpmn('dataInput')}"))
    names = {e.get("id", ""): _label(e) for e in labels}
    found = []
    for association in event.iterfind(bpmn("dataInputAssociation")):
        source, target = _text(association, "sourceRef"), _text(association, "targetRef")
        change = expression_text(association.find(bpmn("transformation")))
        for assignment in association.iterfind(bpmn("assignment")):
            into = expression_text(assignment.find(bpmn("to"))) or target
            found.append((names.get(into, into), expression_text(assignment.find(bpmn("from")))))
        if association.find(bpmn("assignment")) is None and (source or change):
            known = aliases.get(source, source)
            found.append((names.get(target) or known, change or known))
    return tuple(found)


class ActivityData:
    """The data of one activity: ``aliases`` are the file's data objects by all their names."""

    def __init__(self, node: etree._Element, aliases: dict[str, str]) -> None:
        self.node, self.aliases = node, aliases
        inputs = node.iterfind(f"{bpmn('ioSpecification')}/{bpmn('dataInput')}")
        outputs = node.iterfind(f"{bpmn('ioSpecification')}/{bpmn('dataOutput')}")
        self.labels = {e.get("id", ""): _label(e) for e in (*inputs, *outputs)}
        self.optional = optional_data(node)

    def _known_as(self, reference: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(n for n in (reference, self.labels.get(reference)) if n))

    def _object(self, reference: str) -> str:
        return self.aliases.get(reference, reference)

    def takes(self) -> tuple[Association, ...]:
        """What is copied in when it starts."""
        associations = self._associations("dataInputAssociation", "targetRef")
        found = [a for e in associations for a in self._input(e)]
        return (*found, *_mappings(self.node, "in"))

    def _input(self, element: etree._Element) -> Iterator[Association]:
        source, target = _text(element, "sourceRef"), _text(element, "targetRef")
        for assignment in element.iterfind(bpmn("assignment")):
            into = expression_text(assignment.find(bpmn("to"))) or target
            yield Association("", "", expression_text(assignment.find(bpmn("from"))), self._known_as(into))
        if element.find(bpmn("assignment")) is None and source and target in self.labels:
            change = expression_text(element.find(bpmn("transformation")))
            needed = target not in self.optional
            yield Association(self._object(source), "", change, self._known_as(target), needed)

    def gives(self) -> tuple[Association, ...]:
        """What is copied out when it completes."""
        associations = self._associations("dataOutputAssociation", "sourceRef")
        found = [a for e in associations for a in self._output(e)]
        return (*found, *_mappings(self.node, "out"))

    def _output(self, element: etree._Element) -> Iterator[Association]:
        source, target = _text(element, "sourceRef"), self._object(_text(element, "targetRef"))
        for assignment in element.iterfind(bpmn("assignment")):
            into = expression_text(assignment.find(bpmn("to"))) or target
            yield Association("", self._object(into), expression_text(assignment.find(bpmn("from"))))
        if element.find(bpmn("assignment")) is None and target:
            change = expression_text(element.find(bpmn("transformation")))
            named = [name for name, known in self.aliases.items() if known == target]
            needed = source in self.labels and source not in self.optional
            yield Association("", target, change, self._known_as(source) if source else (target, *named), needed)

    def local_names(self) -> frozenset[str]:
        """Names that mean something inside one instance only."""
        targets = [_text(e, "targetRef") for e in self._associations("dataInputAssociation", "targetRef")]
        sources = [_text(e, "sourceRef") for e in self._associations("dataOutputAssociation", "sourceRef")]
        mapped = [name for a in _mappings(self.node, "in") for name in a.names]
        inner = [name for ref in (*targets, *sources) if ref in self.labels for name in self._known_as(ref)]
        return frozenset((*mapped, *inner))

    def collection(self, reference: str) -> str:
        """The value a loop reads, for the data input or data object it names."""
        for association in self.node.iterfind(bpmn("dataInputAssociation")):
            if _text(association, "targetRef") == reference:
                change = expression_text(association.find(bpmn("transformation")))
                return change or self._object(_text(association, "sourceRef"))
        return self.labels.get(reference, self._object(reference))

    def targets(self, reference: str) -> tuple[tuple[str, str], ...]:
        """The values a loop writes its results to, each with the expression that changes them first, or none."""
        found = [
            (self._object(_text(association, "targetRef")), expression_text(association.find(bpmn("transformation"))))
            for association in self.node.iterfind(bpmn("dataOutputAssociation"))
            if _text(association, "sourceRef") == reference and _text(association, "targetRef")
        ]
        return tuple(found) or ((self.labels.get(reference, self._object(reference)), ""),)

    def known_as(self, reference: str) -> tuple[str, ...]:
        """Every name of a data input, data output or data object."""
        return (*self._known_as(reference), self._object(reference))

    def _associations(self, name: str, inner: str) -> list[etree._Element]:
        """Those of an instance; the data input and output of a loop as a whole are read by the loop."""
        several = self.node.find(bpmn("multiInstanceLoopCharacteristics"))
        whole = () if several is None else (_text(several, "loopDataInputRef"), _text(several, "loopDataOutputRef"))
        return [e for e in self.node.iterfind(bpmn(name)) if not _text(e, inner) or _text(e, inner) not in whole]


def _label(element: etree._Element) -> str:
    return element.get("name", "") or element.get("id", "")


def _text(element: etree._Element, name: str) -> str:
    return bare(element.findtext(bpmn(name)))


def _foreign(node: etree._Element, name: str) -> Iterator[etree._Element]:
    return (element for known, element in extensions(node) if known == name)


def foreign_child(node: etree._Element, name: str, attribute: str) -> str:
    """An attribute of an extension element another modeler wrote."""
    return next((element.get(attribute, "") for element in _foreign(node, name)), "")


def gives_or_takes_all(node: etree._Element, name: str) -> bool:
    """Whether a call activity of Camunda passes all variables (``in`` or ``out``)."""
    return any(element.get("variables") == "all" for element in _foreign(node, name))


def _mappings(node: etree._Element, name: str) -> list[Association]:
    """``camunda:in`` and ``camunda:out`` of a call activity."""
    if local_name(node) != "callActivity":
        return []
    found = []
    for element in _foreign(node, name):
        source, target = element.get("source", ""), element.get("target", "")
        expression = unwrapped(element.get("sourceExpression", ""))
        if target and name == "in":
            found.append(Association(source, "", expression, (target,)))
        elif target:
            found.append(Association("", target, expression, (source,)))
    return found


def unwrapped(text: str) -> str:
    """``items`` out of ``${items}``, ``#{items}`` or ``= items``."""
    plain = text.strip()
    if plain.startswith(("${", "#{")) and plain.endswith("}"):
        return plain[2:-1].strip()
    return plain.removeprefix("=").strip()


def read_loop(node: etree._Element, data: ActivityData, known: Definitions) -> StandardLoop | MultiInstance | None:
    """The loop characteristics of an activity."""
    standard = node.find(bpmn("standardLoopCharacteristics"))
    if standard is not None:
        before = is_true(standard, "testBefore")
        maximum = int(standard.get("loopMaximum") or 0)
        return StandardLoop(expression_text(standard.find(bpmn("loopCondition"))), before, maximum)
    several = node.find(bpmn("multiInstanceLoopCharacteristics"))
    if several is None:
        return None
    collection = data.collection(_text(several, "loopDataInputRef")) if _text(several, "loopDataInputRef") else ""
    collection = collection or unwrapped(
        foreign_attributes(several).get("collection", "")
        or foreign_child(several, "loopCharacteristics", "inputCollection")
    )
    output = _text(several, "loopDataOutputRef") or foreign_child(several, "loopCharacteristics", "outputCollection")
    targets = data.targets(output) if output else ()
    return MultiInstance(
        sequential=is_true(several, "isSequential"),
        cardinality=expression_text(several.find(bpmn("loopCardinality"))),
        collection=collection,
        item=_item(several, "inputDataItem", "elementVariable", "inputElement"),
        output=_item(several, "outputDataItem", "", "outputElement"),
        results=tuple(dict.fromkeys((*data.known_as(output), *(name for name, _ in targets)))) if output else (),
        targets=targets,
        condition=expression_text(several.find(bpmn("completionCondition"))),
        behaviors=tuple(_behaviors(several, known)),
    )


def _item(several: etree._Element, name: str, attribute: str, zeebe: str) -> tuple[str, ...]:
    item = several.find(bpmn(name))
    found = [] if item is None else [item.get("name"), item.get("id")]
    found.append(foreign_attributes(several).get(attribute, ""))
    found.append(unwrapped(foreign_child(several, "loopCharacteristics", zeebe)))
    return tuple(dict.fromkeys(n for n in found if n))


def _behaviors(several: etree._Element, known: Definitions) -> Iterator[Behavior]:
    behavior = several.get("behavior", "All")
    reference = {"None": "noneBehaviorEventRef", "One": "oneBehaviorEventRef"}.get(behavior)
    if reference:
        trigger = known.by_reference(several.get(reference, ""))
        if trigger is not None:
            yield Behavior(trigger, first_only=behavior == "One")
    for complex_ in several.iterfind(bpmn("complexBehaviorDefinition")) if behavior == "Complex" else ():
        event = complex_.find(bpmn("event"))
        for trigger in () if event is None else known.triggers(event):
            yield Behavior(trigger, expression_text(complex_.find(bpmn("condition"))))
