"""Accounts and absences as acts ask for them: in the transaction of the act, or with a connection of their own."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, select

from engine.commands import Actor
from engine.store.tables import absence, account

Connect = Callable[[], AbstractContextManager[Connection]]


class AccountsNow:
    """The accounts of an installation, closed ones left out, and who stands in for whom."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect

    def account(self, account_id: str) -> Actor | None:
        """Somebody who may sign in."""
        rows = self._rows(select(account).where(account.c.id == account_id, account.c.active.is_(True)))
        return next((Actor(row.id, row.department, frozenset(json.loads(row.roles))) for row in rows), None)

    def anybody(self, department: str, role: str) -> bool:
        """Whether somebody who may sign in holds a role in a department."""
        here = (account.c.department == department, account.c.active.is_(True))
        return any(role in json.loads(row.roles) for row in self._rows(select(account.c.roles).where(*here)))

    def substitutions(self, absent: str, substitute: str, day: str) -> list[frozenset[str]]:
        """The scopes of the substitutions of one by the other on a local day (ISO); an empty one is for everything."""
        statement = select(absence.c.scope).where(
            absence.c.person == absent, absence.c.substitute == substitute, absence.c.ended_at.is_(None),
            absence.c.first_day <= day, absence.c.last_day >= day,
        )  # fmt: skip
        return [frozenset(row.scope.split()) for row in self._rows(statement)]

    def _rows(self, statement: Any) -> list[Any]:
        with self._connect() as connection:
            return list(connection.execute(statement))
