"""Cases on the simulated clock: people, queues, refusals, corrections, deadlines, history; nothing is left open."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.catalogue import load_catalogue
from engine.errors import BadInput
from engine.settings import Settings, default_processes
from engine.simulation import (
    Assumptions,
    Durations,
    Rates,
    Request,
    Scenario,
    Simulation,
    read_history,
    simulate,
)
from engine.simulation.distributions import Exact, Triangular
from engine.simulation.folders import copied
from tests.builders import Office
from tests.quick import shipped

PLAIN = Assumptions()
WORK = Durations(default=Triangular(0.2, 0.5, 1.3))


def simulated(given: Assumptions = PLAIN, **changes: Any) -> Simulation:
    """A small simulation."""
    asked: dict[str, Any] = {"codes": ("B13",), "cases": 6, "seed": 3, "serial": False, "more": 0, **changes}
    return simulate(Settings(), shipped(), Request(**asked), given)


def worked(scenario: Scenario) -> float:
    """Working days of work, all pools together."""
    return sum(pool.busy for pool in scenario.pools) * scenario.span_days


def test_the_same_request_gives_the_same_document_and_another_seed_another() -> None:
    given = Assumptions(people={("medins", ""): 1}, durations=WORK, rates=Rates(refuse=0.2, incomplete=0.3))
    first = simulated(given, serial=True, more=1).as_dict()
    assert first == simulated(given, serial=True, more=1).as_dict()
    assert first != simulated(given, serial=True, more=1, seed=4).as_dict()


def test_people_are_waited_for_and_one_more_helps_whom_it_should() -> None:
    given = Assumptions(people={("medins", ""): 1, ("police", ""): 1, ("hrss", ""): 50}, durations=WORK)
    found = simulated(given, cases=20, per_day=20, more=3)
    pools = {pool.department: pool for pool in found.parallel.pools}
    assert found.bottleneck == pools["medins"]
    assert pools["medins"].max_queue > 1
    assert pools["medins"].waiting_days > pools["police"].waiting_days > pools["hrss"].waiting_days == 0
    assert all(pool.utilisation is None or 0 <= pool.utilisation <= 1 for pool in found.parallel.pools)
    assert [more.department for more in found.one_more] == ["medins", "police"], "nobody waits for the others"
    assert found.one_more[0].mean_gain_days > 0


def test_no_case_is_faster_with_people_than_without_limit_and_the_work_is_the_same() -> None:
    free = simulated(Assumptions(durations=WORK), cases=15, serial=True)
    bound = simulated(Assumptions(people={("medins", ""): 1}, durations=WORK), cases=15, serial=True)
    assert free.serial is not None
    assert bound.serial is not None
    for one, other in ((free.parallel, bound.parallel), (free.serial, bound.serial)):
        for name in ("p10", "p50", "p90", "p99", "mean", "most"):
            assert getattr(one.days, name) <= getattr(other.days, name)
        assert worked(one) == pytest.approx(worked(other), abs=0.05)
    assert worked(free.parallel) == pytest.approx(worked(free.serial), abs=0.05), "the same cases, the same work"


def test_a_role_with_people_of_its_own_has_its_own_queue() -> None:
    given = Assumptions(people={("fire", "head"): 1, ("fire", ""): 2}, durations=WORK)
    found = simulated(given, codes=("B02",))
    people = {(pool.department, pool.role): pool.people for pool in found.parallel.pools}
    assert people["fire", "head"] == 1
    assert people["fire", ""] == 2
    assert people["market", ""] is None


@pytest.mark.parametrize("code", ["B01", "B02", "B13", "FOOD"])
def test_whatever_is_refused_every_case_ends_in_parallel_and_in_series(code: str) -> None:
    some = simulated(Assumptions(durations=WORK, rates=Rates(refuse=0.3)), codes=(code,), cases=12, serial=True)
    assert some.serial is not None
    assert sum(some.parallel.outcomes.values()) == sum(some.serial.outcomes.values()) == 12
    everything = simulated(Assumptions(rates=Rates(refuse=1.0)), codes=(code,))
    assert everything.parallel.outcomes == {"refused": 6}


def test_what_is_missing_is_brought_before_acceptance_and_does_not_count_as_time_of_the_offices() -> None:
    found = simulated(Assumptions(rates=Rates(incomplete=1.0, correction=Exact(4.0))), codes=("B02",))
    assert found.parallel.corrected == 6
    assert (found.parallel.before_days.p10, found.parallel.before_days.most) == (4, 4)
    assert (found.parallel.days.p10, found.parallel.days.most) == (13, 13)


def test_what_is_declined_never_begins() -> None:
    found = simulated(Assumptions(rates=Rates(decline=1.0)))
    assert (found.parallel.declined, found.parallel.days.cases, found.parallel.late) == (6, 0, 0)
    assert found.parallel.pools == ()


def test_work_beyond_its_limit_is_overdue_and_late() -> None:
    exact = simulated(codes=("FIRECHK",))
    assert (exact.parallel.late, exact.parallel.overdue_steps) == (0, 0), "what ends with its limit is in time"
    slow = simulated(Assumptions(durations=Durations(default=Exact(1.5))), codes=("FIRECHK",))
    limits = [s.limit for s in shipped().offering("FIRECHK").steps.values() if s.item and s.act != "accept"]
    assert slow.parallel.late == 1
    assert slow.parallel.overdue_steps == 6 * sum(limit > 0 for limit in limits)


def test_delivery_is_on_the_spot_unless_it_is_said_how_long_it_takes() -> None:
    given = Assumptions(durations=Durations(steps={"B13.deliver": Exact(0.5)}))
    found = simulated(given).parallel
    assert (found.decision_days.most, found.days.most, found.late) == (5, 10, 0)


def test_an_optional_item_is_part_of_the_cases_that_need_it() -> None:
    found = simulated(Assumptions(rates=Rates(items={"ENT_REG": 1.0})), codes=("B02",))
    assert found.parallel.days.most == 13.5
    half = simulated(Assumptions(rates=Rates(items={"ENT_REG": 0.5})), codes=("B02",), cases=12)
    assert (half.parallel.days.p10, half.parallel.days.most) == (13, 13.5)


def test_a_calendar_of_ones_own_changes_the_hours_not_the_working_days(tmp_path: Path) -> None:
    file = tmp_path / "here.toml"
    file.write_text(
        'name_zh = "某地"\nextends = "cn"\n[office]\nspans = [["08:00", "16:00"]]\n[days]\n'
        '2026-03-03 = { kind = "holiday", name_zh = "某节" }\n',
        encoding="utf-8",
    )
    here, usual = simulated(calendar=str(file)), simulated()
    assert here.calendar != usual.calendar
    assert here.parallel.days == usual.parallel.days
    with pytest.raises(BadInput):
        simulated(calendar=str(tmp_path / "nowhere.toml"))
    with pytest.raises(BadInput):
        simulated(calendar="nowhere")


def test_a_timer_drawn_in_a_diagram_fires_on_the_simulated_clock() -> None:
    """A deadline of the diagram takes the inspection away after two days; the case goes on without it."""
    offering = shipped().offering("FIRECHK")
    text = offering.diagram.decode()
    _, _, after = text.partition('<bpmn:userTask id="FIRECHK.inspect"')
    end = "</bpmn:userTask>"
    inspection, _, _ = after.partition(end)
    event = (
        '<bpmn:boundaryEvent id="timeout" attachedToRef="FIRECHK.inspect"><bpmn:outgoing>out</bpmn:outgoing>'
        '<bpmn:timerEventDefinition id="t"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">P2D'
        "</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
        '<bpmn:sequenceFlow id="out" sourceRef="timeout" targetRef="FIRECHK.decide"/>'
    )
    changed = text.replace(inspection + end, inspection + end + event, 1)
    given = Assumptions(people={("fire", ""): 1})
    with copied(default_processes(), shipped(), ["FIRECHK"], "cn", {"FIRECHK": changed.encode()}) as (folder, _):
        request = Request(("FIRECHK",), 3, 1, serial=False, more=0)
        found = simulate(Settings(processes=folder), load_catalogue(folder), request, given).parallel
    assert offering.step("FIRECHK.inspect").limit == 10
    assert found.days.cases == 3
    assert 5 <= found.days.p10 < 6, "two days, then three for the decision"
    assert 11 <= found.days.most < 12, "the third case waits for two other decisions"
    assert found.pools[0].done == 6, "acceptances and decisions: every inspection was taken away"


def test_durations_are_taken_from_what_another_installation_has_seen(office: Office) -> None:
    case = office.accept("B13")
    while open_steps := office.open(case):
        office.clock.advance(days=1)
        office.decide(case, min(open_steps))
    url = str(office.engine.store.database.engine.url)
    seen = read_history(url, office.engine.read.calendar)
    assert "BIRTHCERT.review" in seen
    given = Assumptions(acceptance=False, durations=Durations(default=Exact(0.0), history=seen))
    found = simulated(given).parallel.days
    assert found.most > 0
    assert found.p10 == found.most, "one case was seen, so all are like it"
    faster = replace(given, durations=Durations(default=Exact(0.0)))
    assert simulated(faster).parallel.days.most == 0


@pytest.mark.parametrize("text", ["", "not a database, but long enough to look like a file with something in it" * 9])
def test_a_history_that_is_none_is_told(text: str, tmp_path: Path, office: Office) -> None:
    (tmp_path / "other.db").write_text(text, encoding="utf-8")
    for url in (f"sqlite:///{tmp_path / 'other.db'}", f"sqlite:///{tmp_path / 'missing.db'}", "no url at all"):
        with pytest.raises(BadInput):
            read_history(url, office.engine.read.calendar)
    assert not (tmp_path / "missing.db").exists()
