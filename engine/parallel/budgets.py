"""Compressed deadlines: a time for each step so that every chain of steps is done within a target.

All limits are cut by one ratio, the largest that works; a step whose share would fall under its floor keeps the
floor, and the others give up more. Limits are never made longer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from engine.errors import BadInput
from engine.parallel.order import PrecedenceGraph
from engine.parallel.schedule import Days, decimal_days, decimal_days_down, longest


@dataclass(frozen=True)
class Budgets:
    """Working days per step, by id, in ten-thousandths rounded down; floors are kept exactly.

    ``ratio`` of today's limits. ``chain`` is the chain of steps that binds: the longest. ``over`` are the days by
    which its floors alone exceed the target: 0 when the target can be met; otherwise ``steps`` are the floors.
    """

    target: Decimal
    steps: Mapping[str, Decimal]
    ratio: Decimal
    chain: tuple[str, ...]
    over: Decimal
    explanation_zh: str
    explanation_en: str

    @property
    def feasible(self) -> bool:
        """Whether every chain is done within the target."""
        return not self.over


def budgets(
    graph: PrecedenceGraph, limits: Mapping[str, Days], target: Decimal, floors: Mapping[str, Decimal] | None = None
) -> Budgets:
    """Budgets that sum along every chain to at most ``target`` working days.

    ``limits`` has every step of the graph, ``floors`` those steps that need a least time; BadInput when a floor
    is negative, above its limit or of no step, or when the target is negative; CatalogueError on a cycle.
    """
    today = {step: Fraction(limits[step]) for step in graph.steps}
    given = {step: Decimal(0) for step in graph.steps} | dict(floors or {})
    least = _checked(given, today)
    goal = _not_negative(target, "target", "目标", "the target")
    finish, chain = longest(graph, least)
    over = max(finish.values(), default=Fraction(0)) - goal
    if over > 0:
        return _impossible(graph, given, target, chain, over)
    ratio, chain = _largest_ratio(graph, today, least, goal)
    exact = _at(ratio, today, least)
    shares = {step: max(decimal_days_down(exact[step]), given[step]) for step in graph.steps}
    total = decimal_days(sum((exact[step] for step in chain), Fraction(0)))
    return Budgets(
        target, shares, decimal_days(ratio), chain, Decimal(0),
        f"可以做到：最长的链共 {total} 个工作日",
        f"it can be met: the longest chain takes {total} working days",
    )  # fmt: skip


def _largest_ratio(
    graph: PrecedenceGraph, today: Mapping[str, Fraction], least: Mapping[str, Fraction], goal: Fraction
) -> tuple[Fraction, tuple[str, ...]]:
    """The largest ratio up to 1 at which no chain is longer than the goal, and the chain that is longest there.

    The length of a chain never falls as the ratio grows, so cutting to what the longest chain allows, again and
    again, comes down to the largest ratio all chains allow; every round ends with one chain less too long.
    """
    ratio = Fraction(1)
    while True:
        finish, chain = longest(graph, _at(ratio, today, least))
        if max(finish.values(), default=Fraction(0)) <= goal:
            return ratio, chain
        ratio = _ratio_of(chain, today, least, goal)


def _ratio_of(
    chain: Iterable[str], today: Mapping[str, Fraction], least: Mapping[str, Fraction], goal: Fraction
) -> Fraction:
    """The ratio at which one chain takes exactly the goal: steps at their floor are set aside until none joins them."""
    cut, left = {step for step in chain if today[step]}, goal
    while cut:
        ratio = left / sum(today[step] for step in cut)
        at_floor = {step for step in cut if today[step] * ratio < least[step]}
        if not at_floor:
            return ratio
        cut -= at_floor
        left -= sum((least[step] for step in at_floor), Fraction(0))
    return Fraction(0)


def _at(ratio: Fraction, today: Mapping[str, Fraction], least: Mapping[str, Fraction]) -> dict[str, Fraction]:
    return {step: max(least[step], days * ratio) for step, days in today.items()}


def _impossible(
    graph: PrecedenceGraph, floors: Mapping[str, Decimal], target: Decimal, chain: tuple[str, ...], over: Fraction
) -> Budgets:
    by = -decimal_days_down(-over)
    zh = " → ".join(graph.name(step)[0] for step in chain)
    en = " → ".join(graph.name(step)[1] for step in chain)
    return Budgets(
        target, floors, Decimal(0), chain, by,
        f"做不到 {target} 个工作日：{zh} 这条链的下限合计 {target + by} 个工作日，超出 {by} 个",
        f"{target} working days cannot be met: the floors of {en} add up to {target + by}, {by} too many",
    )  # fmt: skip


def _checked(floors: Mapping[str, Decimal], today: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """The floors as fractions, each between 0 and the step's limit."""
    for step, days in floors.items():
        if step not in today:
            raise BadInput("budgets.unknown_step", "没有这个环节", "there is no such step", step)
        if _not_negative(days, step, "下限", "a floor") > today[step]:
            limit = decimal_days(today[step])
            raise BadInput(
                "budgets.floor_above_limit",
                f"下限 {days} 高于现行时限 {limit}",
                f"the floor {days} is above today's limit {limit}",
                step,
            )
    return {step: Fraction(days) for step, days in floors.items()}


def _not_negative(days: Decimal, where: str, zh: str, en: str) -> Fraction:
    if not days.is_finite() or days < 0:
        raise BadInput(
            "budgets.not_days", f"{zh}应为不小于 0 的工作日数", f"{en} must be working days, 0 or more", where
        )
    return Fraction(days)
