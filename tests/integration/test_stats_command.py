"""``binglian stats`` over real cases: late ones, corrected and suspended ones, and predictions from finished ones."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli import stats
from cli.main import main
from engine.bootstrap import build_engine
from engine.commands import AcceptCase, Actor, RequestCorrection, ResumeClock, SupplyMaterials, SuspendClock
from engine.statistics import lateness, outlook
from engine.statistics.risk import CASES, ENOUGH, STOPPED
from tests.builders import CLERK, Office

ROOT = Path(__file__).parents[2]
CODE = "FIRECHK"
INSPECTOR = Actor("f", "fire", frozenset({"inspector"}))
PLACES = {"number", "code", "name_zh", "name_en", "step", "item", "department", "offering", "case_id", "from", "to"}
"""Names that say themselves."""


@pytest.fixture(autouse=True)
def by_the_offices_clock(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command reads the clock of the test."""
    monkeypatch.setattr(stats, "build_engine", partial(build_engine, clock=office.clock))


def run(office: Office, *arguments: str) -> Result:
    """The command over the office's database."""
    return CliRunner().invoke(
        main, ["stats", *arguments], env={"BINGLIAN_DATABASE_URL": office.engine.settings.database_url}
    )


def document(office: Office, *arguments: str) -> dict[str, Any]:
    """What it says as JSON."""
    result = run(office, *arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def finish(office: Office, case_id: str, days: int = 1) -> None:
    """Every step takes so many days."""
    while steps := sorted(office.open(case_id)):
        if steps[0].partition(".")[2] != "deliver":
            office.clock.advance(days=days)
        office.decide(case_id, steps[0])


def names_in(value: Any) -> set[str]:
    """All keys of a document, however deep."""
    if isinstance(value, list):
        return set().union(*map(names_in, value))
    if not isinstance(value, dict):
        return set()
    return set(value) | set().union(*map(names_in, value.values()))


def test_a_late_case_is_taken_apart_by_cause(office: Office) -> None:
    """Corrected for two days before acceptance, suspended for two, and one step much too slow: 4 March to 15 April."""
    whole = office.submit(CODE)
    state = office.case(whole.case_id)
    code = min(state.materials.keys() & _applicants(office, CODE))
    office.engine.execute(RequestCorrection(whole.case_id, {code: "看不清"}, "请补正"), CLERK)
    office.clock.advance(days=2)
    office.engine.execute(SupplyMaterials(whole.case_id, {code: "received"}), CLERK)
    office.engine.execute(AcceptCase(whole.case_id), CLERK)
    office.engine.execute(
        SuspendClock(whole.case_id, CODE, "testing", "行政许可法第四十五条", "检测委托书 1 号", "2"), INSPECTOR
    )
    office.clock.advance(days=1)
    stopped = outlook(office.engine)
    assert [risk.method for risk in stopped.risks] == [STOPPED]
    office.clock.advance(days=1)
    office.engine.execute(ResumeClock(whole.case_id, "1", "检测报告 1 号"), INSPECTOR)
    office.clock.advance(days=40)
    assert str(lateness(office.engine).open.share) == "1/1 = 100.0 %"
    finish(office, whole.case_id, days=0)
    found = document(office, "late")
    assert found["cases"]["finished"]["percent"] == 100
    (late,) = found["late_cases"]
    assert late["offering"] == CODE
    assert late["causes"]["applicant"] == 2
    assert late["causes"]["suspended"] == 2
    assert late["causes"]["own"] > late["over_days"] > 10
    assert sum(line["share"] for line in late["days"] if line["cause"] == "own") == late["causes"]["own"]
    assert found["chains"][0]["code"] == "fire"
    said = run(office, "late").output
    assert "申请人 applicant 2.0, 中止 suspended 2.0" in said
    assert "消防" in said


def _applicants(office: Office, code: str) -> set[str]:
    """Codes of the materials the applicant brings."""
    offering = office.engine.deployments.catalogue.offering(code)
    return {m.code for item in offering.items for m in item.materials if m.origin == "applicant" and m.kind != "form"}


def test_running_cases_are_predicted_from_finished_ones_with_the_reason(office: Office) -> None:
    nothing = document(office, "risk")
    assert (nothing["running"], nothing["finished"], nothing["cases"]) == (0, 0, [])
    assert "nothing to check" in run(office, "risk", "--check").output
    first = office.accept(CODE)
    assert "too little was finished" in run(office, "risk").output
    finish(office, first)
    for number in range(ENOUGH):
        finish(office, office.accept(CODE), days=30 if number % 2 else 1)
    office.accept(CODE)
    found = document(office, "risk", "--check")
    (told,) = found["cases"]
    assert (found["running"], found["predicted"], found["finished"]) == (1, 1, ENOUGH + 1)
    assert (told["method"], told["based_on_cases"]) == (CASES, ENOUGH + 1)
    assert told["share"]["number"] == ENOUGH // 2
    assert told["share"]["total"] == ENOUGH + 1
    assert told["driver"]["seen"] == ENOUGH + 1
    assert "finished cases that stood at the same steps" in told["reason_en"]
    said = run(office, "risk", "--check").output
    assert told["reason_zh"] in said
    manual = (ROOT / "docs" / "statistics.md").read_text(encoding="utf-8")
    names = names_in(found) | names_in(document(office, "late"))
    steps = {line["code"] for line in document(office, "late")["steps"]}
    assert {name for name in names - PLACES - steps if f"`{name}`" not in manual} == set()


def test_the_period_is_of_the_acceptance(office: Office) -> None:
    finish(office, office.accept(CODE), days=0)
    office.clock.advance(days=7)
    finish(office, office.accept(CODE), days=0)
    assert document(office, "late")["cases"]["finished"]["total"] == 2
    later = document(office, "late", "--since", "2026-03-03")
    assert (later["scope"]["since"], later["cases"]["finished"]["total"]) == ("2026-03-03", 1)
    assert document(office, "late", "--until", "2026-03-02")["cases"]["finished"]["total"] == 1
    assert document(office, "late", "--since", "2027-01-01")["steps"] == []


@pytest.mark.parametrize(
    ("arguments", "where"),
    [(["--since", "yesterday"], "--since"), (["--since", "2026-03-02", "--until", "2026-03-01"], "--until")],
)
def test_wrong_days_are_one_document_and_exit_2(office: Office, arguments: list[str], where: str) -> None:
    result = run(office, "late", *arguments, "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"]["where"] == where


def test_a_case_that_was_only_handed_in_is_in_no_figure(office: Office) -> None:
    office.submit(CODE)
    assert document(office, "late")["cases"]["open"]["total"] == 0
    assert document(office, "risk")["running"] == 0
