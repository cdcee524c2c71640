"""Going back in tests: every act is foreseen, done, compared with what was foreseen and with what stands."""

from collections import Counter
from typing import Any

from engine.bootstrap import build_auditor
from engine.case.act import Act, LiveAnswers
from engine.case.back.rewind import standing
from engine.case.state import IN_PROGRESS, VOID, Case
from engine.commands import SYSTEM, Actor, Command, ReturnStep
from engine.errors import BinglianError
from engine.ports import EnginePorts
from engine.preview import Preview, difference
from tests.builders import Office, everything, handler_of

REASON = "图纸与现场不一致"
HEAD = Actor("head1", "market", frozenset({"head"}))
"""Of the department that leads in the tests."""


def go_back(office: Office, command: Any, actor: Actor) -> Preview:
    """Does an act on a case exactly as foreseen; raises what it is refused with, which the preview says too."""
    engine, case_id = office.engine, command.case_id
    rows, before = everything(engine), office.case(case_id)
    foreseen = engine.preview(command, actor)
    assert everything(engine) == rows, "a preview writes nothing"
    try:
        engine.execute(command, actor)
    except BinglianError as error:
        assert (foreseen.code, foreseen.refused) == (error.code, (error.message_zh, error.message_en))
        assert everything(engine) == rows
        raise
    after = office.case(case_id)
    assert foreseen == difference(before, after, engine.deployments.get(before.version).offering)
    check_standing(office, case_id)
    return foreseen


def check_standing(office: Office, case_id: str) -> None:
    """The case is its journal, and what stands in it given to a new workflow."""
    assert build_auditor(office.engine).verify([case_id]).differences == ()
    case = office.case(case_id)
    if case.status == IN_PROGRESS:
        assert shape(case) == shape(anew(office, case)), case.tasks


def anew(office: Office, case: Case) -> Case:
    """The case as its standing decisions make it."""
    ports = EnginePorts(office.engine.deployments, office.engine.settings, None)
    act = Act(case.revision + 1, office.clock(), SYSTEM.id, ports, LiveAnswers())
    run = standing(case, office.engine.deployments.get(case.version), act)
    assert run.lost == [], "every decision that stands has its place"
    opened = Counter((one.element, one.place) for one in run.flow.open_tasks())
    assert opened == Counter((task.step, task.instance) for task in case.open_tasks())
    return run.trial


def shape(case: Case) -> tuple[Any, ...]:
    """What follows from decisions: what conditions see, items, valid results."""
    items = {
        code: (item.status, item.decision, item.reason, item.cause) for code, item in case.items.items()
    }  # fmt: skip
    results = {result.code: result.status for result in case.results.values() if result.status != VOID}
    return case.decisions, items, results


def steps(preview: Preview) -> dict[str, list[str]]:
    """Steps by kind, without the prefix; kinds without one are left out."""
    names = ("kept", "cancelled", "opened", "reopened", "voided", "results")
    told = {name: [line.code.removeprefix("T.") for line in getattr(preview, name)] for name in names}
    return {name: codes for name, codes in told.items() if codes}


def send_back(office: Office, case_id: str, step: str, to_step: str) -> Preview:
    """Whoever has ``step`` open returns it."""
    task = office.open(case_id)[step]
    return go_back(office, ReturnStep(case_id, task.id, to_step, REASON), handler_of(task))


def refused(office: Office, command: Command, actor: Actor) -> str:
    """Code of the error an act is refused with; nothing is changed."""
    try:
        go_back(office, command, actor)
    except BinglianError as error:
        return error.code
    raise AssertionError("it was not refused")
