"""The installation of the oracle: one database for many runs, its people, two engines over it, and the state of a case
as rows tell it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self
from zlib import decompress

from sqlalchemy import bindparam, delete, event, select

from engine.bootstrap import build_auditor, build_engine
from engine.case.state import Case, case_from_state
from engine.commands import Actor
from engine.engine import Engine
from engine.journal import Difference, Entry
from engine.replay import Auditor
from engine.store import queries
from engine.store.records import Account
from engine.store.store import entry_of
from engine.store.tables import case_row, deployment, journal_entry, metadata
from tests.builders import settings_for
from tests.clock import ManualClock
from tests.oracle.bundles import BUNDLES, write_processes
from tests.oracle.design import Design, read_design

ALL = frozenset({"reviewer", "inspector", "checker", "issuer", "head"})


_ENTRIES = (
    select(journal_entry)
    .where(journal_entry.c.case_id == bindparam("case"), journal_entry.c.seq > bindparam("after"))
    .order_by(journal_entry.c.seq)
)
_REVISIONS = select(case_row.c.case_id, case_row.c.revision)


def _person(name: str, department: str, *roles: str) -> Actor:
    return Actor(name, department, frozenset(roles) or ALL)


CLERK = _person("clerk", "window", "window_clerk")
ADMIN = _person("root", "lead", "admin")
PEOPLE = (
    CLERK, ADMIN, _person("sup", "supervision", "supervisor"), _person("sup2", "supervision", "supervisor"),
    _person("m1", "market"), _person("m2", "market", "reviewer", "issuer", "section_head"),
    _person("m3", "market", "reviewer", "inspector", "department_head"), _person("p1", "police"),
    _person("p2", "police", "reviewer", "issuer", "section_head"), _person("t1", "tax"),
    _person("t2", "tax", "reviewer", "head"), _person("u1", "urban"), _person("f1", "fire"), _person("c1", "clinic"),
    _person("h1", "hrss"), _person("i1", "medins"), _person("g1", "fund"), _person("k1", "bank"),
)  # fmt: skip
CAST = {
    "B01": "clerk m1 m2 p1 p2 t1 h1 i1 g1 k1 root sup", "B02": "clerk m1 m2 m3 u1 f1 c1 root sup sup2",
    "ORC": "clerk m1 m2 m3 p1 p2 t1 t2 root sup",
}  # fmt: skip
"""Who takes part in cases of a bundle."""
BY_ID = {one.id: one for one in PEOPLE}


def cast(code: str) -> list[Actor]:
    """The people of a bundle."""
    return [BY_ID[name] for name in CAST[code].split()]


def _plain(value: Any) -> Any:
    """What is packed as it is unpacked: the same may be packed in two ways."""
    return decompress(value) if isinstance(value, bytes) and value.startswith(b"x\x9c") else value


class CaseAuditor(Auditor):
    """Checks cases alone: the deployed versions are the same for all runs."""

    @classmethod
    def of(cls, engine: Engine) -> Self:
        """An auditor as the product builds it."""
        auditor = build_auditor(engine)
        auditor.__class__ = cls
        assert isinstance(auditor, cls)
        return auditor

    def _deployed(self) -> Iterator[Difference]:
        yield from ()


@dataclass(frozen=True)
class Look:
    """A case as it is stored: the case (open tasks), every row of its tasks, the last entries of its journal."""

    case: Case
    rows: Sequence[dict[str, Any]]
    entries: Sequence[Entry]


class Town:
    """One folder, one database; ``engine`` is what people work with."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        first, second = write_processes(folder / "first"), write_processes(folder / "second", second=True)
        newer = build_engine(settings_for(folder, processes=second), self.clock)
        self.second = {code: newer.deployments.current(code).version for code in BUNDLES}
        newer.close()
        self.engines = [
            self._quick(build_engine(settings_for(folder, processes=first, live_cases=n), self.clock)) for n in (50, 0)
        ]
        self.engine = self.engines[0]
        self.first = {code: self.engine.deployments.current(code).version for code in BUNDLES}
        self.designs: dict[str, Design] = {}
        for where, versions in ((first, self.first), (second, self.second)):
            self.designs |= {version: read_design(where, code) for code, version in versions.items()}
        for one in (*PEOPLE, *self.spares):
            self.engine.records.save_account(Account(one.id, one.id, one.department, one.roles), "")

    def _quick(self, engine: Engine) -> Engine:
        """Nothing here has to survive a power failure."""
        pool = engine.store.database.engine
        event.listen(pool, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF").close())
        pool.dispose()
        return engine

    @cached_property
    def spares(self) -> list[Actor]:
        """People nobody has used yet, to whom what nobody can decide any more is given at the end."""
        desks = {(one.department, role) for one in PEOPLE for role in one.roles}
        return [Actor(f"{d}.{r}.{n}", d, frozenset({r})) for d, r in sorted(desks) for n in range(4)]

    def empty(self) -> None:
        """No case, no absence: a run begins. The engine of all caches is the one people begin with."""
        kept = {deployment.name, "account", "counter"}
        with self.engine.store.database.write() as connection:
            for table in reversed(metadata.sorted_tables):
                if table.name not in kept:
                    connection.execute(delete(table))
        self.engine = self.engines[0]

    def restart(self) -> None:
        """Another process over the same database: nothing of what the first one had in memory."""
        self.engine = self.engines[1 - self.engines.index(self.engine)]

    def look(self, case_id: str, after: int = 0) -> Look:
        """A case as stored, with its entries after one."""
        with self.engine.store.database.read() as connection:
            found = queries.case_with_state(connection, case_id)
            assert found is not None
            rows = queries.tasks_of(connection, case_id)
            entries = [entry_of(row, "") for row in connection.execute(_ENTRIES, {"case": case_id, "after": after})]
        return Look(case_from_state(json.loads(found[0]), found[1]), rows, entries)

    def revisions(self) -> dict[str, int]:
        """Case → how many entries it has."""
        with self.engine.store.database.read() as connection:
            return {row.case_id: row.revision for row in connection.execute(_REVISIONS)}

    def rows(self) -> dict[str, list[str]]:
        """Everything that is stored of cases, and for them."""
        tables = [table for table in metadata.sorted_tables if "case_id" in table.c]
        with self.engine.store.database.read() as connection:
            return {
                table.name: sorted(str([_plain(value) for value in row]) for row in connection.execute(select(table)))
                for table in tables
            }

    @property
    def auditor(self) -> CaseAuditor:
        """Of the engine people work with."""
        return self.auditors[self.engines.index(self.engine)]

    @cached_property
    def auditors(self) -> list[CaseAuditor]:
        """One for each engine."""
        return [CaseAuditor.of(engine) for engine in self.engines]

    def close(self) -> None:
        """Closes everything."""
        for engine in self.engines:
            engine.close()
