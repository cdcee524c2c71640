"""The engine's data as the models of the answers: what somebody may not know is left out here."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from pydantic import BaseModel

from engine.case.seating.seat_text import seats_from
from engine.case.seating.seats import Seat
from engine.case.state import Task
from engine.case.timekeeping.clock_view import ClockView
from engine.commands import Actor
from engine.instants import to_text
from engine.journal import Entry
from engine.preview import Preview
from engine.reader import CaseView
from webapp.api import given
from webapp.cases.page import may_see_person
from webapp.context import engine
from webapp.errors import message_of

PERSONAL = frozenset({"applicant", "commitments"})
"""Facts about the person: the account of an applicant who works here, what the entry keeps of the personal fields."""
SALT = "salt"
"""What is in the applicant's record beside the fields."""


def values_of(one: Any, **other: Any) -> dict[str, Any]:
    """The fields of a dataclass as they are, with ``other`` ones."""
    return {**{field.name: getattr(one, field.name) for field in fields(one)}, **other}


def task_shown(task: Task, model: type[BaseModel] = given.Task, **more: Any) -> BaseModel:
    """A task with its seats."""
    seats = [_seat(seat) for seat in seats_from(task.seats)]
    return model.model_construct(**values_of(task, seats=seats, **more))


def _seat(seat: Seat) -> BaseModel:
    kept = [given.Opinion.model_construct(**one._asdict()) for one in seat.kept]
    return given.OneSeat.model_construct(**values_of(seat, kept=kept))


def case_shown(view: CaseView, clocks: Sequence[ClockView], actor: Actor) -> BaseModel:
    """A case as its page shows it to this person."""
    case, person = view.case, None
    if may := may_see_person(view, actor):
        person = {name: text for name, text in engine().records.applicant(case.id).items() if name != SALT}
    known = {name: value for name, value in values_of(case).items() if name not in given.BOOKKEEPING}
    told = {
        "tasks": {key: task_shown(task) for key, task in case.tasks.items()}, "person": person,
        "now": to_text(view.now),
        "clocks": [given.Clock.model_construct(**values_of(clock)) for clock in clocks],
        "applicant": case.applicant if may else None,
    }  # fmt: skip
    return given.Case.model_construct(**{**known, **told})


def entry_shown(entry: Entry, personal: bool) -> BaseModel:
    """An entry of the journal, without what it says of the person unless ``personal``."""
    facts = {name: value for name, value in entry.facts.items() if personal or name not in PERSONAL}
    told = {**values_of(entry), "facts": facts, "instant": entry.at}
    return given.Entry.model_construct(**{name: told[name] for name in given.Entry.model_fields})


def preview_shown(preview: Preview) -> BaseModel:
    """A preview with its mark, and why the act would be refused in the language asked for."""
    error = preview.error
    refused = None if error is None else given.Refused(code=error.code, detail=message_of(error))
    known = values_of(preview)
    del known["error"]
    return given.Preview.model_construct(**known, refused=refused, mark=preview.mark)
