"""Diagrams with joint visits, as ``parallelize --joint-visits`` draws them, run in cases."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import main
from engine.agreement import agreement
from engine.case.sessions.choices import proposed
from engine.case.state import DONE
from engine.catalogue import load_catalogue
from engine.checking import check_path
from engine.commands import SYSTEM, Actor, ArrangeSession, MoveCase, ReturnStep
from engine.diagram.finding import Finding
from engine.diagram.lint import lint
from engine.drawing import draw_case
from engine.errors import DiagramError
from engine.settings import default_processes
from tests.builders import Office, handler_of, opened_office
from tests.clock import ManualClock
from tests.web import Visitor, site_of

JOINT = {"B02": "B02.V1", "B03": "B03.V1", "B10": "B10.V1", "B11": "B11.V1"}
ANSWERS = {"B11": {"long_line": "是"}}
FOOD, FIRE = Actor("food1", "market", frozenset({"inspector"})), Actor("fire1", "fire", frozenset({"inspector"}))


def converted(folder: Path, *codes: str) -> Path:
    """The processes, with these bundles drawn anew with their joint visits."""
    shutil.copytree(default_processes(), folder)
    for code in codes:
        arguments = ["parallelize", code, "--joint-visits", "-o", str(folder / code / "process.bpmn")]
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return converted(tmp_path_factory.mktemp("joint") / "processes", *JOINT)


@pytest.fixture(params=[256, 0], ids=["kept", "restored"])
def office(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock, drawn: Path) -> Iterator[Office]:
    """With cases in memory, and restored between any two acts; every journal is replayed at the end."""
    with opened_office(tmp_path, clock, processes=drawn, live_cases=request.param) as opened:
        yield opened


def at_the_visit(office: Office, code: str = "B02", answers: Mapping[str, str] | None = None) -> str:
    """A case in which everything that does not wait for the joint visit is decided."""
    case_id = office.accept(code, answers or ANSWERS.get(code))
    covers = set(office.engine.deployments.current(code).visits[JOINT[code]])
    while before := sorted(office.open(case_id).keys() - covers):
        office.decide(case_id, before[0])
    assert office.open(case_id)
    return case_id


def shown(office: Office, case_id: str) -> tuple[str, str]:
    """How the joint visit of a restaurant is drawn: state, and what a reader is told."""
    picture = draw_case(office.engine.read.case(case_id, SYSTEM), "en")
    group = picture.partition('data-element-id="B02.V1"')[2]
    state = re.search(r'data-state="(\w+)"', group.partition(">")[0])
    told = re.search("<title>([^<]*)</title>", group)
    assert told is not None
    return state[1] if state else "", told[1].removeprefix("Joint visit (food and fire)").removeprefix(" · ")


def changed(drawn: Path, folder: Path, change: Callable[[str], str]) -> Path:
    """The processes with the joint diagram of the restaurant changed."""
    shutil.copytree(drawn, folder)
    path = folder / "B02" / "process.bpmn"
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    return folder


@pytest.mark.parametrize("code", JOINT)
def test_each_department_decides_its_step_of_the_joint_visit_and_the_case_ends(office: Office, code: str) -> None:
    case_id = at_the_visit(office, code)
    offering = office.engine.deployments.current(code).offering
    covers = office.engine.deployments.current(code).visits[JOINT[code]]
    waiting = office.open(case_id)
    items = office.case(case_id).items
    assert set(waiting) == {step for step in covers if offering.item_of(step) in items}
    for step, task in waiting.items():
        said = offering.step(step)
        assert (task.item, task.department, task.role) == (said.item, said.department, said.role)
        assert (task.limit, task.unit) == (str(said.limit), said.unit)
    last = sorted(waiting)[-1]
    for step in sorted(waiting)[:-1]:
        office.decide(case_id, step)
        assert last in office.open(case_id)
    assert set(office.open(case_id)) == {last}
    case = office.finish(case_id)
    assert (case.status, case.outcome) == ("closed", "granted")


def test_the_checker_accepts_what_the_converter_writes(drawn: Path) -> None:
    found = [one for one in check_path(drawn) if any(code in one.file for code in JOINT)]
    assert [one for one in found if one.level == "error"] == []


def test_a_step_of_an_item_that_does_not_apply_is_passed_over(office: Office) -> None:
    case_id = office.accept("B02", {"floor_area": "40"})
    while before := sorted(office.open(case_id).keys() - {"FOOD.site"}):
        office.decide(case_id, before[0])
    assert set(office.open(case_id)) == {"FOOD.site"}
    assert office.finish(case_id).outcome == "granted"
    assert "FIRECHK.inspect" not in {task.step for task in office.case(case_id).tasks.values()}


def test_one_department_refuses_and_the_others_go_on(office: Office) -> None:
    case_id = at_the_visit(office)
    office.decide(case_id, "FIRECHK.inspect", "disagree", "疏散通道不足")
    assert "FOOD.site" in office.open(case_id)
    case = office.finish(case_id, lambda step: "disagree" if step == "FIRECHK.decide" else "agree")
    assert case.items["FIRECHK"].status == "refused"
    assert case.items["FOOD"].status == "granted"


def test_the_joint_task_is_drawn_in_progress_while_one_of_its_steps_is_open(office: Office) -> None:
    early = office.accept("B02")
    assert shown(office, early)[0] == ""
    case_id = at_the_visit(office)
    assert shown(office, case_id) == ("active", "Food licence: in progress; Fire-safety check: in progress")
    office.decide(case_id, "FOOD.site")
    assert shown(office, case_id) == ("active", "Food licence: done; Fire-safety check: in progress")
    office.decide(case_id, "FIRECHK.inspect")
    assert shown(office, case_id)[0] == "done"


def test_one_visit_is_proposed_for_all_items_that_wait_for_it(office: Office) -> None:
    case_id = office.accept("B02")
    deployment = office.engine.deployments.current("B02")
    assert proposed(office.case(case_id), deployment) == ()
    case_id = at_the_visit(office)
    items = proposed(office.case(case_id), deployment)
    assert items == ("FOOD", "FIRECHK")
    assert office.case(case_id).sessions == {}
    when = "2026-03-05T09:00+08:00"
    command = ArrangeSession(case_id, "site_visit", " ".join(items), when, "经营场所", "管理办法")
    office.engine.execute(command, FOOD)
    assert office.case(case_id).sessions["1"].items == {"FIRECHK": "fire", "FOOD": "market"}
    assert proposed(office.case(case_id), deployment) == ()


def test_the_page_begins_with_the_items_of_the_joint_visit(office: Office) -> None:
    case_id = at_the_visit(office)
    visitor = Visitor(site_of(office.engine), "market1")
    page = visitor.get(f"/cases/{case_id}/sessions/new").text
    chosen = re.findall(r'name="items" value="(\w+)" checked', page)
    assert sorted(chosen) == ["FIRECHK", "FOOD"]
    assert re.search(r'value="site_visit"[^>]*(checked|selected)', page)
    assert "data-visit" in page
    other = visitor.get(f"/cases/{case_id}/sessions/new?kind=hearing").text
    assert re.findall(r'name="items" value="(\w+)" checked', other) == []


def test_a_step_of_the_visit_is_asked_for_again_and_the_other_department_keeps_its_decision(office: Office) -> None:
    case_id = at_the_visit(office)
    for step in ("FOOD.site", "FIRECHK.inspect"):
        office.decide(case_id, step)
    task = office.open(case_id)["FOOD.review"]
    office.engine.execute(ReturnStep(case_id, task.id, "FOOD.site", "请再看一次后厨"), handler_of(task))
    assert set(office.open(case_id)) == {"FOOD.site"}
    standing = {task.step: task.status for task in office.case(case_id).tasks.values()}
    assert standing["FIRECHK.inspect"] == DONE
    assert shown(office, case_id)[0] == "active"
    assert office.finish(case_id).outcome == "granted"


def test_a_running_case_moves_to_the_joint_diagram_and_keeps_what_was_decided(
    tmp_path: Path, clock: ManualClock, drawn: Path
) -> None:
    with opened_office(tmp_path, clock) as before:
        case_id = before.accept("B02")
        before.decide(case_id, "LIC_CHECK.review")
        before.decide(case_id, "FOOD.site")
        kept = before.open(case_id)["FIRECHK.inspect"]
    with opened_office(tmp_path, clock, processes=drawn) as office:
        version = office.engine.deployments.current("B02").version
        office.engine.execute(MoveCase(case_id, version, "改为联合勘验"), SYSTEM)
        now = office.open(case_id)
        assert (now["FIRECHK.inspect"].id, now["FIRECHK.inspect"].due_at) == (kept.id, kept.due_at)
        assert "FOOD.site" not in now
        assert "FOOD.review" not in now
        assert office.finish(case_id).outcome == "granted"


def findings(folder: Path) -> list[Finding]:
    """What ``binglian check`` says of the restaurant: of its diagram alone, and if that is right, with its data."""
    offering = load_catalogue(folder).offering("B02")
    alone = [one for one in lint(offering.diagram, "B02", offering.decisions) if one.level == "error"]
    return alone or list(agreement(offering, "B02"))


COVERS = '<bl:covers ref="FIRECHK.inspect"/>'
WRONG = {
    "unknown": (COVERS, '<bl:covers ref="FIRECHK.nothing"/>', "step-missing"),
    "covered-twice": (COVERS, COVERS + COVERS, "joint-visit"),
    "drawn-too": (COVERS, COVERS + '<bl:covers ref="SIGN.review"/>', "joint-visit"),
    "another-limit": ('limit="4" unit="working_days"/>\n        <bl:c', 'limit="5"/>\n        <bl:c', "step-differs"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_with_a_joint_visit_is_told_and_not_deployed(
    wrong: str, tmp_path: Path, clock: ManualClock, drawn: Path
) -> None:
    right, instead, rule = WRONG[wrong]
    folder = changed(drawn, tmp_path / "changed", lambda text: text.replace(right, instead, 1))
    assert {(one.element, one.rule) for one in findings(folder)} == {("B02.V1", rule)}
    with pytest.raises(DiagramError) as refused, opened_office(tmp_path, clock, processes=folder):
        pass
    assert refused.value.code == f"diagram.{rule}"


def test_a_joint_visit_stands_for_site_steps_only(tmp_path: Path, drawn: Path) -> None:
    def swapped(text: str) -> str:
        text = text.replace("FIRECHK.inspect", "FIRECHK.@").replace("FIRECHK.decide", "FIRECHK.inspect")
        return text.replace("FIRECHK.@", "FIRECHK.decide")

    found = findings(changed(drawn, tmp_path / "changed", swapped))
    assert "a joint visit stands for site steps only; FIRECHK.decide is none" in {one.message_en for one in found}


def test_the_policy_of_a_joint_visit_is_that_of_its_steps(tmp_path: Path, clock: ManualClock, drawn: Path) -> None:
    step = (
        '<bl:step act="site" department="market" role="inspector" limit="4" unit="working_days"/>\n        <bl:covers'
    )
    policy = next(code for code in load_catalogue(drawn).offering("B02").policies if code != "default")
    named = step.replace("<bl:step ", f'<bl:step policy="{policy}" ')
    folder = changed(drawn, tmp_path / "changed", lambda text: text.replace(step, named, 1))
    with opened_office(tmp_path, clock, processes=folder) as office:
        deployment = office.engine.deployments.current("B02")
        assert deployment.drawn_policies == {"FOOD.site": policy, "FIRECHK.inspect": policy}


def test_a_diagram_in_another_encoding_and_one_drawn_anew_from_it_have_the_same_visit(
    tmp_path: Path, clock: ManualClock, drawn: Path
) -> None:
    folder = changed(drawn, tmp_path / "again", lambda text: text)
    path = folder / "B02" / "process.bpmn"
    text = path.read_text("utf-8").replace("UTF-8", "UTF-16", 1)
    path.write_bytes(text.encode("utf-16"))
    with opened_office(tmp_path, clock, processes=folder) as office:
        assert office.engine.deployments.current("B02").visits == {"B02.V1": ("FOOD.site", "FIRECHK.inspect")}
    again = CliRunner().invoke(main, ["parallelize", str(folder / "B02"), "--joint-visits", "-o", str(path)])
    assert again.exit_code == 0, again.output
    assert path.read_text("utf-8").count("<bl:covers") == 2
