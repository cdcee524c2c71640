"""Gantt charts and waterfalls: well-formed, true to the plan, told by more than colour, safe with any name."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from engine.diagram.xml import read_xml
from engine.parallel.chart_svg import CHART_CSS, cut
from engine.parallel.gantt import MOST_BARS, MOST_TICKS, PLOT, TURNS, gantt
from engine.parallel.order import PrecedenceGraph
from engine.parallel.schedule import Plan
from engine.parallel.waterfall import STAGES, waterfall
from tests.unit.precedence_graphs import graph_of, plans

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '</text><script>alert("1")</script><a xlink:href="http://x">&amp;]]>\x00\u202e'
CLOSE = 0.011
"""Coordinates are rounded to a hundredth of a px."""


def plan(text: str, **days: Decimal | int) -> Plan:
    """A plan of the orders in ``text``; a step without days takes one."""
    graph = graph_of(text, " ".join(days))
    return Plan(graph, {step: Decimal(days.get(step, 1)) for step in graph.steps})


def drawn(svg: str) -> etree._Element:
    """The picture as XML, read as carefully as anything else."""
    return read_xml(svg.encode(), "chart.svg")


def bars(root: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """Step and group of every bar."""
    return ((group.get("data-step", ""), group) for group in root.iter(f"{SVG}g") if group.get("data-step"))


def part(group: etree._Element, name: str) -> tuple[float, float]:
    """Left side and width of the bar or the slack of a step."""
    [rect] = [rect for rect in group.iter(f"{SVG}rect") if rect.get("data-part") == name]
    return float(rect.get("x", "nan")), float(rect.get("width", "nan"))


DIAMOND = plan("a<b<d a<c<d", a=2, b=5, c=1, d=2)


def test_bars_and_slack_are_as_long_as_the_plan_says() -> None:
    found = dict(bars(drawn(gantt(DIAMOND))))
    scale = PLOT / 9
    left = part(found["a"], "bar")[0]
    assert part(found["b"], "bar") == pytest.approx((left + 2 * scale, 5 * scale), abs=CLOSE)
    assert part(found["c"], "bar") == pytest.approx((left + 2 * scale, 1 * scale), abs=CLOSE)
    assert part(found["c"], "slack") == pytest.approx((left + 3 * scale, 4 * scale), abs=CLOSE)


def test_the_critical_path_is_told_by_more_than_colour() -> None:
    found = dict(bars(drawn(gantt(DIAMOND))))
    assert [step for step, group in found.items() if group.get("data-critical")] == ["a", "b", "d"]
    labels = {step: group.findall(f"{SVG}text")[0] for step, group in found.items()}
    assert {step: (text.text, text.get("font-weight")) for step, text in labels.items()} == {
        "a": ("◆ a", "700"), "b": ("◆ b", "700"), "c": ("c", None), "d": ("◆ d", "700"),
    }  # fmt: skip
    assert gantt(DIAMOND).count('data-part="arrow"') == 2, "from each critical step to the next"


def test_every_bar_is_read_out_in_the_language_of_the_chart() -> None:
    said = {step: group.findtext(f"{SVG}title") for step, group in bars(drawn(gantt(DIAMOND, language="en")))}
    assert said["b"] == "b · working days 2 to 7 · critical path"
    assert said["c"] == "c · working days 2 to 3 · slack 4"
    said = {step: group.get("aria-label") for step, group in bars(drawn(gantt(DIAMOND)))}
    assert said["c"] == "c · 第 2 至 3 个工作日 · 余量 4"


def test_groups_stand_together_in_the_order_in_which_they_begin() -> None:
    root = drawn(gantt(DIAMOND, {"d": "late", "a": "first", "b": "second", "c": "second"}))
    assert [step for step, _ in bars(root)] == ["a", "b", "c", "d"]
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert [text for text in texts if text in {"late", "first", "second"}] == ["first", "second", "late"]


def test_a_long_name_is_cut_and_told_in_full() -> None:
    name = "建设工程竣工验收消防备案抽查与现场核查" * 6
    graph = replace(DIAMOND.graph, names={"b": (name, "b " * 200)})
    for language, full in (("zh", name), ("en", "b " * 200)):
        found = dict(bars(drawn(gantt(Plan(graph, DIAMOND.limits), language=language))))
        label = found["b"].findall(f"{SVG}text")[0].text or ""
        assert label.endswith("…")
        assert full.strip() in (found["b"].findtext(f"{SVG}title") or "")


def test_hostile_names_stay_text() -> None:
    graph = replace(DIAMOND.graph, names=dict.fromkeys("abcd", (HOSTILE, HOSTILE)))
    svg = gantt(Plan(graph, DIAMOND.limits), dict.fromkeys("abcd", HOSTILE), title=HOSTILE)
    root = drawn(svg)
    assert {etree.QName(e).localname for e in root.iter()} <= {"svg", "g", "rect", "path", "text", "title"}
    assert not [name for e in root.iter() for name in e.attrib if "href" in str(name) or str(name).startswith("on")]
    assert "<script" not in svg


def test_a_very_large_plan_shows_what_matters_and_says_what_is_left_out() -> None:
    count = 2000
    graph = PrecedenceGraph(tuple(f"s{n}" for n in range(count)), graph_of("s0<s1<s2").orders)
    root = drawn(gantt(Plan(graph, dict.fromkeys(graph.steps, Decimal(2))), language="en"))
    found = [step for step, _ in bars(root)]
    assert len(found) == MOST_BARS
    assert {"s0", "s1", "s2"} <= set(found)
    assert f"{count - MOST_BARS} more steps with more slack are not drawn" in {
        text.text for text in root.iter(f"{SVG}text")
    }


def test_a_plan_without_days_or_steps_is_still_a_picture() -> None:
    nothing = drawn(gantt(Plan(graph_of(""), {})))
    assert list(bars(nothing)) == []
    instant = dict(bars(drawn(gantt(plan("a<b", a=0, b=0)))))
    assert all(part(group, "bar")[1] > 0 for group in instant.values())


def test_turns_are_counted_in_whole_numbers() -> None:
    texts = {text.text for text in drawn(gantt(plan("a<b<c"), unit=TURNS)).iter(f"{SVG}text")}
    assert {"0", "1", "2", "3"} <= texts
    assert not [text for text in texts if text and "." in text]


@given(plans())
def test_any_plan_gives_a_chart_with_all_bars_inside_the_axis(
    drawn_plan: tuple[PrecedenceGraph, dict[str, Decimal]],
) -> None:
    graph, days = drawn_plan
    found = Plan(graph, days)
    root = drawn(gantt(found))
    width, height = float(root.get("width", "0")), float(root.get("height", "0"))
    groups = dict(bars(root))
    assert set(groups) == set(graph.steps)
    starts = {time.id: (time.earliest, time.slack) for time in found.schedule.steps}
    length = found.schedule.length or Decimal(1)
    left = min(part(group, "bar")[0] - float(starts[step][0] / length) * PLOT for step, group in groups.items())
    for step, group in groups.items():
        x, wide = part(group, "bar")
        assert wide >= 3 - CLOSE and x + wide <= width
        assert left - 3.1 <= x <= x + wide <= left + PLOT + 3.1
        if starts[step][1]:
            slack, long = part(group, "slack")
            assert long == pytest.approx(float(starts[step][1] / length) * PLOT, abs=CLOSE)
            assert slack + long <= left + PLOT + 3.1
    for rect in root.iter(f"{SVG}rect"):
        assert 0 <= float(rect.get("y", "-1")) <= height
    rows = [float(group[1].get("y", "0")) for group in groups.values()]
    assert all(one < other for one, other in pairwise(rows))


@given(st.decimals(Decimal("0.01"), 5000, places=2))
def test_the_axis_has_round_numbers_and_never_too_many(days: Decimal) -> None:
    axis = next(drawn(gantt(plan("", a=days))).iter(f"{SVG}g"))
    lines = list(axis.iter(f"{SVG}path"))
    assert 2 <= len(lines) <= MOST_TICKS + 2


def test_a_waterfall_tells_every_stage_and_what_it_saves() -> None:
    stages = [
        {"stage": stage, "days": Decimal(days)}
        for stage, days in zip(STAGES, ("30", "12", "14", "7.5", "0"), strict=True)
    ]
    root = drawn(waterfall(stages, language="en"))
    said = [group.get("aria-label") for group in root.iter(f"{SVG}g") if group.get("data-stage")]
    assert said == [
        "one after the other · 30 working days",
        "in parallel · 12 working days · −18 (−60%)",
        "with joint visits · 14 working days · +2 (+17%)",
        "with relaxed orders · 7.5 working days · −6.5 (−46%)",
        "on commitment · 0 working days · −7.5 (−100%)",
    ]
    widths = [float(rect.get("width", "0")) for rect in root.iter(f"{SVG}rect") if rect.get("data-part") == "bar"]
    assert widths[0] == pytest.approx(400)
    assert widths[1] == pytest.approx(160)
    assert drawn(waterfall([])).get("class") == "plan-chart"


def test_names_are_cut_at_the_width() -> None:
    assert cut("abc", 100) == "abc"
    assert cut("abc def ghi", 40) == "abc…"
    assert cut("汉字汉字", 30) == "汉…"


def test_the_stylesheet_has_both_schemes_and_refers_to_nothing() -> None:
    assert "light-dark(" in CHART_CSS and "@media print" in CHART_CSS
    assert not any(word in CHART_CSS for word in ("url(", "@import", "<"))
