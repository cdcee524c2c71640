"""The read side: every list paged by key, one query each, however many rows there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, literal, or_, select, tuple_

from engine.store.packing import unpacked
from engine.store.tables import case_item, case_row, task

FAR = "9999"
"""Sorts tasks without a due instant last."""


@dataclass(frozen=True)
class Page:
    """Rows of a list and the key where the next page begins (None at the end)."""

    rows: list[dict[str, Any]]
    after: tuple[str, str, str] | None


@dataclass(frozen=True)
class TaskFilter:
    """Whose tasks (``everywhere``: everybody's), and which of them.

    ``until`` keeps what is due before an instant, ``since`` what is due from one.
    """

    everywhere: bool = False
    department: str = ""
    roles: frozenset[str] = frozenset()
    search: str = ""
    since: str = ""
    until: str = ""


_due = func.coalesce(task.c.due_at, FAR)
_IS_OPEN = task.c.status == literal("open", literal_execute=True)
"""Says ``status = 'open'`` in the text of the query, as the indexes of open tasks ask for."""


def _conditions(wanted: TaskFilter) -> list[Any]:
    conditions: list[Any] = []
    if not wanted.everywhere:
        conditions += [task.c.department == wanted.department, task.c.role.in_(sorted(wanted.roles))]
    if wanted.search:
        conditions.append(case_row.c.number.contains(wanted.search, autoescape=True))
    if wanted.until:
        conditions.append(and_(task.c.due_at.is_not(None), task.c.due_at < wanted.until))
    if wanted.since:
        conditions.append(task.c.due_at >= wanted.since)
    return conditions


def _tasks(wanted: TaskFilter) -> Select[Any]:
    ended = select(func.count()).where(case_item.c.case_id == task.c.case_id, case_item.c.ended_at.is_not(None))
    total = select(func.count()).where(case_item.c.case_id == task.c.case_id)
    return (
        select(
            task, case_row.c.number, case_row.c.offering, case_row.c.version, case_row.c.promised_due_at,
            ended.scalar_subquery().label("items_ended"), total.scalar_subquery().label("items_total"),
        )
        .join(case_row, case_row.c.case_id == task.c.case_id)
        .where(*_conditions(wanted))
    )  # fmt: skip


def open_tasks(connection: Connection, wanted: TaskFilter, limit: int, after: Sequence[str] | None = None) -> Page:
    """Open tasks, least time left first; ``after`` is the key of the last row seen."""
    statement = _tasks(wanted).where(_IS_OPEN)
    if after:
        statement = statement.where(tuple_(_due, task.c.case_id, task.c.task_id) > tuple_(*after))
    statement = statement.order_by(_due, task.c.case_id, task.c.task_id).limit(limit + 1)
    rows = [dict(row) for row in connection.execute(statement).mappings()]
    more = len(rows) > limit
    rows = rows[:limit]
    last = rows[-1] if more else None
    return Page(rows, None if last is None else (last["due_at"] or FAR, last["case_id"], last["task_id"]))


def count_open(connection: Connection, wanted: TaskFilter, instants: Sequence[str]) -> list[int]:
    """How many open tasks there are, then how many are due before each of ``instants``; one query."""
    sums = [func.coalesce(func.sum(case((task.c.due_at < instant, 1), else_=0)), 0) for instant in instants]
    statement = (
        select(func.count(), *sums)
        .select_from(task.join(case_row, case_row.c.case_id == task.c.case_id))
        .where(_IS_OPEN, *_conditions(wanted))
    )
    return [int(value) for value in connection.execute(statement).one()]


def done_tasks(
    connection: Connection, actor: str, limit: int, before: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """What a person has handled, newest first; ``before`` is ``(closed_at, case_id, task_id)`` of the last row seen."""
    key = (task.c.closed_at, task.c.case_id, task.c.task_id)
    statement = _tasks(TaskFilter(everywhere=True)).where(task.c.actor == actor, task.c.decision.is_not(None))
    if before:
        statement = statement.where(tuple_(*key) < tuple_(*before))
    rows = connection.execute(statement.order_by(*(column.desc() for column in key)).limit(limit)).mappings()
    return [dict(row) for row in rows]


_CASE_COLUMNS = [column for column in case_row.columns if column.name not in {"state", "flow"}]


def cases(
    connection: Connection, statuses: Sequence[str], search: str, limit: int, before: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Cases, newest first; ``before`` is ``(submitted_at, case_id)`` of the last row seen."""
    statement = _newest(select(*_CASE_COLUMNS), statuses, search, before).limit(limit)
    return [dict(row) for row in connection.execute(statement).mappings()]


def cases_with_state(
    connection: Connection, statuses: Sequence[str], search: str, limit: int, before: Sequence[str] | None = None
) -> list[tuple[bytes, bytes]]:
    """State and workflow of cases, newest first."""
    statement = _newest(select(case_row.c.state, case_row.c.flow), statuses, search, before).limit(limit)
    return [(unpacked(row.state), row.flow) for row in connection.execute(statement)]


def _newest(statement: Select[Any], statuses: Sequence[str], search: str, before: Sequence[str] | None) -> Select[Any]:
    if statuses:
        statement = statement.where(case_row.c.status.in_(statuses))
    if search:
        statement = statement.where(case_row.c.number.contains(search, autoescape=True))
    if before:
        statement = statement.where(tuple_(case_row.c.submitted_at, case_row.c.case_id) < tuple_(*before))
    return statement.order_by(case_row.c.submitted_at.desc(), case_row.c.case_id.desc())


def count_cases(connection: Connection, status: str) -> int:
    """How many cases are in a state."""
    return int(connection.execute(select(func.count()).where(case_row.c.status == status)).scalar_one())


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


def case_id_of(connection: Connection, number: str) -> str | None:
    """The case with this number."""
    return connection.execute(select(case_row.c.case_id).where(case_row.c.number == number)).scalar()


def touches(connection: Connection, case_id: str, department: str) -> bool:
    """Whether a department has, or had, a task of the case."""
    statement = select(task.c.task_id).where(
        task.c.case_id == case_id,
        task.c.department == department,
        or_(_IS_OPEN, task.c.actor.is_not(None)),
    )
    return connection.execute(statement.limit(1)).scalar() is not None
