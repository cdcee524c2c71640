"""Cases whose diagrams decide by tables, repeat steps for several people, call processes, gather tokens and keep data.

Each runs with its cases kept in memory, and with every case read back from the store for every act.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.case.state import CANCELLED, DONE, OPEN, SKIPPED, Task
from engine.checking import check_path
from engine.commands import SYSTEM, DecideStep, MoveCase, Outcome
from engine.diagram.finding import Finding
from engine.errors import BinglianError, DiagramError
from engine.settings import default_processes
from tests.builders import Office, handler_of, opened_office
from tests.clock import ManualClock
from tests.decision_tables import decision, decisions
from tests.integration.test_case_events import BEGIN, end, event, flows, step, timer
from tests.web import Visitor, site_of, texts
from timers.sweep import sweep

Opened = Callable[..., Office]
Checked = Callable[..., list[Finding]]

NEEDED = ("SIGN", "ENT_REG", "calendars", "departments.toml", "sources.toml")
VISIT_STEP = """[[steps]]
id = "SIGN.visit"
name_zh = "现场查看"
name_en = "Visit"
department = "urban"
role = "reviewer"
act = "site"
limit = 1
unit = "working_days"
after = ["SIGN.accept"]
basis = "assumed"

"""
VISIT = (
    step("review").replace("SIGN.review", "SIGN.visit").replace('act="review"', 'act="site"').replace('"1.5"', '"1"')
)
REST = step("decide") + step("deliver") + end("e")


def redraw(folder: Path, body: str, beside: str = "", **tables: bytes) -> Path:
    """The processes with the sign permit drawn anew: what is in its process, what is beside it, its decision tables."""
    folder.mkdir()
    for name in NEEDED:
        copy = shutil.copytree if (default_processes() / name).is_dir() else shutil.copy
        copy(default_processes() / name, folder / name)
    path = folder / "SIGN" / "process.bpmn"
    start = path.read_text("utf-8").partition("<bpmn:startEvent")[0]
    start = re.sub(r"(<bpmn:process )", rf"{beside}\1", start)
    path.write_text(f"{start}{body}</bpmn:process></bpmn:definitions>", "utf-8")
    if "SIGN.visit" in body + beside:
        item = folder / "SIGN" / "item.toml"
        item.write_text(item.read_text("utf-8").replace("[[own_steps]]", VISIT_STEP + "[[own_steps]]", 1), "utf-8")
    for name, table in tables.items():
        (folder / "SIGN" / f"{name}.dmn").write_bytes(table)
    return path


@pytest.fixture(params=[256, 0], ids=["kept", "dropped"])
def redrawn(tmp_path: Path, clock: ManualClock, request: pytest.FixtureRequest) -> Iterator[Opened]:
    """An office in which the sign permit is drawn anew; every case verifies when it closes."""
    offices = []

    def opened(body: str, beside: str = "", **tables: bytes) -> Office:
        folder = redraw(tmp_path / "processes", body, beside, **tables).parents[1]
        manager = opened_office(tmp_path, clock, processes=folder, live_cases=request.param)
        offices.append(manager)
        return manager.__enter__()

    yield opened
    for manager in offices:
        manager.__exit__(None, None, None)


@pytest.fixture
def checked(tmp_path: Path) -> Checked:
    """What the checker says of the sign permit drawn anew, without what is only told."""

    def check(body: str, beside: str = "", **tables: bytes) -> list[Finding]:
        found = check_path(redraw(tmp_path / "processes", body, beside, **tables).parents[1])
        return [finding for finding in found if finding.level == "error"]

    return check


def when(source: str, target: str, condition: str) -> str:
    """A flow with a condition."""
    return (
        f'<bpmn:sequenceFlow id="if-{source}-{target}" sourceRef="{source}" targetRef="{target}">'
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}</bpmn:conditionExpression>'
        "</bpmn:sequenceFlow>"
    )


def ruled(extra: str = "") -> str:
    """A business rule task."""
    return (
        '<bpmn:businessRuleTask id="rate"><bpmn:extensionElements><bl:decision ref="fees"'
        f" {extra}/></bpmn:extensionElements></bpmn:businessRuleTask>"
    )


def fees(*rows: tuple[str, str], name: str = "fee") -> bytes:
    """A table from what the reviewer said to one value."""
    rules = "".join(
        f'<rule id="r{n}"><inputEntry><text>{test}</text></inputEntry>'
        f"<outputEntry><text>{value}</text></outputEntry></rule>"
        for n, (test, value) in enumerate(rows)
    )
    return decisions(
        decision(
            '<decisionTable id="dt" hitPolicy="FIRST"><input id="i"><inputExpression id="x"><text>said</text>'
            f'</inputExpression></input><output id="o" name="{name}"/>{rules}</decisionTable>'
        )
    )


SAID = '<bpmn:scriptTask id="note"><bpmn:script>said = decision["SIGN.review"]</bpmn:script></bpmn:scriptTask>'
CHOOSE = '<bpmn:exclusiveGateway id="g" default="f-g-decide"/><bpmn:endEvent id="free"/>' + when(
    "g", "free", "fee == 0"
)
BY_TABLE = (
    BEGIN + step("review") + SAID + ruled() + CHOOSE + REST
    + flows("s > accept > review > note > rate > g > decide > deliver > e")
)  # fmt: skip
TABLE = fees(('"forward"', "0"), ("-", "20"))


@pytest.mark.parametrize(("said", "open_now"), [("agree", ["SIGN.decide"]), ("forward", [])])
def test_a_table_decides_where_the_case_goes_on(redrawn: Opened, said: str, open_now: list[str]) -> None:
    office = redrawn(BY_TABLE, fees=TABLE)
    case_id = office.accept("SIGN")
    office.decide(case_id, "SIGN.review", said)
    assert sorted(office.open(case_id)) == open_now
    assert office.finish(case_id).outcome == ("granted" if open_now else "refused")


def test_a_version_is_named_by_its_tables_too_and_running_cases_keep_theirs(tmp_path: Path, clock: ManualClock) -> None:
    folder = redraw(tmp_path / "processes", BY_TABLE, fees=TABLE).parents[1]
    with opened_office(tmp_path, clock, processes=folder) as office:
        case_id = office.accept("SIGN")
        before = office.case(case_id).version
    (folder / "SIGN" / "fees.dmn").write_bytes(fees(("-", "0")))
    with opened_office(tmp_path, clock, processes=folder) as office:
        assert office.engine.deployments.current("SIGN").version != before
        office.decide(case_id, "SIGN.review")
        assert sorted(office.open(case_id)) == ["SIGN.decide"]
        later = office.accept("SIGN")
        office.decide(later, "SIGN.review")
        assert office.case(later).status == "closed"
        office.finish(case_id)


def test_a_table_that_cannot_decide_leaves_the_case_as_it_was(redrawn: Opened) -> None:
    office = redrawn(BY_TABLE, fees=TABLE.replace(b"said", b"nothing"))
    case_id = office.accept("SIGN")
    with pytest.raises(BinglianError, match="nothing"):
        office.decide(case_id, "SIGN.review")
    assert sorted(office.open(case_id)) == ["SIGN.review"]


PARALLEL = (
    BEGIN + step("review") + SAID + '<bpmn:parallelGateway id="p"/>' + ruled() + ruled().replace("rate", "rate2")
    + '<bpmn:parallelGateway id="j"/>' + REST
    + flows("s > accept > review > note > p > rate > j; p > rate2 > j > decide > deliver > e")
)  # fmt: skip


@pytest.mark.parametrize(
    ("body", "tables", "rule", "element"),
    [
        (BY_TABLE, {}, "business-rule", "rate"),
        (BY_TABLE, {"fees": fees(("-", "0")).replace(b'"fees"', b'"other"')}, "business-rule", "rate"),
        (BY_TABLE.replace('<bl:decision ref="fees" />', ""), {"fees": TABLE}, "business-rule", "rate"),
        (BY_TABLE, {"fees": TABLE, "more": TABLE}, "duplicate-decision", "fees"),
        (BY_TABLE, {"fees": fees(("-", "0"), name="decision")}, "read-only-value", "rate"),
        (BY_TABLE.replace('ref="fees"', 'ref="fees" result="decision"'), {"fees": TABLE}, "read-only-value", "rate"),
        (PARALLEL, {"fees": TABLE}, "concurrent-writes", "rate2"),
        (BY_TABLE, {"fees": TABLE.replace(b"FIRST", b"LAST")}, "dmn.policy", "dt"),
    ],
)
def test_tables_that_are_missing_or_wrong_are_told_at_their_place(
    checked: Checked, body: str, tables: dict[str, bytes], rule: str, element: str
) -> None:
    found = checked(body, **tables)
    assert (found[0].rule, found[0].element) == (rule, element)
    assert all(finding.line for finding in found if finding.rule != "duplicate-decision")


def test_a_version_without_its_table_is_not_deployed(tmp_path: Path, clock: ManualClock) -> None:
    folder = redraw(tmp_path / "processes", BY_TABLE).parents[1]
    with pytest.raises(DiagramError, match="fees"), opened_office(tmp_path, clock, processes=folder):
        raise AssertionError("deployed")


def several(how_many: str = "3", until: str = "", *, sequential: bool = False, over: str = "") -> str:
    """Multi-instance characteristics whose instances give a vote each."""
    number = f"<bpmn:loopCardinality>{how_many}</bpmn:loopCardinality>" if how_many else ""
    items = f"<bpmn:loopDataInputRef>{over}</bpmn:loopDataInputRef>" if over else ""
    one = '<bpmn:inputDataItem id="team"/>' if over else ""
    enough = f"<bpmn:completionCondition>{until}</bpmn:completionCondition>" if until else ""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">{number}{items}'
        f'<bpmn:loopDataOutputRef>votes</bpmn:loopDataOutputRef>{one}<bpmn:outputDataItem id="vote"/>{enough}'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def rows(office: Office, case_id: str, status: str = OPEN, name: str = "SIGN.review") -> dict[str, Task]:
    """The tasks of a step by instance."""
    return {t.instance: t for t in office.case(case_id).tasks.values() if (t.step, t.status) == (name, status)}


def says(office: Office, case_id: str, instance: str, said: str = "agree", name: str = "SIGN.review") -> Outcome:
    """Somebody decides in one instance."""
    task = rows(office, case_id, name=name)[instance]
    return office.engine.execute(DecideStep(case_id, task.id, said, "意见"), handler_of(task))


VOTES = '<bpmn:dataObject id="votes"/>'
CHOSEN = '<bpmn:exclusiveGateway id="g" default="f-g-decide"/><bpmn:endEvent id="stop"/>'
VOTING = (
    BEGIN + VOTES + step("review", several(until='count_of(votes, "agree") >= 2')) + CHOSEN
    + when("g", "stop", '"disagree" in votes') + REST + flows("s > accept > review > g > decide > deliver > e")
)  # fmt: skip
TOGETHER = (
    BEGIN + VOTES + '<bpmn:parallelGateway id="p"/>' + step("review", several()) + '<bpmn:parallelGateway id="j"/>'
    + REST
    + flows("s > accept > p > review > j > deliver > e; p > decide > j")
)  # fmt: skip


def test_each_instance_is_a_task_of_its_own_and_enough_votes_take_the_rest_back(redrawn: Opened) -> None:
    office = redrawn(VOTING)
    case_id = office.accept("SIGN")
    opened = rows(office, case_id)
    assert sorted(opened) == ["1/3", "2/3", "3/3"]
    assert len({task.due_at for task in opened.values()}) == 1
    says(office, case_id, "3/3")
    assert sorted(office.open(case_id)) == ["SIGN.review"]
    outcome = says(office, case_id, "1/3")
    assert outcome.notices == 1
    assert sorted(rows(office, case_id, CANCELLED)) == ["2/3"]
    assert sorted(office.open(case_id)) == ["SIGN.decide"]
    assert office.finish(case_id).outcome == "granted"


def test_people_read_which_of_several_they_have(redrawn: Opened) -> None:
    office = redrawn(VOTING)
    case_id = office.accept("SIGN")
    approver = Visitor(site_of(office.engine), "urban1")
    inbox = " ".join(texts(approver.get("/inbox/").text))
    assert all(f"审查（{instance}）" in inbox for instance in ("1/3", "2/3", "3/3"))
    says(office, case_id, "3/3")
    assert "审查（3/3）" in " ".join(texts(approver.get(f"/cases/{case_id}").text))


def test_one_vote_against_is_not_lost_among_others(redrawn: Opened) -> None:
    office = redrawn(VOTING)
    case_id = office.accept("SIGN")
    for instance, said in (("1/3", "disagree"), ("2/3", "agree"), ("3/3", "agree")):
        says(office, case_id, instance, said)
    assert (office.case(case_id).status, office.case(case_id).outcome) == ("closed", "refused")
    assert "SIGN.review" not in office.case(case_id).decisions


def test_no_instance_at_all_is_passed(redrawn: Opened) -> None:
    office = redrawn(VOTING.replace(">3<", ">0<"))
    assert sorted(office.open(office.accept("SIGN"))) == ["SIGN.decide"]


def test_one_after_the_other_over_a_collection_that_names_them(redrawn: Opened) -> None:
    teams = '<bpmn:scriptTask id="note"><bpmn:script>teams = ["消防", "卫生"]</bpmn:script></bpmn:scriptTask>'
    office = redrawn(
        BEGIN + VOTES + teams + step("review", several("", over="teams", sequential=True)) + REST
        + flows("s > accept > note > review > decide > deliver > e")
    )  # fmt: skip
    case_id = office.accept("SIGN")
    assert sorted(rows(office, case_id)) == ["1/2 消防"]
    says(office, case_id, "1/2 消防")
    assert sorted(rows(office, case_id)) == ["2/2 卫生"]
    says(office, case_id, "2/2 卫生")
    assert office.finish(case_id).outcome == "granted"


EACH = (
    '<bpmn:startEvent id="s1"/>' + step("review") + '<bpmn:exclusiveGateway id="g1" default="f-g1-e1"/>' + end("e1")
    + VISIT + end("e2") + when("g1", "SIGN.visit", 'decision["SIGN.review"] == "forward"')
    + flows("s1 > review > g1 > e1; SIGN.visit > e2")
)  # fmt: skip
EACH_BY_ITSELF = (
    BEGIN + VOTES + f'<bpmn:subProcess id="h">{several("2")}{EACH}</bpmn:subProcess>' + event("late", "h", timer(
        "timeDuration", "P20D")) + '<bpmn:endEvent id="lapsed"><bpmn:terminateEventDefinition/></bpmn:endEvent>' + REST
    + flows("s > accept > h > decide > deliver > e; late > lapsed")
)  # fmt: skip


def test_a_decision_inside_an_instance_counts_in_that_instance_only(redrawn: Opened) -> None:
    office = redrawn(EACH_BY_ITSELF)
    case_id = office.accept("SIGN")
    says(office, case_id, "1/2", "forward")
    assert sorted(rows(office, case_id, name="SIGN.visit")) == ["1/2"]
    says(office, case_id, "2/2", "agree")
    assert sorted(rows(office, case_id, name="SIGN.visit")) == ["1/2"]
    says(office, case_id, "1/2", name="SIGN.visit")
    assert sorted(office.open(case_id)) == ["SIGN.decide"]
    assert office.finish(case_id).outcome == "granted"


def test_an_event_at_the_border_takes_every_instance_back(redrawn: Opened) -> None:
    office = redrawn(EACH_BY_ITSELF)
    case_id = office.accept("SIGN")
    says(office, case_id, "1/2", "forward")
    office.clock.advance(days=20)
    sweep(office.engine)
    assert (office.case(case_id).status, office.case(case_id).timers) == ("closed", {})
    assert sorted(rows(office, case_id, CANCELLED)) == ["2/2"]
    assert sorted(rows(office, case_id, CANCELLED, "SIGN.visit")) == ["1/2"]


def test_the_instances_of_an_item_that_was_refused_need_nobody(redrawn: Opened) -> None:
    office = redrawn(TOGETHER)
    case_id = office.accept("SIGN")
    says(office, case_id, "2/3")
    office.decide(case_id, "SIGN.decide", "disagree")
    assert (sorted(rows(office, case_id, SKIPPED)), sorted(rows(office, case_id, DONE))) == (["1/3", "3/3"], ["2/3"])
    assert office.finish(case_id).outcome == "refused"


def test_a_move_keeps_what_was_said_in_the_instance_it_was_said_in(tmp_path: Path, clock: ManualClock) -> None:
    folder = redraw(tmp_path / "processes", TOGETHER).parents[1]
    path = folder / "SIGN" / "process.bpmn"
    with opened_office(tmp_path, clock, processes=folder) as office:
        case_id = office.accept("SIGN")
        says(office, case_id, "2/3", "disagree")
    path.write_text(path.read_text("utf-8").replace('id="e"/>', 'id="e" name="done"/>'), "utf-8")
    with opened_office(tmp_path, clock, processes=folder) as office:
        other = office.engine.deployments.current("SIGN").version
        before = rows(office, case_id)
        office.engine.execute(MoveCase(case_id, other, "新版本"), SYSTEM)
        assert rows(office, case_id) == before
        assert sorted(before) == ["1/3", "3/3"]
    path.write_text(path.read_text("utf-8").replace(">3<", ">2<"), "utf-8")
    with opened_office(tmp_path, clock, processes=folder) as office:
        other = office.engine.deployments.current("SIGN").version
        office.engine.execute(MoveCase(case_id, other, "新版本"), SYSTEM)
        assert sorted(rows(office, case_id)) == ["1/2", "2/2"]
        assert office.finish(case_id).outcome == "granted"


def called(body: str, name: str = "checks") -> str:
    """A process beside the one that is run."""
    return f'<bpmn:process id="{name}">{body}</bpmn:process>'


def call(identity: str, process: str = "checks", inner: str = "") -> str:
    """A call activity."""
    return f'<bpmn:callActivity id="{identity}" calledElement="{process}">{inner}</bpmn:callActivity>'


ASKED = '<bpmn:scriptTask id="note"><bpmn:script>asked = 1\nby = "window"\nalso = 2</bpmn:script></bpmn:scriptTask>'
CHECKS = (
    '<bpmn:startEvent id="s1"/>' + step("review") + '<bpmn:exclusiveGateway id="g1" default="f-g1-e1"/>' + VISIT
    + end("e1") + '<bpmn:scriptTask id="more"><bpmn:script>asked = asked + 1\nzone = 1</bpmn:script></bpmn:scriptTask>'
    + when("g1", "more", 'decision["SIGN.review"] == "forward" and decision["SIGN.visit"] == None')
    + flows("s1 > review > g1 > e1; more > SIGN.visit > e1")
)  # fmt: skip
CALLING = (
    BEGIN + ASKED + call("c") + event("late", "c", timer("timeDuration", "P20D"))
    + '<bpmn:endEvent id="lapsed"><bpmn:terminateEventDefinition/></bpmn:endEvent>' + CHOSEN
    + when("g", "stop", 'asked == 2 and decision["SIGN.visit"] == "disagree"') + REST
    + flows("s > accept > note > c > g > decide > deliver > e; late > lapsed")
)  # fmt: skip


@pytest.mark.parametrize("said", ["agree", "disagree"])
def test_the_steps_of_a_called_process_are_steps_of_the_case(redrawn: Opened, said: str) -> None:
    office = redrawn(CALLING, called(CHECKS))
    case_id = office.accept("SIGN")
    office.decide(case_id, "SIGN.review", "forward")
    assert sorted(office.open(case_id)) == ["SIGN.visit"]
    office.decide(case_id, "SIGN.visit", said)
    assert sorted(office.open(case_id)) == (["SIGN.decide"] if said == "agree" else [])
    office.finish(case_id)


def test_a_deadline_of_the_call_takes_back_what_is_open_inside(redrawn: Opened) -> None:
    office = redrawn(CALLING, called(CHECKS))
    case_id = office.accept("SIGN")
    office.clock.advance(days=20)
    sweep(office.engine)
    assert (office.case(case_id).status, office.case(case_id).timers) == ("closed", {})
    assert sorted(rows(office, case_id, CANCELLED)) == [""]


def test_a_process_called_for_each_of_several_keeps_their_decisions_apart(redrawn: Opened) -> None:
    body = BEGIN + VOTES + call("c", inner=several("2")) + REST + flows("s > accept > c > decide > deliver > e")
    office = redrawn(body, called(CHECKS.replace("asked = asked + 1\nzone = 1", "vote = 1")))
    case_id = office.accept("SIGN")
    says(office, case_id, "1/2", "forward")
    says(office, case_id, "2/2", "agree")
    assert sorted(rows(office, case_id, name="SIGN.visit")) == ["1/2"]
    says(office, case_id, "1/2", name="SIGN.visit")
    assert office.finish(case_id).outcome == "granted"


def test_a_move_comes_back_into_a_called_process(tmp_path: Path, clock: ManualClock) -> None:
    path = redraw(tmp_path / "processes", CALLING, called(CHECKS))
    with opened_office(tmp_path, clock, processes=path.parents[1]) as office:
        case_id = office.accept("SIGN")
    path.write_text(path.read_text("utf-8").replace("asked = 1", "asked = 0"), "utf-8")
    with opened_office(tmp_path, clock, processes=path.parents[1]) as office:
        other, before = office.engine.deployments.current("SIGN").version, rows(office, case_id)
        office.engine.execute(MoveCase(case_id, other, "新版本"), SYSTEM)
        assert rows(office, case_id) == before
        office.decide(case_id, "SIGN.review", "forward")
        assert office.finish(case_id).outcome == "granted"


GLOBAL = step("review").replace("bpmn:userTask", "bpmn:globalUserTask").replace("SIGN.review", "reviewing")
BY_GLOBAL = (
    BEGIN + call("SIGN.review", "reviewing") + call("count", "counting") + REST
    + flows("s > accept > review > count > decide > deliver > e")
)  # fmt: skip
COUNTING = '<bpmn:globalScriptTask id="counting"><bpmn:script>counted = 1</bpmn:script></bpmn:globalScriptTask>'


def test_a_global_task_that_is_called_is_a_step_with_the_id_of_the_call(redrawn: Opened) -> None:
    office = redrawn(BY_GLOBAL, GLOBAL + COUNTING)
    case_id = office.accept("SIGN")
    task = office.open(case_id)["SIGN.review"]
    assert (task.department, task.role) == ("urban", "reviewer")
    office.decide(case_id, "SIGN.review")
    assert office.finish(case_id).outcome == "granted"


def aside(*calls: str) -> str:
    """Calls side by side, then the rest."""
    ways = "; ".join(f"p > {name} > j" for name in calls)
    drawn = "".join(call(name) for name in calls)
    gates = '<bpmn:parallelGateway id="p"/><bpmn:parallelGateway id="j"/>'
    return BEGIN + gates + drawn + REST + flows(f"s > accept > p; {ways}; j > decide > deliver > e")


ONE = called('<bpmn:startEvent id="s1"/>' + step("review") + end("e1") + flows("s1 > review > e1"))
DECIDING = called('<bpmn:startEvent id="s1"/>' + step("review") + step("decide") + end("e1")
                  + flows("s1 > review > decide > e1"))  # fmt: skip
AGAIN = BEGIN + call("c") + call("d") + step("deliver") + end("e") + flows("s > accept > c > d > deliver > e")
TWICE = (
    BEGIN + '<bpmn:parallelGateway id="p"/>' + step("review") + '<bpmn:scriptTask id="note"><bpmn:script>x = 1'
    "</bpmn:script></bpmn:scriptTask>" + REST
    + flows("s > accept > p > review > decide > deliver > e; p > note > decide")
)  # fmt: skip
DOUBLED = SAID.replace('id="note"', 'id="note" completionQuantity="2"')


@pytest.mark.parametrize(
    ("body", "beside", "rule", "element"),
    [
        (aside("c", "d"), ONE, "decided-twice", "d"),
        (AGAIN, DECIDING, "decisive-in-loop", "SIGN.decide"),
        (CALLING, called(CHECKS.replace("SIGN.visit", "SIGN.look")), "step-missing", "SIGN.look"),
        (CALLING, called(CHECKS.replace("reviewer", "head", 1)), "step-differs", "SIGN.review"),
        (BY_GLOBAL, GLOBAL.replace("reviewer", "head") + COUNTING, "step-differs", "SIGN.review"),
        (BY_GLOBAL, GLOBAL.replace("bl:step", "bl:other") + COUNTING, "diagram.step", "reviewing"),
        (BY_GLOBAL, GLOBAL, "called-element", "count"),
        (CALLING, called(CHECKS.replace("asked = asked + 1", "decision = 1")), "read-only-value", "more"),
        (CALLING, called(CHECKS.replace("asked = asked + 1", "shop_name = 1")), "read-only-value", "more"),
        (CALLING, called(CHECKS.replace("<bpmn:startEvent", '<bpmn:serviceTask id="x"/><bpmn:startEvent')),
         "not-in-product", "x"),
        (BEGIN + VOTES + step("review", several(until='decision["SIGN.review"] == "agree"')) + REST
         + flows("s > accept > review > decide > deliver > e"), "", "instance-decision", "SIGN.review"),
        (BEGIN + VOTES + step("review") + step("decide", several()) + step("deliver") + end("e")
         + flows("s > accept > review > decide > deliver > e"), "", "decisive-in-loop", "SIGN.decide"),
        (BEGIN + VOTES + step("review") + step("decide") + step("deliver", several()) + end("e")
         + flows("s > accept > review > decide > deliver > e"), "", "decisive-in-loop", "SIGN.deliver"),
        (TWICE, "", "decided-twice", "SIGN.decide"),
        (BEGIN + step("review") + DOUBLED + REST + flows("s > accept > review > note > decide > deliver > e"), "",
         "decided-twice", "SIGN.decide"),
    ],
)  # fmt: skip
def test_what_would_mix_up_or_repeat_decisions_is_refused_at_its_place(
    checked: Checked, body: str, beside: str, rule: str, element: str
) -> None:
    found = checked(body, beside)
    assert (rule, element) in {(f.rule, f.element) for f in found}, found
    assert all(f.message_zh and f.message_en for f in found)


def test_a_step_that_the_item_does_not_have_is_not_deployed(tmp_path: Path, clock: ManualClock) -> None:
    folder = redraw(tmp_path / "processes", CALLING, called(CHECKS.replace("SIGN.visit", "SIGN.look"))).parents[1]
    with pytest.raises(DiagramError, match="look"), opened_office(tmp_path, clock, processes=folder):
        raise AssertionError("deployed")


def test_tokens_are_multiplied_and_gathered(redrawn: Opened) -> None:
    gathering = step("review").replace('id="SIGN.review"', 'id="SIGN.review" startQuantity="2"')
    note = '<bpmn:scriptTask id="note" completionQuantity="2"><bpmn:script>x = 1</bpmn:script></bpmn:scriptTask>'
    office = redrawn(BEGIN + note + gathering + REST + flows("s > accept > note > review > decide > deliver > e"))
    case_id = office.accept("SIGN")
    assert len(office.case(case_id).open_tasks()) == 1
    assert office.finish(case_id).outcome == "granted"


OUTPUT = (
    '<bpmn:ioSpecification><bpmn:dataOutput id="out" name="said"/><bpmn:inputSet/><bpmn:outputSet><bpmn:dataOutputRefs>'
    "out</bpmn:dataOutputRefs></bpmn:outputSet></bpmn:ioSpecification><bpmn:dataOutputAssociation><bpmn:sourceRef>out"
    "</bpmn:sourceRef><bpmn:targetRef>opinion</bpmn:targetRef></bpmn:dataOutputAssociation>"
)
KEEPING = (
    BEGIN + '<bpmn:dataObject id="opinion"/>' + step("review", OUTPUT) + CHOSEN
    + when("g", "stop", 'opinion == "disagree"') + REST + flows("s > accept > review > g > decide > deliver > e")
)  # fmt: skip


@pytest.mark.parametrize(("said", "open_now"), [("agree", ["SIGN.decide"]), ("disagree", [])])
def test_the_data_output_of_a_step_is_its_decision(redrawn: Opened, said: str, open_now: list[str]) -> None:
    office = redrawn(KEEPING)
    case_id = office.accept("SIGN")
    office.decide(case_id, "SIGN.review", said)
    assert sorted(office.open(case_id)) == open_now
    office.finish(case_id)


def test_data_that_would_stand_before_the_decisions_is_refused(checked: Checked) -> None:
    assert {f.rule for f in checked(KEEPING.replace("opinion", "decision"))} == {"read-only-value"}


def test_data_called_like_an_answer_of_the_form_is_not_written(checked: Checked) -> None:
    assert {f.rule for f in checked(KEEPING.replace("opinion", "shop_name"))} == {"read-only-value"}


def any_order(until: str, cancel: str = "true") -> str:
    """An ad-hoc sub-process around the review and the visit."""
    condition = f"<bpmn:completionCondition>{until}</bpmn:completionCondition>" if until else ""
    return (
        f'<bpmn:adHocSubProcess id="h" cancelRemainingInstances="{cancel}">{step("review")}{VISIT}{condition}'
        "</bpmn:adHocSubProcess>"
    )


BOTH = 'decision["SIGN.review"] == "agree" and decision["SIGN.visit"] == "agree"'
ROUTE = flows("s > accept > h > decide > deliver > e")


@pytest.mark.parametrize("order", [["SIGN.review", "SIGN.visit"], ["SIGN.visit", "SIGN.review"]])
def test_people_choose_the_order_inside_an_ad_hoc_sub_process(redrawn: Opened, order: list[str]) -> None:
    office = redrawn(BEGIN + any_order("") + REST + ROUTE)
    case_id = office.accept("SIGN")
    assert sorted(office.open(case_id)) == ["SIGN.review", "SIGN.visit"]
    for name in order:
        office.decide(case_id, name)
    assert sorted(office.open(case_id)) == ["SIGN.decide"]
    assert office.finish(case_id).outcome == "granted"


def test_what_is_offered_again_is_taken_back_when_the_condition_holds(redrawn: Opened) -> None:
    office = redrawn(BEGIN + any_order(BOTH) + REST + ROUTE)
    case_id = office.accept("SIGN")
    office.decide(case_id, "SIGN.review", "disagree")
    assert sorted(office.open(case_id)) == ["SIGN.review", "SIGN.visit"]
    office.decide(case_id, "SIGN.visit")
    office.decide(case_id, "SIGN.review")
    assert sorted(office.open(case_id)) == ["SIGN.decide"]
    assert sorted(rows(office, case_id, CANCELLED, "SIGN.visit")) == [""]
    assert office.finish(case_id).outcome == "granted"


def test_what_is_offered_for_a_refused_item_is_not_offered_for_ever(redrawn: Opened) -> None:
    office = redrawn(
        BEGIN + '<bpmn:parallelGateway id="p"/>' + any_order(BOTH) + '<bpmn:parallelGateway id="j"/>' + REST
        + flows("s > accept > p > h > j > deliver > e; p > decide > j")
    )  # fmt: skip
    case_id = office.accept("SIGN")
    office.decide(case_id, "SIGN.decide", "disagree")
    assert sorted(office.open(case_id)) == ["SIGN.deliver"]
    assert office.finish(case_id).outcome == "refused"


def test_a_deadline_ends_an_ad_hoc_sub_process(redrawn: Opened) -> None:
    office = redrawn(
        BEGIN + any_order(BOTH) + event("late", "h", timer("timeDuration", "P20D")) + REST + ROUTE
        + flows("late > decide")
    )  # fmt: skip
    case_id = office.accept("SIGN")
    office.decide(case_id, "SIGN.review")
    office.clock.advance(days=20)
    sweep(office.engine)
    assert sorted(office.open(case_id)) == ["SIGN.decide"]
    assert office.finish(case_id).outcome == "granted"
