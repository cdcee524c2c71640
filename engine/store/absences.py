"""Rows of substitutions (table ``absence``)."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace

from sqlalchemy import Connection, insert, or_, select, update

from engine.store.database import Database
from engine.store.people import AccountsNow
from engine.store.tables import absence, account


@dataclass(frozen=True)
class AbsenceRow:
    """One substitution; days are local (ISO) and included, ``scope`` codes of items and bundles (empty: all)."""

    id: str
    person: str
    substitute: str
    first_day: str
    last_day: str
    scope: str
    basis: str
    set_by: str
    set_at: str
    ended_by: str = ""
    ended_at: str | None = None


class AbsenceChange:
    """The table within one transaction that writes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.people = AccountsNow(lambda: nullcontext(connection))

    def overlapping(self, first: str, last: str, people: Sequence[str]) -> list[AbsenceRow]:
        """Those not ended that share a day with a range and concern one of these people."""
        concerns = or_(absence.c.person.in_(people), absence.c.substitute.in_(people))
        days = (absence.c.first_day <= last, absence.c.last_day >= first, absence.c.ended_at.is_(None))
        return [
            AbsenceRow(**row) for row in self._connection.execute(select(absence).where(concerns, *days)).mappings()
        ]

    def get(self, absence_id: str) -> AbsenceRow | None:
        """The row of an id."""
        found = self._connection.execute(select(absence).where(absence.c.id == absence_id)).mappings().one_or_none()
        return None if found is None else AbsenceRow(**found)

    def add(self, row: AbsenceRow) -> None:
        """A new row."""
        self._connection.execute(insert(absence), vars(row))

    def end(self, row: AbsenceRow, by: str, at: str) -> AbsenceRow:
        """The row, ended."""
        ended = replace(row, ended_by=by, ended_at=at)
        self._connection.execute(update(absence).where(absence.c.id == row.id).values(ended_by=by, ended_at=at))
        return ended


class AbsenceTable:
    """The table ``absence``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.people = AccountsNow(database.read)

    @contextmanager
    def changing(self) -> Iterator[AbsenceChange]:
        """One change; others wait."""
        with self._database.write() as connection:
            if not self._database.is_sqlite:  # two at once would not see each other's
                connection.exec_driver_sql("LOCK TABLE absence IN SHARE ROW EXCLUSIVE MODE")
            yield AbsenceChange(connection)

    def not_over(self, day: str, departments: Collection[str] = ()) -> list[AbsenceRow]:
        """Rows that are in force on a local day or later, of people of these departments (of all unless given)."""
        wanted = [absence.c.last_day >= day, absence.c.ended_at.is_(None)]
        if departments:
            wanted.append(absence.c.person.in_(select(account.c.id).where(account.c.department.in_(departments))))
        statement = select(absence).where(*wanted).order_by(absence.c.first_day, absence.c.id)
        with self._database.read() as connection:
            return [AbsenceRow(**row) for row in connection.execute(statement).mappings()]

    def concerning(self, person: str) -> list[AbsenceRow]:
        """Rows in which somebody is absent or stands in, newest first."""
        concerns = or_(absence.c.person == person, absence.c.substitute == person)
        statement = select(absence).where(concerns).order_by(absence.c.first_day.desc(), absence.c.id)
        with self._database.read() as connection:
            return [AbsenceRow(**row) for row in connection.execute(statement).mappings()]
