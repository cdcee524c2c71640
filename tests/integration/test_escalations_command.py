"""``binglian escalations`` over a case that is late."""

import json
from functools import partial

import pytest
from click.testing import CliRunner, Result

from cli import escalations
from cli.main import main
from engine.bootstrap import build_engine
from engine.commands import AcknowledgeEscalation, Actor, ExplainEscalation
from tests.builders import Office
from timers.sweep import sweep


@pytest.fixture(autouse=True)
def by_the_offices_clock(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command reads the clock of the test."""
    monkeypatch.setattr(escalations, "build_engine", partial(build_engine, clock=office.clock))


def run(office: Office, *arguments: str) -> Result:
    """The command over the office's database."""
    environment = {"BINGLIAN_DATABASE_URL": office.engine.settings.database_url}
    return CliRunner().invoke(main, ["escalations", *arguments], env=environment)


def test_it_tells_what_is_open_by_which_channel_and_who_answered(office: Office) -> None:
    nothing = run(office, "--check")
    assert (nothing.exit_code, "未销号 open 0" in nothing.output) == (0, True)
    case_id = office.accept("FIRECHK")
    office.clock.advance(days=15)
    sweep(office.engine)
    office.engine.execute(AcknowledgeEscalation(case_id, "1"), Actor("fire_head", "fire", frozenset({"section_head"})))
    office.engine.execute(
        ExplainEscalation(case_id, "1", "已补派人员"), Actor("chief", "fire", frozenset({"department_head"}))
    )
    number = office.case(case_id).number
    shown = run(office, "--case", number, "--department", "fire")
    assert shown.exit_code == 0, shown.output
    for words in (
        f"{number} #1",
        "fire → fire/section_head",
        "app → fire/section_head",
        "签收 acknowledged",
        "已补派人员",
    ):
        assert words in shown.output
    assert run(office, "--check").exit_code == 1
    told = json.loads(run(office, "--all", "--json").stdout)
    first = next(one for one in told["escalations"] if one["number"] == "1")
    assert (first["case_number"], first["explained_by"], first["open"]) == (number, "chief", True)
    assert told["counts"]["all"] == len(told["escalations"])
    assert json.loads(run(office, "--department", "tax", "--json").stdout)["escalations"] == []


def test_an_unknown_department_or_case_is_bad_input(office: Office) -> None:
    for arguments in (("--department", "nowhere"), ("--case", "nothing")):
        result = run(office, *arguments, "--json")
        assert result.exit_code == 2
        assert "error" in json.loads(result.stdout)
