"""The pictures of a conversion: diagrams before and after, Gantt charts, each an ``<svg>`` element as text."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from engine.catalogue import Catalogue, Offering
from engine.diagram.svg import draw
from engine.parallel.chart_svg import say_in
from engine.parallel.convert import Conversion, convert_parts
from engine.parallel.convert_before import file_diagram, serial_diagram
from engine.parallel.convert_chart import FORK_NAME, JOIN_NAME, NO, YES
from engine.parallel.convert_parts import Parts, parts_of_offering
from engine.parallel.gantt import TURNS, WORKING_DAYS, gantt
from engine.parallel.plan_file import plan_of_file
from engine.parallel.precedence import precedence_of
from engine.parallel.schedule import Plan
from engine.parallel.wish import NO_WISH, Wish, wished_plan

MOST_DRAWN = 1500
"""Nodes of a diagram that is drawn as a picture; larger ones are a file for a modeler."""

_ENGLISH = {FORK_NAME: "in parallel", JOIN_NAME: "join", YES: "yes", NO: "no", "一窗受理": "accepted", "办结": "closed"}


@dataclass(frozen=True)
class Pictures:
    """``before`` and ``after`` show the same steps; ``whole`` all of the new diagram where it has more, else empty.

    ``gantt``: heading → chart, the plan as it is and, where another is wished, that one. A diagram of more than
    ``MOST_DRAWN`` shapes is empty.
    """

    before: str
    after: str
    gantt: Mapping[str, str]
    whole: str | None = None


def pictures_of_offering(
    catalogue: Catalogue, offering: Offering, conversion: Conversion, wish: Wish, language: str
) -> Pictures:
    """The pictures of an item or bundle; ``conversion`` was made as wished, before and after are its plain case."""
    say = say_in(language)
    title = say(offering.name_zh, offering.name_en)
    strict, wished = wished_plan(offering, NO_WISH), wished_plan(offering, wish)
    charts = {say("严格并联", "Strictly in parallel"): _chart(offering, strict, language)}
    if (wished.graph.steps, wished.graph.pairs) != (strict.graph.steps, strict.graph.pairs):
        charts[wish_in_words(offering, wish, language)] = _chart(offering, wished, language)
    labels = None if language.startswith("zh") else _english(catalogue, offering, conversion.parts.conditions)
    more = set(conversion.graph.steps) != set(wished.graph.steps)
    plain = parts_of_offering(offering, wished.graph, _lanes(conversion.parts))
    serial = parts_of_offering(offering, strict.graph, {})
    return Pictures(
        before=_picture(serial_diagram(_named(serial, labels), strict.graph), labels, title),
        after=_picture(convert_parts(_named(plain, labels), wished.graph).root, labels, title),
        gantt=charts,
        whole=_picture(_converted(conversion, labels), labels, title) if more else None,
    )


def pictures_of_file(conversion: Conversion, language: str) -> Pictures:
    """The pictures of a file: before is the file itself; without limits in it every step counts one."""
    say = say_in(language)
    plan = plan_of_file(conversion.parts, conversion.graph)
    unit = WORKING_DAYS if plan is not None else TURNS
    plan = plan or Plan(conversion.graph, dict.fromkeys(conversion.graph.steps, Decimal(1)))
    groups = {step: name for step, (_, name) in conversion.parts.lanes.items()}
    chart = gantt(plan, groups, language=language, unit=unit)
    few = len(conversion.parts.nodes) <= MOST_DRAWN
    return Pictures(
        before=_picture(file_diagram(conversion)) if few else "",
        after=_picture(conversion.root),
        gantt={say("并联办理", "In parallel"): chart},
    )


def wish_in_words(offering: Offering, wish: Wish, language: str) -> str:
    """What is wished, for a heading; empty for the order as it is."""
    say = say_in(language)
    regime = next((each for each in offering.regimes if each.id == wish.regime), None)
    said = [say(regime.name_zh, regime.name_en)] if regime else []
    said += [say("放宽前置", "relaxed orders")] if wish.relaxed else []
    said += [say("联合踏勘", "joint visits")] if wish.joint_visits else []
    words = say("、", ", ").join(said)
    return words[:1].upper() + words[1:]


def _chart(offering: Offering, plan: Plan, language: str) -> str:
    """The steps under their items; a joint visit belongs to none."""
    say = say_in(language)
    groups = dict.fromkeys((visit.id for visit in offering.shared_steps), say("联合环节", "Joint visits"))
    groups |= {step.id: say(item.short_zh, item.short_en) for item in offering.items for step in item.steps}
    labels = {step.id: say(step.name_zh, step.name_en) for step in offering.steps.values()}
    return gantt(plan, groups, labels, language=language)


@dataclass(frozen=True)
class _Labels:
    """Other names for what is drawn: ``names`` by id, ``words`` by what stands there."""

    names: Mapping[str, str]
    words: Mapping[str, str]


def _english(catalogue: Catalogue, offering: Offering, conditions: Iterable[str]) -> _Labels:
    """Steps by item and name, ``conditions`` (keys of parts) by their question, lanes by department."""
    names = {step: en for step, (_, en) in precedence_of(offering).names.items()}
    names |= {visit.id: visit.name_en for visit in offering.shared_steps}
    names = {step: name.replace(" · ", ":\n", 1) for step, name in names.items()}
    questions = {condition.item: condition.words_en for condition in offering.conditions}
    for key in conditions:
        names[key] = f"{' or '.join(questions[code] for code in key.split('+'))}?"
    lanes = {department.name_zh: department.name_en for department in catalogue.departments.values()}
    return _Labels(names, lanes | _ENGLISH)


def _lanes(parts: Parts) -> dict[str, str]:
    """Code → name of the departments that have lanes."""
    return dict(parts.lanes.values())


def _named(parts: Parts, labels: _Labels | None) -> Parts:
    """The parts with other names, so that the drawing has room for them."""
    if labels is None:
        return parts
    nodes = {identity: deepcopy(node) for identity, node in parts.nodes.items()}
    for identity, node in nodes.items():
        node.set("name", labels.names.get(identity, labels.words.get(node.get("name", ""), "")))
    conditions = {
        key: replace(said, question=labels.names.get(key, ""), merge="") for key, said in parts.conditions.items()
    }
    lanes = {step: (code, labels.words.get(name, name)) for step, (code, name) in parts.lanes.items()}
    return replace(parts, nodes=nodes, conditions=conditions, lanes=lanes)


def _converted(conversion: Conversion, labels: _Labels | None) -> Any:
    return conversion.root if labels is None else convert_parts(_named(conversion.parts, labels), conversion.graph).root


def _picture(root: Any, labels: _Labels | None = None, title: str = "") -> str:
    """The diagram, the words of the converter as ``labels`` have them; empty when it is too large."""
    if sum(1 for _ in root.iter("{*}BPMNShape")) > MOST_DRAWN:
        return ""
    for element in root.iter() if labels is not None else ():
        word = labels.words.get(element.get("name", "")) if labels is not None else None
        if word is not None:
            element.set("name", word)
    return draw(root, title=title)
