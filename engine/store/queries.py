"""The read side of cases: their rows and states, one query each, however many rows there are."""

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select, tuple_

from engine.errors import IntegrityError
from engine.store.own import not_own
from engine.store.packing import unpacked
from engine.store.tables import (
    applicant,
    aside,
    case_row,
    escalation,
    journal_entry,
    promise_check,
    seat,
    special_session,
    task,
)

_CASE_COLUMNS = [column for column in case_row.columns if column.name not in {"state", "flow"}]


def cases(
    connection: Connection, statuses: Sequence[str], search: str, limit: int, before: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Cases, newest first; ``before`` is ``(submitted_at, case_id)`` of the last row seen."""
    statement = _newest(select(*_CASE_COLUMNS), statuses, search, before).limit(limit)
    return [dict(row) for row in connection.execute(statement).mappings()]


def cases_with_state(connection: Connection, statuses: Sequence[str], search: str, limit: int,
                     before: Sequence[str] | None = None, reader: str = "") -> list[tuple[bytes, bytes]]:  # fmt: skip
    """State and workflow of cases, newest first; but for those in which ``reader`` is the applicant."""
    statement = _newest(select(case_row.c.state, case_row.c.flow), statuses, search, before).limit(limit)
    statement = statement.where(*_of_others(reader))
    return [(unpacked(row.state), row.flow) for row in connection.execute(statement)]


def _newest(statement: Select[Any], statuses: Sequence[str], search: str, before: Sequence[str] | None) -> Select[Any]:
    if statuses:
        statement = statement.where(case_row.c.status.in_(statuses))
    if search:
        statement = statement.where(case_row.c.number.contains(search, autoescape=True))
    if before:
        statement = statement.where(tuple_(case_row.c.submitted_at, case_row.c.case_id) < tuple_(*before))
    return statement.order_by(case_row.c.submitted_at.desc(), case_row.c.case_id.desc())


def count_cases(connection: Connection, status: str, reader: str) -> int:
    """How many cases are in a state, but for those in which ``reader`` is the applicant."""
    wanted = (case_row.c.status == status, *_of_others(reader))
    return int(connection.execute(select(func.count()).where(*wanted)).scalar_one())


def _of_others(reader: str) -> Sequence[ColumnElement[bool]]:
    return [not_own(case_row.c.case_id, reader)] if reader else []


def count_versions(connection: Connection, status: str) -> dict[tuple[str, str], int]:
    """How many cases in a state there are of each offering and version."""
    key = (case_row.c.offering, case_row.c.version)
    statement = select(*key, func.count().label("number")).where(case_row.c.status == status).group_by(*key)
    return {(row.offering, row.version): row.number for row in connection.execute(statement)}


def locked_cases(connection: Connection, case_ids: Sequence[str]) -> Sequence[Any]:
    """Id, revision, instant, head, state and workflow of several cases, locked in the order of their ids."""
    columns = (case_row.c[name] for name in ("case_id", "revision", "instant", "head", "state", "flow"))
    statement = select(*columns).where(case_row.c.case_id.in_(case_ids)).order_by(case_row.c.case_id)
    return connection.execute(statement.with_for_update()).all()


def case_with_state(connection: Connection, case_id: str) -> tuple[bytes, bytes] | None:
    """The stored state and workflow of a case."""
    statement = select(case_row.c.state, case_row.c.flow).where(case_row.c.case_id == case_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else (unpacked(row.state), row.flow)


def tasks_of(connection: Connection, case_id: str, task_id: str | None = None) -> list[dict[str, Any]]:
    """Every task of a case, or this one, closed ones included."""
    statement = select(task).where(task.c.case_id == case_id)
    if task_id is not None:
        statement = statement.where(task.c.task_id == task_id)
    return [dict(row) for row in connection.execute(statement).mappings()]


_STEP_TIMES = ("case_id", "step", "item", "act", "department", "status", "opened_at", "due_at", "closed_at")


def step_times(connection: Connection, case_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Case → its tasks, closed ones included: what figures are made of."""
    found: dict[str, list[dict[str, Any]]] = {}
    statement = select(*(task.c[name] for name in _STEP_TIMES)).where(task.c.case_id.in_(case_ids))
    for row in connection.execute(statement):
        found.setdefault(row[0], []).append(dict(zip(_STEP_TIMES, row, strict=True)))
    return found


def entry_kinds(connection: Connection, case_ids: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Case → kind and instant of each entry of its journal, in order."""
    found: dict[str, list[tuple[str, str]]] = {}
    columns = journal_entry.c.case_id, journal_entry.c.kind, journal_entry.c.instant
    statement = select(*columns).where(journal_entry.c.case_id.in_(case_ids))
    for row in connection.execute(statement.order_by(journal_entry.c.case_id, journal_entry.c.seq)):
        found.setdefault(row[0], []).append((row[1], row[2]))
    return found


def case_id_of(connection: Connection, number: str) -> str | None:
    """The case with this number."""
    return connection.execute(select(case_row.c.case_id).where(case_row.c.number == number)).scalar()


def touches(
    connection: Connection, case_id: str, department: str, person: str = "", deciding: Collection[str] = ()
) -> bool:
    """Whether a department has, or had, a task of the case or a seat in one, was told of a delay, or checks a promise;
    or a person has a seat, was sent a copy or a question, or made one of these kinds of entries."""
    told = select(escalation.c.number).where(
        escalation.c.case_id == case_id,
        or_(escalation.c.department == department, escalation.c.to_department == department),
    )
    statement = select(task.c.task_id).where(
        task.c.case_id == case_id,
        task.c.department == department,
        or_(task.c.status == "open", task.c.actor.is_not(None), task.c.status == "cancelled"),
    )
    mine = (seat.c.department == department, seat.c.person == person, seat.c.lent_from == person)
    sits = select(seat.c.seat).where(seat.c.case_id == case_id, or_(*(mine if person else mine[:1])))
    shown = select(aside.c.number).where(aside.c.case_id == case_id, aside.c.to == person, aside.c.to != "")
    checks = select(promise_check.c.number).where(
        promise_check.c.case_id == case_id, promise_check.c.department == department
    )
    presides = select(special_session.c.number).where(
        special_session.c.case_id == case_id, special_session.c.chair == person, special_session.c.chair != ""
    )
    entries = journal_entry.c
    acted = select(entries.seq).where(
        entries.case_id == case_id, entries.actor == person, entries.actor != "", entries.kind.in_(deciding)
    )
    asked = (statement, told, sits, checks, shown, presides, acted)
    return any(connection.execute(one.limit(1)).scalar() is not None for one in asked)


def personal_fields(connection: Connection, case_id: str) -> dict[str, str]:
    """The record of an applicant: personal fields, with their salt; empty when they were destroyed."""
    text = connection.execute(select(applicant.c.fields).where(applicant.c.case_id == case_id)).scalar()
    try:
        return {} if text is None else dict(json.loads(text))
    except (ValueError, TypeError) as error:
        raise IntegrityError(
            "record.unreadable", "申请人信息无法读取", "the applicant's record cannot be read", case_id
        ) from error
