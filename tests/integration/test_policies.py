"""What policies do to cases: who may handle a late step, who sees it, what a diagram names, other versions."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bench.offerings import Shape, write_offerings
from engine.agreement import agreement
from engine.bootstrap import build_auditor, build_engine
from engine.case import clocks
from engine.catalogue import load_catalogue
from engine.catalogue.policies import BUILTIN
from engine.commands import SYSTEM, Actor, DecideStep, MoveCase, ObjectToDeemed, ResumeClock, SuspendClock
from engine.errors import DiagramError, NotFound, NotPermitted, NotPossible
from engine.instants import from_text
from engine.reader import CaseView
from engine.settings import default_processes
from engine.store.tables import task_helper
from tests.builders import Office, handler_of, opened_office, settings_for
from tests.clock import ManualClock
from tests.integration.test_calendar_recompute import needed
from tests.web import Visitor, site_of, texts
from timers.sweep import Swept, sweep

TRY = Shape("TRY", branches=2, limit="5")
STEP = "TRY.b0_0"
HEAD = 'schema = 1\n[[policies]]\ncode = "default"\nname_zh = "策略"\nname_en = "policy"\n'
FIRE_HELPS = """
[[policies.ladder]]
over_days = 0
to = "inspector"
department = "fire"
does = "co_handling"
[[policies.ladder]]
over_days = 1
to = "section_head"
department = "lead"
does = "reassignment"
hand_to = "head"
hand_department = "tax"
"""
REVIEWER = Actor("r", "market", frozenset({"reviewer"}))
LEVELS = 4
"""Rungs of the ladder that is shipped as the default."""
HELPER = Actor("f", "fire", frozenset({"inspector"}))
TAX_HEAD = Actor("t", "tax", frozenset({"head"}))


def folder_with(folder: Path, policies: str, code: str = "") -> Path:
    """A processes folder with one item, or with a bundle as shipped, under these policies."""
    folder.mkdir()
    write_offerings(folder, [TRY])
    for name in sorted(needed(code)) if code else ():
        shutil.copytree(default_processes() / name, folder / name)
    (folder / "policies.toml").write_text(policies, encoding="utf-8")
    return folder


@pytest.fixture
def helped(tmp_path: Path, clock: ManualClock) -> Iterator[Office]:
    """Late steps are handled by the fire inspectors too, and a day later given to the heads of the tax office."""
    with opened_office(tmp_path, clock, processes=folder_with(tmp_path / "p", HEAD + FIRE_HELPS)) as opened:
        yield opened


def inbox(office: Office, actor: Actor) -> list[str]:
    return [row["step"] for row in office.engine.read.inbox(actor).rows]


def counts(office: Office, actor: Actor) -> tuple[int, int]:
    found = office.engine.read.inbox_counts(actor)
    return found.all, found.overdue


def test_who_was_asked_to_join_has_the_step_in_the_inbox_and_may_decide_it(helped: Office) -> None:
    case_id = helped.accept("TRY")
    with pytest.raises(NotFound):
        helped.engine.read.case(case_id, HELPER)
    before = inbox(helped, HELPER)
    helped.clock.set(from_text(str(helped.open(case_id)[STEP].due_at)))
    assert sweep(helped.engine) == Swept(fired=2)
    helped.clock.advance(minutes=1)
    task = helped.open(case_id)[STEP]
    assert (task.department, task.role, task.helpers) == ("market", "reviewer", (("fire", "inspector"),))
    assert inbox(helped, HELPER) == [*before, *sorted({STEP, "TRY.b0_1"} - {*before})]
    assert STEP in inbox(helped, REVIEWER)
    assert counts(helped, HELPER) == (2, 2)
    assert isinstance(helped.engine.read.case(case_id, HELPER), CaseView)
    searched = helped.engine.read.inbox(HELPER, search=helped.case(case_id).number)
    assert len(searched.rows) == 2
    first = helped.engine.read.inbox(HELPER, limit=1)
    rest = helped.engine.read.inbox(HELPER, after=first.after, limit=1)
    assert {first.rows[0]["step"], rest.rows[0]["step"]} == {STEP, "TRY.b0_1"}
    helped.engine.execute(DecideStep(case_id, task.id, "agree"), HELPER)
    assert STEP not in inbox(helped, HELPER)
    with helped.engine.store.database.read() as connection:
        rows = connection.execute(select(task_helper).order_by(task_helper.c.task_id)).all()
    assert [(row.task_id == task.id, bool(row.waiting)) for row in rows] == [(True, False), (False, True)]


def test_a_reassigned_step_is_the_new_handlers_and_the_old_ones_still_see_the_case(helped: Office) -> None:
    case_id = helped.accept("TRY")
    helped.clock.advance(days=14)
    sweep(helped.engine)
    task = helped.open(case_id)[STEP]
    assert (task.department, task.role, task.escalation) == ("tax", "head", 2)
    assert inbox(helped, REVIEWER) == []
    assert STEP in inbox(helped, TAX_HEAD)
    with pytest.raises(NotPermitted):
        helped.engine.execute(DecideStep(case_id, task.id, "agree"), REVIEWER)
    assert helped.engine.read.case(case_id, REVIEWER).case.escalations["1"].department == "market"
    helped.engine.execute(DecideStep(case_id, task.id, "agree"), TAX_HEAD)
    page = " ".join(texts(Visitor(site_of(helped.engine), "window1").get(f"/cases/{case_id}").text))
    assert "可以一并办理" in page
    assert "改由税务审批负责人办理" in page


def test_a_step_handled_in_time_is_never_raised_and_an_open_task_has_one_timer(office: Office) -> None:
    case_id = office.accept("B02")
    for _ in range(12):
        waiting = [timer.task for timer in office.case(case_id).timers.values()]
        assert sorted(waiting) == sorted(t.id for t in office.case(case_id).open_tasks() if t.escalation < LEVELS)
        office.clock.set(office.engine.due() or office.clock())
        sweep(office.engine)
    office.finish(case_id)
    assert office.case(case_id).timers == {}
    assert office.engine.due() is None


def drawn(folder: Path, policy: str) -> Path:
    """The same folder with a policy drawn on the step."""
    path = folder / "TRY" / "process.bpmn"
    text = path.read_text(encoding="utf-8")
    before, _, after = text.partition(f'userTask id="{STEP}"')
    path.write_text(f'{before}userTask id="{STEP}"{after.replace("<bl:step ", f"<bl:step policy={policy!r} ", 1)}',
                    encoding="utf-8")  # fmt: skip
    return folder


SHIPPED = (default_processes() / "policies.toml").read_text(encoding="utf-8")


def test_a_policy_drawn_in_the_diagram_wins(tmp_path: Path, clock: ManualClock) -> None:
    folder = drawn(folder_with(tmp_path / "p", SHIPPED), "consult_consent")
    with opened_office(tmp_path, clock, processes=folder) as office:
        case_id = office.accept("TRY")
        deployment = office.engine.read.case(case_id, SYSTEM).deployment
        assert (deployment.policy(STEP).code, deployment.policy("TRY.b0_1").code) == ("consult_consent", "default")
        office.clock.advance(days=8)
        sweep(office.engine)
        assert office.case(case_id).decisions == {STEP: "agree"}


@pytest.mark.parametrize(("step", "policy"), [(STEP, "nowhere"), ("TRY.issue", "consult_consent")])
def test_a_drawn_policy_that_cannot_be_is_refused_at_deployment_with_element_and_line(
    tmp_path: Path, clock: ManualClock, step: str, policy: str
) -> None:
    folder = folder_with(tmp_path / "p", SHIPPED)
    path = folder / "TRY" / "process.bpmn"
    before, _, after = path.read_text(encoding="utf-8").partition(f'userTask id="{step}"')
    after = after.replace("<bl:step ", f'\n\n<bl:step policy="{policy}" ', 1)
    path.write_text(f'{before}userTask id="{step}"{after}', encoding="utf-8")
    (found,) = agreement(load_catalogue(folder).offering("TRY"), "TRY/process.bpmn")
    assert (found.rule, found.element, found.line, found.level) == ("step-policy", step, 3, "error")
    with pytest.raises(DiagramError) as refused:
        build_engine(settings_for(tmp_path, processes=folder), clock)
    assert refused.value.where == f"TRY/process.bpmn:3 {step}"
    assert policy in refused.value.message_zh


def test_the_policies_belong_to_the_version_a_case_runs_on(tmp_path: Path, clock: ManualClock) -> None:
    folder = folder_with(tmp_path / "p", SHIPPED)
    with opened_office(tmp_path, clock, processes=folder) as office:
        old = office.accept("TRY")
    (folder / "policies.toml").unlink()
    with opened_office(tmp_path, clock, processes=folder) as office:
        new = office.accept("TRY")
        policies = [office.engine.read.case(case_id, SYSTEM).deployment.policy(STEP) for case_id in (old, new)]
        assert [policy.code for policy in policies] == ["default", "default"]
        assert (len(policies[0].ladder), policies[1]) == (4, BUILTIN)
        clock.advance(days=30)
        sweep(office.engine)
        assert [office.open(case_id)[STEP].escalation for case_id in (old, new)] == [4, 1]


def test_a_case_that_moves_goes_on_with_the_rungs_it_has_not_reached_and_the_reminders_to_come(
    tmp_path: Path, clock: ManualClock
) -> None:
    folder = folder_with(tmp_path / "p", HEAD + FIRE_HELPS.replace("over_days = 1", "over_days = 2"))
    with opened_office(tmp_path, clock, processes=folder) as office:
        early, late = office.accept("TRY"), office.accept("TRY")
        clock.advance(days=8)  # one working day over: the first rung was reached
        sweep(office.engine)
        assert office.open(late)[STEP].escalation == 1
        early = office.accept("TRY")
        clock.advance(days=4)
    (folder / "policies.toml").write_text(SHIPPED, encoding="utf-8")
    with opened_office(tmp_path, clock, processes=folder) as office:
        version = office.engine.deployments.current("TRY").version
        for case_id in (early, late):
            office.engine.execute(MoveCase(case_id, version, "新制度"), SYSTEM)
        kept = office.open(late)[STEP]
        timers = {timer.task: timer.id for timer in office.case(late).timers.values()}
        assert (kept.stage, kept.escalation, timers[kept.id]) == (2, 1, f"{kept.id}:3")
        assert office.case(early).timers[f"{office.open(early)[STEP].id}:1"].due_at > "2026-03-14"
        before = len(office.case(late).escalations)
        sweep(office.engine)
        levels = [one.level for one in office.case(late).escalations.values() if one.step == STEP]
        assert levels == [1, 2, 3]
        assert len(office.case(late).escalations) > before


def test_a_moved_step_that_was_given_to_others_stays_theirs(tmp_path: Path, clock: ManualClock) -> None:
    folder = folder_with(tmp_path / "p", HEAD + FIRE_HELPS)
    with opened_office(tmp_path, clock, processes=folder) as office:
        case_id = office.accept("TRY")
        clock.advance(days=14)
        sweep(office.engine)
    (folder / "policies.toml").write_text(SHIPPED, encoding="utf-8")
    with opened_office(tmp_path, clock, processes=folder) as office:
        before = office.open(case_id)[STEP]
        report = build_auditor(office.engine).move_report(case_id, office.engine.deployments.current("TRY").version)
        assert [line.code for line in report.cancelled] == []
        office.engine.execute(MoveCase(case_id, office.engine.deployments.current("TRY").version, "新制度"), SYSTEM)
        assert office.open(case_id)[STEP].department == before.department == "tax"


@pytest.fixture
def deemed(tmp_path: Path, clock: ManualClock) -> Iterator[tuple[Office, str]]:
    """The restaurant: its deciding food step was deemed agreed to; the certificate waits for the one of health too."""
    folder = folder_with(tmp_path / "p", SHIPPED, "B02")
    path = folder / "FOOD" / "item.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace('id = "FOOD.review"', 'id = "FOOD.review"\npolicy = "consult_consent"')
    path.write_text(text, encoding="utf-8")
    with opened_office(tmp_path, clock, processes=folder) as office:
        case_id = office.accept("B02")
        office.decide(case_id, "LIC_CHECK.review")
        office.decide(case_id, "FOOD.site")
        clock.set(from_text(str(office.open(case_id)["FOOD.review"].due_at)))
        sweep(office.engine)
        yield office, case_id


def test_an_objection_to_a_deciding_step_refuses_its_item_and_what_waits_for_it(deemed: tuple[Office, str]) -> None:
    office, case_id = deemed
    task = office.case(case_id).latest()["FOOD.review"]
    assert (task.decision, task.actor, office.case(case_id).items["FOOD"].decision) == ("agree", "system", "agree")
    assert "本地《并联审批管理办法》" in task.deemed
    with pytest.raises(NotPermitted):
        office.engine.execute(ObjectToDeemed(case_id, task.id, "现场不符"), HELPER)
    office.engine.execute(ObjectToDeemed(case_id, task.id, "现场不符"), handler_of(task))
    case = office.case(case_id)
    assert (case.items["FOOD"].status, case.items["FOOD"].reason) == ("refused", "现场不符")
    case = office.finish(case_id)
    assert (case.outcome, case.latest()["FOOD.issue"].status) == ("partly_granted", "skipped")


def test_behind_the_join_it_is_too_late_to_object(deemed: tuple[Office, str]) -> None:
    office, case_id = deemed
    task = office.case(case_id).latest()["FOOD.review"]
    for step in ("HEALTHCERT.site", "HEALTHCERT.issue"):
        while step not in office.open(case_id):
            office.decide(case_id, min(s for s in office.open(case_id) if s.startswith("HEALTHCERT")))
        office.decide(case_id, step)
    assert "FOOD.issue" in office.open(case_id)
    with pytest.raises(NotPossible) as refused:
        office.engine.execute(ObjectToDeemed(case_id, task.id, "现场不符"), handler_of(task))
    assert refused.value.code == "deemed.final"
    shown = " ".join(texts(Visitor(site_of(office.engine), "window1").get(f"/cases/{case_id}").text))
    assert "逾期未答复，视为同意" in shown


@pytest.mark.parametrize("issued", [False, True])
def test_where_nothing_joins_an_objection_is_possible_until_there_is_a_result(
    deemed: tuple[Office, str], issued: bool
) -> None:
    office, _ = deemed
    case_id = office.accept("FOOD")
    office.decide(case_id, "FOOD.site")
    office.clock.set(from_text(str(office.open(case_id)["FOOD.review"].due_at)))
    sweep(office.engine)
    task = office.case(case_id).latest()["FOOD.review"]
    assert set(office.open(case_id)) == {"FOOD.issue"}
    command = ObjectToDeemed(case_id, task.id, "现场不符")
    if issued:
        office.decide(case_id, "FOOD.issue")
        with pytest.raises(NotPossible):
            office.engine.execute(command, handler_of(task))
        return
    office.engine.execute(command, handler_of(task))
    assert set(office.open(case_id)) == {"FOOD.deliver"}
    assert office.finish(case_id).outcome == "refused"


def test_journals_of_earlier_releases_go_on_and_are_not_raised_twice(
    tmp_path: Path, clock: ManualClock, told_once: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened_office(tmp_path, clock, processes=told_once) as office:
        case_id = office.accept("FOOD")
        with monkeypatch.context() as earlier:
            earlier.setattr(clocks, "firing", lambda case, deployment, timer: ("StepOverdue", {"timer": timer}))
            clock.advance(days=9)
            assert sweep(office.engine) == Swept(fired=1)
        task = office.open(case_id)["FOOD.site"]
        assert (task.escalation, task.stage, office.case(case_id).escalations) == (1, 0, {})
        office.engine.execute(SuspendClock(case_id, "FOOD", "hearing", "第45条", "通知书", "5"), REVIEWER)
        clock.advance(days=3)
        office.engine.execute(ResumeClock(case_id, "1", "笔录"), REVIEWER)
        clock.advance(days=60)
        assert sweep(office.engine) == Swept()
        assert "超期，已通知科室负责人" in " ".join(
            texts(Visitor(site_of(office.engine), "window1").get(f"/cases/{case_id}").text)
        )


def test_lights_are_those_of_the_policy(tmp_path: Path, clock: ManualClock) -> None:
    lights = '[[policies.ladder]]\nshare = 1\nto = "section_head"\n'
    folder = folder_with(tmp_path / "p", HEAD + "yellow_share = 0.4\nyellow_days = 3\n" + lights)
    with opened_office(tmp_path, clock, processes=folder) as office:
        case_id = office.accept("TRY")
        seen = []
        for _ in range(4):
            (light,) = {clock.light for clock in office.engine.read.clocks(case_id, SYSTEM) if clock.kind == "task"}
            shown = Visitor(site_of(office.engine), "market1").get("/inbox/").text
            seen.append((light, "◷" in shown))
            clock.advance(days=1)
    assert seen == [("green", False), ("green", False), ("yellow", True), ("yellow", True)]
    assert clock() - from_text("2026-03-02T01:00:00.000000Z") == timedelta(days=4)
