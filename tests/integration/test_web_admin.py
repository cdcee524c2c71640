"""Supervision: who may look, what is late, with whom and who was told."""

import re
from dataclasses import replace

from tests.builders import Office
from tests.web import Visitor, site_of, texts
from timers.sweep import sweep


def test_only_supervision_may_look(office: Office) -> None:
    app = site_of(office.engine)
    for username in ("market1", "window1", "market_head"):
        for path in ("/admin/", "/admin/cases"):
            assert Visitor(app, username).get(path).status_code == 403, (username, path)
    assert Visitor(app, "super1").get("/admin/").status_code == 200


def test_flagged_cases_stand_first_and_one_without_a_page_has_no_link(office: Office) -> None:
    case_id = office.accept("FOOD")
    for flagged in (case_id, "lost-case"):
        office.engine.flags.put_up(flagged, "state.lost", office.clock())
    page = Visitor(site_of(office.engine), "super1").get("/admin/").text
    shown = page[page.index('data-flagged="2"') : page.index('class="figures"')]
    assert re.findall(r'href="([^"]+)">(\d+)<', shown) == [(f"/cases/{case_id}", office.case(case_id).number)]
    assert "没有编号的办件 lost-case" in " ".join(texts(shown))
    office.engine.flags.take_down(case_id)


def test_without_anything_late_the_page_says_so(office: Office) -> None:
    office.accept("FOOD")
    page = Visitor(site_of(office.engine), "super1").get("/admin/")
    shown = " ".join(texts(page.text))
    assert "没有超期的环节" in shown
    assert "在办的 1 个环节都在承诺时限内" in shown


def test_an_overdue_step_is_listed_with_department_days_and_who_was_told(office: Office) -> None:
    case_id = office.accept("FOOD")
    office.clock.advance(days=9)
    supervisor = Visitor(site_of(office.engine), "super1")
    before = " ".join(texts(supervisor.get("/admin/").text))
    assert "尚未督办" in before
    assert sweep(office.engine).fired == 3, "a reminder, the due date, one working day over"
    page = supervisor.get("/admin/")
    shown = " ".join(texts(page.text))
    assert f'href="/cases/{case_id}"' in page.text
    assert office.case(case_id).number in shown
    assert "食品经营许可 · 现场勘查" in shown
    # Four working days from Monday 2 March end on Friday 6; the page is read on Wednesday 11.
    assert "超期 3 日" in shown
    assert "2026-03-06 17:30" in shown
    assert "2026-03-02" in shown
    head = office.engine.records.holders("market", "department_head")
    assert "2 级 已告知部门负责人：" in shown
    assert head and f">{'、'.join(head)}<" in page.text
    assert re.findall(r'data-count="(\w+)"><span[^>]*>[^<]*</span><b>(\d+)', page.text) == [
        ("overdue", "1"),
        ("open", "1"),
    ]


def test_the_overdue_list_is_paged_and_shows_every_step_once(office: Office) -> None:
    for _ in range(53):
        office.accept("FOOD")
    office.clock.advance(days=9)
    supervisor = Visitor(site_of(office.engine), "super1")
    first = supervisor.get("/admin/").text
    more = re.search(r'href="(/admin/\?after=[^"]+)"', first)
    assert more
    second = supervisor.get(more[1]).text
    seen = re.findall(r'data-case="(\w+)"', first) + re.findall(r'data-case="(\w+)"', second)
    assert len(seen) == 53
    assert sorted(seen) == sorted(office.cases)
    assert "?after=" not in second


def test_all_cases_are_found_by_status_and_number(office: Office) -> None:
    waiting, running = office.submit("FOOD"), office.accept("FOOD")
    supervisor = Visitor(site_of(office.engine), "super1")

    def shown(query: str) -> set[str]:
        return set(re.findall(r'data-case="(\w+)"', supervisor.get(f"/admin/cases{query}").text))

    assert shown("") == {waiting.case_id, running}
    assert shown("?status=submitted") == {waiting.case_id}
    assert shown("?status=in_progress") == {running}
    assert shown(f"?q={waiting.case_number}") == {waiting.case_id}
    assert shown("?status=closed") == set()
    assert shown("?status=nonsense") == {waiting.case_id, running}


def test_the_list_of_cases_is_paged_by_key(office: Office) -> None:
    ids = [office.submit("LIC_CHECK").case_id for _ in range(53)]
    supervisor = Visitor(site_of(office.engine), "super1")
    first = supervisor.get("/admin/cases").text
    more = re.search(r'href="(/admin/cases\?before=[^"]+)"', first)
    assert more
    second = supervisor.get(more[1]).text
    seen = re.findall(r'data-case="(\w+)"', first) + re.findall(r'data-case="(\w+)"', second)
    assert len(seen) == len(set(seen)) == 53
    assert set(seen) == set(ids)


def test_a_key_somebody_made_up_begins_at_the_beginning(office: Office) -> None:
    case_id = office.accept("FOOD")
    office.clock.advance(days=9)
    supervisor = Visitor(site_of(office.engine), "super1")
    assert case_id in supervisor.get("/admin/?after=nonsense").text
    assert case_id in supervisor.get("/admin/cases?before=nonsense").text


def test_in_english_no_chinese_is_left(office: Office) -> None:
    office.accept("FOOD")
    office.submit("B13")
    office.clock.advance(days=9)
    sweep(office.engine)
    supervisor = Visitor(site_of(office.engine), "super1", language="en")
    name = office.engine.records.names(["super1"])["super1"]
    for path in ("/admin/", "/admin/cases", "/admin/cases?q=999999"):
        left = [text for text in texts(supervisor.get(path).text) if re.search(r"[\u4e00-\u9fff]", text)]
        assert set(left) <= {name}, path


def test_less_than_a_working_day_over_is_said_so_and_not_as_a_date(office: Office) -> None:
    office.accept("FOOD")  # due on Friday at 17:30
    app = site_of(office.engine)
    for days, hours, said in ((4, 9, "不足 1 个工作日"), (1, 0, "不足 1 个工作日"), (2, 0, "超期 1 日")):
        office.clock.advance(days=days, hours=hours)
        shown = " ".join(texts(Visitor(app, "super1").get("/admin/").text))
        assert f"⚠ {said}" in shown, (days, hours)
        assert "已过" not in shown


def test_a_department_without_a_head_is_said_so(office: Office) -> None:
    app = site_of(office.engine)
    office.accept("FOOD")
    office.clock.advance(days=9)
    sweep(office.engine)
    known = office.engine.records.account("market_director")
    assert known is not None
    office.engine.records.save_account(replace(known, active=False), "")
    assert "市场监管现在没有部门负责人" in " ".join(texts(Visitor(app, "super1").get("/admin/").text))
