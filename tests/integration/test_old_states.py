"""The stored workflow is a cache of the journal: lost, damaged or old, it is made anew; where that differs, a person
is asked."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgpack
import pytest
from sqlalchemy import Executable, delete, update

from engine.bootstrap import build_auditor, build_engine
from engine.case import approval
from engine.case.act import Act
from engine.case.deployment import Deployment
from engine.case.items import yield_results
from engine.case.state import Case
from engine.commands import SYSTEM, DecideStep, FireTimer
from engine.engine import Engine
from engine.errors import NotPossible
from engine.runtime import codec
from engine.store.database import Database
from engine.store.tables import case_row, journal_entry, metadata
from tests.builders import Office, handler_of, opened_office, settings_for
from tests.clock import ManualClock
from tests.web import Visitor, site_of, texts


@pytest.fixture
def loose(tmp_path: Path, clock: ManualClock) -> Iterator[Office]:
    """An office whose cases need not verify afterwards, and which keeps no case in memory."""
    office = Office(build_engine(settings_for(tmp_path), clock), clock)
    yield office
    office.engine.close()


def forget(engine: Engine, case_id: str) -> None:
    """What another process would see: nothing in memory."""
    engine._live.take(case_id, -1)


def stored(engine: Engine, case_id: str) -> bytes:
    with engine.store.transaction() as transaction:
        return transaction.load(case_id)[1]


def put(engine: Engine, case_id: str, **values: bytes) -> None:
    with engine.store.database.write() as connection:
        connection.execute(update(case_row).where(case_row.c.case_id == case_id).values(**values))
    forget(engine, case_id)


def aged(data: bytes) -> bytes:
    """The same in the form of an earlier release."""
    return bytes(msgpack.packb([1, *msgpack.unpackb(data, strict_map_key=False)[1:]]))


def elsewhere(data: bytes) -> bytes:
    """The same with tokens at elements the diagram does not have."""
    head, order, (*state, rows) = parts_of(data)
    what = [*state, [[row[0], f"{row[1]}?", *row[2:]] for row in rows]]
    return bytes(msgpack.packb([*head, order, msgpack.packb(what)]))


def fewer(data: bytes) -> bytes:
    """Readable, and wrong: a token is missing."""
    head, order, (*state, rows) = parts_of(data)
    return bytes(msgpack.packb([*head, order[:-1], msgpack.packb([*state, rows[:-1]])]))


def parts_of(data: bytes) -> tuple[list[Any], list[Any], list[Any]]:
    """Form and counter, the order of the tokens, what the workflow is (with one row for each token)."""
    *head, order, what = msgpack.unpackb(data, strict_map_key=False)
    return head, order, msgpack.unpackb(what, strict_map_key=False)


@pytest.mark.parametrize(
    "damage", [lambda data: b"", lambda data: b"lost", lambda data: data[: len(data) // 2], aged, elsewhere, fewer],
    ids=["deleted", "overwritten", "cut off", "older", "unknown elements", "a token missing"],
)  # fmt: skip
def test_a_workflow_that_was_lost_is_made_anew_and_nobody_sees_it(
    tmp_path: Path, clock: ManualClock, damage: Callable[[bytes], bytes]
) -> None:
    with opened_office(tmp_path, clock) as office:
        case_id = office.accept("B02")
        office.decide(case_id, "LIC_CHECK.review")
        before = {*office.open(case_id)}
        put(office.engine, case_id, flow=damage(stored(office.engine, case_id)))
        assert office.decide(case_id, "FOOD.site").closed
        assert {*office.open(case_id)} == before - {"FOOD.site"} | {"FOOD.review"}
        assert build_auditor(office.engine).verify().differences == ()
        assert office.engine.flags.all() == []
        assert office.finish(case_id).outcome == "granted"


@pytest.mark.parametrize("state", [b"", b"{", b"[]", b'{"revision": 3}'], ids=repr)
def test_a_state_that_cannot_be_read_is_made_anew_too(tmp_path: Path, clock: ManualClock, state: bytes) -> None:
    with opened_office(tmp_path, clock) as office:
        case_id = office.accept("B02")
        task = office.open(case_id)["LIC_CHECK.review"]
        put(office.engine, case_id, state=state)
        office.clock.advance(days=1)
        office.engine.execute(FireTimer(case_id, f"{task.id}:1"), SYSTEM)
        assert office.case(case_id).tasks[task.id].escalation == 1


@pytest.mark.parametrize("rebuilt", [False, True])
def test_workflows_stored_in_the_form_of_an_earlier_release_go_on(
    loose: Office, monkeypatch: pytest.MonkeyPatch, rebuilt: bool
) -> None:
    monkeypatch.setattr(codec, "FORMAT", 1)
    case_id = loose.accept("B02")
    loose.decide(case_id, "LIC_CHECK.review")
    monkeypatch.undo()
    forget(loose.engine, case_id)
    auditor = build_auditor(loose.engine)
    found = auditor.verify().differences
    assert [difference.what for difference in found] == ["stored rows of case_row are not what the journal says"]
    if rebuilt:
        auditor.rebuild()
        assert auditor.verify().differences == ()
    assert loose.decide(case_id, "FOOD.site").closed
    assert loose.finish(case_id).outcome == "granted"
    assert loose.engine.flags.all() == []
    assert auditor.verify().differences == ()


def replays_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a new program gave decisions another consequence."""

    def otherwise(case: Case, deployment: Deployment, step_id: str, act: Act) -> None:
        yield_results(case, deployment, step_id, act)
        case.values["a new field"] = True

    monkeypatch.setattr(approval, "yield_results", otherwise)


def test_a_journal_that_replays_to_something_else_is_for_a_person_and_changes_nothing(
    loose: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, other = loose.accept("B02"), loose.accept("B13")
    loose.decide(case_id, "LIC_CHECK.review")
    before = loose.case(case_id)
    whole = stored(loose.engine, case_id)
    put(loose.engine, case_id, flow=b"lost")
    replays_otherwise(monkeypatch)
    for _ in range(2):
        with pytest.raises(NotPossible) as refused:
            loose.decide(case_id, "FOOD.site")
        assert refused.value.code == "case.needs_person"
        assert "需要管理员" in refused.value.message_zh
    assert loose.case(case_id) == before
    assert [flag["case_id"] for flag in loose.engine.flags.all()] == [case_id]
    page = " ".join(texts(Visitor(site_of(loose.engine), "super1").get("/admin/").text))
    assert "需要管理员处理" in page
    assert before.number in page
    assert case_id in {d.case for d in build_auditor(loose.engine).verify().differences}
    assert loose.decide(other, min(loose.open(other))).closed, "other cases go on"
    monkeypatch.undo()
    put(loose.engine, case_id, flow=whole)
    assert build_auditor(loose.engine).rebuild([case_id]).differences == ()
    assert loose.engine.flags.all() == []
    assert loose.finish(case_id).outcome == "granted"


@pytest.mark.parametrize(
    "statement",
    [
        update(case_row).values(head=bytes(32)),
        update(journal_entry).where(journal_entry.c.seq == 1).values(actor="somebody"),
        update(journal_entry).where(journal_entry.c.seq == 1).values(facts="{"),
        delete(journal_entry),
    ],
    ids=["another end", "changed", "unreadable", "gone"],
)
def test_a_state_is_not_made_from_a_journal_that_was_tampered_with(loose: Office, statement: Executable) -> None:
    case_id = loose.accept("B02")
    task = loose.open(case_id)["LIC_CHECK.review"]
    put(loose.engine, case_id, flow=b"")
    with loose.engine.store.database.write() as connection:
        connection.execute(statement)
    with pytest.raises(NotPossible) as refused:
        loose.engine.execute(DecideStep(case_id, task.id, "agree"), handler_of(task))
    assert refused.value.code == "case.needs_person"
    assert len(loose.engine.flags.all()) == 1


def test_a_database_of_an_earlier_release_gets_the_columns_it_lacks(tmp_path: Path, clock: ManualClock) -> None:
    with opened_office(tmp_path, clock) as office:
        case_id = office.accept("B02")
    database = Database(settings_for(tmp_path).database_url)
    with database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE task DROP COLUMN instance")
    database.close()
    with opened_office(tmp_path, clock) as office:
        assert office.finish(case_id).outcome == "granted"


def test_a_database_of_an_earlier_release_gets_the_indexes_it_lacks(tmp_path: Path) -> None:
    database = Database(settings_for(tmp_path).database_url)
    check_indexes(database)
    database.close()


def check_indexes(database: Database) -> None:
    """Whatever index is dropped is there again, as it was, once the database is opened."""
    database.create()
    before = index_names(database)
    assert {index.name for table in metadata.sorted_tables for index in table.indexes} <= before
    with database.write() as connection:
        for table in metadata.sorted_tables:
            for index in table.indexes:
                index.drop(connection)
    assert len(index_names(database)) < len(before)
    for _ in range(2):
        database.create()
        assert index_names(database) == before


def index_names(database: Database) -> set[str]:
    asked = (
        "SELECT name FROM sqlite_master WHERE type = 'index'"
        if database.is_sqlite
        else ("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()")
    )
    with database.read() as connection:
        return set(connection.exec_driver_sql(asked).scalars())
