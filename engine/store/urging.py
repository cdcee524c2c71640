"""Who is urged, on the lists people work from: when each task was nudged last, and what waits to be acknowledged."""

import json
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select

from engine.store.database import Database
from engine.store.tables import escalation, outbox

NUDGED = "step_nudged"
"""The template of the notices a nudge leaves."""


@dataclass(frozen=True)
class LastNudge:
    """When a task was urged last (an instant as text), and the department that did, or ``applicant``."""

    at: str
    by: str


def last_nudges(database: Database, tasks: Collection[tuple[str, str]]) -> dict[tuple[str, str], LastNudge]:
    """The last nudge of each of these tasks (case, task) that was urged at all; one query."""
    if not tasks:
        return {}
    columns = (outbox.c.case_id, outbox.c.task_id, outbox.c.written_at, outbox.c.facts)
    cases = {case_id for case_id, _ in tasks}
    statement = (
        select(*columns)
        .where(outbox.c.case_id.in_(sorted(cases)), outbox.c.template == NUDGED)
        .order_by(outbox.c.case_id, outbox.c.seq)
    )
    with database.read() as connection:
        rows = connection.execute(statement).all()
    found = {(row.case_id, row.task_id): row for row in rows}  # the last one stands
    return {
        key: LastNudge(row.written_at, str(json.loads(row.facts)["by"])) for key, row in found.items() if key in tasks
    }


def last_told(database: Database, tasks: Collection[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, str]]:
    """Department and role that were told last of each of these tasks (case, task) that was raised at all; one query."""
    if not tasks:
        return {}
    one = escalation.c
    statement = (
        select(one.case_id, one.task, one.to_department, one.to_role)
        .where(one.case_id.in_(sorted({case_id for case_id, _ in tasks})))
        .order_by(one.case_id, one.task, one.level)
    )
    with database.read() as connection:
        rows = connection.execute(statement).all()
    found = {(row.case_id, row.task): (row.to_department, row.to_role) for row in rows}  # the highest level stands
    return {key: told for key, told in found.items() if key in tasks}


def unacknowledged(database: Database, department: str, roles: Collection[str]) -> int:
    """How many open escalations people of these roles in a department were told of and nobody has acknowledged."""
    one = escalation.c
    statement = select(func.count()).where(
        one.to_department == department, one.to_role.in_(sorted(roles)), one.written_off_at.is_(None),
        one.acknowledged_at.is_(None),
    )  # fmt: skip
    with database.read() as connection:
        return int(connection.execute(statement).scalar_one())
