"""Checks a folder of processes: each diagram by itself, the data by itself, and whether they say the same."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from engine.catalogue import Offering, load_catalogue
from engine.diagram.extension import StepElement, offering_code, read_steps
from engine.diagram.finding import Finding
from engine.diagram.lint import lint
from engine.diagram.xml import executable_processes, read_definitions
from engine.errors import BinglianError, CatalogueError


def check_path(path: Path) -> list[Finding]:
    """Findings of one BPMN file, or of every BPMN file below a folder and its catalogue (if it holds one)."""
    if path.is_file():
        return lint(path.read_bytes(), str(path))
    files = sorted(path.rglob("*.bpmn"))
    if not files:
        return [
            Finding(str(path), "", 0, "no-diagram", "error", "文件夹中没有 BPMN 文件", "no BPMN file in this folder")
        ]
    findings = [finding for file in files for finding in lint(file.read_bytes(), str(file))]
    if not findings and (path / "departments.toml").is_file():
        findings = list(_catalogue(path))
    return findings


def _catalogue(folder: Path) -> Iterator[Finding]:
    try:
        catalogue = load_catalogue(folder)
    except CatalogueError as error:
        yield Finding(error.where, "", 0, error.code, "error", error.message_zh, error.message_en)
        return
    for item in catalogue.items.values():
        total = sum((step.limit for step in item.steps if not step.special_procedure), Decimal(0))
        if item.promised is not None and item.promised.unit == "working_days" and total != item.promised.value:
            yield Finding(
                str(folder / item.code / "item.toml"), item.code, 0, "promised-sum", "warning",
                f"各环节时限合计 {total} 日,承诺时限为 {item.promised.value} 日",
                f"the steps' limits add up to {total} days, the promised limit is {item.promised.value}",
                "change one of them",
            )  # fmt: skip
    for offering in catalogue.offerings.values():
        yield from agreement(offering, str(folder / offering.code / "process.bpmn"))


def agreement(offering: Offering, file: str) -> Iterator[Finding]:
    """Where a diagram and its item or bundle disagree: which steps there are, who handles them, within what limit."""
    try:
        process = executable_processes(read_definitions(offering.diagram, file))[0]
        drawn = read_steps(process, file)
    except BinglianError as error:
        yield Finding(file, "", 0, error.code, "error", error.message_zh, error.message_en)
        return
    if offering_code(process) != offering.code:
        yield _differs(file, process.get("id", ""), "bl:offering", offering.code, offering_code(process))
    for step_id in sorted(set(drawn) ^ set(offering.steps)):
        where = "图中" if step_id not in drawn else "item.toml "
        yield Finding(
            file, step_id, 0, "step-missing", "error", f"{where}缺少环节 {step_id}",
            f"the step {step_id} is missing in {'the diagram' if step_id not in drawn else 'item.toml'}",
        )  # fmt: skip
    for step_id in sorted(set(drawn) & set(offering.steps)):
        yield from _step(offering, drawn[step_id], file)


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
