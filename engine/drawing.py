"""A case's diagram with the states of its steps, and the same as a table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.case.offers.reached import reached
from engine.case.state import CANCELLED, COVERED, DONE, ENDED_ITEMS, OPEN, OVER, SKIPPED, Case, Task
from engine.case.steps import ACCEPT
from engine.catalogue import Department, Offering
from engine.diagram.svg import ElementState, draw
from engine.diagram.xml import read_definitions
from engine.instants import to_text
from engine.reader import CaseView

WORDS: Mapping[str, tuple[str, str]] = {
    "done": ("已办", "done"),
    "active": ("办理中", "in progress"),
    "overdue": ("已超期", "overdue"),
    "waiting": ("未开始", "not started"),
    "refused": ("不同意", "disagreed"),
    "skipped": ("不需办理", "not needed"),
    "cancelled": ("已由流程终止", "ended by the process"),
    "covered": ("由综合窗口统一受理", "covered by the single window"),
}
"""State of a step → how people read it, Chinese and English."""
PROMISED = ("以承诺代替", "promised instead")
"""Of a step that a promise covers."""


@dataclass(frozen=True)
class StepState:
    """One step of the diagram and where it stands; ``kind`` is a key of ``WORDS``, ``task`` the latest task of it."""

    step: str
    kind: str
    task: Task | None


def step_states(view: CaseView) -> list[StepState]:
    """Every step of the offering in its order: the equivalent of the picture for those who cannot see it."""
    case, offering = view.case, view.deployment.offering
    latest = reached(case, view.entries)
    now = to_text(view.now)
    applicable = set(case.items) if case.items else {item.code for item in offering.items}
    return [
        StepState(step.id, _kind(case, step.item, latest.get(step.id), now), latest.get(step.id))
        for step in offering.steps.values()
        if not step.item or step.item in applicable
    ]


def _kind(case: Case, item: str, task: Task | None, now: str) -> str:
    if task is None:
        ended = case.status in OVER or (item in case.items and case.items[item].status in ENDED_ITEMS)
        return "skipped" if ended else "waiting"
    if task.status == OPEN:
        return "overdue" if task.due_at is not None and task.due_at < now else "active"
    if task.status == DONE:
        return "refused" if task.decision == "disagree" else "done"
    return {COVERED: "covered", SKIPPED: "skipped", CANCELLED: "cancelled"}[task.status]


def draw_case(view: CaseView, language: str = "zh", departments: Iterable[Department] = ()) -> str:
    """The diagram of a case as SVG, coloured by state; empty when its file has no drawing.

    ``departments`` give lanes their English names.
    """
    position = 0 if language.startswith("zh") else 1
    known = step_states(view)
    states = {
        state.step: ElementState(state.kind, tooltip=_words(state)[position])
        for state in known
        if state.kind != "waiting"
    }
    states |= _visit_states(view, known, position)
    return _draw(view.deployment.offering, states, language, departments)


_FIRST_OF = ("overdue", "active", "waiting", "refused", "done", "covered", "cancelled", "skipped")
"""A joint visit is drawn as the first of these that one of its steps is."""


def _visit_states(view: CaseView, known: Sequence[StepState], position: int) -> Iterator[tuple[str, ElementState]]:
    """Joint visits drawn as one task: in progress while one of their steps is; the tooltip tells each step."""
    offering = view.deployment.offering
    for visit, covers in view.deployment.visits.items():
        inside = [state for state in known if state.step in covers]
        kind = min((state.kind for state in inside), key=_FIRST_OF.index, default="waiting")
        if kind != "waiting":
            told = (f"{_item_name(offering, state)[position]}: {_words(state)[position]}" for state in inside)
            yield visit, ElementState(kind, tooltip="; ".join(told))


def _item_name(offering: Offering, state: StepState) -> tuple[str, str]:
    item = offering.item(offering.item_of(state.step))
    return item.short_zh, item.short_en


def _words(state: StepState) -> tuple[str, str]:
    covered = state.kind == "covered" and state.task is not None and state.task.act != ACCEPT
    return PROMISED if covered else WORDS[state.kind]


def draw_offering(offering: Offering, language: str = "zh", departments: Iterable[Department] = ()) -> str:
    """The diagram of an item or bundle as SVG, without states; empty when its file has no drawing."""
    return _draw(offering, {}, language, departments)


def _draw(
    offering: Offering, states: Mapping[str, ElementState], language: str, departments: Iterable[Department]
) -> str:
    root = _definitions(offering)
    if next(root.iter("{*}BPMNShape"), None) is None:
        return ""
    if language.startswith("zh"):
        return draw(root, states, title=offering.name_zh)
    names = english_names(offering, departments)
    for element in root.iter():
        if element.get("name") is not None:
            element.set("name", names.get(element.get("id", ""), ""))
    return draw(root, states, title=offering.name_en)


def _definitions(offering: Offering) -> Any:
    return read_definitions(offering.diagram, f"{offering.code}/process.bpmn")


_PLAIN_WORDS = {
    "是": "yes", "否": "no", "一窗受理": "accepted", "申请已受理": "accepted", "办结": "closed",
    "全部办结": "all closed", "分头办理": "in parallel", "分头开始": "in parallel", "汇合": "joined",
}  # fmt: skip
"""Short words of our diagrams in English; a gateway without one goes unnamed, its shape says what it is."""


def english_names(offering: Offering, departments: Iterable[Department] = ()) -> dict[str, str]:
    """Element id → English name, empty for those that have none.

    Steps are named by their item, joint visits by the catalogue, gateways of conditional items by the conditions they
    ask and the items they join, lanes by their department.
    """
    items = {item.code: item.short_en for item in offering.items}
    steps = {step.id: f"{items.get(step.item, offering.short_en)} · {step.name_en}" for step in offering.steps.values()}
    known = steps | {visit.id: visit.name_en for visit in offering.shared_steps}
    known |= {f"if-{condition.item}": f"{condition.words_en}?" for condition in offering.conditions}
    words = _PLAIN_WORDS | _words_of(offering) | {one.name_zh: one.name_en for one in departments}
    named = (element for element in _definitions(offering).iter() if element.get("name") and element.get("id"))
    return {
        element.get("id"): known.get(element.get("id"), _in_english(element.get("name").strip(), words))
        for element in named
    }


def _words_of(offering: Offering) -> dict[str, str]:
    """What gateways of conditional items are made of: conditions, and short names of items."""
    conditions = {condition.words_zh: condition.words_en for condition in offering.conditions}
    return conditions | {item.short_zh: item.short_en for item in offering.items}


def _in_english(name: str, words: Mapping[str, str]) -> str:
    """A name of ours: a plain word, or conditions asked for (？), or items joined (汇合); empty when it is neither."""
    for ending, between, said, joined in (("？", "，或", "?", " or "), ("汇合", "、", " joined", ", ")):
        parts = name.removesuffix(ending).split(between)
        if name.endswith(ending) and all(part in words for part in parts):
            return joined.join(words[part] for part in parts) + said
    return words.get(name, "")
