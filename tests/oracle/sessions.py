"""听证 勘验 专家评审 检验检测 in the model: who takes part, what stands still, what may not be decided meanwhile."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from engine.commands import Actor
from engine.journal import Entry
from tests.oracle.clockwork import here, last_day
from tests.oracle.design import LEAD, Design
from tests.oracle.town import Look

if TYPE_CHECKING:
    from tests.oracle.model import Job, Model

HEARING, VISIT = "hearing", "site_visit"
EXAMINING = frozenset({"review", "site"})
Facts = Mapping[str, Any]


@dataclass
class Meeting:
    """A session; ``halts``: item → the suspension it has."""

    kind: str
    items: list[str]
    planned: datetime
    place: str
    days: str
    chair: str
    told_on: str
    asked_on: str
    halts: dict[str, str] = field(default_factory=dict)
    found: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    status: str = "open"

    @property
    def present(self) -> list[str]:
        """The items that take part still."""
        return [code for code in self.items if code not in self.left]


def open_ones(model: "Model") -> Iterator[Meeting]:
    """The sessions that are not over."""
    return (one for one in model.meetings.values() if one.status == "open")


def unheard(model: "Model", step: str) -> bool:
    """Whether a step decides on an item, or the whole, while a hearing is open (行政许可法 48)."""
    plan = model.design.steps[step]
    hearings = [one for one in open_ones(model) if one.kind == HEARING]
    return (plan.decisive or plan.act == LEAD) and any(not plan.item or plan.item in one.present for one in hearings)


def presides(model: "Model", job: "Job", person: str) -> bool:
    """Whether somebody presides over a hearing on what he would examine here."""
    plan = model.design.steps[job.step]
    chairs = {one.chair for one in model.meetings.values() if one.kind == HEARING and plan.item in one.items}
    return plan.act in EXAMINING and person in chairs


def speaks_for(design: Design, item: str, actor: Actor) -> bool:
    """Handlers of an item."""
    return any(step.item == item and actor.holds(step.department, step.role) for step in design.steps.values())


def arranges(design: Design, items: Iterable[str], actor: Actor) -> bool:
    """Handlers of one of the items; of its department and the lead department, who handle anything in the bundle."""
    handler = any(actor.holds(step.department, step.role) for step in design.steps.values())
    departments = {design.lead} | {design.items[code].department for code in items}
    own = any(speaks_for(design, code, actor) for code in items)
    return own or (handler and actor.department in departments and bool([*items]))


def stops(design: Design, kind: str, item: str) -> str:
    """Which clocks of an item a session stops."""
    return "both" if kind != VISIT else design.items[item].visit


def arranged(model: "Model", entry: Entry, facts: Facts) -> None:
    """Items that run, none of them in an open session of the kind, ahead of time; a hearing by law."""
    one = Meeting(
        facts["kind"], sorted(facts["items"]), here(facts["planned_at"]), facts["place"], facts["expected_days"],
        facts["chair"], facts["told_on"], facts["asked_on"],
    )  # fmt: skip
    assert one.items
    for code in one.items:
        _may_take_part(model, one, code)
    _is_ahead(one, entry)
    if one.kind == HEARING:
        _is_lawful(model, one, entry)
    else:
        assert not (one.chair or one.told_on or one.asked_on)
    model.meetings[str(len(model.meetings) + 1)] = one
    for code in one.items:
        _stand_still(model, one, code, entry.at)


def _may_take_part(model: "Model", one: Meeting, code: str) -> None:
    assert model.runs(code), "the item is not being decided"
    taken = [other for other in open_ones(model) if other is not one and other.kind == one.kind]
    assert not any(code in other.present for other in taken), "it takes part in such a session already"


def _is_ahead(one: Meeting, entry: Entry) -> None:
    assert here(entry.at) < one.planned <= here(entry.at) + timedelta(days=366)


def _is_lawful(model: "Model", one: Meeting, entry: Entry) -> None:
    """Asked for and held in time, announced seven days before (行政许可法 47, 48)."""
    day, today = one.planned.date(), here(entry.at).date()
    assert (day - today).days >= 7, "it is announced seven days before"
    if one.told_on or one.asked_on:
        told, asked = date.fromisoformat(one.told_on), date.fromisoformat(one.asked_on)
        assert here(model.submitted).date() <= told <= asked <= today
        assert asked <= last_day(told, 5), "it was asked for too late"
        assert day <= last_day(asked, 20), "it is held too late"
    _is_impartial(model, one)


def _is_impartial(model: "Model", one: Meeting) -> None:
    assert one.chair, "somebody presides"
    jobs = [job for job in model.jobs.values() if model.design.steps[job.step].item in one.present]
    examined = {name for job in jobs for seat in job.seats for name in seat.people()} | {job.by for job in jobs}
    assert one.chair not in examined - {"system"} | {model.applicant}, "who presides examines, or applies"


def _stand_still(model: "Model", one: Meeting, code: str, at: str) -> None:
    scope = stops(model.design, one.kind, code)
    if scope:
        model.clocks.suspend(model, code, scope == "promised", at)
        one.halts[code] = str(len(model.clocks.halts))


def changed(model: "Model", entry: Entry, facts: Facts) -> None:
    """Another time, place or chair, while nothing is recorded."""
    one = model.meetings[facts["session"]]
    assert one.status == "open"
    assert not one.found, "something was recorded already"
    before, place = (one.planned, one.place), facts["place"]
    one.planned, one.place, one.days, one.chair = (
        here(facts["planned_at"]),
        place,
        facts["expected_days"],
        facts["chair"],
    )
    if before[0] != one.planned:
        _is_ahead(one, entry)
    if one.kind == HEARING and before != (one.planned, one.place):
        _is_lawful(model, one, entry)
    elif one.kind == HEARING:
        _is_impartial(model, one)


def joined(model: "Model", entry: Entry, facts: Facts) -> None:
    """One more item, while nothing is recorded."""
    one, code = model.meetings[facts["session"]], facts["item"]
    assert one.status == "open"
    assert code not in one.items
    assert not one.found, "something was recorded already"
    _may_take_part(model, one, code)
    one.items = sorted([*one.items, code])
    if one.kind == HEARING:
        _is_lawful(model, one, entry)
    _stand_still(model, one, code, entry.at)


def recorded(model: "Model", entry: Entry, facts: Facts) -> None:
    """When its time has come, of an item that takes part."""
    one = model.meetings[facts["session"]]
    assert one.status == "open"
    assert facts["item"] in one.present
    assert one.planned <= here(entry.at), "it was not held yet"
    one.found.add(facts["item"])


def over(model: "Model", entry: Entry, facts: Facts) -> None:
    """Closed with what was found, or called off; its suspensions end."""
    one = model.meetings[facts["session"]]
    assert one.status == "open"
    one.status = "cancelled"
    if entry.kind == "SessionClosed":
        assert one.planned <= here(entry.at), "it was not held yet"
        assert one.found, "nobody came"
        assert {*one.present} - one.found == {*facts["absent"]}, "who did not come is named"
        assert facts["record"] or one.kind == VISIT, "its record has a number"
        one.status = "closed"
    for number in one.halts.values():
        model.clocks.halts[number].ends = model.clocks.halts[number].ends or entry.at


def settle(model: "Model", decided: Collection[str]) -> None:
    """Items that are decided leave; a session without items is over."""
    for one in open_ones(model):
        one.left |= {*one.items} & {*decided}
        if not one.present:
            one.status = "ended"


def agree_on_sessions(model: "Model", look: Look) -> None:
    """What is arranged, who takes part, what stands still for it."""
    told = {
        number: (one.kind, one.status, sorted(one.items), {*one.left}, here(one.planned_at), one.place, one.chair,
                 {*one.findings}, {**one.stops})
        for number, one in look.case.sessions.items()
    }  # fmt: skip
    said = {
        number: (one.kind, one.status, one.items, one.left, one.planned, one.place, one.chair, one.found,
                 {code: stops(model.design, one.kind, code) for code in one.halts})
        for number, one in model.meetings.items()
    }  # fmt: skip
    assert told == said, (told, said)
    theirs = {number: stop.session for number, stop in look.case.suspensions.items() if stop.session}
    assert theirs == {halt: number for number, one in model.meetings.items() for halt in one.halts.values()}
