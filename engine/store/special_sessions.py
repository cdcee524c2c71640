"""Hearings, site visits, expert reviews and tests on the lists people work from."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, literal, or_, select

from engine.store.database import Database
from engine.store.tables import case_row, special_session, task

_IS_OPEN = special_session.c.status == literal("open", literal_execute=True)
"""Says it as the indexes of open ones ask for."""


def of_tasks(database: Database, tasks: Collection[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
    """The next open session of the item of each of these tasks (case, task) that has one; one query."""
    if not tasks:
        return {}
    one = special_session.c
    both = and_(task.c.case_id == one.case_id, task.c.item == one.item)
    statement = (
        select(special_session, task.c.task_id)
        .join(task, both)
        .where(one.case_id.in_(sorted({case_id for case_id, _ in tasks})), _IS_OPEN)
        .order_by(one.planned_at.desc(), one.number.desc())
    )
    with database.read() as connection:
        rows = [dict(row) for row in connection.execute(statement).mappings()]
    found = {(row["case_id"], row["task_id"]): row for row in rows}  # the earliest stands
    return {key: row for key, row in found.items() if key in tasks}


def planned_until(database: Database, department: str, person: str, until: str, limit: int) -> list[dict[str, Any]]:
    """The open sessions a department takes part in, or this person presides over, that are planned before an instant;
    with number, offering and version of their cases, the earliest first; one row for each item."""
    one = special_session.c
    statement = (
        select(special_session, *(case_row.c[name].label(f"case_{name}") for name in ("number", "offering", "version")))
        .join(case_row, case_row.c.case_id == one.case_id)
        .where(or_(one.department == department, one.chair == person), one.planned_at < until, _IS_OPEN)
        .order_by(one.planned_at, one.case_id, one.number, one.item)
        .limit(limit)
    )
    with database.read() as connection:
        return [dict(row) for row in connection.execute(statement).mappings()]
