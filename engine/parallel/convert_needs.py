"""What the units of a serial diagram need and yield, and the order that follows.

A unit needs and yields what its elements declare (``bl:needs``, ``bl:yields``, data associations of BPMN). It also
reads the values its conditions and scripts name, and writes those of its forms, scripts and outputs. Orders kept:

* who needs what another yields comes after it; the steps of one item (``bl:step item``) stay in their drawn order;
* of two units of which one writes a value the other reads or writes too, the drawn order is kept;
* a unit of which nothing is declared stays after everything drawn before it, and before everything drawn after it; so
  does a joint visit (``bl:covers``), because the file does not tell the items of its steps.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from engine.catalogue.vocabulary import BEFORE_STEP
from engine.diagram.xml import BL, BPMN, bpmn, line_of, local_name
from engine.errors import DiagramError
from engine.parallel.order import DECLARED, DERIVED, INSIDE, Order

_NAME = re.compile(r"[^\W\d]\w*")
_ASKING = frozenset(
    {
        "conditionExpression", "condition", "loopCondition", "loopCardinality", "completionCondition",
        "activationCondition", "script", "timeDuration", "timeDate", "timeCycle",
    }
)  # fmt: skip
_FIELDS = {"field": "name", "formField": "id", "formProperty": "id", "outputParameter": "name", "output": "target"}


@dataclass(frozen=True)
class Declared:
    """One unit: ``items`` its steps belong to, codes it ``needs`` and ``yields``, values it ``reads`` and ``writes``.

    ``known``: whether anything is declared; ``place`` (file:line id) for errors.
    """

    id: str
    name: str
    place: str
    needs: frozenset[str]
    yields: frozenset[str]
    reads: frozenset[str]
    writes: frozenset[str]
    items: frozenset[str]
    known: bool


def declared(unit: str, elements: Sequence[etree._Element], named: Mapping[str, etree._Element], file: str) -> Declared:
    """What the elements of a unit (with their content) and its flows say; ``named``: by id, all of the file."""
    inside = [e for element in elements for e in element.iter() if isinstance(e.tag, str)]
    own = [e for e in inside if etree.QName(e).namespace == BL]
    refs = {tag: {e.get("ref", "") for e in own if local_name(e) == tag} for tag in ("needs", "yields")}
    refs["needs"].update(_data(inside, "dataInputAssociation", "sourceRef", named))
    refs["yields"].update(_data(inside, "dataOutputAssociation", "targetRef", named))
    reads = {n for e in inside if local_name(e) in _ASKING and e.text for n in _NAME.findall(e.text)}
    writes = frozenset(_writes(inside))
    steps = [e for e in own if local_name(e) == "step"]
    items = frozenset(e.get("item", "") for e in steps)
    joint = any(local_name(e) == "covers" for e in own)
    known = not joint and (bool(items and "" not in items) or any(refs.values()) or bool(writes))
    first = elements[0]
    return Declared(
        id=unit,
        name=next((e.get("name", "") for e in elements if e.get("id") == unit), "") or unit,
        place=f"{file}:{line_of(first)} {first.get('id', '')}",
        needs=frozenset(refs["needs"] - {""}),
        yields=frozenset(refs["yields"] - {""}),
        reads=frozenset(reads),
        writes=writes,
        items=items - {""},
        known=known,
    )


def _data(
    inside: Iterable[etree._Element], association: str, end: str, named: Mapping[str, etree._Element]
) -> Iterator[str]:
    """The data objects at the outer ends of data associations; two references to one object are the same."""
    for element in inside:
        if element.tag != bpmn(association):
            continue
        for reference in element.iterchildren(bpmn(end)):
            identity = (reference.text or "").strip()
            found = named.get(identity)
            if found is not None and local_name(found) in {"dataObjectReference", "dataStoreReference", "dataObject"}:
                yield found.get("dataObjectRef") or found.get("dataStoreRef") or identity


def _writes(inside: Iterable[etree._Element]) -> Iterator[str]:
    for element in inside:
        name = local_name(element)
        if name in _FIELDS and etree.QName(element).namespace != BPMN:
            yield from _NAME.findall(element.get(_FIELDS[name], ""))[:1]
        if element.tag == bpmn("script"):
            yield from _targets(element.text or "")
        for attribute, value in element.attrib.items():
            if etree.QName(str(attribute)).localname in {"resultVariable", "resultVariableName"}:
                yield str(value)


def _targets(script: str) -> Iterator[str]:
    """Names a script assigns to; of a script in another language every name it mentions."""
    try:
        body = ast.parse("\n".join(line.strip() for line in script.strip().splitlines()))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        yield from _NAME.findall(script)
        return
    for node in ast.walk(body):
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AugAssign) else targets
        for target in targets:
            base = target
            while isinstance(base, ast.Subscript | ast.Attribute):
                base = base.value
            if isinstance(base, ast.Name):
                yield base.id


def orders_of(units: Sequence[Declared]) -> tuple[Order, ...]:
    """The orders between units given in drawn order.

    DiagramError when one needs what is drawn only after it.
    """
    producers: dict[str, list[int]] = {}
    for place, unit in enumerate(units):
        for code in unit.yields:
            producers.setdefault(code, []).append(place)
    found: list[Order] = []
    touched: dict[tuple[str, str], list[int]] = {}
    unknown: list[int] = []
    for place, later in enumerate(units):
        _refuse_late(later, place, units, producers)
        mine = _touches(later)
        near = range(place) if not later.known else {*unknown, *(n for key in mine for n in touched.get(key, ()))}
        for earlier in sorted(near):
            found += _between(units[earlier], later)
        for key in mine:
            touched.setdefault(key, []).append(place)
        if not later.known:
            unknown.append(place)
    return tuple(found)


def _touches(unit: Declared) -> set[tuple[str, str]]:
    """Everything an order with another unit can be about: two units with nothing in common have none."""
    named = {"code": unit.needs | unit.yields, "item": unit.items, "value": unit.reads | unit.writes}
    return {(kind, name) for kind, names in named.items() for name in names}


def _refuse_late(unit: Declared, place: int, units: Sequence[Declared], producers: Mapping[str, list[int]]) -> None:
    for code in sorted(unit.needs - unit.yields):
        places = producers.get(code, [])
        if places and places[0] > place:
            producer = units[places[0]]
            raise DiagramError(
                "parallel.needed_before_yielded",
                f"“{unit.name}”需要 {code},而产生它的“{producer.name}”画在后面",
                f"“{unit.name}” needs {code}, but “{producer.name}”, which yields it, is drawn after it",
                unit.place,
            )


def _between(earlier: Declared, later: Declared) -> Iterator[Order]:
    for code in sorted(earlier.yields & later.needs):
        yield _order(
            earlier, later, DERIVED, f"需要“{earlier.name}”产生的 {code}",
            f"needs {code}, which “{earlier.name}” yields", code,
        )  # fmt: skip
    for code in sorted(earlier.yields & later.yields):
        yield _order(earlier, later, DECLARED, f"两者都产生 {code}", f"both yield {code}", code)
    for item in sorted(earlier.items & later.items):
        yield _order(earlier, later, INSIDE, f"同一事项 {item} 的环节", f"steps of one item, {item}")
    for value in sorted((earlier.writes & (later.reads | later.writes)) | (earlier.reads & later.writes)):
        yield _order(
            earlier, later, DECLARED, f"两者都用到 {value},且有一方写入", f"both use {value}, and one writes it"
        )
    for unit in (earlier, later):
        if not unit.known:
            yield _order(
                earlier, later, DECLARED, f"“{unit.name}”没有说明需要什么、产生什么,只知道图中的顺序",
                f"nothing says what “{unit.name}” needs and yields; only the drawn order is known",
            )  # fmt: skip
            return


def _order(earlier: Declared, later: Declared, kind: str, zh: str, en: str, carries: str = "") -> Order:
    return Order(earlier.id, later.id, BEFORE_STEP, kind, zh, en, carries=carries)  # type: ignore[arg-type]
