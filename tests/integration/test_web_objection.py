"""提出异议 on the pages: what it would do in words, the act, and who was too late."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from engine.case.state import Task
from engine.commands import SYSTEM, ObjectToDeemed
from engine.instants import from_text
from tests.builders import Office, handler_of, opened_office
from tests.clock import ManualClock
from tests.integration.test_policies import SHIPPED, folder_with
from tests.web import Visitor, field, site_of, texts
from timers.sweep import sweep

STEP, REASONS = "FOOD.review", "现场与图纸不符"
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


def consenting(folder: Path, *steps: str) -> Path:
    """The restaurant as shipped, but for these steps of the food permit, where silence is consent."""
    found = folder_with(folder, SHIPPED, "B02")
    path = found / "FOOD" / "item.toml"
    text = path.read_text(encoding="utf-8")
    for step in steps:
        text = text.replace(f'id = "{step}"', f'id = "{step}"\npolicy = "consult_consent"')
    path.write_text(text, encoding="utf-8")
    return found


def deemed(office: Office, step: str) -> tuple[str, Task]:
    """A restaurant in which a step of the food permit was deemed agreed to."""
    case_id = office.accept("B02")
    office.decide(case_id, "LIC_CHECK.review")
    if step != "FOOD.site":
        office.decide(case_id, "FOOD.site")
    office.clock.set(from_text(str(office.open(case_id)[step].due_at)))
    sweep(office.engine)
    return case_id, office.case(case_id).latest()[step]


@pytest.fixture
def silent(tmp_path: Path, clock: ManualClock) -> Iterator[Office]:
    """An office in which silence is consent in two steps of the food permit."""
    with opened_office(tmp_path, clock, processes=consenting(tmp_path / "p", "FOOD.site", STEP)) as office:
        yield office


@pytest.fixture
def app(silent: Office) -> Flask:
    """The application over that office."""
    return site_of(silent.engine)


def said(page: str) -> str:
    return " ".join(texts(page))


def changes(page: str) -> list[str]:
    found = re.search(r"<section[^>]*data-changes=.*?</section>", page, re.DOTALL)
    assert found
    return texts(found[0])


def test_it_is_offered_beside_the_step_to_those_who_should_have_answered(silent: Office, app: Flask) -> None:
    case_id, task = deemed(silent, STEP)
    assert f"/cases/{case_id}/tasks/{task.id}/object" in Visitor(app, "market1").get(f"/cases/{case_id}").text
    for who in ("fire1", "market_head", "super1", "window1"):
        assert 'data-action="object"' not in Visitor(app, who).get(f"/cases/{case_id}").text


def test_a_decisive_step_refuses_its_item_and_the_page_says_so_before(silent: Office, app: Flask) -> None:
    case_id, task = deemed(silent, STEP)
    path, market = f"/cases/{case_id}/tasks/{task.id}/object", Visitor(app, "market1")
    form = market.get(path)
    assert form.status_code == 200
    assert "示例：本地《并联审批管理办法》" in form.text
    preview = market.post(path, reasons=REASONS, key=field(form.text, "key"), step="preview")
    assert preview.status_code == 200
    told = changes(preview.text)
    assert any("由“视为同意”改为“不同意”" in one for one in told)
    assert "“食品经营许可”由“办理中”变为“不予”" in told
    assert silent.case(case_id).tasks[task.id].decision == "agree"
    edit = market.post(path, reasons=REASONS, key=field(preview.text, "key"), step="edit")
    assert f">{REASONS}</textarea>" in edit.text
    answer = market.post(path, reasons=field(preview.text, "reasons"), key=field(preview.text, "key"), step="do")
    assert answer.headers["Location"].endswith(f"/cases/{case_id}#flow")
    page = market.get(f"/cases/{case_id}").text
    assert "已提出异议，改为不同意：" in said(page)
    assert 'data-action="object"' not in page
    assert (silent.case(case_id).items["FOOD"].status, silent.case(case_id).items["FOOD"].reason) == (
        "refused",
        REASONS,
    )


def test_a_step_that_only_advises_changes_its_opinion(silent: Office, app: Flask) -> None:
    case_id, task = deemed(silent, "FOOD.site")
    path, market = f"/cases/{case_id}/tasks/{task.id}/object", Visitor(app, "market1")
    form = market.get(path)
    preview = market.post(path, reasons=REASONS, key=field(form.text, "key"), step="preview")
    assert not [one for one in changes(preview.text) if "不予" in one]
    market.post(path, reasons=REASONS, key=field(preview.text, "key"), step="do")
    assert silent.case(case_id).tasks[task.id].decision == "disagree"


@pytest.mark.parametrize("step", ["preview", "do"])
def test_it_needs_reasons(silent: Office, app: Flask, step: str) -> None:
    case_id, task = deemed(silent, STEP)
    path, market = f"/cases/{case_id}/tasks/{task.id}/object", Visitor(app, "market1")
    market.get(path)
    answer = market.post(path, reasons="理由：", key="k", step=step)
    assert answer.status_code == 400
    assert 'href="#reasons"' in answer.text
    assert ">理由：</textarea>" in answer.text
    assert silent.case(case_id).tasks[task.id].decision == "agree"


def test_who_was_first_is_told_and_a_second_press_is_the_same(silent: Office, app: Flask) -> None:
    case_id, task = deemed(silent, STEP)
    path, market = f"/cases/{case_id}/tasks/{task.id}/object", Visitor(app, "market1")
    market.get(path)
    for _ in range(2):
        assert market.post(path, reasons=REASONS, key="k", step="do").status_code == 303
        assert "已提出异议" in said(market.get(f"/cases/{case_id}").text)
    second = Visitor(app, "market2")
    second.get(path)
    second.get(f"/cases/{case_id}")
    for sent in (True, False):
        answer = second.post(path, reasons=REASONS, key="k2", step="do") if sent else second.get(path)
        assert answer.status_code == 303
        assert re.search(r"李演示 已在 \S+ \S+ 提出过异议。", said(second.get(f"/cases/{case_id}").text))
    kinds = [entry.kind for entry in silent.engine.read.case(case_id, SYSTEM).entries]
    assert kinds.count("DeemedObjected") == 1


def test_it_is_too_late_behind_a_result_and_the_reasons_stay(silent: Office, app: Flask) -> None:
    case_id = silent.accept("FOOD")
    silent.decide(case_id, "FOOD.site")
    silent.clock.set(from_text(str(silent.open(case_id)[STEP].due_at)))
    sweep(silent.engine)
    task = silent.case(case_id).latest()[STEP]
    path, market = f"/cases/{case_id}/tasks/{task.id}/object", Visitor(app, "market1")
    market.get(path)
    silent.decide(case_id, "FOOD.issue")
    answer = market.post(path, reasons=REASONS, key="k", step="do")
    assert answer.status_code == 409
    assert "结果已经产生" in said(answer.text)
    assert f">{REASONS}</textarea>" in answer.text
    assert market.get(path).status_code == 303
    assert "结果已经产生" in said(market.get(f"/cases/{case_id}").text)


def test_others_are_refused_and_forms_need_their_token(silent: Office, app: Flask) -> None:
    case_id, task = deemed(silent, STEP)
    path = f"/cases/{case_id}/tasks/{task.id}/object"
    assert Visitor(app, "fire1").get(path).status_code == 403
    assert Visitor(app, "tax1").get(path).status_code == 404
    assert Visitor(app, "market1").get(f"/cases/{case_id}/tasks/999.1/object").status_code == 404
    market = Visitor(app, "market1")
    market.token = ""
    assert market.post(path, reasons=REASONS, key="k", step="do").status_code == 400
    assert silent.case(case_id).tasks[task.id].decision == "agree"


def test_after_an_objection_through_the_engine_the_page_offers_it_no_more(silent: Office, app: Flask) -> None:
    case_id, task = deemed(silent, STEP)
    silent.engine.execute(ObjectToDeemed(case_id, task.id, REASONS), handler_of(task))
    assert 'data-action="object"' not in Visitor(app, "market1").get(f"/cases/{case_id}").text


def test_its_pages_are_complete_in_english(silent: Office, app: Flask) -> None:
    case_id, task = deemed(silent, STEP)
    path, english = f"/cases/{case_id}/tasks/{task.id}/object", Visitor(app, "market1", language="en")
    form = english.get(path)
    preview = english.post(path, reasons="not as drawn", key=field(form.text, "key"), step="preview")
    for html in (form.text, preview.text):
        assert [text for text in texts(html) if CHINESE.search(text)] == ["李演示", "李演示"]
    assert any("refused" in one.lower() for one in changes(preview.text))
