"""Where nobody waits for people, cases in the engine on the simulated clock take the longest chain of steps."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from shutil import copy, copytree

import pytest

from engine.catalogue import load_catalogue
from engine.parallel.convert import convert_offering
from engine.parallel.plan import critical_path, plain_items, plan_of
from engine.parallel.schedule import Plan
from engine.parallel.structure import is_series_parallel, structure
from engine.settings import Settings, default_processes
from engine.simulation import Assumptions, Request, simulate
from tests.quick import shipped
from tests.rounds import Rounds
from tests.unit.parallel_shapes import Before, graph_of, random_order, series_parallel

PLAIN = Assumptions()
CODE = "RANDOM"
DEPARTMENTS = ("market", "police", "tax", "hrss", "medins", "fund", "fire", "health")

ITEM = f"""schema = 1
kind = "item"
code = "{CODE}"
name_zh = "随机"
name_en = "Random"
short_zh = "随机"
short_en = "Random"
department = "market"
type = "公共服务"
case_type = "承诺件"
fee_zh = "不收费"
fee_en = "free of charge"
delivery = ["pickup"]
modes = ["window"]
materials_basis = "assumed"

[legal_basis]
text = "none: made for a test"
basis = "assumed"

[[materials]]
code = "F_{CODE}"
name_zh = "申请表"
name_en = "Application form"
kind = "form"
from = "applicant"

[[results]]
code = "R_{CODE}"
name_zh = "结果"
name_en = "Result"
type = "证照"

[[own_steps]]
id = "{CODE}.deliver"
name_zh = "送达"
name_en = "Delivery"
department = "window"
role = "window_clerk"
act = "deliver"
limit = 10
unit = "working_days"
basis = "assumed"
"""
STEP = """
[[steps]]
id = "{id}"
name_zh = "环节"
name_en = "Step"
department = "{department}"
role = "reviewer"
act = "{act}"
limit = {limit}
unit = "working_days"
basis = "assumed"
after = [{after}]
"""
FORM = """schema = 1
[[fields]]
name = "applicant_name"
label_zh = "姓名"
label_en = "Name"
type = "text"
required = true
personal = true
routing = false
help_zh = "测试用"
help_en = "for a test"
"""


def processes_with(folder: Path, before: Before, limits: Mapping[str, Decimal], accepts: Iterable[str]) -> Path:
    """A processes folder with one item: these steps in this order, drawn as the product draws it."""
    for name in ("departments.toml", "sources.toml"):
        copy(default_processes() / name, folder / name)
    copytree(default_processes() / "calendars", folder / "calendars")
    (folder / CODE / "forms").mkdir(parents=True)
    (folder / CODE / "forms" / "application.toml").write_text(FORM, encoding="utf-8")
    (folder / CODE / "item.toml").write_text(ITEM + _steps(before, limits, set(accepts)), encoding="utf-8")
    diagram = folder / CODE / "process.bpmn"
    diagram.write_text("not drawn yet", encoding="utf-8")
    offering = replace(load_catalogue(folder).offering(CODE), diagram=b"")
    diagram.write_bytes(convert_offering(offering, {}).data)
    return folder


def _steps(before: Before, limits: Mapping[str, Decimal], accepts: set[str]) -> str:
    texts = []
    decisive = next(step for step in reversed(graph_of(before).topological()) if step not in accepts)
    for number, step in enumerate(before):
        after = ", ".join(f'"{CODE}.{other}"' for other in dict.fromkeys(before[step]))
        act = "accept" if step in accepts else "review"
        text = STEP.format(
            id=f"{CODE}.{step}", department=DEPARTMENTS[number % len(DEPARTMENTS)], act=act, limit=limits[step],
            after=after,
        )  # fmt: skip
        text += f'needs = ["F_{CODE}"]\n' if number == 0 else ""
        texts.append(text + (f'decisive = true\nyields = ["R_{CODE}"]\n' if step == decisive else ""))
    return "".join(texts)


def longest(before: Before, limits: Mapping[str, Decimal]) -> Fraction:
    """The longest chain, by the book."""
    ends: dict[str, Fraction] = {}
    for step in graph_of(before).topological():
        ends[step] = max((ends[other] for other in before[step]), default=Fraction(0)) + Fraction(limits[step])
    return max(ends.values())


def makespans(processes: Path, code: str, given: Assumptions = PLAIN, seed: int = 1) -> tuple[float, float]:
    """Working days of two cases of an offering in the engine, which are the same: in parallel, and in series."""
    catalogue = shipped() if processes == default_processes() else load_catalogue(processes)
    found = simulate(Settings(processes=processes), catalogue, Request((code,), 2, seed), given)
    assert found.serial is not None
    for days in (found.parallel.days, found.serial.days):
        assert (days.cases, days.p10) == (2, days.most)
    return found.parallel.days.most, found.serial.days.most


def bundles() -> list[str]:
    """Every bundle that is shipped."""
    return [code for code, offering in shipped().offerings.items() if offering.kind == "bundle"]


@pytest.mark.parametrize("code", bundles())
def test_every_bundle_takes_its_critical_path_in_parallel_and_its_sum_in_series(code: str) -> None:
    offering = shipped().offering(code)
    plan = plan_of(offering, plain_items(offering))
    assert makespans(default_processes(), code) == (float(plan.schedule.length), float(plan.serial))
    assert plan.schedule.length == critical_path(offering, plain_items(offering)).length


@pytest.mark.parametrize("code", bundles())
def test_where_the_departments_own_acceptance_takes_no_time_the_longest_chain_is_without_it(code: str) -> None:
    offering = shipped().offering(code)
    plan = plan_of(offering, plain_items(offering))
    limits = {step: days for step, days in plan.limits.items() if offering.step(step).act != "accept"}
    free = Plan(plan.graph, dict.fromkeys(plan.graph.steps, Decimal(0)) | limits)
    assert makespans(default_processes(), code, Assumptions(acceptance=False)) == (
        float(free.schedule.length),
        float(free.serial),
    )


def test_random_orders_take_their_longest_chain_series_parallel_or_not(tmp_path: Path, rounds: Rounds) -> None:
    nested = 0
    for number in range(rounds(test=10, long=300)):
        random = Random(number)
        steps = random.randint(1, 40)
        before = series_parallel(random, steps) if number % 2 else random_order(random, steps, 2 * steps)
        limits = {step: Decimal(random.randint(0, 800)) / 100 for step in before}
        accepts = [step for step in before if random.random() < 0.1][: steps - 1]
        (folder := tmp_path / str(number)).mkdir()
        expected = longest(before, limits)
        found = makespans(processes_with(folder, before, limits, accepts), CODE, seed=number)
        assert found == (float(expected), float(sum(limits.values()))), number
        block = structure(graph_of(before).predecessors)
        nested += block is not None and is_series_parallel(block)
    assert 0 < nested < rounds(test=10, long=300), "both kinds must have been tried"
