"""What a simulation assumes: people, durations, rates. Read from a staff file (docs/simulation.md)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias, TypeVar

from engine.catalogue import Catalogue, Step
from engine.catalogue.table import Table, read_table
from engine.simulation.dispatch import LEAST_SLACK, RULES
from engine.simulation.distributions import Distribution, Empirical, Exact, Lognormal, Triangular, Uniform

Value = TypeVar("Value")
Pool: TypeAlias = tuple[str, str]
"""Department and role; the role is empty where the people of a department do everything."""

_NEVER_REFUSED = ("accept", "issue", "deliver")
WHOLE_LIMIT, AT_ONCE, FIVE_DAYS = Exact(1.0), Exact(0.0), Exact(5.0)
MOST_PEOPLE = 100_000
MOST_SHARE = 1_000
"""No work takes a thousand times its limit; more is a typing error."""


@dataclass(frozen=True)
class Durations:
    """Distributions of the work a step is, in shares of its limit: of the step, else of its department, else the
    default. ``history``: in working days instead, for the steps that are in it. Delivery is on the spot unless its step
    is named."""

    default: Distribution = WHOLE_LIMIT
    departments: Mapping[str, Distribution] = field(default_factory=dict)
    steps: Mapping[str, Distribution] = field(default_factory=dict)
    history: Mapping[str, Empirical] = field(default_factory=dict)
    on_the_spot: Distribution = AT_ONCE

    def share_of(self, step: Step) -> Distribution:
        """The distribution of a step's share of its limit."""
        usual = self.on_the_spot if step.act == "deliver" else self.departments.get(step.department, self.default)
        return self.steps.get(step.id, usual)


@dataclass(frozen=True)
class Rates:
    """Shares from 0 to 1. ``refuse``: of the decisions of an item or of the lead that say no (``refuse_steps``: of any
    step). ``incomplete``: of the applications that lack a material, ``correction``: working days until it is there.
    ``decline``: of the applications not accepted at all. ``optional_steps``: of the optional steps that are really
    needed. ``items``: of the cases that need an optional item."""

    refuse: float = 0.0
    refuse_steps: Mapping[str, float] = field(default_factory=dict)
    incomplete: float = 0.0
    correction: Distribution = FIVE_DAYS
    decline: float = 0.0
    optional_steps: float = 0.0
    items: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Assumptions:
    """``people``: in each pool that has a limit. ``acceptance``: whether the items' own acceptance, which the one at
    the window stands for, is still work of its department (the plan counts it). ``special_procedures``: whether they
    take time (the clock does not count it). ``answers``: offering → field → what is typed into the form."""

    people: Mapping[Pool, int] = field(default_factory=dict)
    rule: str = LEAST_SLACK
    durations: Durations = Durations()
    rates: Rates = Rates()
    acceptance: bool = True
    special_procedures: bool = False
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def pool_of(self, step: Step) -> Pool:
        """Who does a step."""
        own = (step.department, step.role)
        return own if own in self.people else (step.department, "")

    def with_one_more(self, pool: Pool) -> "Assumptions":
        """The same with one more person in a pool that has a limit."""
        return replace(self, people={**self.people, pool: self.people[pool] + 1})


def read_assumptions(file: Path, catalogue: Catalogue) -> Assumptions:
    """The assumptions of a staff file; CatalogueError names the file and key of what is wrong or unknown."""
    table = read_table(file.parent, file.name)
    steps = {id_: step for offering in catalogue.offerings.values() for id_, step in offering.steps.items()}
    found = Assumptions(
        people=_people(_optional(table, "staff"), _optional(table, "roles"), catalogue),
        rule=table.one_of("rule", tuple(RULES), LEAST_SLACK),
        durations=_durations(_optional(table, "durations"), catalogue, steps),
        rates=_rates(_optional(table, "rates"), catalogue, steps),
        acceptance=table.flag("acceptance", True),
        special_procedures=table.flag("special_procedures", False),
        answers=_answers(_optional(table, "answers"), catalogue),
    )
    table.done()
    return found


def _optional(table: Table, key: str) -> Table:
    """A table that may be left out."""
    return table.table_or_none(key) or Table({}, table.file, key)


def _people(staff: Table, roles: Table, catalogue: Catalogue) -> dict[Pool, int]:
    found = {(code, ""): _count(staff, code) for code in catalogue.departments if staff.has(code)}
    for code in (code for code in catalogue.departments if roles.has(code)):
        inside = roles.table(code)
        found |= {(code, role): _count(inside, role) for role in catalogue.roles if inside.has(role)}
        inside.done()
    staff.done()
    roles.done()
    return {pool: count for pool, count in found.items() if count}


def _count(table: Table, key: str) -> int:
    number = table.number(key)
    if number % 1 or number > MOST_PEOPLE:
        raise table.wrong(
            key, f"应为 0 到 {MOST_PEOPLE} 的整数，0 表示不限", f"whole people, at most {MOST_PEOPLE}; 0 is no limit"
        )
    return int(number)


def _durations(table: Table, catalogue: Catalogue, steps: Mapping[str, Step]) -> Durations:
    departments, named = _optional(table, "departments"), _optional(table, "steps")
    found = Durations(
        default=_distribution(table.table("default")) if table.has("default") else Exact(),
        departments=_each(departments, catalogue.departments, _distribution_at),
        steps=_each(named, steps, _distribution_at),
    )
    table.done()
    return found


def _rates(table: Table, catalogue: Catalogue, steps: Mapping[str, Step]) -> Rates:
    refused, items = _optional(table, "refuse_steps"), _optional(table, "items")
    found = Rates(
        refuse=_rate(table, "refuse", 0.0),
        refuse_steps=_each(refused, [step for step in steps if steps[step].act not in _NEVER_REFUSED], _rate),
        incomplete=_rate(table, "incomplete", 0.0),
        correction=_distribution_at(table, "correction") if table.has("correction") else Rates.correction,
        decline=_rate(table, "decline", 0.0),
        optional_steps=_rate(table, "optional_steps", 0.0),
        items=_each(items, catalogue.items, _rate),
    )
    table.done()
    return found


def _answers(table: Table, catalogue: Catalogue) -> dict[str, dict[str, str]]:
    found = {}
    for code in (code for code in catalogue.offerings if table.has(code)):
        inside = table.table(code)
        names = [field.name for field in catalogue.offering(code).fields]
        found[code] = {name: inside.text(name) for name in names if inside.has(name)}
        inside.done()
    table.done()
    return found


def _each(table: Table, keys: Iterable[str], read: Callable[[Table, str], Value]) -> dict[str, Value]:
    """What a table says about those of ``keys`` it has; every other key in it is an error."""
    found = {key: read(table, key) for key in dict.fromkeys(keys) if table.has(key)}
    table.done()
    return found


def _rate(table: Table, key: str, default: float | None = None) -> float:
    if default is not None and not table.has(key):
        return default
    number = table.number(key)
    if number > 1:
        raise table.wrong(key, "应为 0 到 1 之间的比例", "must be a share from 0 to 1")
    return float(number)


def _distribution_at(table: Table, key: str) -> Distribution:
    return _distribution(table.table(key))


def _distribution(table: Table) -> Distribution:
    kind = table.one_of("kind", ("exact", "uniform", "triangular", "lognormal"))
    found = _KINDS[kind](table)
    table.done()
    return found


def _exact(table: Table) -> Distribution:
    return Exact(_share(table, "share") if table.has("share") else 1.0)


def _uniform(table: Table) -> Distribution:
    return Uniform(*_rising(table, "low", "high"))


def _triangular(table: Table) -> Distribution:
    return Triangular(*_rising(table, "low", "mode", "high"))


def _lognormal(table: Table) -> Distribution:
    median, p90 = _rising(table, "median", "p90")
    if not median:
        raise table.wrong("median", "必须大于 0", "must be more than 0")
    return Lognormal(median, p90)


_KINDS: Mapping[str, Callable[[Table], Distribution]] = {
    "exact": _exact,
    "uniform": _uniform,
    "triangular": _triangular,
    "lognormal": _lognormal,
}


def _rising(table: Table, *keys: str) -> list[float]:
    """Numbers none of which is below the one before it."""
    values = [_share(table, key) for key in keys]
    for key, value, before in zip(keys[1:], values[1:], values, strict=False):
        if value < before:
            raise table.wrong(key, "不能小于前一个值", "must not be below the value before it")
    return values


def _share(table: Table, key: str) -> float:
    number: Decimal = table.number(key)
    if number > MOST_SHARE:
        raise table.wrong(key, f"不能超过 {MOST_SHARE}", f"at most {MOST_SHARE}")
    return float(number)
