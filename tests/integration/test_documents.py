"""文书: what makes them due, what they say, and that none is lost, made twice or numbered twice."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.demo_cases import received_materials, sample_form
from engine.bootstrap import build_auditor, build_engine
from engine.case.documents import ISSUED_KIND
from engine.commands import (
    SYSTEM,
    AcceptCase,
    Actor,
    ArrangeSession,
    ChangeSession,
    DecideStep,
    DeclineCase,
    ExtendClock,
    IssueDocument,
    RequestCorrection,
    SubmitCase,
    SuspendClock,
    TerminateCase,
    WithdrawCase,
)  # fmt: skip
from engine.documents.files import ContentFiles
from engine.documents.press import WeasyPress, load_press
from engine.errors import AlreadyDone, BadInput, IntegrityError, NotFound, NotPermitted
from engine.journal import Entry
from engine.store.papers import DROPPED, DUE, MADE, Paper
from engine.store.records import Account
from tests.builders import CLERK, Office, handler_of, opened_office, settings_for
from tests.clock import ManualClock
from tests.papers import LEASE_OVER, DeadPress, Killed, PlainPress, make_all, papers, pdf_words, words
from timers.documents import make_next
from timers.sweep import sweep

NAME = "欧阳某某"
REVIEWER = Actor("r", "market", frozenset({"reviewer"}))
FOOD_HEAD = Actor("h", "market", frozenset({"head"}))


def entries(office: Office, case_id: str) -> list[Entry]:
    return list(office.engine.read.case(case_id, SYSTEM).entries)


def submitted(office: Office, code: str = "FOOD", without: int = 0) -> str:
    """An application of somebody with a name, some materials missing."""
    offering = office.engine.deployments.catalogue.offering(code)
    form = sample_form(offering, {"applicant_name": NAME, "shop_name": "演示小馆"})
    materials = received_materials(office.engine, offering, form)
    for missing in sorted(code for code in materials if not code.startswith("F_"))[:without]:
        del materials[missing]
    return office.engine.execute(SubmitCase(code, form, materials), CLERK).case_id


def accepted(office: Office, code: str = "FOOD") -> str:
    case_id = submitted(office, code)
    office.engine.execute(AcceptCase(case_id), CLERK)
    return case_id


def made(office: Office, case_id: str, kind: str) -> str:
    """The words of a document, once it is made."""
    make_all(office)
    return words(office, papers(office, case_id)[kind])


def test_an_acceptance_makes_a_notice_due_in_the_same_transaction_and_its_file_later(office: Office) -> None:
    case_id = accepted(office)
    due = papers(office, case_id)["acceptance"]
    assert (due.id, due.state, due.number, due.sha256) == ("2.1", DUE, "330100受字〔2026〕1号", None)
    assert [entry.kind for entry in entries(office, case_id)] == ["ApplicationSubmitted", "ApplicationAccepted"]
    assert make_all(office) == 1
    done = papers(office, case_id)["acceptance"]
    last = entries(office, case_id)[-1]
    assert (last.kind, last.actor) == (ISSUED_KIND, SYSTEM.id)
    assert last.facts == {"document": "2.1", "kind": "acceptance", "number": due.number, "sha256": done.sha256}
    assert (done.state, done.issued_at, done.next_try_at) == (MADE, last.at, None)
    assert office.case(case_id).documents == {"2.1": done.sha256}
    said = words(office, done)
    for part in (
        NAME,
        due.number,
        "2026年3月2日",
        "食品经营许可核发",
        "市场监督管理局",
        "http://127.0.0.1:8000/verify",
    ):
        assert part in said, part


def test_the_applicant_is_named_on_paper_and_nowhere_in_the_journal(office: Office) -> None:
    case_id = accepted(office)
    assert NAME in made(office, case_id, "acceptance")
    assert NAME not in "".join(entry.facts_text + entry.answers_text for entry in entries(office, case_id))
    assert NAME not in json.dumps([vars(paper) for paper in papers(office, case_id).values()], ensure_ascii=False)


def test_a_correction_lists_what_is_asked_for(office: Office) -> None:
    case_id = submitted(office, without=1)
    office.engine.execute(RequestCorrection(case_id, {"M_KITCHEN": "图纸<b>没有</b>签章"}, "请补齐后再来"), CLERK)
    said = made(office, case_id, "correction")
    for part in (
        "补正材料通知书",
        "330100补字〔2026〕1号",
        "图纸&lt;b&gt;没有&lt;/b&gt;签章",
        "未提交，请补交",
        "请补齐后再来",
    ):
        assert part in said, part


def test_declining_says_why_and_where_to_contest_it(office: Office) -> None:
    case_id = submitted(office)
    office.engine.execute(DeclineCase(case_id, "不属于本机关职权范围"), CLERK)
    said = made(office, case_id, "non_acceptance")
    for part in (
        "不予受理通知书",
        "不属于本机关职权范围",
        "60日内向本级人民政府申请行政复议",
        "6个月内依法向有管辖权的人民法院",
    ):
        assert part in said, part


def test_a_withdrawal_is_confirmed_before_and_after_the_acceptance(office: Office) -> None:
    for case_id, accepted_on in ((submitted(office), ""), (accepted(office), "已于2026年3月2日受理")):
        office.engine.execute(WithdrawCase(case_id, "不再开店", "撤回申请书 3 号"), CLERK)
        said = made(office, case_id, "withdrawal")
        for part in (
            "准予撤回申请通知书",
            NAME,
            "准撤字〔2026〕",
            "（撤回申请书 3 号）",
            "不再开店",
            "准予撤回",
            accepted_on,
        ):
            assert part in said, part
        assert accepted_on or "受理" not in said
        assert "行政复议" not in said
        paper = papers(office, case_id)["withdrawal"]
        code = office.engine.paperwork.code(office.engine.paperwork.shown(office.engine.read.case(case_id, SYSTEM))[-1])
        assert office.engine.paperwork.verify(paper.number, code, office.engine.read).stands


def test_a_termination_says_on_what_ground_why_and_where_to_contest_it(office: Office) -> None:
    case_id = accepted(office)
    office.engine.execute(TerminateCase(case_id, "行政许可法实施办法第二十条", "申请人已依法终止"), FOOD_HEAD)
    said = made(office, case_id, "termination")
    for part in (
        "终止办理决定书",
        "终字〔2026〕1号",
        "申请人已依法终止",
        "根据行政许可法实施办法第二十条的规定，决定终止办理",
        "60日内向本级人民政府申请行政复议",
        "6个月内依法向有管辖权的人民法院",
    ):
        assert part in said, part
    assert entries(office, case_id)[-1].kind == ISSUED_KIND


def test_a_deemed_acceptance_says_that_it_was_one(office: Office) -> None:
    case_id = submitted(office)
    office.clock.advance(days=9)
    assert sweep(office.engine).fired == 1
    said = made(office, case_id, "acceptance")
    assert "视为受理" in said and "自收到申请材料之日即2026年3月2日起" in said
    assert "<div>2026年3月10日</div>" in said or "<div>2026年3月11日</div>" in said


def test_a_refusal_names_item_reason_and_remedies_and_no_certificate_is_due(office: Office) -> None:
    case_id = accepted(office)
    office.finish(case_id, lambda step: "disagree" if office.engine.deployments.catalogue.offering("FOOD")
                  .step(step).decisive else "agree")  # fmt: skip
    said = made(office, case_id, "refusal")
    for part in ("不予行政许可决定书", NAME, "意见", "第三十八条第二款及食品安全法", "60日内", "6个月内"):
        assert part in said, part
    assert "certificate" not in papers(office, case_id)


def test_certificates_are_due_when_results_are_issued_one_each(office: Office) -> None:
    case_id = accepted(office, "B02")
    office.finish(case_id, lambda step: "agree_with_conditions" if step == "FOOD.review" else "agree")
    rows = [paper for paper in office.engine.paperwork.rows.of_case(case_id) if paper.kind == "certificate"]
    assert [paper.result for paper in rows] == sorted(office.case(case_id).results)
    assert [paper.number for paper in rows] == [f"330100准字〔2026〕{n}号" for n in range(1, len(rows) + 1)]
    make_all(office)
    licence = next(paper for paper in office.engine.paperwork.rows.of_case(case_id) if paper.item == "FOOD")
    said = words(office, licence)
    number = office.case(case_id).results[licence.result].number
    for part in (NAME, number, "食品经营许可证", "1. 意见", "市场监督管理局"):
        assert part in said, part


def test_where_the_lead_decides_a_refusal_is_told_when_that_is_decided(office: Office) -> None:
    case_id = accepted(office, "B02")
    office.decide(case_id, "LIC_CHECK.review")
    office.decide(case_id, "SIGN.review")
    office.decide(case_id, "SIGN.decide", "disagree", "招牌过大")
    assert "refusal" not in papers(office, case_id)
    office.finish(case_id)
    refusals = [p for p in office.engine.paperwork.rows.of_case(case_id) if p.kind == "refusal"]
    assert [paper.item for paper in refusals] == ["SIGN"]
    assert "招牌过大" in made(office, case_id, "refusal")


def test_suspension_and_extension_are_told_with_their_grounds_and_dates(office: Office) -> None:
    case_id = accepted(office)
    office.engine.execute(
        SuspendClock(case_id, "FOOD", "hearing", "行政许可法第四十七条", "听证通知书 3 号", "10"), REVIEWER
    )
    said = made(office, case_id, "suspension")
    for part in (
        "听证",
        "行政许可法第四十七条",
        "听证通知书 3 号",
        "预计需要10个工作日",
        "第四十五条",
        "食品经营许可核发",
    ):
        assert part in said, part
    other = accepted(office)
    office.engine.execute(ExtendClock(other, "FOOD", "需要补充检验", "authority_head", "张局长"), FOOD_HEAD)
    said = made(office, other, "extension")
    due = office.case(other).items["FOOD"].statutory_due_at
    assert due is not None
    day = datetime.fromisoformat(due).astimezone(office.engine.read.calendar.zone)
    for part in ("需要补充检验", "延长10个工作日", "张局长", f"法定办理期限至{day.year}年{day.month}月{day.day}日"):
        assert part in said, part


def test_a_hearing_is_told_with_its_time_and_place_and_told_again_when_it_is_moved(office: Office) -> None:
    case_id = accepted(office)
    office.engine.records.save_account(Account("chair", "某", "fire", frozenset({"head"})), "")
    hearing = ArrangeSession(
        case_id, "hearing", "FOOD", "2026-03-11T09:00+08:00", "三楼听证室", "第四十六条", "10", chair="chair"
    )
    office.engine.execute(hearing, REVIEWER)
    said = made(office, case_id, "session")
    for part in (
        "听证", "第四十六条", "2026年3月11日9时00分", "三楼听证室", "第四十五条", "预计需要10个工作日",
        "食品经营许可核发",
    ):  # fmt: skip
        assert part in said, part
    moved = "2026-03-12T14:30+08:00"
    office.engine.execute(ChangeSession(case_id, "1", "场地占用", moved), REVIEWER)
    said = made(office, case_id, "session")
    assert "变更如下" in said and "2026年3月12日14时30分" in said
    visit = accepted(office)
    office.engine.execute(
        ArrangeSession(visit, "site_visit", "FOOD", "2026-03-03T09:00+08:00", "店面", "管理办法"), REVIEWER
    )
    said = made(office, visit, "session")
    assert "现场勘验" in said and "办理期限不受影响" in said and "第四十五条" not in said


def test_a_document_says_what_was_so_when_it_became_due_however_late_it_is_made(office: Office) -> None:
    case_id = submitted(office, without=1)
    office.engine.execute(RequestCorrection(case_id, {}, "请补齐"), CLERK)
    office.clock.advance(days=1)
    office.engine.execute(DeclineCase(case_id, "另一个理由"), CLERK)
    said = made(office, case_id, "correction")
    assert "请补齐" in said and "另一个理由" not in said and "<div>2026年3月2日</div>" in said


def test_numbers_go_on_within_a_year_and_kind_and_start_anew_with_the_next(office: Office) -> None:
    office.clock.set(datetime(2026, 12, 31, 15, 30, tzinfo=UTC))  # 23:30 in Beijing
    cases = [accepted(office) for _ in range(2)]
    office.clock.advance(hours=1)  # 2027 there, 2026 in UTC
    cases.append(accepted(office))
    numbers = [papers(office, case_id)["acceptance"].number for case_id in cases]
    assert numbers == ["330100受字〔2026〕1号", "330100受字〔2026〕2号", "330100受字〔2027〕1号"]


def test_an_act_that_fails_uses_no_number(office: Office) -> None:
    case_id = accepted(office)
    with pytest.raises(AlreadyDone):
        office.engine.execute(AcceptCase(case_id), CLERK)
    assert papers(office, accepted(office))["acceptance"].number.endswith("〕2号")


def test_killed_while_printing_the_document_is_made_once_later_under_its_number(office: Office) -> None:
    case_id = accepted(office)
    with pytest.raises(Killed):
        make_next(office.engine, DeadPress())
    assert make_all(office) == 0  # still leased
    office.clock.advance(seconds=LEASE_OVER.total_seconds())
    assert make_all(office) == 1
    assert [entry.kind for entry in entries(office, case_id)].count(ISSUED_KIND) == 1
    assert papers(office, case_id)["acceptance"].number == "330100受字〔2026〕1号"


class DyingFiles(ContentFiles):
    """The process ends when the file is on the disk."""

    def keep(self, content: bytes) -> str:
        super().keep(content)
        raise Killed


def test_killed_between_the_file_and_its_entry_the_same_file_is_used(office: Office) -> None:
    case_id = accepted(office)
    paperwork, folder = office.engine.paperwork, office.engine.settings.files_folder
    whole, paperwork.files = paperwork.files, DyingFiles(folder, ".pdf")
    with pytest.raises(Killed):
        make_next(office.engine, PlainPress())
    paperwork.files = whole
    before = [path for path in folder.rglob("*") if path.is_file()]
    assert len(before) == 1 and papers(office, case_id)["acceptance"].state == DUE
    assert len(entries(office, case_id)) == 2
    office.clock.advance(seconds=LEASE_OVER.total_seconds())
    assert make_all(office) == 1
    assert [path for path in folder.rglob("*") if path.is_file()] == before
    assert papers(office, case_id)["acceptance"].sha256 == before[0].stem


def test_killed_after_the_entry_nothing_is_made_again(office: Office, tmp_path: Path) -> None:
    accepted(office)
    assert make_all(office) == 1
    office.clock.advance(days=1)
    engine = build_engine(settings_for(tmp_path), office.clock)
    try:
        assert not make_next(engine, PlainPress())
    finally:
        engine.close()


def test_two_machines_share_the_work_and_the_slower_one_changes_nothing(office: Office) -> None:
    case_id = accepted(office)
    rows = office.engine.paperwork.rows
    slow = rows.lease(office.engine.read.now())
    assert slow is not None and rows.lease(office.engine.read.now()) is None
    office.clock.advance(seconds=LEASE_OVER.total_seconds())
    assert make_all(office) == 1
    done = papers(office, case_id)["acceptance"]
    with pytest.raises(AlreadyDone):
        office.engine.execute(IssueDocument(case_id, slow.id, slow.kind, slow.number, "0" * 64), SYSTEM)
    assert rows.fail(slow, "late", office.engine.read.now()) is False
    assert papers(office, case_id)["acceptance"] == done


def test_what_cannot_be_made_is_tried_again_set_aside_and_tried_again_when_asked(office: Office) -> None:
    case_id = accepted(office)

    class Broken:
        def print(self, html: str) -> bytes:
            raise BadInput("press.broken", "坏了", "it is broken")

    tries = 0
    while papers(office, case_id)["acceptance"].next_try_at is not None:
        tries += make_next(office.engine, Broken())
        office.clock.advance(hours=2)
    rows = office.engine.paperwork.rows
    [told] = rows.unmade()
    assert (tries, told["tries"], told["problem"]) == (10, 10, "press.broken: it is broken")
    assert told["case_number"] == office.case(case_id).number and rows.waiting() == 1
    assert rows.unmade(after=(told["made_at"], told["number"])) == []
    with pytest.raises(NotFound):
        rows.retry("nonsense", office.engine.read.now())
    assert rows.retry(told["number"], office.engine.read.now()) == 1
    assert make_all(office) == 1 and rows.unmade() == [] and rows.waiting() == 0
    assert rows.retry("all", office.engine.read.now()) == 0


def test_a_machine_that_cannot_print_says_why_and_keeps_the_number(office: Office) -> None:
    case_id = accepted(office)
    office.engine.paperwork.rows.explain("documents.font: no font")
    assert papers(office, case_id)["acceptance"].problem == "documents.font: no font"
    assert office.engine.paperwork.rows.unmade()[0]["tries"] == 0
    assert make_all(office) == 1
    assert papers(office, case_id)["acceptance"].problem == ""


def test_only_the_system_issues_what_is_due_as_it_was_due(office: Office) -> None:
    case_id = accepted(office)
    due = papers(office, case_id)["acceptance"]

    def issue(actor: Actor = SYSTEM, **changes: str) -> None:
        said = {"document": due.id, "kind": due.kind, "number": due.number, "sha256": "a" * 64, **changes}
        office.engine.execute(IssueDocument(case_id, **said), actor)

    with pytest.raises(NotPermitted):
        issue(CLERK)
    for wrong in ("9.9", "", "2", "2.1.1", "0.1", "-2.1", "２.1", "2.99999999999999999999"):
        with pytest.raises(NotFound):
            issue(document=wrong)
    with pytest.raises(IntegrityError):
        issue(number="330100受字〔2026〕9号")
    with pytest.raises(IntegrityError):
        issue(kind="refusal")
    for wrong in ("", "a" * 63, "A" * 64, "../" * 20):
        with pytest.raises(BadInput):
            issue(sha256=wrong)
    assert len(entries(office, case_id)) == 2


def test_what_was_undone_before_it_was_made_is_dropped_and_a_made_one_stands_no_longer(office: Office) -> None:
    """A certificate whose result is void; the state is changed as a later act would, and put back."""
    case_id = accepted(office)
    office.finish(case_id)
    paperwork, view = office.engine.paperwork, office.engine.read.case(case_id, SYSTEM)
    code, result = next(iter(view.case.results.items()))
    certificate = papers(office, case_id)["certificate"]
    assert paperwork.wanted(certificate, office.engine.read)
    shown = {one.paper.kind: one.stands for one in paperwork.shown(view)}
    assert shown == {"acceptance": True, "certificate": True}
    view.case.results[code] = type(result)(code, result.item, result.number, "void", result.at)
    assert {one.paper.kind: one.stands for one in paperwork.shown(view)} == {"acceptance": True, "certificate": False}
    leased = paperwork.rows.lease(office.engine.read.now())
    assert leased is not None
    paperwork.rows.drop(leased)
    assert papers(office, case_id)[leased.kind].state == DROPPED
    assert leased.kind not in {one.paper.kind for one in paperwork.shown(view)}


def test_verifying_tells_what_stands_and_nothing_of_a_person(office: Office) -> None:
    case_id = accepted(office)
    paperwork, reader = office.engine.paperwork, office.engine.read
    due = papers(office, case_id)["acceptance"]
    [shown] = paperwork.shown(reader.case(case_id, SYSTEM))
    code = paperwork.code(shown)
    with pytest.raises(NotFound):  # due, not made
        paperwork.verify(due.number, code, reader)
    said = made(office, case_id, "acceptance")
    assert code in said
    for number in (due.number, " 330100受字[2026]1号 ", "330100受字（2026）1号"):
        found = paperwork.verify(number, f"{code[:4]}-{code[4:].lower()}", reader)
        assert (found.paper.id, found.stands, found.case_number) == (due.id, True, office.case(case_id).number)
    for number, wrong in ((due.number, "A" * 12), ("330100受字〔2026〕2号", code), ("", ""), (due.number, "")):
        with pytest.raises(NotFound):
            paperwork.verify(number, wrong, reader)


def test_a_name_that_was_destroyed_is_not_invented(office: Office) -> None:
    case_id = accepted(office)
    with office.engine.store.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM applicant")
    assert "（个人信息已依法删除）" in made(office, case_id, "acceptance")


def test_journals_without_documents_replay_and_rebuild_makes_none(tmp_path: Path, clock: ManualClock) -> None:
    """An installation that had no documents goes on as it was; nothing becomes due for what is past."""
    with opened_office(tmp_path, clock) as office:
        case_id = accepted(office)
        with office.engine.store.database.write() as connection:
            connection.exec_driver_sql("DROP TABLE document")
        office.engine.store.create()
        report = build_auditor(office.engine).rebuild()
        assert report.differences == () and papers(office, case_id) == {}
        office.finish(case_id)
        assert make_all(office) == 1 and list(papers(office, case_id)) == ["certificate"]


def test_an_installation_without_a_documents_folder_makes_none(tmp_path: Path, told_once: Path) -> None:
    folder = tmp_path / "plain"
    shutil.copytree(told_once, folder, ignore=shutil.ignore_patterns("documents", "__pycache__"))
    with opened_office(tmp_path, processes=folder) as office:
        case_id = accepted(office)
        assert papers(office, case_id) == {} and make_all(office) == 0


@pytest.fixture(scope="module")
def press() -> Iterator[WeasyPress]:
    yield load_press()


@pytest.mark.pdf
def test_every_kind_of_document_of_real_cases_is_a_pdf_that_says_its_number_and_name(
    office: Office, press: WeasyPress
) -> None:
    corrected = submitted(office, without=1)
    office.engine.execute(RequestCorrection(corrected, {}, "请补齐"), CLERK)
    declined = submitted(office)
    office.engine.execute(DeclineCase(declined, "不属于本机关职权范围"), CLERK)
    case_id = accepted(office, "B02")
    office.decide(case_id, "LIC_CHECK.review")
    office.engine.execute(ExtendClock(case_id, "FOOD", "需要补充检验", "authority_head", "张局长"), FOOD_HEAD)
    office.engine.execute(SuspendClock(case_id, "FOOD", "hearing", "第四十七条", "听证通知书 3 号", "10"), REVIEWER)
    office.finish(case_id, lambda step: "disagree" if step == "SIGN.decide" else "agree")
    withdrawn, terminated = submitted(office), accepted(office)
    office.engine.execute(WithdrawCase(withdrawn, "不再开店", "撤回申请书 3 号"), CLERK)
    office.engine.execute(TerminateCase(terminated, "第二十条", "申请人已依法终止"), FOOD_HEAD)
    made_now = make_all(office, press)
    cases = (corrected, declined, case_id, withdrawn, terminated)
    rows: list[Paper] = [p for c in cases for p in office.engine.paperwork.rows.of_case(c)]
    assert made_now == len(rows) and {paper.kind for paper in rows} == {
        "acceptance", "correction", "non_acceptance", "refusal", "suspension", "extension", "certificate",
        "withdrawal", "termination",
    }  # fmt: skip
    for paper in rows:
        content = office.engine.paperwork.files.read(paper.sha256 or "")
        text = pdf_words(content)
        assert paper.number in text and NAME in text and "2026年3月2日" in text, paper
        assert b"/FontFile" in content or b"/ObjStm" in content
        assert content == press.print(office.engine.paperwork.html(paper))


def test_a_random_order_of_deciding_gives_each_certificate_once(office: Office) -> None:
    for choose in (min, max):
        case_id = accepted(office, "B01")
        while steps := sorted(office.open(case_id)):
            task = office.open(case_id)[choose(steps)]
            if task.act == "deliver":
                office.decide(case_id, choose(steps))
            else:
                office.engine.execute(DecideStep(case_id, task.id, "agree", ""), handler_of(task))
            make_all(office)
        results = [p.result for p in office.engine.paperwork.rows.of_case(case_id) if p.kind == "certificate"]
        assert sorted(results) == sorted(office.case(case_id).results)
