"""What people read of a case that an event of its diagram ended: clerk, approver and applicant."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.case.handlers import APPLY
from engine.settings import default_processes
from tests.builders import Office, opened_office
from tests.clock import ManualClock
from tests.integration.test_case_events import HANDLING
from tests.web import Visitor, site_of, texts
from timers.sweep import sweep
from webapp.cases.history import SAYS


@pytest.fixture
def lapsed(tmp_path: Path, clock: ManualClock) -> Iterator[tuple[Office, str]]:
    """A sign permit whose handling a timer at the border ended, and the case with it."""
    folder = tmp_path / "processes"
    shutil.copytree(default_processes(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / "SIGN" / "process.bpmn"
    start = path.read_text("utf-8").partition("<bpmn:startEvent")[0]
    path.write_text(f"{start}{HANDLING}</bpmn:process></bpmn:definitions>", "utf-8")
    with opened_office(tmp_path, clock, processes=folder) as office:
        case_id = office.accept("SIGN")
        office.decide(case_id, "SIGN.review")
        office.clock.advance(days=20)
        sweep(office.engine)
        yield office, case_id


def test_the_history_names_what_a_timer_ended_and_how_the_case_closed(lapsed: tuple[Office, str]) -> None:
    office, case_id = lapsed
    page = Visitor(site_of(office.engine), "urban1").get(f"/cases/{case_id}").text
    said = " ".join(texts(page))
    assert "流程中的定时事件到点，终止了：招牌设置许可 · 决定；办件办结：不予" in said
    assert 'tag red">已办结：不予<' in page


def test_what_an_event_ended_is_not_called_untouched_and_what_follows_is_not_awaited(
    lapsed: tuple[Office, str],
) -> None:
    office, case_id = lapsed
    page = Visitor(site_of(office.engine), "urban1").get(f"/cases/{case_id}").text
    states = dict(re.findall(r'<tr data-step="SIGN\.(\w+)" data-state="(\w+)"', page))
    assert states == {"accept": "covered", "review": "done", "decide": "cancelled", "deliver": "skipped"}
    lanes = [" ".join(texts(lane)) for lane in re.findall(r'<li class="lane".*?</li>', page, re.DOTALL)]
    assert lanes == ["招牌设置许可 城管 – 已由流程终止", "汇总与送达 政务服务中心综合窗口 无需办理"]


def test_the_applicant_of_a_case_that_ended_without_delivery_reads_so_and_how_to_contest_it(
    lapsed: tuple[Office, str],
) -> None:
    office, case_id = lapsed
    applicant = Visitor(site_of(office.engine))
    applicant.get("/track")
    number, code = office.case(case_id).number, office.engine.read.query_code(case_id)
    page = applicant.post("/track", number=number, code=code).text
    assert "2026-03-22 办结，没有需要送达的结果。" in texts(page)
    assert 'data-note="contest"' in page
    assert 'tag">已终止<' in page


def test_every_kind_of_journal_entry_has_words() -> None:
    assert SAYS.keys() == APPLY.keys()
