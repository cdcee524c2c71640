"""The checks of promises somebody has to make, paged by key."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, case, func, literal, select, tuple_

from engine.commands import Actor
from engine.store.own import not_own
from engine.store.tables import case_row, promise_check

_IS_DUE = promise_check.c.status == literal("due", literal_execute=True)
_KEY = (promise_check.c.due_at, promise_check.c.case_id, promise_check.c.number)


@dataclass(frozen=True)
class CheckPage:
    """Rows of checks, with number, offering and version of their cases; ``after``: where the next page begins."""

    rows: list[dict[str, Any]]
    after: tuple[str, ...] | None


def due_checks(connection: Connection, actor: Actor, limit: int, after: Sequence[str] | None = None) -> CheckPage:
    """What somebody has to check, by the roles he holds in his department, the first due first."""
    columns = (case_row.c.number.label("case_number"), case_row.c.offering, case_row.c.version)
    statement = (
        select(promise_check, *columns)
        .join(case_row, case_row.c.case_id == promise_check.c.case_id)
        .where(*_of(actor), *([tuple_(*_KEY) > tuple_(*after)] if after else ()))
        .order_by(*_KEY)
        .limit(limit + 1)
    )
    rows = [dict(row) for row in connection.execute(statement).mappings()]
    more = rows[limit - 1] if len(rows) > limit else None
    return CheckPage(rows[:limit], None if more is None else tuple(more[column.name] for column in _KEY))


def count_due(connection: Connection, actor: Actor, now: str) -> tuple[int, int]:
    """How many they are, and how many of them are overdue."""
    late = func.coalesce(func.sum(case((promise_check.c.due_at < now, 1), else_=0)), 0)
    total, overdue = connection.execute(select(func.count(), late).where(*_of(actor))).one()
    return int(total), int(overdue)


def cases_with_checks(connection: Connection) -> set[str]:
    """The cases in which there is still one to make."""
    return set(connection.execute(select(promise_check.c.case_id).where(_IS_DUE)).scalars())


def _of(actor: Actor) -> tuple[Any, ...]:
    here = (promise_check.c.department == actor.department, promise_check.c.role.in_(sorted(actor.roles)))
    return _IS_DUE, *here, not_own(promise_check.c.case_id, actor.id)
