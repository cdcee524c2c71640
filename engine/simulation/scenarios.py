"""A simulation as asked for: the same cases in parallel, in series, and with one more person here and there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from math import log
from typing import Any

from engine.bootstrap import build_engine
from engine.calendar import WorkCalendar, load_calendar
from engine.catalogue import Catalogue, Offering
from engine.errors import BadInput
from engine.parallel.plan import plain_items, plan_of
from engine.parallel.schedule import decimal_days
from engine.settings import Settings
from engine.simulation.assumptions import Assumptions, Pool
from engine.simulation.cases import Application, SimulatedClock
from engine.simulation.distributions import stream
from engine.simulation.folders import CALENDARS, copied, serial_diagram
from engine.simulation.office_time import OfficeTime
from engine.simulation.pools import PoolFigures
from engine.simulation.run import Run
from engine.simulation.tally import Days, days_of
from engine.simulation.work import Work

MOST_CASES = 20_000
LONGEST = 10_000
"""Working days over which applications may come in: forty years."""
MOST_PER_DAY = 1_000_000
MOST_SEED = 2**63
FIRST_DAY = date(2026, 3, 2)
IN_MEMORY = "sqlite://"
ALL_AT_ONCE = 10_000_000
LIVE_CASES = 500
"""Cases kept with their workflow at hand; the others are read back when they go on."""

Progress = Callable[[int, int], None]
"""Told how many of how many cases are simulated, all runs together."""


@dataclass(frozen=True)
class Request:
    """What to simulate: ``cases`` of the offerings ``codes`` in turn, ``per_day`` in a working day from ``first`` on.

    ``calendar``: a code of ``processes/calendars``, or a file. ``more``: for how many pools one more person is tried.
    """

    codes: tuple[str, ...]
    cases: int
    seed: int
    per_day: Fraction = Fraction(10)
    first: date = FIRST_DAY
    calendar: str = "cn"
    serial: bool = True
    more: int = 3

    def __post_init__(self) -> None:
        _bounded("CODE", len(self.codes), 1, 1_000)
        _bounded("--cases", self.cases, 1, MOST_CASES)
        _bounded("--seed", self.seed, 0, MOST_SEED)
        _bounded("--more", self.more, 0, 100)
        _bounded("--per-day", self.per_day, Fraction(1, 1_000), MOST_PER_DAY)
        if self.cases / self.per_day > LONGEST:
            raise BadInput(
                "simulate.too_long", f"申请要 {LONGEST} 个工作日以上才能到齐,请减少件数或增加每日件数",
                f"the applications would come in over more than {LONGEST} working days; take fewer, or more per day",
                "--cases",
            )  # fmt: skip


def _bounded(name: str, value: int | Fraction, low: int | Fraction, high: int) -> None:
    if not low <= value <= high:
        raise BadInput("simulate.number", f"应在 {low} 与 {high} 之间", f"must be from {low} to {high}", name)


@dataclass(frozen=True)
class Scenario:
    """One run. ``days``: working days from acceptance to closing; ``decision_days``: until everything is ready to be
    handed over; ``before_days``: from the application to acceptance. ``late``: share of the cases ready only after the
    promised total. ``overdue_steps``: deadlines of steps that passed. ``span_days``: from the first acceptance to the
    last closing."""

    days: Days
    decision_days: Days
    before_days: Days
    by_offering: Mapping[str, Days]
    late: float
    late_cases: int
    outcomes: Mapping[str, int]
    declined: int
    corrected: int
    overdue_steps: int
    span_days: float
    pools: tuple[PoolFigures, ...]


@dataclass(frozen=True)
class OneMore:
    """What one more person in a pool changes, in parallel: days of all cases then, and how much less the mean is."""

    department: str
    role: str
    days: Days
    late: float
    mean_gain_days: float


@dataclass(frozen=True)
class Planned:
    """What the plan says of an offering's plain case, in working days."""

    critical_path_days: float
    serial_days: float


@dataclass(frozen=True)
class Simulation:
    """The result; ``bottleneck``: the pool most time is spent waiting for, None when nobody waits."""

    request: Request
    rule: str
    calendar: str
    plans: Mapping[str, Planned]
    parallel: Scenario
    serial: Scenario | None
    bottleneck: PoolFigures | None
    one_more: tuple[OneMore, ...]

    def as_dict(self) -> dict[str, Any]:
        """One JSON document; the same request gives the same document."""
        asked = self.request
        head = {
            "offerings": list(asked.codes), "cases": asked.cases, "seed": asked.seed,
            "per_day": float(asked.per_day), "from": asked.first.isoformat(),
        }  # fmt: skip
        rest = {name: value for name, value in asdict(self).items() if name != "request"}
        return head | rest


def simulate(
    settings: Settings,
    catalogue: Catalogue,
    request: Request,
    assumptions: Assumptions,
    progress: Progress | None = None,
) -> Simulation:
    """Runs it; BadInput, CatalogueError or CalendarError for what cannot be simulated."""
    offerings = [catalogue.offering(code) for code in request.codes]
    runs = _Runs(settings, catalogue, request, progress or (lambda done, total: None))
    runs.expected = 1 + request.serial
    parallel = runs.scenario(assumptions)
    serial = runs.scenario(assumptions, serial=True) if request.serial else None
    waited = sorted(
        (p for p in parallel.pools if p.waiting_days), key=lambda p: (-p.waiting_days, p.department, p.role)
    )
    runs.expected += len(waited[: request.more])
    one_more = tuple(
        runs.one_more(assumptions, (pool.department, pool.role), parallel) for pool in waited[: request.more]
    )
    return Simulation(
        request=request,
        rule=assumptions.rule,
        calendar=runs.calendar_version,
        plans={offering.code: _planned(offering) for offering in offerings},
        parallel=parallel,
        serial=serial,
        bottleneck=waited[0] if waited else None,
        one_more=one_more,
    )


def _planned(offering: Offering) -> Planned:
    plan = plan_of(offering, plain_items(offering))
    return Planned(float(plan.schedule.length), float(plan.serial))


class _Runs:
    """The runs of one request."""

    def __init__(self, settings: Settings, catalogue: Catalogue, request: Request, progress: Progress) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._request = request
        self._progress = progress
        self._done = 0
        self.expected = 1
        self.calendar_version = ""

    def scenario(self, given: Assumptions, *, serial: bool = False) -> Scenario:
        """All cases once."""
        codes = dict.fromkeys(self._request.codes)
        diagrams = {code: serial_diagram(self._catalogue, code) for code in codes} if serial else {}
        source = self._settings.processes
        with copied(source, self._catalogue, codes, self._request.calendar, diagrams) as (folder, region):
            calendar = load_calendar(folder / CALENDARS, region)
            self.calendar_version = calendar.version
            settings = Settings(
                database_url=IN_MEMORY, processes=folder, area=self._settings.area, region=region,
                secret_key="simulated", timer_batch=ALL_AT_ONCE, step_limit=self._settings.step_limit,
                token_limit=self._settings.token_limit, live_cases=LIVE_CASES,
            )  # fmt: skip
            return self._run(settings, calendar, given, serial)

    def _run(self, settings: Settings, calendar: WorkCalendar, given: Assumptions, serial: bool) -> Scenario:
        time, clock = OfficeTime(calendar, self._request.first), SimulatedClock()
        clock.forward(time.instant(0))
        engine = build_engine(settings, clock)
        try:
            run = Run(engine, clock, time, Work(self._request.seed, given, time), serial=serial)
            run.all_of(self._applications(time, given), self._case_done)
        finally:
            engine.close()
        return _scenario(run, time, given)

    def _case_done(self) -> None:
        self._done += 1
        self._progress(self._done, self._request.cases * self.expected)

    def _applications(self, time: OfficeTime, given: Assumptions) -> Iterator[Application]:
        """The cases of this seed, one after another, the same in every run; they come in at random moments."""
        asked, rates, at = self._request, given.rates, 0.0
        for number in range(asked.cases):
            chance = stream(asked.seed, "case", number)
            at -= log(1.0 - chance.random()) * time.per_day / float(asked.per_day)
            incomplete, length, declined = chance.random(), chance.random(), chance.random()
            offering = self._catalogue.offering(asked.codes[number % len(asked.codes)])
            days = rates.correction.value(length)
            wanted = {i for i in offering.optional_items if chance.random() < rates.items.get(i, 0.0)}
            yield Application(
                number=number,
                code=offering.code,
                time=round(at),
                items=frozenset({*plain_items(offering), *wanted}),
                correction=time.of_days(days) if incomplete < rates.incomplete else None,
                declined=declined < rates.decline,
            )

    def one_more(self, given: Assumptions, pool: Pool, base: Scenario) -> OneMore:
        """The same cases with one more person in a pool."""
        found = self.scenario(given.with_one_more(pool))
        return OneMore(*pool, found.days, found.late, round(base.days.mean - found.days.mean, 4) + 0.0)


def _scenario(run: Run, time: OfficeTime, given: Assumptions) -> Scenario:
    tally = run.tally
    cases, first = len(tally.decided), tally.first or 0
    span = max(tally.last - first, 0)
    return Scenario(
        days=days_of(tally.all_closed, time),
        decision_days=days_of(tally.decided, time),
        before_days=days_of(tally.before, time),
        by_offering=tally.by_offering(),
        late=round(tally.late / (cases or 1), 4),
        late_cases=tally.late,
        outcomes=dict(sorted(tally.outcomes.items())),
        declined=tally.declined,
        corrected=tally.corrected,
        overdue_steps=tally.overdue,
        span_days=float(decimal_days(time.days(span))),
        pools=tuple(m.figures(pool, given.people.get(pool), time, span) for pool, m in run.meters().items()),
    )
