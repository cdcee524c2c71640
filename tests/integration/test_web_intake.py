"""The window clerk's pages, used the way a clerk does, without scripts."""

import re

import pytest

from engine.case.state import CLOSED, IN_PROGRESS, SUBMITTED
from engine.commands import SYSTEM, AcceptCase
from tests.builders import CLERK, Office
from tests.web import Visitor, field, site_of, texts

ANSWERS = {
    "shop_name": "川味小馆", "applicant_name": "演示甲", "id_number": "110101199001010010", "phone": "13800000000",
    "address": "演示路 1 号", "floor_area": "80", "has_licence": "true", "sells_tobacco": "false", "has_fumes": "false",
    "discharges_waste_water": "false", "fire_works_changed": "false",
}  # fmt: skip


def typed(**changed: str) -> dict[str, str]:
    return {f"field-{name}": text for name, text in {**ANSWERS, **changed}.items()}


def asked(html: str) -> list[str]:
    """Codes of the materials a checklist asks for."""
    return re.findall(r'data-material="(\w+)"', html)


def registered(clerk: Visitor, office: Office, *, all_there: bool = True) -> str:
    """An application registered through the pages; returns the id of its case."""
    clerk.get("/intake/new/B02")
    page = clerk.post("/intake/new/B02/materials", **typed())
    ticks = {f"material-{code}": "received" for code in asked(page.text)[: None if all_there else -1]}
    answer = clerk.post("/intake/new/B02/submit", key=field(page.text, "key"), **typed(), **ticks)
    assert answer.status_code == 303, answer.text
    case_id = answer.headers["Location"].split("/")[-2]
    office.cases.append(case_id)
    return case_id


def test_only_clerks_of_the_window_may_use_intake(office: Office) -> None:
    app, case_id = site_of(office.engine), office.submit("FOOD").case_id
    approver = Visitor(app, "market1")
    for path in ("/intake/", "/intake/accepted", "/intake/new", "/intake/new/B02", f"/intake/cases/{case_id}"):
        assert approver.get(path).status_code == 403, path
    approver.get("/inbox/")
    assert approver.post(f"/intake/cases/{case_id}/accept").status_code == 403
    assert office.case(case_id).status == SUBMITTED


def test_an_application_goes_from_choosing_to_the_receipt(office: Office) -> None:
    clerk = Visitor(site_of(office.engine), "window1")
    assert 'data-offering="B02"' in clerk.get("/intake/new").text
    case_id = registered(clerk, office)
    receipt = clerk.get(f"/intake/cases/{case_id}/receipt").text
    assert office.case(case_id).number in receipt
    assert office.engine.read.query_code(case_id) in receipt
    assert office.engine.records.applicant(case_id)["applicant_name"] == "演示甲"
    assert office.case(case_id).values["floor_area"] == 80


def test_all_errors_are_shown_at_once_at_the_top_and_at_the_field_and_nothing_typed_is_lost(office: Office) -> None:
    clerk = Visitor(site_of(office.engine), "window1")
    clerk.get("/intake/new/B02")
    page = clerk.post("/intake/new/B02/materials", **typed(floor_area="八十", phone="", id_number="12"))
    assert page.status_code == 400
    summary = re.findall(r'<li><a href="#field-(\w+)">', page.text)
    assert summary == ["id_number", "phone", "floor_area"]
    for name in summary:
        assert f'id="field-{name}-error"' in page.text
        assert f'id="field-{name}"' in page.text
    assert 'value="八十"' in page.text
    assert 'value="川味小馆"' in page.text
    assert re.search(r'name="field-has_licence" value="true" checked', page.text)


def test_full_width_digits_are_numbers_too(office: Office) -> None:
    clerk = Visitor(site_of(office.engine), "window1")
    clerk.get("/intake/new/B02")
    assert clerk.post("/intake/new/B02/materials", **typed(floor_area="８０")).status_code == 200


def test_the_checklist_follows_the_answers(office: Office) -> None:
    clerk = Visitor(site_of(office.engine), "window1")
    clerk.get("/intake/new/B02")
    with_licence = clerk.post("/intake/new/B02/materials", **typed()).text
    without = clerk.post("/intake/new/B02/materials", **typed(has_licence="false")).text
    assert "M_ARTICLES" in asked(without)
    assert "M_ARTICLES" not in asked(with_licence)
    assert "R_LICENCE" not in [*asked(without), *asked(with_licence)]
    assert "由本次的“企业设立登记”产生" in without
    assert "向市场监管调取" in with_licence


def test_going_back_to_the_form_keeps_answers_and_ticks(office: Office) -> None:
    clerk = Visitor(site_of(office.engine), "window1")
    clerk.get("/intake/new/B02")
    page = clerk.post("/intake/new/B02/materials", **typed())
    first = asked(page.text)[0]
    back = clerk.post("/intake/new/B02", key=field(page.text, "key"), **typed(), **{f"material-{first}": "received"})
    assert back.status_code == 200
    assert 'value="川味小馆"' in back.text
    assert field(back.text, f"material-{first}") == "received"
    assert field(back.text, "key") == field(page.text, "key")


def test_personal_data_never_gets_into_an_address(office: Office) -> None:
    clerk = Visitor(site_of(office.engine), "window1")
    clerk.get("/intake/new/B02")
    page = clerk.post("/intake/new/B02/materials", **typed())
    assert page.headers["Cache-Control"] == "no-store"
    links = re.findall(r'(?:href|action|formaction)="([^"]*)"', page.text)
    assert not [link for link in links if ANSWERS["id_number"] in link or "演示" in link]
    assert all(method == "post" for method in re.findall(r'<form[^>]*method="(\w+)"', page.text))


def test_a_form_sent_twice_makes_one_case(office: Office) -> None:
    clerk = Visitor(site_of(office.engine), "window1")
    clerk.get("/intake/new/B02")
    sent = {**typed(), "key": "the same key"}
    places = {clerk.post("/intake/new/B02/submit", **sent).headers["Location"] for _ in range(3)}
    assert len(places) == 1
    assert len(office.engine.read.cases()) == 1


@pytest.mark.parametrize(
    "changed", [{"field-applicant_name": "另一家小馆"}, {"field-floor_area": "81"}, {"material-F_B02": "received"}]
)
def test_what_is_changed_after_it_was_registered_is_not_lost_silently(office: Office, changed: dict[str, str]) -> None:
    """Back, another name, once more: the first case stays, the clerk reads its number, and may register another."""
    clerk = Visitor(site_of(office.engine), "window1")
    clerk.get("/intake/new/B02")
    clerk.post("/intake/new/B02/submit", **typed(), key="of the page")
    (first,) = office.engine.read.cases()
    page = clerk.post("/intake/new/B02/submit", **(typed() | changed), key="of the page")
    assert page.status_code == 400
    assert f"这份申请已登记为 {first['number']}" in " ".join(texts(page.text))
    assert [case["number"] for case in office.engine.read.cases()] == [first["number"]]
    name = "field-applicant_name"
    assert field(page.text, name) == (typed() | changed)[name], "nothing typed is lost"
    again = clerk.post("/intake/new/B02/submit", **(typed() | changed), key=field(page.text, "key"))
    assert again.status_code == 303
    once_more = clerk.post("/intake/new/B02/submit", **(typed() | changed), key="of the page")
    last = clerk.post("/intake/new/B02/submit", **(typed() | changed), key=field(once_more.text, "key"))
    assert last.headers["Location"] == again.headers["Location"], "Back, and the same again: still one more, not two"
    assert len(office.engine.read.cases()) == 2


def test_what_may_not_follow_later_is_refused_even_if_a_browser_sends_it(office: Office) -> None:
    clerk = Visitor(site_of(office.engine), "window1")
    clerk.get("/intake/new/B02")
    answer = clerk.post("/intake/new/B02/submit", **typed(), **{"material-F_B02": "deferred"})
    assert answer.status_code == 400
    assert "不能容缺" in " ".join(texts(answer.text))
    assert office.engine.read.cases() == []


def test_what_is_missing_is_listed_and_acceptance_waits_for_it(office: Office) -> None:
    clerk = Visitor(site_of(office.engine), "window1")
    case_id = registered(clerk, office, all_there=False)
    waiting = clerk.get("/intake/")
    assert f'data-case="{case_id}"' in waiting.text
    assert "1 件" in texts(waiting.text)
    page = clerk.get(f"/intake/cases/{case_id}")
    assert 'data-action="accept"' not in page.text
    refused = clerk.post(f"/intake/cases/{case_id}/accept", key="a")
    assert refused.status_code == 409
    assert "还缺材料" in " ".join(texts(refused.text))
    last = asked(page.text)[-1]
    assert (
        clerk.post(f"/intake/cases/{case_id}/materials", key="b", **{f"material-{last}": "received"}).status_code == 303
    )
    assert 'data-action="accept"' in clerk.get(f"/intake/cases/{case_id}").text


def test_accepting_shows_which_branches_opened_and_when_they_are_due(office: Office) -> None:
    clerk = Visitor(site_of(office.engine), "window1")
    case_id = registered(clerk, office)
    clerk.get(f"/intake/cases/{case_id}/receipt")
    answer = clerk.post(f"/intake/cases/{case_id}/accept", key="a")
    assert answer.headers["Location"] == f"/intake/cases/{case_id}"
    assert office.case(case_id).status == IN_PROGRESS
    shown = " ".join(texts(clerk.get(f"/intake/cases/{case_id}").text))
    offering = office.engine.deployments.catalogue.offering("B02")
    for task in office.case(case_id).open_tasks():
        assert offering.step(task.step).name_zh in shown
        assert task.due_at is not None
        assert task.due_at[:10] in shown or "17:30" in shown
    assert case_id not in clerk.get("/intake/").text
    assert case_id in clerk.get(f"/intake/accepted?q={office.case(case_id).number[-6:]}").text


def test_declining_needs_reasons_and_keeps_what_was_written(office: Office) -> None:
    clerk = Visitor(site_of(office.engine), "window1")
    case_id = registered(clerk, office)
    clerk.get(f"/intake/cases/{case_id}")
    blank = clerk.post(f"/intake/cases/{case_id}/decline", reason="  ")
    assert blank.status_code == 400
    assert '<p class="error" id="reason-error">请填写理由或意见</p>' in blank.text
    assert 'aria-describedby="reason-help reason-error" aria-invalid="true"' in blank.text
    long = clerk.post(f"/intake/cases/{case_id}/decline", reason="不" * 4001)
    assert long.status_code == 400
    assert "不" * 4001 in long.text
    assert clerk.post(f"/intake/cases/{case_id}/decline", reason="不属于受理范围").status_code == 303
    assert "不属于受理范围" in clerk.get(f"/intake/cases/{case_id}").text


def test_a_second_clerk_is_told_calmly_who_was_first(office: Office) -> None:
    app = site_of(office.engine)
    first, second = Visitor(app, "window1"), Visitor(app, "window2")
    case_id = registered(first, office)
    second.get(f"/intake/cases/{case_id}")
    first.post(f"/intake/cases/{case_id}/accept", key="a")
    late = second.post(f"/intake/cases/{case_id}/decline", reason="材料不真实")
    assert late.status_code == 303
    shown = " ".join(texts(second.get(f"/intake/cases/{case_id}").text))
    assert "赵演示 已在 2026-03-02 09:00 处理过这件申请（办理中）" in shown
    assert office.case(case_id).status == IN_PROGRESS


def test_the_list_of_waiting_applications_is_paged_by_key(office: Office) -> None:
    clerk = Visitor(site_of(office.engine), "window1")
    ids = []
    for _ in range(23):
        office.clock.advance(minutes=1)
        ids.append(office.submit("LIC_CHECK").case_id)
    first = clerk.get("/intake/").text
    more = re.search(r'href="(/intake/\?before=[^"]+)"', first)
    assert more
    second = clerk.get(more[1]).text
    seen = re.findall(r'data-case="(\w+)"', first) + re.findall(r'data-case="(\w+)"', second)
    assert seen == ids[::-1]


def test_when_everything_is_decided_the_way_to_the_delivery_is_shown(office: Office) -> None:
    clerk, case_id = Visitor(site_of(office.engine), "window1"), office.accept("FOOD")
    while "FOOD.deliver" not in office.open(case_id):
        office.decide(case_id, min(office.open(case_id)))
    assert 'data-action="deliver"' in clerk.get(f"/intake/cases/{case_id}").text
    office.decide(case_id, "FOOD.deliver")
    assert office.case(case_id).status == CLOSED
    assert "已办结：全部准予" in " ".join(texts(clerk.get(f"/intake/cases/{case_id}").text))


def test_in_english_no_chinese_is_left(office: Office) -> None:
    clerk = Visitor(site_of(office.engine), "window1", language="en")
    case_id = registered(clerk, office)
    clerk.get("/intake/new/B02")
    pages = [
        clerk.post("/intake/new/B02/materials", **typed(has_licence="false")),
        clerk.post("/intake/new/B02/materials", **typed(floor_area="")),
        *(clerk.get(path) for path in ("/intake/", "/intake/?q=9999", "/intake/new", "/intake/accepted")),
        clerk.get(f"/intake/cases/{case_id}"), clerk.get(f"/intake/cases/{case_id}/receipt"),
    ]  # fmt: skip
    office.engine.execute(AcceptCase(case_id), CLERK)
    pages.append(clerk.get(f"/intake/cases/{case_id}"))
    invented = {"赵演示", "中文"}
    for page in pages:
        left = [text for text in texts(page.text) if re.search(r"[\u4e00-\u9fff]", text)]
        assert [text for text in left if not any(name in text for name in invented)] == []


def test_the_receipt_belongs_to_the_case_of_its_clerk_and_is_not_for_outsiders(office: Office) -> None:
    app = site_of(office.engine)
    case_id = registered(Visitor(app, "window1"), office)
    assert Visitor(app).get(f"/intake/cases/{case_id}/receipt").status_code == 302
    assert Visitor(app, "window1").get("/intake/cases/ffffffffffffffff/receipt").status_code == 404
    assert office.engine.read.case(case_id, SYSTEM).entries[0].actor == "window1"


def test_the_empty_form_may_be_kept_by_the_browser_and_pages_with_what_was_typed_not(office: Office) -> None:
    clerk = Visitor(site_of(office.engine), "window1")
    assert clerk.get("/intake/new/B02").headers["Cache-Control"] == "private, no-cache"
    assert clerk.post("/intake/new/B02", **typed()).headers["Cache-Control"] == "no-store"
    assert clerk.post("/intake/new/B02/materials", **typed(phone="")).headers["Cache-Control"] == "no-store"


def test_the_application_form_is_shown_as_received_and_not_asked_for(office: Office) -> None:
    clerk = Visitor(site_of(office.engine), "window1")
    clerk.get("/intake/new/B02")
    page = clerk.post("/intake/new/B02/materials", **typed())
    case_id = registered(clerk, office)
    for html in (page.text, clerk.get(f"/intake/cases/{case_id}").text):
        shown = re.search(r'<li class="i-given" data-given="F_B02">.*?</li>', html, re.DOTALL)
        assert shown
        assert "已随申请登记" in shown[0]
        assert "✓ 已收" in shown[0]
        assert 'name="material-F_B02"' not in html
        assert "打印后" not in html


def test_a_material_registered_by_mistake_can_be_set_back_until_acceptance(office: Office) -> None:
    clerk = Visitor(site_of(office.engine), "window1")
    case_id = registered(clerk, office)
    page = clerk.get(f"/intake/cases/{case_id}").text
    code = asked(page)[0]
    choices = re.findall(rf'name="material-{code}" value="(\w+)"( checked)?', page)
    assert choices[:2] == [("missing", ""), ("received", " checked")]
    sent = {f"material-{one}": "received" for one in asked(page)}
    back = clerk.post(f"/intake/cases/{case_id}/materials", key="a", **{**sent, f"material-{code}": "missing"})
    assert back.status_code == 303
    assert code not in office.case(case_id).materials
    assert office.case(case_id).materials["F_B02"] == "received"
    page = clerk.get(f"/intake/cases/{case_id}").text
    assert re.search(rf'name="material-{code}" value="missing" checked', page)
    assert 'data-action="accept"' not in page
    assert "材料登记有更新" in clerk.get(f"/cases/{case_id}").text
    clerk.post(f"/intake/cases/{case_id}/materials", key="b", **{f"material-{code}": "received"})
    office.engine.execute(AcceptCase(case_id), CLERK)
    assert 'data-action="supply"' not in clerk.get(f"/intake/cases/{case_id}").text
