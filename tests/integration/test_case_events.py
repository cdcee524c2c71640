"""Cases whose diagram has sub-processes, timer events, event sub-processes and loops: nothing is lost, all verifies."""

import re
import shutil
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from engine.case.state import CANCELLED, CLOSED, Case
from engine.commands import SYSTEM, AcceptCase, FireTimer
from engine.errors import AlreadyDone, LimitExceeded, NotPossible
from engine.settings import default_processes
from tests.builders import CLERK, Office, opened_office
from tests.clock import ManualClock
from tests.web import Visitor, site_of
from timers.sweep import sweep

TASKS = {
    "accept": '<bl:step item="SIGN" act="accept" department="urban" role="window_clerk" limit="0" unit="working_days"/>'
    '<bl:needs ref="F_SIGN"/><bl:needs ref="R_LICENCE"/><bl:needs ref="M_SIGNDESIGN"/><bl:needs ref="M_PREMISES"/>',
    "review": '<bl:step item="SIGN" act="review" department="urban" role="reviewer" limit="1.5" unit="working_days"/>',
    "decide": '<bl:step item="SIGN" act="decide" department="urban" role="head" limit="0.5" unit="working_days"'
    ' decisive="true"/><bl:yields ref="R_SIGN"/>',
    "deliver": '<bl:step item="" act="deliver" department="window" role="window_clerk" limit="10"'
    ' unit="working_days"/>',
}


def step(name: str, inner: str = "") -> str:
    """One of the steps of the sign permit, as its ``item.toml`` has it."""
    texts = {"accept": "受理", "review": "审查", "decide": "决定", "deliver": "送达"}
    return (
        f'<bpmn:userTask id="SIGN.{name}" name="招牌设置许可 · {texts[name]}"><bpmn:extensionElements>{TASKS[name]}'
        f"</bpmn:extensionElements>{inner}</bpmn:userTask>"
    )


def flows(text: str) -> str:
    """Sequence flows: ``a > b > c; d > e``."""
    chains = [[end.strip() for end in chain.split(">")] for chain in text.split(";")]
    pairs = [pair for chain in chains for pair in pairwise(chain)]
    ids = {name: f"SIGN.{name}" for name in TASKS}
    return "".join(
        f'<bpmn:sequenceFlow id="f-{a}-{b}" sourceRef="{ids.get(a, a)}" targetRef="{ids.get(b, b)}"/>' for a, b in pairs
    )


def timer(form: str, text: str) -> str:
    """A timer event definition."""
    return (
        f'<bpmn:timerEventDefinition><bpmn:{form} xsi:type="bpmn:tFormalExpression">{text}</bpmn:{form}>'
        "</bpmn:timerEventDefinition>"
    )


HANDLING = (
    '<bpmn:startEvent id="s"/>' + step("accept") + '<bpmn:subProcess id="handling"><bpmn:startEvent id="s1"/>'
    + step("review") + step("decide") + '<bpmn:endEvent id="e1"/>' + flows("s1 > review > decide > e1")
    + '</bpmn:subProcess><bpmn:boundaryEvent id="late" attachedToRef="handling">' + timer("timeDuration", "P20D")
    + '</bpmn:boundaryEvent><bpmn:endEvent id="lapsed"><bpmn:terminateEventDefinition/></bpmn:endEvent>'
    + step("deliver") + '<bpmn:endEvent id="e"/>' + flows("s > accept > handling > deliver > e; late > lapsed")
)  # fmt: skip

REMINDED = (
    '<bpmn:startEvent id="s"/>' + step("accept") + step("review")
    + '<bpmn:boundaryEvent id="remind" attachedToRef="SIGN.review" cancelActivity="false">'
    + timer("timeCycle", "R2/P1D") + '</bpmn:boundaryEvent><bpmn:scriptTask id="note"><bpmn:script>reminded = True'
    '</bpmn:script></bpmn:scriptTask><bpmn:endEvent id="noted"/>' + step("decide") + step("deliver")
    + '<bpmn:endEvent id="e"/>' + flows("s > accept > review > decide > deliver > e; remind > note > noted")
)  # fmt: skip

AGAIN = (
    '<bpmn:startEvent id="s"/>' + step("accept")
    + step(
        "review",
        '<bpmn:standardLoopCharacteristics><bpmn:loopCondition xsi:type="bpmn:tFormalExpression">'
        'decision["SIGN.review"] == "forward"</bpmn:loopCondition></bpmn:standardLoopCharacteristics>',
    )
    + step("decide") + step("deliver") + '<bpmn:endEvent id="e"/>' + flows("s > accept > review > decide > deliver > e")
)  # fmt: skip

UNCAUGHT = (
    '<bpmn:startEvent id="s"/>' + step("accept") + step("review")
    + '<bpmn:exclusiveGateway id="g" default="f-g-decide"/><bpmn:sequenceFlow id="f-g-broken" sourceRef="g" '
    'targetRef="broken"><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">decision["SIGN.review"] == '
    '"disagree"</bpmn:conditionExpression></bpmn:sequenceFlow><bpmn:endEvent id="broken"><bpmn:errorEventDefinition '
    'errorRef="odd"/></bpmn:endEvent>' + step("decide") + step("deliver") + '<bpmn:endEvent id="e"/>'
    + flows("s > accept > review > g > decide > deliver > e")
)  # fmt: skip

Opened = Callable[[str], Office]


@pytest.fixture
def redrawn(tmp_path: Path, clock: ManualClock) -> Iterator[Opened]:
    """An office in which the sign permit is drawn anew; every case verifies when it closes."""
    offices = []

    def opened(body: str) -> Office:
        folder = tmp_path / "processes"
        shutil.copytree(default_processes(), folder, ignore=shutil.ignore_patterns("__pycache__"))
        path = folder / "SIGN" / "process.bpmn"
        start = path.read_text("utf-8").partition("<bpmn:startEvent")[0]
        roots = '<bpmn:error id="odd" errorCode="ODD"/>'
        start = re.sub(r"(<bpmn:process )", roots + r"\1", start)
        path.write_text(f"{start}{body}</bpmn:process></bpmn:definitions>", "utf-8")
        manager = opened_office(tmp_path, clock, processes=folder)
        offices.append(manager)
        return manager.__enter__()

    yield opened
    for manager in offices:
        manager.__exit__(None, None, None)


def event_timer(case: Case) -> str:
    """The one timer of the case that belongs to an event of its diagram."""
    (found,) = [name for name in case.timers if "@" in name]
    return found


def test_a_sub_process_is_handled_step_by_step_and_its_deadline_goes_with_it(redrawn: Opened) -> None:
    office = redrawn(HANDLING)
    case_id = office.accept("SIGN")
    assert sorted(office.open(case_id)) == ["SIGN.review"]
    assert event_timer(office.case(case_id))
    office.decide(case_id, "SIGN.review")
    office.decide(case_id, "SIGN.decide")
    assert not [name for name in office.case(case_id).timers if "@" in name]
    assert office.finish(case_id).outcome == "granted"


def test_a_timer_at_the_border_ends_the_handling_and_the_case(redrawn: Opened) -> None:
    office = redrawn(HANDLING)
    case_id = office.accept("SIGN")
    office.decide(case_id, "SIGN.review")
    office.clock.advance(days=20)
    sweep(office.engine)
    case = office.case(case_id)
    assert (case.status, case.outcome, case.open_tasks(), case.timers) == (CLOSED, "refused", [], {})
    assert {task.status for task in case.tasks.values() if task.step == "SIGN.decide"} == {CANCELLED}
    assert case.items["SIGN"].status == "not_reached"
    kinds = [entry.kind for entry in office.engine.read.case(case_id, SYSTEM).entries]
    assert kinds.count("TimerEventFired") == 1


def test_a_timer_event_fires_once_and_never_early(redrawn: Opened) -> None:
    office = redrawn(HANDLING)
    case_id = office.accept("SIGN")
    name = event_timer(office.case(case_id))
    with pytest.raises(NotPossible):
        office.engine.execute(FireTimer(case_id, name), SYSTEM)
    office.clock.advance(days=20)
    office.engine.execute(FireTimer(case_id, name), SYSTEM)
    with pytest.raises(AlreadyDone):
        office.engine.execute(FireTimer(case_id, name), SYSTEM)


def test_a_reminder_beside_a_step_comes_as_often_as_drawn_and_leaves_the_step_open(redrawn: Opened) -> None:
    office = redrawn(REMINDED)
    case_id = office.accept("SIGN")
    for _ in range(4):
        office.clock.advance(days=1)
        sweep(office.engine)
    assert sorted(office.open(case_id)) == ["SIGN.review"]
    kinds = [entry.kind for entry in office.engine.read.case(case_id, SYSTEM).entries]
    assert kinds.count("TimerEventFired") == 2
    assert office.finish(case_id).outcome == "granted"


def test_a_step_in_a_loop_is_opened_again_while_its_condition_holds(redrawn: Opened) -> None:
    office = redrawn(AGAIN)
    case_id = office.accept("SIGN")
    first = office.open(case_id)["SIGN.review"].id
    office.decide(case_id, "SIGN.review", "forward")
    second = office.open(case_id)["SIGN.review"].id
    assert second != first
    office.decide(case_id, "SIGN.review")
    assert sorted(office.open(case_id)) == ["SIGN.decide"]
    assert office.finish(case_id).outcome == "granted"


def test_more_at_one_time_than_the_settings_allow_is_refused_and_the_application_stays(
    tmp_path: Path, clock: ManualClock
) -> None:
    with opened_office(tmp_path, clock, token_limit=4) as office:
        case_id = office.submit("B02").case_id
        with pytest.raises(LimitExceeded):
            office.engine.execute(AcceptCase(case_id), CLERK)
        assert office.case(case_id).status == "submitted"


@pytest.mark.parametrize(("bound", "told"), [("diagram_elements", "elements"), ("expression_length", "characters")])
def test_a_diagram_larger_than_the_settings_allow_is_not_deployed(
    tmp_path: Path, clock: ManualClock, bound: str, told: str
) -> None:
    with pytest.raises(LimitExceeded, match=told), opened_office(tmp_path, clock, **{bound: 3}):
        raise AssertionError("deployed")


def test_an_error_nobody_catches_leaves_the_case_as_it_was(redrawn: Opened) -> None:
    office = redrawn(UNCAUGHT)
    case_id = office.accept("SIGN")
    with pytest.raises(NotPossible, match="ODD"):
        office.decide(case_id, "SIGN.review", "disagree")
    assert sorted(office.open(case_id)) == ["SIGN.review"]
    office.decide(case_id, "SIGN.review")
    assert office.finish(case_id).outcome == "granted"


def test_a_diagram_without_a_drawing_shows_the_table_alone(redrawn: Opened) -> None:
    office = redrawn(AGAIN)
    case_id = office.accept("SIGN")
    site = site_of(office.engine)
    page = Visitor(site, "urban1").get(f"/cases/{case_id}/diagram")
    assert (page.status_code, "没有图形" in page.text) == (200, True)
    assert Visitor(site).get("/guide/SIGN").status_code == 200


def event(kind: str, host: str, definition: str, *, interrupting: bool = True) -> str:
    """A boundary event on a step or sub-process."""
    cancels = "" if interrupting else ' cancelActivity="false"'
    return f'<bpmn:boundaryEvent id="{kind}" attachedToRef="{host}"{cancels}>{definition}</bpmn:boundaryEvent>'


def end(identity: str) -> str:
    """An end event."""
    return f'<bpmn:endEvent id="{identity}"/>'


BEGIN = '<bpmn:startEvent id="s"/>' + step("accept")
UNDONE = "<bpmn:compensateEventDefinition/>"


def test_a_delivery_that_a_deadline_brought_closes_what_was_not_decided_as_not_reached(redrawn: Opened) -> None:
    lapsed = '<bpmn:endEvent id="lapsed"><bpmn:terminateEventDefinition/></bpmn:endEvent>'
    office = redrawn(HANDLING.replace(lapsed, "").replace('targetRef="lapsed"', 'targetRef="SIGN.deliver"'))
    case_id = office.accept("SIGN")
    office.clock.advance(days=20)
    sweep(office.engine)
    assert sorted(office.open(case_id)) == ["SIGN.deliver"]
    office.decide(case_id, "SIGN.deliver")
    case = office.case(case_id)
    assert (case.status, case.outcome, case.items["SIGN"].status) == (CLOSED, "refused", "not_reached")
    assert case.items["SIGN"].ended_at is not None


def test_a_delivery_beside_something_that_still_goes_on_leaves_the_case_open(redrawn: Opened) -> None:
    waits = '<bpmn:intermediateCatchEvent id="w">' + timer("timeDuration", "P3D") + "</bpmn:intermediateCatchEvent>"
    office = redrawn(
        BEGIN + step("review") + step("decide") + '<bpmn:parallelGateway id="f"/>' + waits + step("deliver") + end("e")
        + end("e2") + flows("s > accept > review > decide > f > deliver > e; f > w > e2")
    )  # fmt: skip
    case_id = office.accept("SIGN")
    for name in ("SIGN.review", "SIGN.decide", "SIGN.deliver"):
        office.decide(case_id, name)
    assert (office.case(case_id).status, office.open(case_id)) == ("in_progress", {})
    office.clock.advance(days=3)
    sweep(office.engine)
    assert (office.case(case_id).status, office.case(case_id).outcome) == (CLOSED, "granted")


def test_a_condition_may_ask_for_a_decision_nobody_has_given_yet(redrawn: Opened) -> None:
    condition = (
        '<bpmn:conditionalEventDefinition><bpmn:condition xsi:type="bpmn:tFormalExpression">'
        'decision["SIGN.review"] == "agree_with_conditions"</bpmn:condition></bpmn:conditionalEventDefinition>'
    )
    office = redrawn(
        BEGIN + '<bpmn:subProcess id="h"><bpmn:startEvent id="s1"/>' + step("review") + step("decide") + end("e1")
        + flows("s1 > review > decide > e1") + "</bpmn:subProcess>" + event("told", "h", condition, interrupting=False)
        + '<bpmn:scriptTask id="note"><bpmn:script>noted = True</bpmn:script></bpmn:scriptTask>' + end("e2")
        + step("deliver") + end("e") + flows("s > accept > h > deliver > e; told > note > e2")
    )  # fmt: skip
    case_id = office.accept("SIGN")
    office.decide(case_id, "SIGN.review", "agree_with_conditions")
    assert b"noted" in office.case(case_id).flow_bytes
    assert office.finish(case_id).outcome == "granted"


def test_undoing_that_a_deadline_interrupts_does_not_hold_the_case_for_ever(redrawn: Opened) -> None:
    undo = step("review").replace('id="SIGN.review"', 'id="SIGN.review" isForCompensation="true"')
    office = redrawn(
        BEGIN + step("decide") + event("undo", "SIGN.decide", UNDONE) + undo
        + event("late", "SIGN.review", timer("timeDuration", "P3D")) + end("le")
        + f'<bpmn:intermediateThrowEvent id="back">{UNDONE}</bpmn:intermediateThrowEvent>' + step("deliver") + end("e")
        + flows("s > accept > decide > back > deliver > e; late > le")
        + '<bpmn:association id="a" associationDirection="One" sourceRef="undo" targetRef="SIGN.review"/>'
    )  # fmt: skip
    case_id = office.accept("SIGN")
    office.decide(case_id, "SIGN.decide")
    assert sorted(office.open(case_id)) == ["SIGN.review"]
    office.clock.advance(days=3)
    sweep(office.engine)
    assert sorted(office.open(case_id)) == ["SIGN.deliver"]
    office.decide(case_id, "SIGN.deliver")


def test_undoing_the_work_of_a_refused_item_is_offered(redrawn: Opened) -> None:
    undo = step("review").replace('id="SIGN.review"', 'id="SIGN.review" isForCompensation="true"')
    disagreed = (
        '<bpmn:sequenceFlow id="f-no" sourceRef="g" targetRef="back"><bpmn:conditionExpression '
        'xsi:type="bpmn:tFormalExpression">decision["SIGN.decide"] == "disagree"</bpmn:conditionExpression>'
        "</bpmn:sequenceFlow>"
    )
    office = redrawn(
        BEGIN + step("decide") + event("undo", "SIGN.decide", UNDONE) + undo
        + '<bpmn:exclusiveGateway id="g" default="f-g-deliver"/>' + disagreed
        + f'<bpmn:endEvent id="back">{UNDONE}</bpmn:endEvent>' + step("deliver") + end("e")
        + flows("s > accept > decide > g > deliver > e")
        + '<bpmn:association id="a" associationDirection="One" sourceRef="undo" targetRef="SIGN.review"/>'
    )  # fmt: skip
    case_id = office.accept("SIGN")
    office.decide(case_id, "SIGN.decide", "disagree")
    assert sorted(office.open(case_id)) == ["SIGN.review"]
    office.decide(case_id, "SIGN.review")
    assert (office.case(case_id).status, office.case(case_id).outcome) == (CLOSED, "refused")


def test_a_cycle_that_fails_now_and_then_is_never_set_aside(redrawn: Opened) -> None:
    office = redrawn(REMINDED.replace("R2/P1D", "R/P1D"))
    case_id = office.accept("SIGN")
    for _ in range(12):
        office.clock.advance(days=1)
        (due,) = [found for found in office.engine.lease() if "@" in found.timer_id]
        office.engine.timers.fail(due, "tried", office.clock())
        office.clock.advance(minutes=2)
        sweep(office.engine)
    kinds = [entry.kind for entry in office.engine.read.case(case_id, SYSTEM).entries]
    assert kinds.count("TimerEventFired") == 12


def test_a_short_cycle_does_not_wait_for_the_lease_of_the_firing_before(redrawn: Opened) -> None:
    office = redrawn(REMINDED.replace("R2/P1D", "R/PT10S"))
    office.accept("SIGN")
    fired = 0
    for _ in range(12):
        office.clock.advance(seconds=10)
        fired += sweep(office.engine).fired
    assert fired == 12


@pytest.mark.parametrize("live_cases", [0, 256])
def test_what_a_script_copies_is_the_same_live_and_restored(
    tmp_path: Path, clock: ManualClock, live_cases: int
) -> None:
    folder = tmp_path / "processes"
    shutil.copytree(default_processes(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / "SIGN" / "process.bpmn"
    body = (
        BEGIN + step("review") + step("decide")
        + '<bpmn:scriptTask id="copy"><bpmn:script>copied = decision\nsaid = str(decision)</bpmn:script>'
        "</bpmn:scriptTask>"
        + step("deliver") + end("e") + flows("s > accept > review > decide > copy > deliver > e")
    )  # fmt: skip
    path.write_text(
        path.read_text("utf-8").partition("<bpmn:startEvent")[0] + body + "</bpmn:process></bpmn:definitions>"
    )
    with opened_office(tmp_path, clock, processes=folder, live_cases=live_cases) as office:
        assert office.finish(office.accept("SIGN")).outcome == "granted"


def test_what_was_granted_provisionally_is_not_when_the_diagram_ends_before_the_lead_decides(
    tmp_path: Path, clock: ManualClock
) -> None:
    folder = tmp_path / "processes"
    shutil.copytree(default_processes(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / "B02" / "process.bpmn"
    lapse = (
        event("lapse", "B02.decide", timer("timeDuration", "P20D"))
        + '<bpmn:endEvent id="lapsed"><bpmn:terminateEventDefinition/></bpmn:endEvent>'
        '<bpmn:sequenceFlow id="f-lapse" sourceRef="lapse" targetRef="lapsed"/></bpmn:process>'
    )
    drawn = path.read_text("utf-8").partition("<bpmndi:BPMNDiagram")[0].replace("</bpmn:process>", lapse)
    path.write_text(drawn + "</bpmn:definitions>", "utf-8")
    with opened_office(tmp_path, clock, processes=folder) as office:
        case_id = office.accept("B02")
        while sorted(office.open(case_id)) != ["B02.decide"]:
            office.decide(case_id, min(office.open(case_id)))
        office.clock.advance(days=20)
        sweep(office.engine)
        case = office.case(case_id)
        assert (case.status, case.outcome) == (CLOSED, "refused")
        assert {item.status for item in case.items.values()} == {"not_reached"}
        assert {result.status for result in case.results.values()} == {"void"}
