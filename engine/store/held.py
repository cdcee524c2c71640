"""What waits for one person by name: seats in open tasks, copies and questions. One query each."""

from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from engine.store.tables import absence, aside, case_row, seat, task


def asides_to(connection: Connection, person: str, limit: int) -> list[dict[str, Any]]:
    """The copies and questions sent to a person, newest first, with the numbers of their cases."""
    statement = (
        select(aside, case_row.c.number.label("case_number"))
        .join(case_row, case_row.c.case_id == aside.c.case_id)
        .where(aside.c.to == person)
        .order_by(aside.c.at.desc())
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def count_asides(connection: Connection, person: str) -> int:
    """How many copies and questions sent to a person wait to be read or answered."""
    statement = select(func.count()).where(aside.c.to == person, aside.c.answered_at.is_(None))
    return int(connection.execute(statement).scalar_one())


def seats_held_by(connection: Connection, person: str, limit: int) -> list[dict[str, Any]]:
    """The tasks in which a person has, or has lent, a seat that has still to decide, by case; with what tells them."""
    mine = (and_(column == person, column != "") for column in (seat.c.person, seat.c.lent_from))
    this = and_(seat.c.case_id == task.c.case_id, seat.c.task_id == task.c.task_id)
    statement = (
        select(
            seat, task.c.step, task.c.instance, task.c.due_at, case_row.c.number, case_row.c.version,
        )
        .join(task, this)
        .join(case_row, case_row.c.case_id == seat.c.case_id)
        .where(or_(*mine), seat.c.status.in_(["open", "waiting"]))
        .order_by(seat.c.case_id, seat.c.task_id, seat.c.seat)
        .limit(limit)
    )  # fmt: skip
    return [dict(row) for row in connection.execute(statement).mappings()]


def stands_in(connection: Connection, case_id: str, person: str, day: str) -> bool:
    """Whether a person stands in on a local day (ISO) for somebody who has a seat of a case by name."""
    statement = (
        select(absence.c.scope, case_row.c.offering, task.c.item)
        .join(seat, seat.c.person == absence.c.person)
        .join(task, and_(seat.c.case_id == task.c.case_id, seat.c.task_id == task.c.task_id))
        .join(case_row, case_row.c.case_id == seat.c.case_id)
        .where(
            absence.c.substitute == person, absence.c.ended_at.is_(None), absence.c.first_day <= day,
            absence.c.last_day >= day, seat.c.case_id == case_id,
        )
    )  # fmt: skip
    return any(
        not row.scope or {row.offering, row.item} & set(row.scope.split()) for row in connection.execute(statement)
    )
