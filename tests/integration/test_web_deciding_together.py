"""Several people decide one step with the form of the inbox: who sees it, votes, and reads how it stands."""

from pathlib import Path

from engine.commands import Actor, ClaimTask, TransferTask
from tests.seated import STEP, VOTE, seated_office, states, task_of
from tests.web import Visitor, site_of


def test_each_votes_with_the_form_that_is_there_and_reads_how_it_stands(tmp_path: Path) -> None:
    with seated_office(tmp_path, VOTE) as office:
        app = site_of(office.engine)
        case_id = office.accept("TRY")
        address = f"/inbox/{case_id}/{task_of(office, case_id).id}"
        first, second = Visitor(app, "market1"), Visitor(app, "market2")
        assert 'data-action="abstain"' in first.get(address).text
        sent = first.post(f"{address}/decide", decision="abstain", opinion="", key="1")
        assert (sent.status_code, states(office, case_id)) == (303, "doo")
        page = first.get(address).text
        assert "您已作出决定，还有 2 个席位没有办理。" in page
        assert 'data-action="agree"' not in page, "nobody votes twice"
        assert "disagree" in second.get(address).text
        again = second.post(f"{address}/decide", decision="disagree", opinion="", key="2")
        assert again.status_code == 400, "without reasons"
        assert second.post(f"{address}/decide", decision="disagree", opinion="缺图纸", key="3").status_code == 303
        assert STEP not in office.open(case_id)
        page = second.get(f"/cases/{case_id}").text
        assert "表决：弃权" in page
        assert "缺图纸" in page
        english = Visitor(app, "market2", "en").get(f"/cases/{case_id}").text
        assert "voted: Abstain" in english


def test_a_claimed_task_is_shown_as_somebody_elses_and_a_transferred_one_not_at_all(tmp_path: Path) -> None:
    with seated_office(tmp_path) as office:
        app = site_of(office.engine)
        case_id = office.accept("TRY")
        task = task_of(office, case_id)
        address = f"/inbox/{case_id}/{task.id}"
        first, second = Visitor(app, "market1"), Visitor(app, "market2")
        holder = Actor("market1", "market", frozenset({"reviewer"}))
        office.engine.execute(ClaimTask(case_id, task.id), holder)
        assert "由 李演示 办理" in second.get("/inbox/").text
        assert "李演示 已签收，由其办理。" in second.get(address).text
        assert second.post(f"{address}/decide", decision="agree", opinion="", key="1").status_code == 403
        assert 'data-action="agree"' in first.get(address).text
        office.engine.execute(TransferTask(case_id, task.id, "police", "reviewer", "p"), holder)
        assert case_id not in first.get("/inbox/").text
        assert case_id not in second.get("/inbox/").text
