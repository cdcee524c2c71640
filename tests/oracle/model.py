"""A case as the oracle follows it: folded from its journal and the design alone, sharing no code with the engine.

Of the engine's rows it takes only which id a task got that an entry opened, and when.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.journal import Entry
from tests.oracle.clockwork import Clockwork
from tests.oracle.course import IN_REVIEW, WAITING, Place, Said, World, at, standing
from tests.oracle.demands import Demands
from tests.oracle.design import ACCEPT, Design
from tests.oracle.promises import Check
from tests.oracle.seating import Seat, designed, turns
from tests.oracle.sessions import Meeting

OVER = frozenset({"declined", "closed", "withdrawn", "terminated"})
Row = Mapping[str, Any]


@dataclass
class Job:
    """A task somebody has, or had."""

    id: str
    step: str
    opened_at: str
    department: str
    role: str
    seats: list[Seat]
    helpers: list[tuple[str, str]] = field(default_factory=list)
    open: bool = True
    deemed: bool = False
    by: str = ""
    reads: set[str] = field(default_factory=set)
    seated: bool = False
    """Whether something was done with its seats, other than a plain decision."""
    since: str = ""
    """When its clock began: the opening, or that of the task whose decision was taken back."""

    def turns(self) -> list[Seat]:
        """The seats whose turn it is."""
        return turns(self.seats)


@dataclass(frozen=True)
class Word:
    """Something somebody said that was accepted: it is never lost."""

    task: str
    seat: str
    by: str
    decision: str
    at: str
    shared: bool


@dataclass
class Late:
    """An escalation."""

    task: str
    department: str
    role: str
    to: tuple[str, str]
    explained_by: str = ""
    written_off: bool = False


class Model:
    """One case. ``absorb`` takes an entry and the rows of the tasks it opened."""

    def __init__(self, designs: Mapping[str, Design]) -> None:
        self.designs = designs
        self.seq = 0
        self.status, self.version, self.applicant, self.delivery = "", "", "", ""
        self.values: Mapping[str, Any] = {}
        self.materials: dict[str, str] = {}
        self.files: dict[str, str] = {}
        self.jobs: dict[str, Job] = {}
        self.said: list[Said] = []
        self.voided: dict[str, int] = {}
        self.words: list[Word] = []
        self.late: dict[str, Late] = {}
        self.asides: dict[str, tuple[str, str]] = {}
        self.clocks = Clockwork()
        self.demands = Demands()
        self.meetings: dict[str, Meeting] = {}
        self.submitted = ""
        self.pledges: dict[str, Mapping[str, Any]] = {}
        self.checks: dict[str, Check] = {}
        self.marks: Counter[str] = Counter()
        self.revoked: set[tuple[str, int]] = set()
        self.outcome = ""
        self.nudges: set[tuple[str, str]] = set()
        self.papers: dict[str, str] = {}
        self.place = Place((), frozenset(), False)
        self.world = World({})

    @property
    def design(self) -> Design:
        """The design the case follows now."""
        return self.designs[self.version]

    def open_jobs(self) -> list[Job]:
        """The tasks somebody has to handle now."""
        return [job for job in self.jobs.values() if job.open]

    def asked(self) -> dict[str, Mapping[str, Any]]:
        """The materials the applicant brings."""
        return self.design.asked(self.values, self.pledges)

    def covered(self) -> set[str]:
        """The steps a promise stands for."""
        return {step for route in self.pledges.values() for step in route.get("replaces_steps", ())}

    def runs(self, code: str) -> bool:
        """Whether an item is being decided."""
        return self.item_states().get(code) == IN_REVIEW and code not in self.world.decided

    def is_decided(self, code: str) -> bool:
        """Whether an item is decided, or ended; the whole case (empty) never is."""
        return code in self.world.decided or self.item_states().get(code, IN_REVIEW) not in {WAITING, IN_REVIEW}

    def brings(self, code: str) -> set[str]:
        """The materials the applicant brings for an item; for the whole case (empty), all."""
        asked = self.asked().keys()
        own = {one["code"] for one in self.design.items[code].materials} if code else asked
        return (own & asked) | ({self.pledges[code]["letter"]} if code in self.pledges else set())

    def item_states(self) -> dict[str, str]:
        """Item → its state."""
        ended = {"withdrawn", "terminated"} & {self.status}
        found = {}
        for code, status in self.world.items.items():
            begun = IN_REVIEW if code in self.clocks.begun else WAITING
            found[code] = status if status != WAITING else begun
            if ended and found[code] not in {"refused", "not_reached"}:
                found[code] = self.status
        return found

    def results(self) -> dict[str, str]:
        """The results that are not void."""
        if self.status in {"withdrawn", "terminated"}:
            return {}
        final, found = self.status == "closed", self.world.results.items()
        valid = {code: status for code, status in found if (code, self.marks[code]) not in self.revoked}
        return dict.fromkeys(valid, "issued") if final else valid

    def settle(self, entry: Entry, rows: Sequence[Row]) -> None:
        """What no longer stands is void; what the case comes to now is open."""
        if self.went_back:
            kept = standing(self.design, self.values, self.said, self.covered())
            self.voided |= {one.task: entry.seq for one in self.said if one not in kept}
            self.said, self.went_back = [one for one in self.said if one in kept], False
        before = self.world.results
        self.world, self.place = at(self.design, self.values, self.said, self.covered())
        self.marks.update(self.world.results.keys() - before.keys())
        assert all(one.step in self.place.reached for one in self.said), "what was decided was to be decided"
        self._items(entry)
        fresh = {row["step"]: row for row in rows if self._is_work(row["step"])}
        for job in self.open_jobs():
            if job.step not in self.place.open or job.step in fresh:
                job.open = False
        waiting = {job.step for job in self.open_jobs()}
        for step in self.place.open:
            if step not in waiting:
                assert step in fresh, f"{step} has to be decided, and nobody has it"
                self._open(step, fresh.pop(step))
        assert not fresh, f"nobody has to decide {sorted(fresh)} now"
        if self.place.over and self.status != "closed":
            self.status, self.outcome = "closed", self._outcome()

    def _outcome(self) -> str:
        """What was granted, and is not revoked."""
        gone = {code for code, mark in self.revoked if code in self.world.results and self.marks[code] == mark}
        items = self.design.items
        granted = [
            status == "granted" and gone.isdisjoint(items[code].results) for code, status in self.world.items.items()
        ]
        return "granted" if all(granted) else "partly_granted" if any(granted) else "refused"

    def _is_work(self, step: str) -> bool:
        """Whether somebody handles a step that was opened: not when the window's acceptance stands for it, nor when
        its item has ended."""
        plan = self.design.steps[step]
        return (
            plan.act != ACCEPT
            and step not in self.covered()
            and (plan.item not in self.world.ended() or step in self.place.open)
        )

    def _items(self, entry: Entry) -> None:
        """An item begins when a step of it is reached; one whose beginning stands no more begins anew. One that has
        ended keeps its beginning, for when it goes on."""
        steps = self.design.steps
        decided = {one.step for one in self.said} | self.covered()
        for code, status in self.world.items.items():
            mine = [step for step in self.place.reached if steps[step].item == code]
            live = [s for s in mine if s in decided or s in self.place.open or steps[s].act == ACCEPT]
            if status in {"refused", "not_reached"}:
                continue
            if not live:
                self.clocks.forget(code)
            elif code not in self.clocks.begun:
                days = self.pledges.get(code, {}).get("decide_days")
                self.clocks.begin(self.design, code, self.clocks.since or entry.at, days)

    def _open(self, step: str, row: Row) -> None:
        plan = self.design.steps[step]
        job = Job(row["task_id"], step, row["opened_at"], plan.department, plan.role, designed(plan))
        job.since, job.seated = row["opened_at"], plan.rule is not None
        again = self.again
        if again is not None and again.step == step:
            job.helpers, job.since, job.seated = again.helpers, again.since, again.seated
            job.seats = again.seats if again.seated else [Seat("1", again.department, again.role, place=plan.places[0])]
            job.department, job.role = again.department, again.role
            self.clocks.goes_on(again.id, job.id)
        self.jobs[job.id] = job

    again: Job | None = None
    went_back = False
