"""回避: what somebody is shown as work leaves out the cases he applies in himself."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, literal, select

from engine.store.tables import case_row

_NAMED = case_row.c.applicant != literal("", literal_execute=True)
"""Says it as the index of those cases asks for."""


def not_own(case_id: ColumnElement[str], person: Any) -> ColumnElement[bool]:
    """Rows of cases of which this person (an account, or the parameter that gives it) is not the applicant.

    The cases of one person are few, and found by the index of those that name an account.
    """
    return case_id.not_in(select(case_row.c.case_id).where(case_row.c.applicant == person, _NAMED))


def applicants(connection: Connection, case_ids: Collection[str]) -> dict[str, str]:
    """Case → the account of its applicant, of those of these cases that have one."""
    statement = select(case_row.c.case_id, case_row.c.applicant).where(case_row.c.case_id.in_(case_ids), _NAMED)
    return {row.case_id: row.applicant for row in connection.execute(statement)}
