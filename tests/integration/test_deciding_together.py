"""会签 或签 票签 依次 in cases: the rule as data, votes as entries, the early end, silence, going back, materials."""

from pathlib import Path

import pytest

from bench.offerings import Shape, write_offerings
from cli.demo_cases import received_materials, sample_form
from engine.agreement import agreement
from engine.case.seating.seats import TAKEN_BACK
from engine.catalogue import load_catalogue
from engine.commands import AcceptCase, Actor, DecideStep, MoveCase, ReturnStep, SubmitCase, TakeBackDecision
from engine.errors import BinglianError, CatalogueError, DiagramError
from engine.journal import digest
from engine.materials import Upload
from tests.builders import CLERK, opened_office
from tests.clock import ManualClock
from tests.seated import (
    ADMIN,
    ALL_SIGN,
    ANY_SIGNS,
    BY_TWO,
    CHIEF,
    DECIDE,
    IN_ORDER,
    OTHER,
    POLICE,
    STEP,
    VOTE,
    A,
    B,
    C,
    D,
    decide,
    inbox,
    kinds,
    notices,
    refused,
    seated_folder,
    seated_office,
    seats,
    states,
    task_of,
)
from tests.uploads import pdf
from timers.sweep import sweep

CONSENT = """schema = 1
[[policies]]
code = "default"
name_zh = "策略"
name_en = "policy"
[[policies.ladder]]
over_days = 0
to = "section_head"
does = "take_over"
[[policies]]
code = "silent"
name_zh = "逾期视为同意"
name_en = "deemed consent"
silence = "consent"
ground = "地方办法第九条"
"""
"""Under the default the section head takes a late step over."""


def test_all_sign_ends_with_the_last_agreement_and_only_then_goes_on(tmp_path: Path) -> None:
    with seated_office(tmp_path, ALL_SIGN) as office:
        case_id = office.accept("TRY")
        decide(office, case_id, A)
        decide(office, case_id, B, "agree_with_conditions", opinion="二楼不得堆放杂物")
        assert states(office, case_id) == "ddo"
        assert DECIDE not in office.open(case_id)
        outcome = decide(office, case_id, C)
        assert len(outcome.closed) == 1
        task = next(task for task in office.case(case_id).tasks.values() if task.step == STEP)
        assert (task.decision, task.opinion, task.actor) == ("agree_with_conditions", "二楼不得堆放杂物", "c")
        assert kinds(office, case_id)[-3:] == ["StepVoted"] * 3
        decide(office, case_id, POLICE, step=OTHER)
        assert [row["step"] for row in office.engine.read.done(A)] == [STEP], "not only who was the last"
        assert office.engine.read.done(D) == []
        assert office.finish(case_id).outcome == "granted"


def test_one_refusal_ends_all_sign_and_the_rest_are_told(tmp_path: Path) -> None:
    with seated_office(tmp_path, ALL_SIGN) as office:
        case_id = office.accept("TRY")
        decide(office, case_id, A, "disagree", opinion="消防通道堵塞")
        task = next(task for task in office.case(case_id).tasks.values() if task.step == STEP)
        assert (task.decision, task.opinion, states(office, case_id)) == ("disagree", "消防通道堵塞", "dtt")
        assert notices(office, B).count("step_settled") == 2, "the role was told of both seats"
        assert refused(office, DecideStep(case_id, task.id, "agree"), B) == "task.closed"


@pytest.mark.parametrize(
    ("rule", "votes", "result"),
    [
        (ANY_SIGNS, ["agree"], "agree"),
        (ANY_SIGNS, ["disagree"], "disagree"),
        (ANY_SIGNS.replace('"any_signs"', '"any_signs"\nrefusal = "all"'), ["disagree", "agree"], "agree"),
        (VOTE, ["agree", "agree"], "agree"),
        (VOTE, ["disagree", "abstain"], "disagree"),
        (VOTE.replace('more_than = "1/2"', 'at_least = "2/3"'), ["agree", "disagree", "agree"], "agree"),
        (VOTE.replace("times = 3", "times = 2\n[[steps.approvers.seats]]\nveto = true"), ["agree"] * 3, "agree"),
    ],
)  # fmt: skip
def test_every_rule_ends_as_soon_as_nothing_can_change_it(
    tmp_path: Path, rule: str, votes: list[str], result: str
) -> None:  # fmt: skip
    with seated_office(tmp_path, rule) as office:
        case_id = office.accept("TRY")
        for who, vote in zip((A, B, C), votes, strict=False):
            assert STEP in office.open(case_id), "not before"
            decide(office, case_id, who, vote)
        case = office.case(case_id)
        task = next(task for task in case.tasks.values() if task.step == STEP)
        assert (task.status, task.decision) == ("done", result)


def test_in_order_each_has_the_step_in_the_list_when_it_is_their_turn(tmp_path: Path) -> None:
    with seated_office(tmp_path, IN_ORDER) as office:
        case_id = office.accept("TRY")
        task = task_of(office, case_id)
        assert (inbox(office, A), inbox(office, POLICE)) == ([STEP], [OTHER])
        assert refused(office, DecideStep(case_id, task.id, "agree"), POLICE) == "seat.waiting"
        decide(office, case_id, A)
        assert (inbox(office, A), inbox(office, POLICE)) == ([], [STEP, OTHER])
        assert notices(office, POLICE) == ["step_turn"]
        decide(office, case_id, POLICE)
        assert STEP not in office.open(case_id)


def test_nobody_votes_twice_and_strangers_not_at_all(tmp_path: Path) -> None:
    with seated_office(tmp_path, ALL_SIGN) as office:
        case_id = office.accept("TRY")
        task = task_of(office, case_id)
        decide(office, case_id, A)
        assert refused(office, DecideStep(case_id, task.id, "agree"), A) in {"seat.twice", "seat.decided"}
        assert refused(office, DecideStep(case_id, task.id, "agree"), POLICE) == "policy.handler"
        assert refused(office, DecideStep(case_id, task.id, "abstain"), B) == "decision.unknown"
        assert refused(office, DecideStep(case_id, task.id, "disagree"), B) == "opinion.missing"
        assert states(office, case_id) == "doo"


def test_nobody_has_a_say_in_the_own_application(tmp_path: Path) -> None:
    with seated_office(tmp_path, ANY_SIGNS) as office:
        offering = office.engine.deployments.catalogue.offering("TRY")
        form = sample_form(offering, None)
        submit = SubmitCase("TRY", form, received_materials(office.engine, offering, form), "", A.id)
        case_id = office.engine.execute(submit, CLERK).case_id
        office.engine.execute(AcceptCase(case_id), CLERK)
        assert refused(office, DecideStep(case_id, task_of(office, case_id).id, "agree"), A) == "seat.own_application"
        own = Actor(A.id, "police", A.roles)
        plain = task_of(office, case_id, OTHER)
        assert refused(office, DecideStep(case_id, plain.id, "agree"), own) == "seat.own_application"
        decide(office, case_id, B)


def test_a_vote_is_taken_back_while_the_step_is_undecided(tmp_path: Path) -> None:
    with seated_office(tmp_path, ALL_SIGN) as office:
        case_id = office.accept("TRY")
        task = task_of(office, case_id)
        decide(office, case_id, A, "agree_with_conditions", opinion="条件")
        office.engine.execute(TakeBackDecision(case_id, task.id), A)
        assert states(office, case_id) == "ooo"
        assert [kept.kind for kept in seats(office, case_id)[0].kept] == [TAKEN_BACK]
        assert refused(office, TakeBackDecision(case_id, task.id), B) == "take_back.none"
        decide(office, case_id, A, "agree")
        assert kinds(office, case_id)[-2:] == ["VoteTakenBack", "StepVoted"]


def test_taking_back_a_vote_of_a_decided_step_keeps_what_the_others_said(tmp_path: Path) -> None:
    with seated_office(tmp_path, ALL_SIGN) as office:
        case_id = office.accept("TRY")
        closed = task_of(office, case_id)
        for who in (A, B, C):
            decide(office, case_id, who)
        assert refused(office, TakeBackDecision(case_id, closed.id), D) == "policy.own_decision"
        office.engine.execute(TakeBackDecision(case_id, closed.id), B)
        assert states(office, case_id) == "dod"
        fresh = task_of(office, case_id)
        assert (fresh.opened_at, fresh.due_at) == (closed.opened_at, closed.due_at)
        decide(office, case_id, B, "disagree")
        assert states(office, case_id) == "ddd"


def test_what_the_others_have_decided_stays_decided(tmp_path: Path) -> None:
    with seated_office(tmp_path, ALL_SIGN) as office:
        case_id = office.accept("TRY")
        closed = task_of(office, case_id)
        decide(office, case_id, A)
        decide(office, case_id, B, "disagree")
        assert refused(office, TakeBackDecision(case_id, closed.id), A) == "take_back.settled"
        assert office.engine.preview(TakeBackDecision(case_id, closed.id), A).code == "take_back.settled"
        office.engine.execute(TakeBackDecision(case_id, closed.id), B)
        assert states(office, case_id) == "doo"


def test_returning_to_a_step_of_several_approvers_makes_a_task_for_all_of_them_ruoyi_vue_pro_668(
    tmp_path: Path,
) -> None:
    with seated_office(tmp_path, ALL_SIGN) as office:
        case_id = office.accept("TRY")
        for who in (A, B, C):
            decide(office, case_id, who)
        decide(office, case_id, POLICE, step=OTHER)
        back = ReturnStep(case_id, task_of(office, case_id, DECIDE).id, STEP, "图纸与现场不一致")
        office.engine.execute(back, CHIEF)
        assert states(office, case_id) == "ooo"
        assert [STEP in inbox(office, who) for who in (A, B, C, D)] == [True] * 4
        voided = [task for task in office.case(case_id).tasks.values() if task.status == "voided" and task.seats]
        assert len(voided) == 1, "what they said is kept with the void decision"
        for who in (D, B, A):
            decide(office, case_id, who)
        assert DECIDE in office.open(case_id)


def test_silence_decides_for_those_who_have_said_nothing(tmp_path: Path) -> None:
    clock = ManualClock()
    rule = f'policy = "silent"\n{IN_ORDER}'
    with seated_office(tmp_path, rule, policies=CONSENT, clock=clock) as office:
        case_id = office.accept("TRY")
        decide(office, case_id, A, "agree_with_conditions", opinion="保持通道畅通")
        clock.advance(days=20)
        assert sweep(office.engine).failed == 0
        task = next(task for task in office.case(case_id).tasks.values() if task.step == STEP)
        assert (task.decision, task.opinion, task.deemed) == ("agree_with_conditions", "保持通道畅通", "地方办法第九条")
        assert [seat.decided_by for seat in seats(office, case_id)] == ["a", "system"]


def test_a_superior_of_a_late_step_decides_in_one_seat_and_takes_none_away(tmp_path: Path) -> None:
    clock = ManualClock()
    with seated_office(tmp_path, BY_TWO, policies=CONSENT, clock=clock) as office:
        case_id = office.accept("TRY")
        superior = Actor("h", "market", frozenset({"section_head"}))
        decide(office, case_id, A)
        clock.advance(days=20)
        assert sweep(office.engine).failed == 0
        task = task_of(office, case_id)
        assert (task.role, task.helpers) == ("reviewer", (("market", "section_head"),))
        assert STEP in inbox(office, superior)
        decide(office, case_id, superior)
        assert [seat.decided_by for seat in seats(office, case_id)] == ["a", "h"]
        assert STEP not in office.open(case_id)


def test_a_newer_file_asks_those_who_have_voted_on_the_older_one_again(tmp_path: Path) -> None:
    with seated_office(tmp_path, ALL_SIGN) as office:
        case_id = office.accept("TRY")
        task, one = task_of(office, case_id), pdf(b"one")
        office.engine.upload(case_id, Upload("F_TRY", "a.pdf", one), CLERK)
        office.engine.execute(DecideStep(case_id, task.id, "agree", seen={"F_TRY": digest(one)}), A)
        office.engine.upload(case_id, Upload("F_TRY", "b.pdf", pdf(b"two")), CLERK)
        assert states(office, case_id) == "ooo"
        assert [kept.kind for kept in seats(office, case_id)[0].kept] == [TAKEN_BACK]
        assert "material_replaced" in notices(office, A)
        stale = DecideStep(case_id, task.id, "agree", seen={"F_TRY": digest(one)})
        assert refused(office, stale, A) == "material.changed"


def test_a_diagram_may_draw_the_approvers_and_says_the_same_then(tmp_path: Path) -> None:
    folder = seated_folder(tmp_path / "p", VOTE)
    file = folder / "TRY" / "process.bpmn"
    plain = file.read_text(encoding="utf-8")

    def drawn(element: str) -> list[str]:
        head, step, rest = plain.partition(f'id="{STEP}"')
        file.write_text(head + step + rest.replace("</b:extensionElements>", f"{element}</b:extensionElements>", 1))
        return [found.rule for found in agreement(load_catalogue(folder).offering("TRY"), "TRY/process.bpmn")]

    assert drawn("") == []
    assert drawn('<bl:approvers rule="vote" more_than="1/2"><bl:seat times="3"/></bl:approvers>') == []
    assert drawn('<bl:approvers rule="all_sign"><bl:seat times="3"/></bl:approvers>') == ["step-differs"]
    assert drawn('<bl:approvers rule="most"><bl:seat/></bl:approvers>') == ["step-differs"]
    twice = '<bl:approvers rule="all_sign"><bl:seat/></bl:approvers>' * 2
    assert drawn(twice) == ["diagram.approvers"]
    with pytest.raises(DiagramError), opened_office(tmp_path, processes=folder):
        pass


@pytest.mark.parametrize(
    ("approvers", "step", "where"),
    [
        (ALL_SIGN + 'department = "nowhere"\nrole = "reviewer"\n', STEP, "department"),
        (ALL_SIGN + 'department = "police"\nrole = "nobody"\n', STEP, "role"),
        (ALL_SIGN, "TRY.issue", "approvers"),
        (ALL_SIGN.replace("all_sign", "some_sign"), STEP, "rule"),
    ],
)
def test_a_catalogue_with_wrong_approvers_is_refused_by_file_and_key(
    tmp_path: Path, approvers: str, step: str, where: str
) -> None:  # fmt: skip
    folder = seated_folder(tmp_path / "p", approvers, step)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)
    assert "item.toml" in caught.value.where
    assert where in caught.value.where


def test_a_rule_is_part_of_the_version_and_a_case_keeps_its_own(tmp_path: Path) -> None:
    with seated_office(tmp_path, ALL_SIGN) as office:
        case_id = office.accept("TRY")
        decide(office, case_id, A)
        before = office.case(case_id).version
    folder = seated_folder(tmp_path / "p", BY_TWO)
    with opened_office(tmp_path, processes=folder) as office:
        assert office.case(case_id).version == before
        now = office.engine.deployments.current("TRY").version
        assert now != before
        office.engine.execute(MoveCase(case_id, now, "新的会签规则"), ADMIN)
        assert states(office, case_id) == "oo", "another rule is another task"


def test_steps_without_a_rule_keep_no_seats(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    folder.mkdir()
    write_offerings(folder, [Shape("TRY", branches=2)])
    with opened_office(tmp_path, processes=folder) as office:
        case_id = office.accept("TRY")
        case = office.finish(case_id)
        assert {task.seats for task in case.tasks.values()} == {""}
        assert b"seats" not in case.state_bytes()


def test_a_second_vote_at_the_same_instant_is_told_in_words(tmp_path: Path) -> None:
    with seated_office(tmp_path, ANY_SIGNS) as office:
        case_id = office.accept("TRY")
        task = task_of(office, case_id)
        decide(office, case_id, A)
        with pytest.raises(BinglianError) as caught:
            office.engine.execute(DecideStep(case_id, task.id, "agree"), B)
        assert caught.value.code == "task.closed"
