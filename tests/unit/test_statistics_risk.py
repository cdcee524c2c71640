"""What is said of running cases, and on what ground; lengths of what is not finished yet."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.statistics.calibration import Forecast, backtest, calibration, table
from engine.statistics.lengths import lengths_of
from engine.statistics.records import CaseRecord
from engine.statistics.remaining import history_of
from engine.statistics.risk import CASES, ENOUGH, IS_LATE, NO_DATA, STEPS, STOPPED, Predictor, Risk
from engine.statistics.words import reason
from tests.unit.test_statistics import NOW, TIME, OnePlan, case, day, step


def finished(number: int, length: float) -> CaseRecord:
    """A case whose first step took a day and whose second took ``length`` days, of a week of seven (from Monday)."""
    steps = [step("X.a", 0, 1), step("X.b", 1, 1 + length), step("deliver", 1 + length, 20)]
    return replace(case(steps, 20), id=str(number), number=str(number))


HISTORY = [finished(n, 1 if n % 4 else 3) for n in range(ENOUGH)]
"""X.b took one day three times out of four, else three."""


def told(running: CaseRecord, history: list[CaseRecord], now: float = 1, known: float | None = None) -> Risk:
    """What is said of a case ``now`` days after the first Monday, with a history known at ``known``."""
    seen = history_of([*history, running], day(now if known is None else known), TIME)
    return Predictor(seen, OnePlan(), TIME).predict(running, day(now))


def test_the_share_of_finished_cases_that_took_longer_is_the_probability() -> None:
    at_b = case([step("X.a", 0, 1), step("X.b", 1, None)], due=3)
    risk = told(at_b, HISTORY)
    assert (risk.method, risk.left, risk.remaining, risk.based_on) == (CASES, 2, 1, ENOUGH)
    assert str(risk.share) == f"{ENOUGH // 4}/{ENOUGH} = 25.0 %"
    assert risk.driver is not None
    assert (risk.driver.step, risk.driver.seen, risk.driver.median, risk.driver.p90) == ("X.b", ENOUGH, 1, 3)
    zh, en = reason(risk)
    assert "通常需 1.0 个工作日" in zh
    assert "还有 2.0 个工作日" in zh
    assert f"{ENOUGH} 件已办结办件中，{ENOUGH // 4} 件" in zh
    assert "usually takes 1.0 working days" in en
    assert f"of {ENOUGH} finished cases that stood at the same steps, {ENOUGH // 4} took longer" in en


def test_what_has_taken_long_is_compared_with_those_that_took_as_long() -> None:
    """After two days nobody knows but of the slow quarter: too few cases, so it is drawn from the steps."""
    at_b = case([step("X.a", 0, 1), step("X.b", 1, None)], due=3.2)
    risk = told(at_b, HISTORY, 3)
    assert risk.method == STEPS
    assert risk.probability == 1, "all that took longer than two days took three"
    assert risk == told(at_b, HISTORY, 3), "the draws are the same each time"
    assert "draws" in reason(risk)[1]


def test_steps_without_data_take_their_limit_and_it_is_said() -> None:
    at_b = case([step("X.a", 0, 1), step("X.b", 1, None), step("Y.z", 0, None)], due=30, items=("X", "Y", "Z"))
    risk = told(at_b, HISTORY, 1)
    assert (risk.method, risk.guessed, risk.coming) == (STEPS, 3, 4), "Y.a and Y.b were never seen, nor was Y.z"
    assert risk.probability == 0
    assert risk.remaining == 5, "one day, and twice the limit of two"
    assert "3 of them take their limit" in reason(risk)[1]
    assert "其中 3 个数据不足" in reason(risk)[0]


@pytest.mark.parametrize("history", [[], HISTORY[: ENOUGH - 1]])
def test_too_little_data_is_no_prediction_and_is_said(history: list[CaseRecord]) -> None:
    risk = told(case([step("X.a", 0, 1), step("X.b", 1, None)], due=3), history)
    assert (risk.method, risk.probability, risk.share, risk.likely) == (NO_DATA, None, None, False)
    assert "历史数据不足" in reason(risk)[0]
    assert "too little was finished" in reason(risk)[1]


def test_what_is_late_or_stands_still_is_not_predicted() -> None:
    late = told(case([step("X.b", 0, None)], due=1), HISTORY, 3)
    assert (late.method, late.left, late.probability, late.likely) == (IS_LATE, -2, 1, False)
    assert "已超期 2.0" in reason(late)[0]
    stopped = told(case([step("X.b", 0, None)], due=None), HISTORY)
    assert (stopped.method, stopped.left, stopped.probability) == (STOPPED, None, None)
    assert "stopped" in reason(stopped)[1]
    waiting = told(case([], due=30), HISTORY)
    assert "no step is open" in reason(waiting)[1]


def test_items_that_have_ended_bring_no_more_steps() -> None:
    started = case([step("X.a", 0, 1), step("X.b", 1, None)], due=30)
    assert told(started, HISTORY, 3).coming == 3
    assert told(replace(started, ended={"Y": day(1)}), HISTORY, 3).coming == 1


def test_slow_cases_that_still_run_make_a_young_installation_less_sure() -> None:
    slow = [replace(case([step("X.a", 0, 1), step("X.b", 1, None)]), id=f"r{n}", number=f"r{n}") for n in range(20)]
    at_b = case([step("X.a", 0, 1), step("X.b", 1, None)], due=3)
    risk = told(at_b, [*HISTORY, *slow], known=60)
    assert (risk.based_on, risk.running) == (ENOUGH, 21)
    assert risk.share is not None
    assert risk.chance is not None
    assert risk.chance > 0.5 > risk.share.number / risk.share.total
    assert "still run" in reason(risk)[1]


@given(seen=st.lists(st.integers(0, 30), min_size=1, max_size=40), at=st.integers(-1, 31))
def test_when_all_has_ended_the_share_is_simply_counted(seen: list[int], at: int) -> None:
    lengths = lengths_of((one, True) for one in seen)
    longer = [one for one in seen if one > at]
    assert lengths.longer(at) == pytest.approx(len(longer) / len(seen))
    assert lengths.number_longer(at) == len(longer)
    assert lengths.longer(lengths.most) == pytest.approx(0)
    drawn = {lengths.rest(max(at, 0), number / 1000) for number in range(1000)}
    later = [one for one in seen if one > max(at, 0)]
    assert drawn == ({one - max(at, 0) for one in later} if later else set(seen))


def test_the_textbook_example_of_kaplan_and_meier() -> None:
    """Times 6, 6, 6, 6+, 7, 9+, 10, 10+, 11+, 13, 16 …: remission under 6-MP (Freireich and others, 1963)."""
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    running = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    lengths = lengths_of([*((one, True) for one in ended), *((one, False) for one in running)])
    known = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert {time: round(lengths.longer(time), 3) for time in known} == known
    assert (lengths.ended, lengths.running, lengths.most) == (9, 12, 35)
    assert lengths.rest(0, 0.5) == 23, "the median"
    assert lengths.rest(0, 0.9) == 35, "never seen to end: as long as the longest so far"


def test_a_forecast_that_is_right_is_told_from_one_that_is_not() -> None:
    chance = Random(1)
    chances = [number / 100 for number in range(100) for _ in range(20)]
    good = [Forecast("cases", one, chance.random() < one) for one in chances]
    found = calibration(good)
    assert found is not None
    assert found.brier < found.base_brier
    assert all(abs(one.mean - one.late.number / one.late.total) < 0.1 for one in found.bins)
    turned = calibration([replace(one, probability=1 - one.probability) for one in good])
    assert turned is not None
    assert turned.brier > turned.base_brier
    assert table(found).count("\n") == len(found.bins) + 3
    assert calibration([]) is None
    assert calibration([Forecast("cases", 1.0, True)]).bins[0].high == 1  # type: ignore[union-attr]


def test_a_case_still_running_past_its_date_is_judged_as_late_and_one_not_due_yet_is_not_judged() -> None:
    """Judging only what is finished would call every prediction of the slow ones wrong."""
    at_b = case([step("X.a", 0, 1), step("X.b", 1, None)], due=5, id="slow")
    later = replace(at_b, id="later", promised_due=day(90))
    cases = [*(finished(n, 1 if n % 4 else 3) for n in range(2 * ENOUGH)), at_b, later]
    found = backtest(cases, [day(2.5)], OnePlan(), TIME, NOW)
    assert len(found) == 2 * ENOUGH // 4 + 1
    assert [one.late for one in found].count(True) == 1
