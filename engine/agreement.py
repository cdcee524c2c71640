"""Whether a diagram and the ``item.toml`` of its item or bundle say the same."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from engine.catalogue import Offering, SharedStep, Step
from engine.catalogue.policies import policy_problem
from engine.catalogue.seat_rules import read_rule
from engine.catalogue.table import Table
from engine.diagram.calls import tasks_of_persons
from engine.diagram.concurrent_writes import written
from engine.diagram.decision_files import decisions_of
from engine.diagram.extension import StepElement, offering_code, read_steps
from engine.diagram.finding import Finding
from engine.diagram.foreign import adopt
from engine.diagram.xml import executable_processes, read_definitions
from engine.errors import BinglianError, CatalogueError, DiagramError
from engine.joint import SITE, as_run, drawn_visits

DIFFERS, POLICY_RULE, MISSING = "step-differs", "step-policy", "step-missing"

Pairs = dict[str, tuple[object, object]]
"""By name what the catalogue says and what the diagram shows."""


def agreement(offering: Offering, file: str) -> Iterator[Finding]:
    """Where a diagram and its item or bundle disagree: which steps there are, who handles them, within what limit.

    And what the diagram writes that it can only read: an answer of the form. A joint visit is read as the steps it
    stands for.
    """
    try:
        visits = list(_visits(offering, file))
        lost = any(finding.rule == MISSING for finding in visits)
        drawn = {} if lost else _drawn(as_run(offering, file), file)
    except BinglianError as error:
        yield Finding(file, "", 0, error.code, "error", error.message_zh, error.message_en)
        return
    yield from visits
    if not lost:
        yield from _steps(as_run(offering, file), drawn, file)


def _drawn(offering: Offering, file: str) -> dict[str, StepElement]:
    root = read_definitions(offering.diagram, file)
    adopt(root, file)
    return read_steps(executable_processes(root)[0], file)


def _steps(offering: Offering, drawn: Mapping[str, StepElement], file: str) -> Iterator[Finding]:
    process = executable_processes(read_definitions(offering.diagram, file))[0]
    if offering_code(process) != offering.code:
        yield _differs(file, process.get("id", ""), "bl:offering", offering.code, offering_code(process))
    for step_id in sorted(set(drawn) ^ set(offering.steps)):
        yield _missing(file, step_id, drawn=step_id in drawn)
    for step_id in sorted(set(drawn) & set(offering.steps)):
        yield from _step(offering, drawn[step_id], file)
        yield from _approvers(offering, drawn[step_id], file)
    yield from _policies(offering, drawn, file)
    yield from _answers_written(offering, file)


def refuse_disagreement(offering: Offering, file: str) -> None:
    """Raises DiagramError for what would stop a case: asked once, when a version is deployed.

    That is a step the item does not have, one that says something else than the item or names a policy that cannot be
    its own, an answer that is written.
    """
    for found in _visits(offering, file):
        raise _refused(found, file)
    offering = as_run(offering, file)
    process = executable_processes(read_definitions(offering.diagram, file))[0]
    lost = [drawn.get("id", "") for drawn, _ in tasks_of_persons(process) if drawn.get("id") not in offering.steps]
    missing = [_missing(file, step_id, drawn=True) for step_id in lost]
    differs = [found for found in agreement(offering, file) if found.rule in {DIFFERS, POLICY_RULE}]
    for found in agreement(offering, file):
        if found.rule == "diagram.approvers":
            raise DiagramError(found.rule, found.message_zh, found.message_en, file)
    for found in (*missing, *differs, *_answers_written(offering, file)):
        raise _refused(found, file)


def _refused(found: Finding, file: str) -> DiagramError:
    where = f"{file}:{found.line} {found.element}"
    return DiagramError(f"diagram.{found.rule}", found.message_zh, found.message_en, where)


def _visits(offering: Offering, file: str) -> Iterator[Finding]:
    """Joint visits: they stand for site steps of the items, and say of themselves what the catalogue says."""
    shared = {visit.id: visit for visit in offering.shared_steps}
    for one, covers in drawn_visits(offering, file):
        covered = [offering.steps[step] for step in covers if step in offering.steps]
        for step in sorted(set(covers) - offering.steps.keys()):
            yield Finding(
                file, one.id, one.line, MISSING, "error", f"item.toml 缺少联合环节 {one.id} 所包含的环节 {step}",
                f"the step {step}, which the joint visit {one.id} stands for, is missing in item.toml",
            )  # fmt: skip
        for step in (step.id for step in covered if step.act != SITE):
            yield Finding(
                file, one.id, one.line, DIFFERS, "error", f"联合环节只包含现场环节，{step} 不是",
                f"a joint visit stands for site steps only; {step} is none", "draw it as a step of its own",
            )  # fmt: skip
        yield from _compared(one, _of_visit(one, covered, shared.get(one.id)), file)


def _of_visit(drawn: StepElement, covered: Sequence[Step], visit: SharedStep | None) -> Pairs:
    pairs: Pairs = {
        "item": ("", drawn.item), "act": (SITE, drawn.act),
        "decisive": (any(step.decisive for step in covered), drawn.decisive),
        "needs": (sorted({ref for step in covered for ref in step.needs}), sorted(drawn.needs)),
        "yields": (sorted({ref for step in covered for ref in step.yields}), sorted(drawn.yields)),
    }  # fmt: skip
    if visit is not None:
        pairs["department"] = visit.lead_department, drawn.department
        pairs["limit"] = visit.limit, drawn.limit
        pairs["unit"] = visit.unit, drawn.unit
    return pairs


def _missing(file: str, step_id: str, *, drawn: bool) -> Finding:
    where = "item.toml " if drawn else "图中"
    return Finding(
        file, step_id, 0, MISSING, "error", f"{where}缺少环节 {step_id}",
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
    pairs: Pairs = {
        "item": (step.item, drawn.item), "act": (step.act, drawn.act), "unit": (step.unit, drawn.unit),
        "department": (step.department, drawn.department), "role": (step.role, drawn.role),
        "limit": (Decimal(step.limit), drawn.limit), "decisive": (step.decisive, drawn.decisive),
        "needs": (sorted(step.needs), sorted(drawn.needs)), "yields": (sorted(step.yields), sorted(drawn.yields)),
    }  # fmt: skip
    yield from _compared(drawn, pairs, file)


def _compared(drawn: StepElement, pairs: Pairs, file: str) -> Iterator[Finding]:
    for name, (said, shown) in pairs.items():
        if said != shown:
            yield _differs(file, drawn.id, name, said, shown)


def _approvers(offering: Offering, drawn: StepElement, file: str) -> Iterator[Finding]:
    """A diagram that draws approvers says the same as the item; one that draws none leaves it to the item."""
    if drawn.approvers is None:
        return
    try:
        shown = read_rule(Table(dict(drawn.approvers), file, f"{drawn.id} bl:approvers"))
    except CatalogueError as error:
        said = f"{error.where}: "
        zh, en = f"{said}{error.message_zh}", f"{said}{error.message_en}"
        yield Finding(file, drawn.id, drawn.line, DIFFERS, "error", zh, en, "write it as item.toml does")
        return
    if shown != offering.steps[drawn.id].approvers:
        zh, en = "bl:approvers 与 item.toml 的 approvers 不一致", "bl:approvers and the approvers of item.toml differ"
        yield Finding(file, drawn.id, drawn.line, DIFFERS, "error", zh, en, "make them the same")


def _policies(offering: Offering, drawn: Mapping[str, StepElement], file: str) -> Iterator[Finding]:
    """Policies a diagram names: they exist, and silence decides nothing that it cannot."""
    for step in drawn.values():
        problem = policy_problem(offering.policies, step.policy, step.act) if step.policy else None
        if problem is not None:
            hint = "name a policy of policies.toml that fits, or none"
            yield Finding(file, step.id, step.line, POLICY_RULE, "error", *problem, hint)


def _differs(file: str, element: str, name: str, said: object, shown: object) -> Finding:
    return Finding(
        file, element, 0, DIFFERS, "error", f"{name}:item.toml 为 {said},图中为 {shown}",
        f"{name}: item.toml says {said}, the diagram {shown}", "make them the same",
    )  # fmt: skip
