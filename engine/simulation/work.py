"""The work a step turns out to be: how long it takes in this case, and whether the answer is no."""

from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from engine.calendar import Limit, Unit, due_date
from engine.catalogue import Step
from engine.parallel.schedule import Days
from engine.simulation.assumptions import Assumptions, Pool
from engine.simulation.dispatch import Ticket
from engine.simulation.distributions import stream
from engine.simulation.office_time import OfficeTime

WORKING_DAYS = "working_days"


@dataclass(eq=False, kw_only=True)
class Job(Ticket):
    """One step of one case: ``work`` in office time; ``covered``: an acceptance the engine has closed already."""

    step: Step
    work: int
    refuses: bool
    case_id: str = ""
    task: str = ""
    covered: bool = False
    queued: bool = False
    started: bool = False


@dataclass(frozen=True)
class Work:
    """Draws what steps turn out to be; of (case, visit) and step alone, so every run of a seed meets the same cases."""

    seed: int
    given: Assumptions
    time: OfficeTime

    def job(self, step: Step, which: tuple[int, int], planned: Days, now: int) -> Job:
        """The work of a step that opens ``now``; ``which``: number of the case, and how often it has come here."""
        case, visit = which
        chance = stream(self.seed, "step", case, step.id, visit)
        length, refusal, needed = chance.random(), chance.random(), chance.random()
        left_out = step.optional and needed >= self.given.rates.optional_steps
        pool: Pool = self.given.pool_of(step)
        return Job(
            rank=(),
            demand={pool: 1},
            step=step,
            work=0 if left_out else self._work(step, length, planned, now),
            refuses=refusal < self._refusals(step),
        )  # fmt: skip

    def _work(self, step: Step, uniform: float, planned: Days, now: int) -> int:
        seen = self.given.durations.history.get(step.id)
        if seen is not None:
            return self.time.of_days(seen.value(uniform))
        return round(self._limit(step, planned, now) * self.given.durations.share_of(step).value(uniform))

    def _limit(self, step: Step, planned: Days, now: int) -> int:
        """The step's limit as office time; of optional steps and of own ones, which no plan counts, what they say."""
        days = Fraction(step.limit if step.optional or not step.item else planned)
        if not days or (step.special_procedure and not self.given.special_procedures):
            return 0
        if step.unit == WORKING_DAYS:
            return self.time.of_days(days)
        limit = Limit.of(step.limit, cast(Unit, step.unit))
        return self.time.at(due_date(self.time.calendar, self.time.instant(now), limit).at) - now

    def _refusals(self, step: Step) -> float:
        rates = self.given.rates
        usual = rates.refuse if step.decisive or step.act == "lead_decide" else 0.0
        return rates.refuse_steps.get(step.id, usual)
