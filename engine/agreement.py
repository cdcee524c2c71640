"""Whether a diagram and the ``item.toml`` of its item or bundle say the same."""

from collections.abc import Iterator
from decimal import Decimal

from engine.catalogue import Offering
from engine.diagram.calls import tasks_of_persons
from engine.diagram.concurrent_writes import written
from engine.diagram.decision_files import decisions_of
from engine.diagram.extension import StepElement, offering_code, read_steps
from engine.diagram.finding import Finding
from engine.diagram.foreign import adopt
from engine.diagram.xml import executable_processes, read_definitions
from engine.errors import BinglianError, DiagramError


def agreement(offering: Offering, file: str) -> Iterator[Finding]:
    """Where a diagram and its item or bundle disagree: which steps there are, who handles them, within what limit.

    And what the diagram writes that it can only read: an answer of the form.
    """
    try:
        root = read_definitions(offering.diagram, file)
        adopt(root, file)
        process = executable_processes(root)[0]
        drawn = read_steps(process, file)
    except BinglianError as error:
        yield Finding(file, "", 0, error.code, "error", error.message_zh, error.message_en)
        return
    if offering_code(process) != offering.code:
        yield _differs(file, process.get("id", ""), "bl:offering", offering.code, offering_code(process))
    for step_id in sorted(set(drawn) ^ set(offering.steps)):
        yield _missing(file, step_id, drawn=step_id in drawn)
    for step_id in sorted(set(drawn) & set(offering.steps)):
        yield from _step(offering, drawn[step_id], file)
    yield from _answers_written(offering, file)


def refuse_disagreement(offering: Offering, file: str) -> None:
    """Raises DiagramError for what would stop a case: asked once, when a version is deployed.

    That is a step the item does not have, one that says something else than the item, an answer that is written.
    """
    process = executable_processes(read_definitions(offering.diagram, file))[0]
    lost = [drawn.get("id", "") for drawn, _ in tasks_of_persons(process) if drawn.get("id") not in offering.steps]
    missing = [_missing(file, step_id, drawn=True) for step_id in lost]
    differs = [found for found in agreement(offering, file) if found.rule == "step-differs"]
    for found in (*missing, *differs, *_answers_written(offering, file)):
        where = f"{file}:{found.line} {found.element}"
        raise DiagramError(f"diagram.{found.rule}", found.message_zh, found.message_en, where)


def _missing(file: str, step_id: str, *, drawn: bool) -> Finding:
    where = "item.toml " if drawn else "图中"
    return Finding(
        file, step_id, 0, "step-missing", "error", f"{where}缺少环节 {step_id}",
        f"the step {step_id} is missing in {'item.toml' if drawn else 'the diagram'}",
    )  # fmt: skip


def _answers_written(offering: Offering, file: str) -> Iterator[Finding]:
    """The applicant's answers can only be read: a diagram that writes one would be stopped there."""
    answers = {field.name for field in offering.fields}
    process = executable_processes(read_definitions(offering.diagram, file))[0]
    for element, line, name in written(process, decisions_of(offering.decisions)):
        if name in answers:
            yield Finding(
                file, element, line, "read-only-value", "error", f"表单中的 {name} 只能读取",
                f"{name} is an answer of the form and can only be read", "use another name",
            )  # fmt: skip


def _step(offering: Offering, drawn: StepElement, file: str) -> Iterator[Finding]:
    step = offering.steps[drawn.id]
    pairs = {
        "item": (step.item, drawn.item), "act": (step.act, drawn.act), "unit": (step.unit, drawn.unit),
        "department": (step.department, drawn.department), "role": (step.role, drawn.role),
        "limit": (Decimal(step.limit), drawn.limit), "decisive": (step.decisive, drawn.decisive),
        "needs": (sorted(step.needs), sorted(drawn.needs)), "yields": (sorted(step.yields), sorted(drawn.yields)),
    }  # fmt: skip
    for name, (said, shown) in pairs.items():
        if said != shown:
            yield _differs(file, drawn.id, name, said, shown)


def _differs(file: str, element: str, name: str, said: object, shown: object) -> Finding:
    return Finding(
        file, element, 0, "step-differs", "error", f"{name}:item.toml 为 {said},图中为 {shown}",
        f"{name}: item.toml says {said}, the diagram {shown}", "make them the same",
    )  # fmt: skip
