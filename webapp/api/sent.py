"""What programs send: the body of each act, the queries of the lists. Derived from the commands."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from engine.commands import SetAbsence, SubmitCase
from webapp.api.acts import ACTS
from webapp.api.derived import STRICT, model_of

ADDRESSED = ("case_id", "key")
"""Fields of a command that come from the address and the header ``Idempotency-Key``."""
MOST, LONGEST = 100, 120
"""Rows of one page of a list; characters of a parameter."""
ASKED = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
"""Of a query: it is all text, so numbers are read from it."""
PLACE = r"^[\x20-\x7e]*$"

BODIES: Mapping[str, type[BaseModel]] = {name: model_of(command, ADDRESSED) for name, command in ACTS.items()}
"""Name of an act → the model of its body."""
Application = model_of(SubmitCase, ADDRESSED)
"""The body of a new case."""
Absence = model_of(SetAbsence)
"""The body of a new substitution."""


class Credentials(BaseModel):
    """Account and password, as on the sign-in page."""

    model_config = STRICT
    username: str = Field(repr=False)
    password: str = Field(repr=False)


class NothingAsked(BaseModel):
    """No parameters."""

    model_config = ASKED


class Foreseen(BaseModel):
    """What a preview said."""

    model_config = ASKED
    foreseen: str = Field("", max_length=LONGEST, description="Mark of the preview: the act does that, or is refused")


class TasksAsked(BaseModel):
    """Which open tasks."""

    model_config = ASKED
    which: Literal["all", "overdue", "today"] = Field("all", description="By due date")
    whose: Literal["", "mine", "free", "taken", "lent"] = Field("", description="By who has them; empty: all")
    behalf: str = Field("", max_length=LONGEST, description="Account of an absent person: what one may decide for him")
    search: str = Field("", max_length=LONGEST, description="Part of the number of the case")
    after: str = Field("", max_length=LONGEST, pattern=PLACE, description="``after`` of the page before")
    limit: int = Field(50, ge=1, le=MOST)


class EntriesAsked(BaseModel):
    """Which entries of a journal."""

    model_config = ASKED
    after: int = Field(0, ge=0, description="Number of the last entry seen")
    limit: int = Field(50, ge=1, le=MOST)
