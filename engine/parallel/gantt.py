"""A plan as a Gantt chart in SVG: a bar for each step in working days, the critical path, what slack the others have.

The critical path is told by more than colour: filled bars, bold names with ◆, arrows from step to step. Other bars are
outlined, their slack is dashed. Whoever cannot see it hears every bar; a page shows the same numbers as a table.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise

from engine.diagram.svg_di import Box
from engine.diagram.svg_markup import num, rect
from engine.diagram.svg_text import measure
from engine.parallel.chart_svg import SIZE, Say, cut, days_text, inside, line, outlined, say_in, sheet, text, titled
from engine.parallel.schedule import Plan, StepTime, decimal_days

MOST_BARS = 300
"""Bars of one chart: beyond that the critical ones and those with the least slack are drawn, and a note says so."""

LABELS, PLOT, MARGIN = 320.0, 620.0, 14.0
"""Widest column of names, width of the axis, and border, in px."""

ROW, BAR, HEAD = 24.0, 14.0, 26.0
BOLD = 1.18
"""How much broader than estimated bold words may be."""
MOST_TICKS = 12


@dataclass(frozen=True)
class Unit:
    """What the axis counts: its name, and how an amount is said in short; ``least``: the smallest part it shows."""

    axis_zh: str
    axis_en: str
    short_zh: str
    short_en: str
    least: Decimal = Decimal("0.0001")


WORKING_DAYS = Unit("受理后的工作日", "working days after acceptance", "天", "d")
TURNS = Unit(
    "次序（文件未写明时限，每个环节按 1 计）", "turns (the file has no limits: each step counts 1)", "", "", Decimal(1)
)


@dataclass(frozen=True)
class _Bar:
    """One step as it is drawn; days after acceptance."""

    step: str
    name: str
    group: str
    start: Decimal
    days: Decimal
    slack: Decimal
    critical: bool


def gantt(
    plan: Plan,
    groups: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    *,
    language: str = "zh",
    title: str = "",
    unit: Unit = WORKING_DAYS,
) -> str:
    """The chart of a plan as an ``<svg>`` element (text, well-formed XML).

    ``groups``: step → name of what its bar stands under (an item or a department); steps without one come first.
    ``labels``: step → shorter name beside its bar; otherwise, and when it is read out, it is called as in the graph, in
    ``language`` (``zh`` or ``en``). CatalogueError when the order is circular.
    """
    say = say_in(language)
    bars, left_out = _bars(plan, groups or {}, say)
    chart = _Chart(say, unit, plan.schedule.length, bars, labels or {})
    parts = [chart.axis(), *chart.headings(), chart.arrows(plan.schedule.critical), *map(chart.bar, bars)]
    parts.append(chart.legend(left_out))
    return sheet(chart.width, chart.height, title, parts)


def _bars(plan: Plan, groups: Mapping[str, str], say: Say) -> tuple[list[_Bar], int]:
    """The bars from top to bottom, at most ``MOST_BARS``, and how many steps have none."""
    critical = set(plan.schedule.critical)
    ranked = sorted(plan.schedule.steps, key=lambda time: (time.id not in critical, time.slack))
    kept = {time.id for time in ranked[:MOST_BARS]}
    times = [time for time in plan.schedule.steps if time.id in kept]
    first: dict[str, Decimal] = {}
    for time in sorted(times, key=lambda time: time.earliest):
        first.setdefault(groups.get(time.id, ""), time.earliest)
    order = {group: n for n, group in enumerate(sorted(first, key=lambda group: (group != "", first[group])))}
    times.sort(key=lambda time: (order[groups.get(time.id, "")], time.earliest, time.latest))
    return [_bar(plan, time, groups, time.id in critical, say) for time in times], len(ranked) - len(times)


def _bar(plan: Plan, time: StepTime, groups: Mapping[str, str], critical: bool, say: Say) -> _Bar:
    days = decimal_days(plan.limits[time.id])
    name = say(*plan.graph.name(time.id))
    return _Bar(time.id, name, groups.get(time.id, ""), time.earliest, days, time.slack, critical)


class _Chart:
    """Where everything stands: names on the left, then the axis."""

    def __init__(self, say: Say, unit: Unit, length: Decimal, bars: Sequence[_Bar], names: Mapping[str, str]) -> None:
        self.say, self.unit, self.length, self.bars, self.names = say, unit, length, bars, names
        widths = [measure(self._label(bar), SIZE) * _broader(bar) for bar in bars]
        widths += [measure(bar.group, SIZE) * BOLD for bar in bars]
        self.labels = min(max(widths, default=0.0), LABELS)
        self.left = MARGIN + self.labels + 10
        self.right = self.left + PLOT
        self.top = MARGIN + 34
        self.scale = PLOT / float(length or 1)
        self.start = {bar.step: bar.start for bar in bars}
        self.middle: dict[str, float] = {}
        self.heads: list[tuple[str, float]] = []
        y = self.top
        for group, inside_group in groupby(bars, key=lambda bar: bar.group):
            if group:
                self.heads.append((group, y + HEAD / 2 + 3))
                y += HEAD
            for bar in inside_group:
                self.middle[bar.step] = y + ROW / 2
                y += ROW
        self.bottom = y + 4
        beside = max((self.x(bar.start + bar.days + bar.slack) + self._beside(bar) for bar in bars), default=0.0)
        self.width = max(self.right + 24, beside) + MARGIN
        self.height = self.bottom + 34 + MARGIN

    def x(self, days: Decimal) -> float:
        """Where a day is."""
        return self.left + float(days) * self.scale

    def axis(self) -> str:
        """A line for every round number of days, and one where the whole ends."""
        parts = [text(self.say(self.unit.axis_zh, self.unit.axis_en), self.left, MARGIN + 6, css="c-mute")]
        for day in _ticks(self.length, self.unit.least):
            x = num(self.x(day))
            parts.append(f'<path d="M{x} {num(self.top - 4)}V{num(self.bottom)}" {line("c-grid")}/>')
            if self.right - self.x(day) > 30:
                parts.append(text(days_text(day), self.x(day), self.top - 12, "middle", "c-mute"))
        parts.append(text(days_text(self.length), self.x(self.length), self.top - 12, "middle", "c-critical", "700"))
        end = num(self.x(self.length))
        parts.append(f'<path d="M{end} {num(self.top - 4)}V{num(self.bottom)}" {line("c-line-critical", 1.5, "2 3")}/>')
        return f'<g aria-hidden="true">{"".join(parts)}</g>'

    def headings(self) -> Iterable[str]:
        """The names of the groups."""
        for group, y in self.heads:
            rule = f'<path d="M{num(MARGIN)} {num(y - HEAD / 2 - 2)}H{num(self.right)}" {line("c-grid")}/>'
            words = text(cut(group, self.labels / BOLD + 1), MARGIN, y, css="c-mute", weight="600")
            yield f'<g aria-hidden="true">{rule}{words}</g>'

    def bar(self, bar: _Bar) -> str:
        """A step: its name, its bar, its slack, and both in figures."""
        y = self.middle[bar.step]
        start, end = self.x(bar.start), self.x(bar.start + bar.days)
        # What takes no time is still to be seen, also at the very end.
        width = max(end - start, 3.0)
        box = Box(min(start, self.right - width), y - BAR / 2, width, BAR)
        look = inside("c-critical") if bar.critical else outlined(1.0 if bar.slack else 2.0)
        drawn = [rect(box, 2, f'data-part="bar" {look}')]
        if bar.slack:
            slack = Box(end, y - BAR / 4, float(bar.slack) * self.scale, BAR / 2)
            drawn.append(rect(slack, 0, f'data-part="slack" {line("c-slack", 1, "3 2")}'))
        weight, css = ("700", "c-critical") if bar.critical else ("", "c-text")
        drawn.append(
            text(cut(self._label(bar), self.labels / _broader(bar) + 1), self.left - 10, y, "end", css, weight)
        )
        drawn.append(text(self._figures(bar), self.x(bar.start + bar.days + bar.slack) + 9, y, weight=weight))
        hooks = [("step", bar.step), *([("critical", "true")] if bar.critical else [])]
        return titled(self._said(bar), "".join(drawn), hooks)

    def arrows(self, critical: Sequence[str]) -> str:
        """From each step of the critical path to the next."""
        drawn = []
        for one, other in pairwise(step for step in critical if step in self.middle):
            x = min(self.x(self.start[other]), self.right - 3)
            begin, end = self.middle[one], self.middle[other]
            down = 1 if end > begin else -1
            tip = end - down * (BAR / 2 + 1)
            head = f"m-3.5 {-5 * down}l3.5 {5 * down}l3.5 {-5 * down}"
            way = f"M{num(x)} {num(begin)}h5V{num(tip)}{head}"
            drawn.append(f'<path data-part="arrow" d="{way}" {line("c-line-critical", 1.6)}/>')
        return f'<g aria-hidden="true">{"".join(drawn)}</g>'

    def legend(self, left_out: int) -> str:
        """What the bars mean, and what is not drawn."""
        y, x = self.bottom + 18, MARGIN
        parts = []
        for part, words in (
            (inside("c-critical"), self.say("◆ 关键路径", "◆ critical path")),
            (outlined(), self.say("其他环节", "other steps")),
            (line("c-slack", 1, "3 2"), self.say("余量（可推迟开始）", "slack (may begin later)")),
        ):
            parts.append(rect(Box(x, y - 6, 26, 12), 2, part) + text(words, x + 33, y, css="c-mute"))
            x += 33 + measure(words, SIZE) + 30
        if left_out:
            note = self.say(
                f"另有 {left_out} 个余量较大的环节未画出", f"{left_out} more steps with more slack are not drawn"
            )
            parts.append(text(note, x, y, css="c-text", weight="600"))
        return f'<g aria-hidden="true">{"".join(parts)}</g>'

    def _label(self, bar: _Bar) -> str:
        name = self.names.get(bar.step, bar.name)
        return f"◆ {name}" if bar.critical else name

    def _amount(self, days: Decimal) -> str:
        return f"{days_text(days)} {self.say(self.unit.short_zh, self.unit.short_en)}".strip()

    def _figures(self, bar: _Bar) -> str:
        slack = self.say(f" · 余 {days_text(bar.slack)}", f" · slack {days_text(bar.slack)}") if bar.slack else ""
        return self._amount(bar.days) + slack

    def _beside(self, bar: _Bar) -> float:
        return 9 + measure(self._figures(bar), SIZE) * _broader(bar)

    def _said(self, bar: _Bar) -> str:
        """Everything about a step in one line."""
        start, end = days_text(bar.start), days_text(bar.start + bar.days)
        said = [bar.name, bar.group]
        said.append(
            self.say(f"第 {start} 至 {end} 个工作日", f"working days {start} to {end}")
            if self.unit is WORKING_DAYS
            else self.say(f"次序 {start} 至 {end}", f"turns {start} to {end}")
        )
        said.append(
            self.say("关键路径", "critical path")
            if bar.critical
            else self.say(f"余量 {days_text(bar.slack)}", f"slack {days_text(bar.slack)}")
        )
        return " · ".join(part for part in said if part)


def _broader(bar: _Bar) -> float:
    """How much broader than estimated the words of a bar may be; those of the critical path are bold."""
    return BOLD if bar.critical else 1.08


def _ticks(length: Decimal, least: Decimal) -> list[Decimal]:
    """Round numbers of days from 0 to ``length``, ``least`` apart or more, at most ``MOST_TICKS`` and one."""
    rounded = (Decimal(first).scaleb(power) for power in range(-4, 12) for first in (1, 2, 5))
    step = next(each for each in rounded if each >= least and length <= each * MOST_TICKS)
    return [step * n for n in range(int(length / step) + 1)]
