"""Records that are not part of a case: accounts, sessions, drafts, the applicant's personal fields."""

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Row, delete, or_, select, update

from engine.commands import Actor
from engine.instants import to_text
from engine.store import queries
from engine.store.database import Database, retried
from engine.store.store import Transaction
from engine.store.tables import account, draft, session


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in."""

    id: str
    name: str
    department: str
    roles: frozenset[str]
    active: bool = True
    email: str = field(default="", repr=False)
    """Where notices are sent to as well; empty for nowhere."""

    @property
    def actor(self) -> Actor:
        """This person as the engine's policy sees them."""
        return Actor(self.id, self.department, self.roles)


def _account(row: Row[tuple[object, ...]]) -> Account:
    return Account(row.id, row.name, row.department, frozenset(json.loads(row.roles)), row.active, row.email)


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Records:
    """Reads and writes records; never touches a case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retried
    def save_account(self, person: Account, password_hash: str) -> None:
        """Creates or replaces an account."""
        row = {
            "id": person.id, "name": person.name, "department": person.department,
            "roles": json.dumps(sorted(person.roles)), "password_hash": password_hash, "active": person.active,
            "email": person.email,
        }  # fmt: skip
        with self._database.write() as connection:
            Transaction(connection).put(account, [row])

    def account(self, account_id: str) -> Account | None:
        """The account, or None."""
        with self._database.read() as connection:
            row = connection.execute(select(account).where(account.c.id == account_id)).one_or_none()
        return None if row is None else _account(row)

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Display names of accounts by id; unknown ids are left out."""
        statement = select(account.c.id, account.c.name).where(account.c.id.in_(sorted(set(ids))))
        with self._database.read() as connection:
            return {row.id: row.name for row in connection.execute(statement)}

    def people(self, name: str, departments: Collection[str], limit: int) -> list[Account]:
        """Active people of these departments, and those with this in their name (if it is not empty) or as their
        account, by department and name."""
        wanted: list[ColumnElement[bool]] = [account.c.department.in_(sorted(departments))]
        if name:
            wanted += [account.c.name.contains(name, autoescape=True), account.c.id == name]
        statement = (
            select(account)
            .where(or_(*wanted), account.c.active.is_(True))
            .order_by(account.c.department, account.c.name, account.c.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [_account(row) for row in connection.execute(statement)]

    def holders(self, department: str, role: str) -> list[str]:
        """Display names of the active people who hold a role in a department."""
        statement = select(account.c.name, account.c.roles).where(
            account.c.department == department, account.c.active.is_(True)
        )
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(account.c.id)).all()
        return [name for name, roles in rows if role in json.loads(roles)]

    def password_hash(self, account_id: str) -> str | None:
        """The stored hash of an active account's password."""
        statement = select(account.c.password_hash).where(account.c.id == account_id, account.c.active.is_(True))
        with self._database.read() as connection:
            return connection.execute(statement).scalar()

    @retried
    def start_session(self, account_id: str, token: str, now: datetime, expires: datetime) -> None:
        """Keeps a session; only the hash of its token is stored."""
        row = {
            "token_hash": _token_hash(token), "account": account_id, "created_at": to_text(now),
            "expires_at": to_text(expires), "ended_at": None,
        }  # fmt: skip
        with self._database.write() as connection:
            Transaction(connection).put(session, [row])

    def session_account(self, token: str, now: datetime) -> Account | None:
        """Whose session this is; None when it is unknown, expired or ended, or the account is closed."""
        statement = (
            select(account)
            .join(session, session.c.account == account.c.id)
            .where(
                session.c.token_hash == _token_hash(token), session.c.expires_at > to_text(now),
                session.c.ended_at.is_(None), account.c.active.is_(True),
            )
        )  # fmt: skip
        with self._database.read() as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else _account(row)

    @retried
    def end_session(self, token: str, now: datetime) -> None:
        """Ends one session at once."""
        statement = update(session).where(session.c.token_hash == _token_hash(token)).values(ended_at=to_text(now))
        with self._database.write() as connection:
            connection.execute(statement)

    @retried
    def save_draft(self, case_id: str, task_id: str, account_id: str, text: str, now: datetime) -> None:
        """Keeps an opinion being written; an empty text forgets it."""
        row = {"case_id": case_id, "task_id": task_id, "account": account_id, "text": text, "saved_at": to_text(now)}
        with self._database.write() as connection:
            if text.strip():
                Transaction(connection).put(draft, [row])
            else:
                keys = (draft.c.case_id == case_id, draft.c.task_id == task_id, draft.c.account == account_id)
                connection.execute(delete(draft).where(*keys))

    def draft(self, case_id: str, task_id: str, account_id: str) -> str:
        """The draft of this person for this task, or an empty text."""
        statement = select(draft.c.text).where(
            draft.c.case_id == case_id, draft.c.task_id == task_id, draft.c.account == account_id
        )
        with self._database.read() as connection:
            return connection.execute(statement).scalar() or ""

    def drafts(self, case_id: str, account_id: str) -> dict[str, str]:
        """The drafts of this person in a case, by task; of closed tasks too."""
        statement = select(draft.c.task_id, draft.c.text).where(
            draft.c.case_id == case_id, draft.c.account == account_id
        )
        with self._database.read() as connection:
            return {row.task_id: row.text for row in connection.execute(statement)}

    def applicant(self, case_id: str) -> dict[str, str]:
        """The applicant's personal fields (with their salt); empty when they were destroyed."""
        with self._database.read() as connection:
            return queries.personal_fields(connection, case_id)
