"""``verify`` looks at files and their rows too; files nothing refers to are listed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from engine.bootstrap import build_auditor, build_engine
from engine.materials import Upload
from engine.orphans import NO_ENTRY, UNFINISHED, orphans
from engine.store import tables
from tests.builders import CLERK, SECRET, Office, settings_for
from tests.clock import ManualClock
from tests.forked import binglian
from tests.integration.test_materials import ONE, PLAN, TWO, send
from tests.papers import make_all


@pytest.fixture
def loose(tmp_path: Path, clock: ManualClock) -> Iterator[Office]:
    """An office whose journals are not compared at the end, with a document and two versions of a file."""
    engine = build_engine(settings_for(tmp_path), clock)
    office = Office(engine, clock)
    case_id = office.accept("B02")
    send(office, case_id)
    send(office, case_id, content=TWO)
    make_all(office)
    assert build_auditor(engine).verify().differences == ()
    yield office
    engine.close()


def found(office: Office) -> list[str]:
    return [one.what for one in build_auditor(office.engine).verify(office.cases).differences]


def files_of(office: Office, inside: str) -> list[Path]:
    return sorted(path for path in office.engine.settings.files_folder.glob(inside) if path.is_file())


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (delete(tables.document), ["document 330100受字〔2026〕1号 has no row"]),
        (
            update(tables.document).values(sha256="0" * 64),
            ["the row of document 330100受字〔2026〕1号 says something else"],
        ),
        (
            update(tables.document).values(state="due"),
            ["the row of document 330100受字〔2026〕1号 says something else"],
        ),
        (
            update(tables.document).values(seq=9, number="x"),
            ["document 330100受字〔2026〕1号 has no row", "document x is stored as made, but has no entry"],
        ),
        (delete(tables.upload), [f"version 1 of {PLAN} has no row", f"version 2 of {PLAN} has no row"]),
        (
            update(tables.upload).values(size=7),
            [f"the row of version {n} of {PLAN} says something else" for n in (1, 2)],
        ),
    ],
)
def test_rows_that_say_something_else_than_the_journal_are_found(
    loose: Office, statement: object, expected: list[str]
) -> None:
    with loose.engine.store.database.write() as connection:
        connection.execute(statement)  # type: ignore[call-overload]
    assert found(loose) == expected


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_files_that_are_missing_or_damaged_are_found(loose: Office, damage: str) -> None:
    for path in [*files_of(loose, "??/*"), *files_of(loose, "uploads/??/*")]:
        path.unlink() if damage == "missing" else path.write_bytes(b"another")
    assert sorted(found(loose)) == [
        f"the file of document 330100受字〔2026〕1号 is {damage}",
        f"the file of version 1 of {PLAN} is {damage}",
        f"the file of version 2 of {PLAN} is {damage}",
    ]


def test_one_file_of_two_versions_is_read_once_and_told_once(loose: Office) -> None:
    send(loose, loose.cases[0], content=ONE)
    loose.engine.materials.files.path(files_of(loose, "uploads/??/*")[0].name).unlink()
    assert len(found(loose)) == 1


def test_files_nothing_refers_to_are_listed_and_stay(office: Office, tmp_path: Path) -> None:
    case_id = office.accept("B02")
    send(office, case_id)
    make_all(office)
    folder = office.engine.settings.files_folder
    assert list(orphans(office.engine.store, folder)) == []
    view = office.engine.read.case(case_id, CLERK)
    office.engine.materials.take_in(view, Upload(PLAN, "b.pdf", TWO), CLERK)  # and the command never came
    office.engine.paperwork.files.keep(b"%PDF printed, and killed")
    office.engine.paperwork.files.keep(ONE)  # a file of a material is no document
    (folder / "uploads" / ".scan-x1").write_bytes(b"half")
    told = list(orphans(office.engine.store, folder))
    assert [one.why for one in told].count(NO_ENTRY) == 3
    assert [(one.path, one.size) for one in told if one.why == UNFINISHED] == [("uploads/.scan-x1", 4)]
    settings = office.engine.settings
    environment = {"BINGLIAN_DATABASE_URL": settings.database_url, "BINGLIAN_SECRET_KEY": SECRET}
    ran = binglian("files", "--orphans", "--json", **environment)
    assert (ran.returncode, json.loads(ran.stdout)) == (0, [one.as_dict() for one in told])
    assert "4 个 files" in binglian("files", "--orphans", **environment).stdout
    assert list(orphans(office.engine.store, folder)) == told, "nothing is deleted"
    assert list(orphans(office.engine.store, tmp_path / "nothing")) == []
