"""Which running cases are likely to be late, from what finished ones and decided steps took; and why.

Where enough finished cases of the same offering and items stood at the same open steps as long, the share that takes
longer than what is left is the probability. Otherwise the steps still to come are drawn from what each of them took (an
open one only from those that took longer than it has so far) and put together along the plan; a step with too few
decisions takes its limit. Where no step has enough, nothing is predicted. Cases and steps that are not finished count
as far as they have come (engine.statistics.lengths).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from engine.instants import to_text
from engine.statistics.numbers import Share, WorkTime
from engine.statistics.plans import Plans, StepPlan
from engine.statistics.records import CaseRecord
from engine.statistics.remaining import History, standing_of, standing_since

ENOUGH = 20
"""Cases, or decisions of a step, below which they say nothing."""
DRAWS = 400
LIKELY = 0.5
CASES, STEPS = "cases", "steps"
NO_DATA, IS_LATE, STOPPED = "no_data", "is_late", "stopped"
"""How a probability was found; or why there is none: too little was finished, it is late already, its clock stands."""

Length = Callable[[str, int], int]
"""Step, office time it has been open for → office time it still takes."""


@dataclass(frozen=True)
class Driver:
    """The open step the end depends on most; working days, ``median`` and ``p90`` of its ``seen`` decisions."""

    step: str
    name_zh: str
    name_en: str
    elapsed: float
    limit: float
    seen: int = 0
    median: float | None = None
    p90: float | None = None


@dataclass(frozen=True)
class Risk:
    """What is said of one running case.

    ``chance`` of being late; None where nothing is predicted. ``share``: how many of the finished cases (``cases``) or
    of the draws (``steps``) take longer than what is left. ``based_on``: finished cases the figures are of,
    ``running``: others that stood there and are not finished. ``guessed``: steps to come that take their limit for want
    of data, of ``coming``. ``remaining``: median of the working days to come, ``left``: those left.
    """

    case: CaseRecord
    method: str
    left: float | None
    driver: Driver | None
    chance: float | None = None
    share: Share | None = None
    based_on: int = 0
    running: int = 0
    coming: int = 0
    guessed: int = 0
    remaining: float | None = None

    @property
    def probability(self) -> float | None:
        """Of being late: 1 when it is."""
        return 1.0 if self.method == IS_LATE else self.chance

    @property
    def likely(self) -> bool:
        """Whether it is not late yet and as likely as not to be."""
        return self.method != IS_LATE and (self.probability or 0.0) >= LIKELY

    def as_dict(self) -> dict[str, Any]:
        """The prediction as JSON."""
        driver = None if self.driver is None else dict(self.driver.__dict__)
        return {
            "number": self.case.number, "case_id": self.case.id, "offering": self.case.offering,
            "promised_due_at": self.case.promised_due and to_text(self.case.promised_due),
            "open_steps": sorted(task.step for task in self.case.open_steps), "method": self.method,
            "probability": self.probability, "share": self.share and self.share.as_dict(), "likely": self.likely,
            "days_left": self.left, "median_remaining_days": self.remaining, "driver": driver,
            "based_on_cases": self.based_on, "running_cases": self.running,
            "steps_to_come": self.coming, "steps_by_plan": self.guessed,
        }  # fmt: skip


@dataclass
class Predictor:
    """Predictions from one history."""

    history: History
    plans: Plans
    time: WorkTime

    def predict(self, case: CaseRecord, now: datetime) -> Risk:
        """What can be said of a running case at ``now``."""
        plan, elapsed = self.plans.of(case), self._elapsed(case, now)
        driver = self._driver(plan, elapsed, self._to_come(case, plan))
        if case.promised_due is None:
            return Risk(case, STOPPED, None, driver)
        left = self.time.between(now, case.promised_due)
        days = self.time.days(left)
        if now > case.promised_due:
            over = self.time.days(self.time.between(case.promised_due, now))
            return Risk(case, IS_LATE, -over + 0.0, driver)
        since = self.time.between(standing_since(case), now, case.all_pauses())
        seen = self.history.like(standing_of(case), since)
        if seen.ended >= ENOUGH:
            share = Share(seen.number_longer(left), seen.ended)
            usual = self.time.days(seen.rest(0, 0.5))
            chance = round(seen.longer(left), 4)
            return Risk(case, CASES, days, driver, chance, share, seen.ended, seen.running, remaining=usual)
        return self._by_steps(case, (left, days), driver, elapsed)

    def _by_steps(
        self, case: CaseRecord, left: tuple[int, float], driver: Driver | None, elapsed: Mapping[str, int]
    ) -> Risk:
        plan = self.plans.of(case)
        coming = self._to_come(case, plan)
        counted = [step for step in coming if plan.limits.get(step) or step in elapsed]
        guessed = sum(self.history.step(step).ended < ENOUGH for step in counted)
        if guessed == len(counted):
            return Risk(case, NO_DATA, left[1], driver, coming=len(counted), guessed=guessed)
        chance = Random(case.number)  # of its own, so a case is told the same whatever else is open
        draws = sorted(self._drawn(plan, coming, elapsed, chance.random))
        share = Share(sum(one > left[0] for one in draws), DRAWS)
        return Risk(
            case, STEPS, left[1], driver, share.number / DRAWS, share, self.history.cases, 0, len(counted), guessed,
            self.time.days(draws[DRAWS // 2]),
        )  # fmt: skip

    def _elapsed(self, case: CaseRecord, now: datetime) -> dict[str, int]:
        """Open step → office time since it was opened."""
        return {task.step: self.time.between(task.opened, now, case.pauses_of(task.item)) for task in case.open_steps}

    def _to_come(self, case: CaseRecord, plan: StepPlan) -> list[str]:
        """The steps still to be done, in order: the open ones, and those not reached of items that go on."""
        opened = {task.step for task in case.open_steps}
        gone = {task.step for task in case.steps} | {s for s, item in plan.items.items() if item in case.ended}
        return [s for s in plan.order if s in opened or s not in gone] + sorted(opened - {*plan.order})

    def _drawn(
        self, plan: StepPlan, coming: Sequence[str], elapsed: Mapping[str, int], share: Callable[[], float]
    ) -> Iterator[int]:
        """When the last step to come ends, in office time from now, drawn again and again."""
        steps = [self._drawing(plan, step, coming[:place], elapsed) for place, step in enumerate(coming)]
        for _ in range(DRAWS):
            ends: list[int] = []
            for before, planned, rest in steps:
                begins = max([ends[place] for place in before], default=0)
                ends.append(begins + (planned if rest is None else rest(share())))
            yield max(ends)

    def _drawing(
        self, plan: StepPlan, step: str, earlier: Sequence[str], elapsed: Mapping[str, int]
    ) -> tuple[tuple[int, ...], int, Callable[[float], int] | None]:
        """Places of the steps a step waits for, how long it takes by plan, and from what was seen if that is enough."""
        waits = () if step in elapsed else plan.before.get(step, ())
        seen, spent = self.history.step(step), elapsed.get(step, 0)
        before = tuple(place for place, one in enumerate(earlier) if one in waits)
        return before, self._planned(plan, step, spent), None if seen.ended < ENOUGH else seen.resting(spent)

    def _lengths(self, plan: StepPlan, share: Callable[[], float]) -> Length:
        """What steps take from now on: of what was seen, the quantile at ``share()``."""

        def length(step: str, elapsed: int) -> int:
            seen = self.history.step(step)
            return self._planned(plan, step, elapsed) if seen.ended < ENOUGH else seen.rest(elapsed, share())

        return length

    def _planned(self, plan: StepPlan, step: str, elapsed: int) -> int:
        return max(0, round(plan.limits.get(step, 0) * self.time.per_day) - elapsed)

    def _driver(self, plan: StepPlan, elapsed: Mapping[str, int], coming: Sequence[str]) -> Driver | None:
        """The open step with the longest way to the end behind it, all steps taking what is usual."""
        if not elapsed:
            return None
        usual, tails = self._lengths(plan, lambda: 0.5), dict[str, int]()
        for step in reversed(coming):
            later = (tails[other] for other in coming if other in tails and step in plan.before.get(other, ()))
            tails[step] = usual(step, elapsed.get(step, 0)) + max(later, default=0)
        step = max(sorted(elapsed), key=lambda one: tails[one])
        seen, limit = self.history.step(step), round(float(plan.limits.get(step, 0)), 4)
        median, p90 = (self.time.days(seen.rest(0, share)) if seen.ended else None for share in (0.5, 0.9))
        return Driver(step, *plan.name(step), self.time.days(elapsed[step]), limit, seen.ended, median, p90)
