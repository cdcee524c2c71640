"""Signing in, who one is, one's open tasks, and substitutions."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from flask import Response, request
from pydantic import BaseModel, ValidationError

from engine.case.projection import task_of
from engine.commands import Actor, EndAbsence, SetAbsence
from engine.errors import NotPermitted
from engine.instants import to_text
from webapp.api import given, sent
from webapp.api.routes import operation
from webapp.api.shown import task_shown
from webapp.auth import (
    NotSignedIn,
    account_of,
    current_actor,
    end_session,
    limited_tries,
    new_session,
    signed_in_account,
)
from webapp.context import engine
from webapp.inbox.shares import in_place_of, in_scope

Row = Mapping[str, Any]
OWN = "applicant"
SHARED = ("case_id", "number", "offering", "promised_due_at", "items_ended", "items_total")
"""What a row of the inbox says beside its task."""


def _tried() -> str:
    """The account a program tries to sign in as; empty for what is no such request."""
    try:
        return sent.Credentials.model_validate_json(request.get_data()).username
    except ValidationError:
        return ""


@operation(
    "POST", "/tokens", body=sent.Credentials, answer=given.Token, status=HTTPStatus.CREATED, public=True
)  # fmt: skip
@limited_tries(_tried)
def new_token(body: sent.Credentials) -> BaseModel:
    """Sign in: a token for 12 hours."""
    account = account_of(body.username, body.password)
    if account is None:
        raise NotSignedIn("auth.credentials", "账号或密码不正确", "the account or the password is wrong")
    token, expires = new_session(account)
    return given.Token(token=token, expires_at=to_text(expires))


@operation("DELETE", "/tokens/current", status=HTTPStatus.NO_CONTENT)
def end_token() -> Response:
    """Sign out: the token is worth nothing any more."""
    end_session()
    return Response(status=HTTPStatus.NO_CONTENT)


@operation("GET", "/me", answer=given.Me)
def me() -> BaseModel:
    """Whose token this is."""
    one = signed_in_account()
    return given.Me(id=one.id, name=one.name, department=one.department, roles=sorted(one.roles))


@operation("GET", "/tasks", query=sent.TasksAsked, answer=given.Tasks)
def tasks(query: sent.TasksAsked) -> BaseModel:
    """The open tasks one may handle, least time left first."""
    after = query.after.split(",") if query.after else None
    reader, wanted = _handler(query.behalf)
    page = engine().read.inbox(reader, query.which, query.search, after, query.limit, query.whose)
    rows = [_row(row) for row in page.rows if wanted(row)]
    return given.Tasks.model_construct(tasks=rows, after=",".join(page.after) if page.after else None)


def _handler(absent: str) -> tuple[Actor, Callable[[Row], bool]]:
    """Whose inbox it is, and which of its rows; NotPermitted for somebody one does not stand in for today."""
    actor = current_actor()
    if not absent:
        return actor, lambda row: True
    found = in_place_of(actor, absent)
    if found is None:
        raise NotPermitted("absence.other", "您今天不代理此人", "you do not stand in for this person today")
    person, rows = found
    return person, lambda row: in_scope(row, rows) and row[OWN] != actor.id


def _row(row: Row) -> BaseModel:
    return task_shown(task_of(row), given.OpenTask, **{name: row[name] for name in SHARED})


@operation("GET", "/absences", answer=given.Absences)
def absences() -> BaseModel:
    """The own substitutions (代理), and those in which one stands in, newest first; past ones too."""
    rows = [given.Absence.model_construct(**asdict(row)) for row in engine().absences.of(current_actor().id)]
    return given.Absences.model_construct(absences=rows)


@operation("POST", "/absences", body=sent.Absence, answer=given.Absence, status=HTTPStatus.CREATED)
def new_absence(body: BaseModel) -> BaseModel:
    """Say who stands in for somebody who is absent (代理)."""
    row = engine().absences.set(SetAbsence(**body.model_dump()), current_actor())
    return given.Absence.model_construct(**asdict(row))


@operation("POST", "/absences/<absence>/end", answer=given.Absence)
def end_absence(absence: str) -> BaseModel:
    """End a substitution before its last day."""
    return given.Absence.model_construct(**asdict(engine().absences.end(EndAbsence(absence), current_actor())))
