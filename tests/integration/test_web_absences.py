"""代理设置 and 离岗交接 on the pages: who sets what for whom, what is refused in words, and what is handed over."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from engine.commands import Actor, ClaimTask, DelegateTask, SetAbsence
from engine.store.records import Account
from tests.builders import Office
from tests.seated import seated_office, seats, task_of
from tests.web import Visitor, hashed, site_of

FIRST = Actor("market1", "market", frozenset({"reviewer"}))
SECOND = Actor("market2", "market", frozenset({"reviewer"}))
BASIS = "〔2026〕12 号代理通知"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Office, Flask]]:
    with seated_office(tmp_path) as office:
        app = site_of(office.engine)
        root = Account("root", "管理员", "lead", frozenset({"admin"}))
        office.engine.records.save_account(root, hashed())
        yield office, app


def sent(**more: str) -> dict[str, str]:
    days = {"first_day": "2026-03-02", "last_day": "2026-03-06"}
    return {"step": "do", "scope": "all", "substitute": "p:market2", "basis": BASIS, **days, **more}


def test_one_sets_ones_own_sees_it_and_ends_it(place: tuple[Office, Flask]) -> None:
    office, app = place
    first = Visitor(app, "market1")
    page = first.get("/absences/").text
    assert 'value="p:market2"' in page
    assert 'name="substitute" value="p:market1"' not in page
    assert first.post("/absences/", **sent(scope="some", code="TRY")).status_code == 303
    page = first.get("/absences/").text
    assert "（TRY）" in page
    assert "2026-03-02 至 2026-03-06" in page
    assert "生效中" in page
    assert "生效中" in Visitor(app, "market2").get("/absences/").text
    (row,) = office.engine.absences.of("market1")
    assert (row.substitute, row.scope, row.basis) == ("market2", "TRY", BASIS)
    for words in ("代理已结束", "该代理已结束"):
        answer = first.post(f"/absences/{row.id}/end")
        assert words in first.get(answer.headers["Location"]).text
    assert "已提前结束" in first.get("/absences/").text


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"substitute": ""}, "substitute", "请选择"), ({"substitute": "p:police1"}, "substitute", "同部门"),
        ({"last_day": "2026-03-01"}, "last_day", "截止日"), ({"first_day": "soon"}, "first_day", "日期应如"),
        ({"basis": " "}, "basis", "请填写理由或意见"), ({"scope": "some"}, "scope", "请选择"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_the_rest_stays(
    place: tuple[Office, Flask], wrong: dict[str, str], field: str, words: str
) -> None:
    office, app = place
    first = Visitor(app, "market1")
    first.get("/absences/")
    answer = first.post("/absences/", **sent(**wrong))
    assert answer.status_code == 400
    assert re.search(rf'id="{field}-error">[^<]*{words}', answer.text)
    assert "2026-03-06" in answer.text or "last_day" in wrong
    if "basis" not in wrong:
        assert BASIS in answer.text
    assert office.engine.absences.of("market1") == []


def test_a_second_substitute_for_the_same_is_refused_in_words(place: tuple[Office, Flask]) -> None:
    _, app = place
    first = Visitor(app, "market1")
    first.get("/absences/")
    assert first.post("/absences/", **sent()).status_code == 303
    again = first.post("/absences/", **sent(substitute="p:market_head"))
    assert again.status_code == 409
    assert "该时段已有代理人" in again.text


def test_a_head_sets_it_for_his_people_and_nobody_else_does(place: tuple[Office, Flask]) -> None:
    office, app = place
    head, police = Visitor(app, "market_head"), Visitor(app, "police1")
    page = head.get("/absences/").text
    assert 'name="person" value="p:market1"' in page
    chosen = head.post("/absences/", **{**sent(person="p:market1"), "step": "search"}).text
    assert re.search(r'name="person" value="p:market1" checked', chosen)
    assert head.post("/absences/", **sent(person="p:market1")).status_code == 303
    listed = head.get("/absences/").text
    assert "我管理的人员" in listed
    assert "李演示" in listed
    police.get("/absences/")
    refused = police.post("/absences/", **sent(person="p:market1"))
    assert refused.status_code == 403
    assert "只有本人、部门负责人或管理员" in refused.text
    (row,) = office.engine.absences.of("market1")
    assert row.set_by == "market_head"


def test_a_substitute_sees_only_what_he_stands_in_for(place: tuple[Office, Flask]) -> None:
    office, app = place
    case_id = office.accept("TRY")
    office.engine.execute(ClaimTask(case_id, task_of(office, case_id).id), FIRST)
    days = "2026-03-02", "2026-03-06"
    office.engine.absences.set(SetAbsence("market1", "market2", *days, BASIS, "TRY"), FIRST)
    second, stranger = Visitor(app, "market2"), Visitor(app, "police1")
    row = f'data-case="{case_id}" data-task="{task_of(office, case_id).id}"'
    assert row in second.get("/inbox/?behalf=market1").text
    assert row not in stranger.get("/inbox/?behalf=market1").text
    office.clock.advance(days=10)
    assert "代理李演示" not in second.get("/inbox/").text


def test_a_substitute_sees_and_advises_in_what_another_department_lent_to_the_absent(
    place: tuple[Office, Flask],
) -> None:
    office, app = place
    case_id, hidden = office.accept("TRY"), office.accept("TRY")
    task = task_of(office, case_id).id
    substitute = Visitor(app, "tax_head")
    office.engine.execute(DelegateTask(case_id, task, "tax1"), FIRST)
    assert substitute.get(f"/inbox/{case_id}/{task}").status_code == 404
    taxes = Actor("tax1", "tax", frozenset({"reviewer"}))
    office.engine.absences.set(SetAbsence("tax1", "tax_head", "2026-03-02", "2026-03-06", BASIS), taxes)
    assert f'data-case="{case_id}"' in substitute.get("/inbox/?behalf=tax1").text
    page = substitute.get(f"/inbox/{case_id}/{task}").text
    assert "您代理 冯演示 办理" in page
    done = substitute.post(
        f"/inbox/{case_id}/{task}/decide", {}, decision="agree", opinion="税务无意见", key="1", **{"for": "tax1"}
    )
    assert done.status_code == 303
    assert "已提交" in substitute.get(done.headers["Location"]).text
    assert seats(office, case_id)[0].kept[0].behalf == "tax1"
    assert substitute.get(f"/cases/{hidden}").status_code == 404


def test_everything_of_a_leaver_is_listed_and_handed_over_and_what_was_not_is_told(
    place: tuple[Office, Flask],
) -> None:
    office, app = place
    fine, twice, lent = (office.accept("TRY") for _ in range(3))
    for case_id in (fine, twice):
        office.engine.execute(ClaimTask(case_id, task_of(office, case_id).id), FIRST)
    office.engine.execute(ClaimTask(lent, task_of(office, lent).id), SECOND)
    office.engine.execute(DelegateTask(lent, task_of(office, lent).id, "market1"), SECOND)
    office.engine.execute(DelegateTask(twice, task_of(office, twice).id, "police1"), FIRST)
    root = Visitor(app, "root")
    page = root.get("/hands/handover").text
    found = root.post("/hands/handover", step="search", ql="李演").text
    assert 'value="p:market1"' in found
    page = root.post("/hands/handover", step="search", leaver="p:market1").text
    assert 'data-held="3"' in page
    nobody = root.post("/hands/handover", step="do", leaver="p:market1", reason="退休")
    assert nobody.status_code == 400
    assert 'id="to-error"' in nobody.text
    assert ">退休</textarea>" in nobody.text
    done = root.post("/hands/handover", step="do", leaver="p:market1", to="p:police1", reason="退休").text
    assert 'data-result="0"' in done
    assert 'data-held="0"' in done
    assert seats(office, fine)[0].person == "police1"
    assert seats(office, lent)[0].person == "market2", "what was lent to the leaver goes back"
    assert page


def test_a_hand_over_that_is_refused_for_one_case_goes_on_with_the_others(place: tuple[Office, Flask]) -> None:
    office, app = place
    other, own = office.accept("TRY"), office.accept("TRY")
    for case_id in (other, own):
        office.engine.execute(ClaimTask(case_id, task_of(office, case_id).id), FIRST)
    head = Visitor(app, "market_head")
    head.get("/hands/handover")
    page = head.post("/hands/handover", step="do", leaver="p:market1", to="d:market/nobody_has_it", reason="").text
    assert 'data-result="2"' in page
    assert page.count("该角色") == 2
    assert 'data-held="2"' in page
    page = head.post("/hands/handover", step="do", leaver="p:market1", to="d:market/reviewer", reason="").text
    assert 'data-result="0"' in page


def test_who_leads_nobody_has_no_such_page(place: tuple[Office, Flask]) -> None:
    _, app = place
    assert Visitor(app, "tax1").get("/hands/handover").status_code == 403
    police_head = Visitor(app, "police_head")
    police_head.get("/hands/handover")
    assert police_head.post("/hands/handover", step="search", leaver="p:market1").status_code == 403
    assert "离岗交接" not in Visitor(app, "tax1").get("/inbox/").text
    assert "离岗交接" in police_head.get("/inbox/").text
