"""What programs are answered: outcomes, previews, cases, clocks and entries as the engine has them."""

from types import GenericAlias
from typing import Any

from pydantic import BaseModel, Field, create_model

from engine.case.seating.seats import Kept, Seat
from engine.case.state import Case as CaseState
from engine.case.state import Task as OneTask
from engine.case.timekeeping.clock_view import ClockView
from engine.commands import Outcome as Done
from engine.journal import Entry as Sealed
from engine.preview import Preview as Tried
from engine.store.absences import AbsenceRow
from webapp.api.derived import GIVEN, model_of

BOOKKEEPING = (
    "flow", "flow_bytes", "flow_digest", "closing", "closings", "closed_digest", "recalled", "texts", "timers",
)  # fmt: skip
"""Fields of a case that are the engine's own."""


def _many(model: type[Any]) -> Any:
    return GenericAlias(list, (model,))


def _said(default: Any, words: str) -> Any:
    return Field(default, description=words)


class Token(BaseModel):
    """A session: the token is sent as ``Authorization: Bearer …`` until it expires."""

    model_config = GIVEN
    token: str = Field(repr=False)
    expires_at: str


class Me(BaseModel):
    """Who is asking."""

    model_config = GIVEN
    id: str
    name: str
    department: str
    roles: list[str]


class Wrong(BaseModel):
    """One thing that is wrong with what was sent: where, of which kind, in words; never the value."""

    model_config = GIVEN
    loc: list[str | int]
    type: str
    msg: str


class Problem(BaseModel):
    """An error (RFC 9457). ``code`` is stable; ``title`` and ``detail`` are in the language asked for."""

    model_config = GIVEN
    type: str
    status: int
    title: str
    code: str
    detail: str = ""
    reference: str = _said("", "Finds the line in the log of an unexpected error")
    errors: list[Wrong] = _said([], "With 422: everything that is wrong")


class Refused(BaseModel):
    """What an act would be refused with."""

    model_config = GIVEN
    code: str
    detail: str


Opinion: type[BaseModel] = create_model(
    "Opinion", __config__=GIVEN, __doc__=Kept.__doc__, **dict.fromkeys(Kept._fields, (str, ...))
)  # type: ignore[call-overload]
OneSeat = model_of(Seat, config=GIVEN, kept=(_many(Opinion), ...))
_SEATS = (_many(OneSeat), _said(..., "Who decides it; empty: whoever holds its role, alone"))
Task = model_of(OneTask, config=GIVEN, seats=_SEATS)
OpenTask = model_of(
    OneTask, config=GIVEN, name="OpenTask", seats=_SEATS, case_id=(str, ...), number=(str, ...), offering=(str, ...),
    promised_due_at=(str | None, ...), items_ended=(int, ...), items_total=(int, ...),
)  # fmt: skip
Tasks = create_model(
    "Tasks", __config__=GIVEN, __doc__="Open tasks, least time left first.", tasks=(_many(OpenTask), ...),
    after=(str | None, _said(..., "Where the next page begins; null at the end")),
)  # fmt: skip
Outcome = model_of(Done, config=GIVEN)
Submitted = model_of(
    Done, config=GIVEN, name="Submitted", query_code=(str, _said(..., "The applicant follows the case with it"))
)
Preview = model_of(
    Tried, ("error",), GIVEN, refused=(Refused | None, ...),
    mark=(str, _said(..., "Give it to the act as ``foreseen``: it then does this, or is refused")),
)  # fmt: skip
Entry = model_of(Sealed, ("answers", "state", "instant"), GIVEN, instant=(str, ...))
Journal = create_model(
    "Journal", __config__=GIVEN, __doc__="Entries in order.", entries=(_many(Entry), ...),
    after=(int | None, _said(..., "Where the next page begins; null at the end")),
)  # fmt: skip
Clock = model_of(ClockView, config=GIVEN)
Absence = model_of(AbsenceRow, config=GIVEN)
Absences = create_model(
    "Absences", __config__=GIVEN, __doc__="Own substitutions, newest first.", absences=(_many(Absence), ...)
)
Case = model_of(
    CaseState, BOOKKEEPING, GIVEN, tasks=(GenericAlias(dict, (str, Task)), ...), clocks=(_many(Clock), ...),
    now=(str, _said(..., "The instant this is of")),
    applicant=(str | None, _said(..., "Account of an applicant who works here; null for whoever may not know")),
    person=(dict[str, str] | None, _said(..., "Personal fields of the form; null for whoever may not see them")),
)  # fmt: skip
