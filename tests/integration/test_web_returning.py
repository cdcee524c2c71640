"""Going back and ending early on the pages: who is offered what, what is foreseen, being second, what stays shown."""

import html
import re
from datetime import timedelta

import pytest
from flask import Flask

from engine.case.state import Task
from engine.commands import NudgeStep, TerminateCase, WithdrawCase
from tests.builders import CLERK, Office, handler_of
from tests.web import Visitor, field, site_of, texts

REASON, OPINION = "现场照片不清", "油烟管道与图纸一致，可以进入审批"
LETTER, LAW = "撤销申请书 2026-3 号", "行政许可法第三十二条"
TYPED = {
    "return_step": {"to_step": "FOOD.site", "reason": REASON}, "return_case": {"reason": REASON}, "take_back": {},
    "withdraw": {"evidence": LETTER, "reason": "不再开店"}, "terminate": {"ground": LAW, "reason": "主体灭失"},
    "reopen": {"reason": REASON},
}  # fmt: skip
ENTRIES = {
    "return_step": "StepReturned", "return_case": "CaseReturned", "take_back": "DecisionTakenBack",
    "withdraw": "CaseWithdrawn", "terminate": "CaseTerminated", "reopen": "CaseReopened",
}  # fmt: skip
LEAD = "market1"
"""Of the department that leads the restaurant, with every position there."""


@pytest.fixture
def app(office: Office) -> Flask:
    """The application over the office."""
    return site_of(office.engine)


def begun(office: Office) -> str:
    """A restaurant in which the food permit was inspected, by ``market1``."""
    case_id = office.accept("B02")
    office.decide(case_id, "LIC_CHECK.review")
    office.decide(case_id, "FOOD.site", opinion=OPINION)
    return case_id


def refused(office: Office) -> str:
    """A restaurant that was refused altogether and handed over."""
    case_id = office.accept("B02")
    office.finish(case_id, lambda step: "disagree" if step == "B02.decide" else "agree")
    case = office.case(case_id)
    assert (case.status, case.outcome) == ("closed", "refused")
    return case_id


def task_of(office: Office, case_id: str, step: str) -> Task:
    """The last task of a step."""
    return [one for one in office.case(case_id).tasks.values() if one.step == step][-1]


def address(office: Office, case_id: str, act: str) -> str:
    """The page of an act, for the task it is about."""
    about = {"return_step": "FOOD.review", "take_back": "FOOD.site"}.get(act)
    return f"/cases/{case_id}/{act}" + (f"?task={task_of(office, case_id, about).id}" if about else "")


def said(page: str) -> str:
    return " ".join(texts(page))


def group(page: str, name: str) -> list[str]:
    """What the preview lists in one group."""
    found = re.search(rf'<dd data-group="{name}">.*?</dd>', page, re.DOTALL)
    return texts(found[0]) if found else []


def offered(page: str) -> set[str]:
    return {act for act in TYPED if f'data-action="{act}"' in page}


def hidden(page: str) -> dict[str, str]:
    """What the form that confirms sends."""
    form = page[page.index('data-form="confirm"') :]
    return {
        name: html.unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    }


def foreseen(visitor: Visitor, office: Office, case_id: str, act: str, **typed: str) -> tuple[str, dict[str, str]]:
    """The page that says what an act would do, and what its form sends to do it."""
    answer = visitor.get(address(office, case_id, act))
    assert answer.status_code == 200, said(answer.text)
    if TYPED[act]:
        sent = {"key": field(answer.text, "key"), "entries": field(answer.text, "entries"), **TYPED[act], **typed}
        if 'name="task"' in answer.text:
            sent["task"] = field(answer.text, "task")
        answer = visitor.post(f"/cases/{case_id}/{act}", **sent)
        assert answer.status_code == 200, said(answer.text)
    return answer.text, {**hidden(answer.text), "step": "do"}


def kinds(office: Office, case_id: str) -> list[str]:
    return [entry.kind for entry in office.engine.read.case(case_id, CLERK).entries]


def test_everybody_is_offered_what_the_engine_permits_and_nothing_else(office: Office, app: Flask) -> None:
    case_id = begun(office)
    pages = {
        name: Visitor(app, name).get(f"/cases/{case_id}").text for name in ("market1", "fire1", "window1", "super1")
    }
    assert {name: offered(page) for name, page in pages.items()} == {
        "market1": {"return_step", "return_case", "take_back", "terminate"}, "fire1": {"return_step"},
        "window1": {"withdraw"}, "super1": set(),
    }  # fmt: skip
    inbox = Visitor(app, "fire1").get(f"/inbox/{case_id}/{task_of(office, case_id, 'FIRECHK.inspect').id}").text
    assert offered(inbox) == {"return_step"}
    done = Visitor(app, "market1").get("/inbox/done").text
    assert "take_back" in offered(done)


def test_what_is_over_or_delivered_offers_nothing_but_opening_a_refused_case_again(office: Office, app: Flask) -> None:
    case_id = refused(office)
    assert offered(Visitor(app, LEAD).get(f"/cases/{case_id}").text) == {"reopen"}
    granted = office.accept("B02")
    office.finish(granted)
    assert offered(Visitor(app, LEAD).get(f"/cases/{granted}").text) == set()
    assert offered(Visitor(app, "window1").get(f"/cases/{granted}").text) == set()


@pytest.mark.parametrize("act", TYPED)
def test_each_act_is_foreseen_in_words_and_done_once_however_often_it_is_sent(
    office: Office, app: Flask, act: str
) -> None:
    case_id = refused(office) if act == "reopen" else begun(office)
    visitor = Visitor(app, "window1" if act == "withdraw" else LEAD)
    before = kinds(office, case_id)
    page, sent = foreseen(visitor, office, case_id, act)
    assert kinds(office, case_id) == before, "a preview writes nothing"
    assert "会改变什么" in said(page)
    for _ in range(2):
        answer = visitor.post(f"/cases/{case_id}/{act}", **sent)
        assert (answer.status_code, answer.location) == (303, f"/cases/{case_id}#flow"), said(answer.text)
    assert kinds(office, case_id) == [*before, ENTRIES[act]]
    assert "已办理：" in said(visitor.get(f"/cases/{case_id}").text)


def test_a_return_lists_what_is_void_cancelled_decided_again_and_kept_and_the_clocks(
    office: Office, app: Flask
) -> None:
    case_id = begun(office)
    page, sent = foreseen(Visitor(app, LEAD), office, case_id, "return_step")
    assert group(page, "voided") == ["食品经营许可 · 现场勘查（同意）"]
    assert group(page, "cancelled") == ["食品经营许可 · 后台审批"]
    assert group(page, "reopened") == ["食品经营许可 · 现场勘查"]
    assert "消防安全检查 · 现场检查" in group(page, "kept")
    clocks = " ".join(group(page, "clocks"))
    assert "环节 食品经营许可 · 后台审批 2026-03-06 17:30 到期，不再计时" in clocks
    assert "环节 食品经营许可 · 现场勘查 重新计时，2026-03-06 17:30 到期" in clocks
    assert sent["reason"] == REASON


def test_the_whole_case_and_a_withdrawal_are_foreseen_with_items_and_status(office: Office, app: Flask) -> None:
    case_id = begun(office)
    page, _ = foreseen(Visitor(app, LEAD), office, case_id, "return_case")
    assert len(group(page, "voided")) == 2
    assert "营业执照核验 · 系统核验" in group(page, "reopened")
    page, _ = foreseen(Visitor(app, "window1"), office, case_id, "withdraw")
    assert group(page, "status") == ["由“办理中”变为“已撤销申请”"]
    assert "全件承诺办结" in group(page, "clocks")
    assert any("变为“已撤销申请”" in line for line in group(page, "items"))


def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(office: Office, app: Flask) -> None:
    case_id, visitor = begun(office), Visitor(app, LEAD)
    visitor.get(address(office, case_id, "return_step"))
    task = task_of(office, case_id, "FOOD.review").id
    answer = visitor.post(f"/cases/{case_id}/return_step", task=task, reason=REASON, key="k")
    assert answer.status_code == 400
    assert REASON in answer.text
    assert '<a href="#to_step">请选择</a>' in answer.text
    answer = visitor.post(f"/cases/{case_id}/return_step", task=task, to_step="FOOD.site", reason="  ", key="k")
    assert answer.status_code == 400
    assert '<a href="#reason">请填写理由或意见</a>' in answer.text
    assert re.search(r'value="FOOD.site" checked', answer.text)
    answer = visitor.post(f"/cases/{case_id}/return_step", task=task, to_step="FOOD.site", reason=REASON, step="edit")
    assert answer.status_code == 200
    assert REASON in answer.text


def test_who_may_not_is_told_so_and_what_is_unknown_is_not_found(office: Office, app: Flask) -> None:
    case_id = begun(office)
    for username, act in (
        ("fire1", "terminate"),
        ("super1", "withdraw"),
        ("fire1", "return_case"),
        ("fire1", "reopen"),
    ):
        answer = Visitor(app, username).get(address(office, case_id, act))
        assert (answer.status_code, "只有" in answer.text) == (403, True), act
    assert Visitor(app, "market2").get(address(office, case_id, "take_back")).status_code == 403
    assert Visitor(app, LEAD).get(f"/cases/{case_id}/take_back?task=9.9").status_code == 404
    assert Visitor(app, "tax1").get(f"/cases/{case_id}/return_case").status_code == 404
    sent = {"step": "do", "reason": REASON, "key": "k", "mark": "forged"}
    fire = Visitor(app, "fire1")
    fire.get(f"/cases/{case_id}")
    assert fire.post(f"/cases/{case_id}/return_case", **sent).status_code == 403
    assert ENTRIES["return_case"] not in kinds(office, case_id)


def test_a_confirmation_without_what_was_foreseen_does_nothing_but_shows_it(office: Office, app: Flask) -> None:
    case_id, visitor = begun(office), Visitor(app, LEAD)
    visitor.get(f"/cases/{case_id}/return_case")
    answer = visitor.post(f"/cases/{case_id}/return_case", step="do", reason=REASON, key="k")
    assert answer.status_code == 409
    assert ENTRIES["return_case"] not in kinds(office, case_id)
    assert visitor.post(f"/cases/{case_id}/return_case", **hidden(answer.text), step="do").status_code == 303


def test_when_the_case_has_changed_the_new_preview_is_shown_with_who_did_what(office: Office, app: Flask) -> None:
    case_id, visitor = begun(office), Visitor(app, LEAD)
    _, sent = foreseen(visitor, office, case_id, "return_case")
    office.decide(case_id, "FIRECHK.inspect")
    answer = visitor.post(f"/cases/{case_id}/return_case", **sent)
    assert answer.status_code == 409
    assert "还没有办理：办件在您查看之后有了变化。" in said(answer.text)
    assert "消防安全检查 · 现场检查：同意。" in said(answer.text)
    assert "消防安全检查 · 现场检查（同意）" in group(answer.text, "voided")
    assert hidden(answer.text)["reason"] == REASON
    assert visitor.post(f"/cases/{case_id}/return_case", **hidden(answer.text), step="do").status_code == 303
    assert kinds(office, case_id)[-1] == ENTRIES["return_case"]


def test_what_changes_nothing_of_the_preview_does_not_get_in_the_way(office: Office, app: Flask) -> None:
    case_id = begun(office)
    office.clock.set(office.clock() + timedelta(days=1))
    visitor = Visitor(app, LEAD)
    _, sent = foreseen(visitor, office, case_id, "return_step")
    office.engine.execute(NudgeStep(case_id, task_of(office, case_id, "FIRECHK.inspect").id), CLERK)
    assert visitor.post(f"/cases/{case_id}/return_step", **sent).status_code == 303


@pytest.mark.parametrize("act", ["return_step", "take_back"])
def test_a_colleague_who_decided_first_is_named_and_what_was_typed_stays(office: Office, app: Flask, act: str) -> None:
    case_id, visitor = begun(office), Visitor(app, LEAD)
    _, sent = foreseen(visitor, office, case_id, act)
    task = task_of(office, case_id, "FOOD.review")
    office.decide(case_id, "FOOD.review")
    answer = visitor.post(f"/cases/{case_id}/{act}", **sent)
    if act == "return_step":
        assert answer.status_code == 409
        assert REASON in answer.text
    else:
        assert answer.status_code == 303
        answer = visitor.get(f"/cases/{case_id}")
    assert "李演示 于 2026-03-02 09:00 食品经营许可 · 后台审批：同意。" in said(answer.text)
    assert {"return_step": "该任务已被办理", "take_back": "后续环节已经办理，不能撤回"}[act] in said(answer.text)
    again = visitor.get(f"/cases/{case_id}/return_step?task={task.id}")
    assert again.status_code == 303
    assert "后台审批：同意。" in said(visitor.get(f"/cases/{case_id}").text)


@pytest.mark.parametrize("first", ["withdraw", "terminate"])
def test_withdrawn_and_terminated_against_each_other(office: Office, app: Flask, first: str) -> None:
    case_id = begun(office)
    second = {"withdraw": "terminate", "terminate": "withdraw"}[first]
    people = {"withdraw": Visitor(app, "window1"), "terminate": Visitor(app, LEAD)}
    sent = {act: foreseen(people[act], office, case_id, act)[1] for act in people}
    assert people[first].post(f"/cases/{case_id}/{first}", **sent[first]).status_code == 303
    answer = people[second].post(f"/cases/{case_id}/{second}", **sent[second])
    assert answer.status_code == 409
    assert "您填写期间：" in said(answer.text)
    assert {"withdraw": "申请人撤销申请，办理结束", "terminate": "终止办理（依据：行政许可法第三十二条）"}[
        first
    ] in said(answer.text)
    assert TYPED[second]["reason"] in answer.text
    assert people[second].get(f"/cases/{case_id}/{second}").status_code == 303
    assert kinds(office, case_id)[-1] == ENTRIES[first]


def test_who_decides_a_step_that_was_returned_meanwhile_reads_who_did_it_and_keeps_the_text(
    office: Office, app: Flask
) -> None:
    case_id, colleague, lead = begun(office), Visitor(app, "market2"), Visitor(app, LEAD)
    task = task_of(office, case_id, "FOOD.review")
    here = f"/inbox/{case_id}/{task.id}"
    key = field(colleague.get(here).text, "key")
    _, sent = foreseen(lead, office, case_id, "return_step")
    assert lead.post(f"/cases/{case_id}/return_step", **sent).status_code == 303
    draft = colleague.post(here + "/draft", opinion="符合条件，")
    assert draft.status_code == 200
    assert "草稿已保存 09:00。该环节不再办理：" in draft.text
    answer = colleague.post(here + "/decide", decision="agree", opinion="符合条件，同意", key=key)
    assert answer.status_code == 409
    assert "该环节不再办理：李演示 于 2026-03-02 09:00 退回到：食品经营许可 · 现场勘查。" in said(answer.text)
    assert "符合条件，同意" in answer.text
    office.decide(case_id, "FOOD.site")
    anew = task_of(office, case_id, "FOOD.review")
    page = colleague.get(f"/inbox/{case_id}/{anew.id}").text
    assert "上次没有提交的草稿，可以接着写" in page
    assert "符合条件，同意</textarea>" in page
    assert "符合条件，同意" not in lead.get(f"/inbox/{case_id}/{anew.id}").text
    old = colleague.get(here).text
    assert f"/inbox/{case_id}/{anew.id}" in old, "the page of the old task leads to the new one"


def test_a_department_that_never_decided_anything_reads_why_its_step_is_gone(office: Office, app: Flask) -> None:
    """The case was not found for it any more, and what it had written was lost."""
    case_id, fire = begun(office), Visitor(app, "fire1")
    here = f"/inbox/{case_id}/{task_of(office, case_id, 'FIRECHK.inspect').id}"
    key = field(fire.get(here).text, "key")
    office.engine.execute(WithdrawCase(case_id, "不再开店", LETTER), CLERK)
    answer = fire.post(here + "/decide", decision="agree", opinion="现场符合要求", key=key)
    assert answer.status_code == 409
    assert "赵演示 于 2026-03-02 09:00 申请人撤销申请，办理结束" in said(answer.text)
    assert "现场符合要求</textarea>" in answer.text


def test_the_author_of_a_voided_decision_is_offered_the_old_opinion(office: Office, app: Flask) -> None:
    case_id, lead = begun(office), Visitor(app, LEAD)
    _, sent = foreseen(lead, office, case_id, "return_step")
    lead.post(f"/cases/{case_id}/return_step", **sent)
    here = f"/inbox/{case_id}/{task_of(office, case_id, 'FOOD.site').id}"
    page = lead.get(here).text
    assert "您上次的意见，可以修改" in page
    assert f"{OPINION}</textarea>" in page
    assert f"{OPINION}</textarea>" not in Visitor(app, "market2").get(here).text


def test_void_decisions_stay_in_sight_struck_through_with_who_when_and_why(office: Office, app: Flask) -> None:
    case_id, lead = begun(office), Visitor(app, LEAD)
    _, sent = foreseen(lead, office, case_id, "return_step")
    lead.post(f"/cases/{case_id}/return_step", **sent)
    page = lead.get(f"/cases/{case_id}").text
    void = f"已作废 李演示 于 2026-03-02 09:00 退回到：食品经营许可 · 现场勘查。理由： {REASON}"
    assert said(page).count(void) == 3, "beside the decision, in the table of steps and in the record"
    assert page.count('class="void"') == 3
    assert 'data-step="FOOD.review" data-state="future"' in page, "what was cancelled is still to come"
    decision = re.search(r'<li class="void" data-void.*?</li>', page, re.DOTALL)
    assert decision
    assert OPINION in decision[0]
    done = lead.get("/inbox/done").text
    row = re.search(r'<li class="row void".*?</li>', done, re.DOTALL)
    assert row
    assert f"已作废：李演示 于 2026-03-02 09:00 退回。理由：{REASON}" in "".join(texts(row[0]))


def test_a_void_certificate_says_by_which_act(office: Office, app: Flask) -> None:
    case_id, lead = office.accept("B02"), Visitor(app, LEAD)
    while "B02.deliver" not in (tasks := office.open(case_id)):
        office.decide(case_id, min(tasks))
    page, sent = foreseen(lead, office, case_id, "return_case")
    number = next(iter(office.case(case_id).results.values())).number
    assert any(number in line for line in group(page, "results"))
    assert lead.post(f"/cases/{case_id}/return_case", **sent).status_code == 303
    row = re.search(rf'<tr class="void"><td class="struck">[^\n]*?{number}.*?</tr>', lead.get(f"/cases/{case_id}").text)
    assert row
    assert "作废" in row[0]
    assert "整案退回" in row[0]


@pytest.mark.parametrize("act", ["withdraw", "terminate"])
def test_cases_that_ended_early_say_so_in_every_list_and_to_the_applicant(office: Office, app: Flask, act: str) -> None:
    case_id = begun(office)
    task = task_of(office, case_id, "FOOD.review")
    head = handler_of(task, LEAD)
    ended = (
        (WithdrawCase(case_id, "不再开店", LETTER), CLERK) if act == "withdraw"
        else (TerminateCase(case_id, LAW, "主体灭失"), type(head)(head.id, "market", frozenset({"head"})))
    )  # fmt: skip
    office.engine.execute(*ended)
    words = {"withdraw": "已撤销申请", "terminate": "已终止办理"}[act]
    reason = {"withdraw": "不再开店", "terminate": "主体灭失"}[act]
    for username, path in (
        ("super1", "/admin/cases"),
        ("window1", "/intake/accepted"),
        ("market1", f"/cases/{case_id}"),
    ):
        assert words in said(Visitor(app, username).get(path).text), path
    applicant = Visitor(app)
    applicant.get("/track")
    number, code = office.case(case_id).number, office.engine.read.query_code(case_id)
    tracked = said(applicant.post("/track", number=number, code=code).text)
    assert {"withdraw": "您已撤销申请", "terminate": "办理已终止"}[act] in tracked
    assert reason in tracked
    assert "理由：" + reason in said(Visitor(app, "market1").get(f"/cases/{case_id}").text)


def test_the_pages_speak_english(office: Office, app: Flask) -> None:
    case_id, visitor = begun(office), Visitor(app, LEAD, language="en")
    for act in ("return_step", "return_case", "take_back", "terminate"):
        page, _ = foreseen(visitor, office, case_id, act)
        assert "What changes" in said(page) or "change" in said(page)
