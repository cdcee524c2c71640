"""The journal is the case: whatever is changed behind its back is found, whatever is lost is made anew."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text, update

from engine.bootstrap import build_auditor, build_engine
from engine.commands import SYSTEM, DecideStep
from engine.deployments import pack, unpack
from engine.errors import IntegrityError
from engine.journal import GENESIS, check_chain
from engine.replay import replay
from engine.settings import Settings, default_processes
from engine.simulation.folders import copied
from engine.store import tables
from tests.builders import Office, handler_of, opened_office, settings_for
from tests.clock import ManualClock
from tests.quick import quick_engine, shipped


def tampered(office: Office, statement: object) -> list[str]:
    """What ``verify`` says after a change made directly in the database (undone by a rebuild or not at all)."""
    with office.engine.store.database.write() as connection:
        connection.execute(statement)  # type: ignore[call-overload]
    return [difference.what for difference in build_auditor(office.engine).verify().differences]


@pytest.fixture
def loose(tmp_path: Path, clock: ManualClock) -> Office:
    """An office whose database a test may spoil."""
    office = Office(quick_engine(settings_for(tmp_path), clock), clock)
    case_id = office.accept("B02")
    office.decide(case_id, "LIC_CHECK.review")
    return office


def test_entries_are_chained_and_sealed(office: Office) -> None:
    case_id = office.accept("B02")
    office.decide(case_id, "LIC_CHECK.review")
    entries = office.engine.read.case(case_id, SYSTEM).entries
    assert [entry.kind for entry in entries] == ["ApplicationSubmitted", "ApplicationAccepted", "StepDecided"]
    assert [entry.previous for entry in entries] == [GENESIS, entries[0].hash, entries[1].hash]
    assert not list(check_chain(case_id, entries))


def test_the_calendar_is_asked_once_for_each_limit_that_starts(office: Office) -> None:
    case_id = office.accept("B02")
    accepted = office.engine.read.case(case_id, SYSTEM).entries[1]
    questions = [name for name, _ in accepted.answers]
    assert len(questions) == len(set(questions))
    opened = office.case(case_id).open_tasks()
    assert {f"due:{task.limit}:{task.unit}" for task in opened} <= set(questions)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (update(tables.journal_entry).where(tables.journal_entry.c.seq == 3).values(actor="somebody"), "hash"),
        (delete(tables.journal_entry).where(tables.journal_entry.c.seq == 2), "expected entry"),
        (update(tables.case_row).values(status="closed"), "case_row"),
        (update(tables.task).where(tables.task.c.status == "open").values(status="done"), "task"),
        (update(tables.task).values(opinion="another"), "task"),
        (delete(tables.timer), "timer"),
        (update(tables.case_item).values(status="granted"), "case_item"),
        (update(tables.case_row).values(flow=b"lost"), "case_row"),
        (update(tables.applicant).values(fields=json.dumps({"applicant_name": "另一人"})), "applicant"),
        (update(tables.applicant).values(fields="not JSON"), "cannot be read"),
        (update(tables.journal_entry).where(tables.journal_entry.c.seq == 2).values(facts="{"), "cannot be read"),
        (update(tables.journal_entry).where(tables.journal_entry.c.seq == 2).values(answers="[[1]]"), "cannot be read"),
        (update(tables.journal_entry).where(tables.journal_entry.c.seq == 1).values(instant="x"), "cannot be read"),
        (update(tables.journal_entry).where(tables.journal_entry.c.seq == 1).values(facts="{}"), "cannot be replayed"),
        (delete(tables.outbox), "outbox"),
        (update(tables.deployment).values(files=b"not a zip"), "damaged"),
        (delete(tables.journal_entry).where(tables.journal_entry.c.seq == 3), "case_row"),
        (delete(tables.case_row), "case_row"),
    ],
)
def test_whatever_is_changed_behind_the_journals_back_is_found(loose: Office, statement: object, expected: str) -> None:
    assert any(expected in what for what in tampered(loose, statement))
    loose.engine.close()


def test_lost_projections_and_states_are_made_anew_and_the_case_goes_on(loose: Office) -> None:
    case_id = loose.cases[0]
    before = loose.case(case_id)
    for table in tables.PROJECTIONS:
        tampered(loose, delete(table))
    report = build_auditor(loose.engine).rebuild()
    assert (report.cases, report.differences) == (1, ())
    assert loose.case(case_id) == before
    assert build_auditor(loose.engine).verify().differences == ()
    with loose.engine.store.database.read() as connection:
        assert connection.execute(text("select count(*) from outbox")).scalar() == 1, "no notice is sent again"
    assert loose.finish(case_id).outcome == "granted"
    loose.engine.close()


def test_the_state_of_a_closed_case_is_compressed_and_every_changed_byte_found(loose: Office) -> None:
    case_id = loose.cases[0]
    before = loose.finish(case_id)
    with loose.engine.store.database.read() as connection:
        state = connection.execute(select(tables.case_row.c.state)).scalar_one()
    assert state[:1] != b"{"
    for place in (2, len(state) // 2, len(state) - 1):
        changed = state[:place] + bytes([state[place] ^ 1]) + state[place + 1 :]
        assert any("case_row" in what for what in tampered(loose, update(tables.case_row).values(state=changed)))
    assert any("case_row" in what for what in tampered(loose, update(tables.case_row).values(state=state + b"x")))
    assert build_auditor(loose.engine).rebuild().differences == ()
    assert build_auditor(loose.engine).verify().differences == ()
    assert loose.case(case_id) == before
    loose.engine.close()


def test_a_row_without_a_journal_is_found(loose: Office) -> None:
    assert any("no journal" in what for what in tampered(loose, delete(tables.journal_entry)))
    loose.engine.close()


def test_an_acknowledged_entry_that_is_cut_off_is_missed_even_after_a_rebuild(loose: Office) -> None:
    case_id = loose.cases[0]
    task = loose.open(case_id)["FOOD.site"]
    loose.engine.execute(DecideStep(case_id, task.id, "agree", key="kept by the caller"), handler_of(task))
    with loose.engine.store.database.write() as connection:
        connection.execute(delete(tables.journal_entry).where(tables.journal_entry.c.seq == 4))
    auditor = build_auditor(loose.engine)
    assert auditor.rebuild().differences == ()
    assert [d.what for d in auditor.verify().differences] == ["was acknowledged, but is missing"]
    loose.engine.close()


def test_one_broken_case_does_not_keep_the_others_from_being_checked(loose: Office) -> None:
    loose.accept("B13")
    broken = loose.cases[0]
    of_it = (tables.journal_entry.c.case_id == broken, tables.journal_entry.c.seq == 1)
    assert tampered(loose, update(tables.journal_entry).where(*of_it).values(facts="{")) == ["entry 1 cannot be read"]
    report = build_auditor(loose.engine).rebuild()
    assert (report.cases, report.entries) == (2, 2)
    assert [d.case for d in report.differences] == [broken]
    loose.engine.close()


def test_a_chain_that_was_tampered_with_is_not_rebuilt_from(loose: Office) -> None:
    tampered(loose, update(tables.journal_entry).where(tables.journal_entry.c.seq == 1).values(actor="somebody"))
    report = build_auditor(loose.engine).rebuild()
    assert [d.what for d in report.differences] == ["its hash does not match its content"]
    loose.engine.close()


def test_files_of_a_deployed_version_that_were_changed_are_refused(tmp_path: Path, clock: ManualClock) -> None:
    folder = tmp_path / "processes"
    shutil.copytree(default_processes(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    office = Office(build_engine(settings_for(tmp_path, processes=folder), clock), clock)
    version = office.case(office.accept("B13")).version
    stored = office.engine.store.deployment_files(version)
    assert stored is not None
    changed = {n: d.replace(b'role = "head"', b'role = "reviewer"') for n, d in unpack(stored[1]).items()}
    changed["B13/item.toml"] = changed["B13/item.toml"].replace(b'"window"', b'"tax"')
    with office.engine.store.database.write() as connection:
        row = update(tables.deployment).where(tables.deployment.c.version == version)
        connection.execute(row.values(files=pack(changed)))
    office.engine.close()
    item = folder / "B13/item.toml"
    item.write_text(item.read_text() + "\n# moved on\n")
    later = build_engine(settings_for(tmp_path, processes=folder), clock)
    with pytest.raises(IntegrityError):
        later.deployments.get(version)
    assert any("changed after deployment" in d.what for d in build_auditor(later).verify().differences)
    later.close()


def test_a_case_whose_replay_differs_keeps_its_rows_when_others_are_rebuilt(loose: Office) -> None:
    # As if a new program replayed an old, untouched journal to another state.
    last = replace(loose.engine.read.case(loose.cases[0], SYSTEM).entries[-1], state="0" * 64, hash="").seal()
    of_it = tables.journal_entry.c.seq == last.seq
    state, sealed = bytes.fromhex(last.state), bytes.fromhex(last.hash)
    tampered(loose, update(tables.journal_entry).where(of_it).values(state=state, hash=sealed))
    before = loose.case(loose.cases[0])
    report = build_auditor(loose.engine).rebuild()
    assert [difference.what for difference in report.differences] == ["replays to another state"]
    assert loose.case(loose.cases[0]) == before
    loose.engine.close()


_ELSEWHERE = """
import json, sys
from pathlib import Path
from engine.bootstrap import build_auditor, build_engine
from engine.replay import replay
from engine.settings import Settings
engine = build_engine(Settings(database_url=sys.argv[1], processes=Path(sys.argv[2]), secret_key="k"))
digests = {}
for case_id in engine.store.case_ids():
    with engine.store.database.read() as connection:
        entries = engine.store.entries(connection, case_id)
    replayed = replay(case_id, entries, engine.deployments.get)
    assert not replayed.differences, replayed.differences
    digests[case_id] = [entry.state for entry in entries] + [replayed.case.flow_digest]
print(json.dumps(digests))
"""


@pytest.fixture
def restaurants(tmp_path: Path, clock: ManualClock) -> Iterator[Office]:
    """An office over only what B02 needs: a process that starts there has a fifth to read."""
    with copied(default_processes(), shipped(), ["B02"], "cn", {}) as (folder, _):
        shutil.copy(default_processes() / "policies.toml", folder / "policies.toml")
        shutil.copytree(default_processes() / "documents", folder / "documents")
        with opened_office(tmp_path, clock, processes=folder) as opened:
            yield opened


def test_replay_in_other_processes_with_other_hash_seeds_gives_the_same_digests(restaurants: Office) -> None:
    office, settings = restaurants, restaurants.engine.settings
    for number in range(3):
        case_id = office.accept("B02", {"has_licence": "否", "sells_tobacco": "是"})
        office.finish(case_id, choose=max if number else min)
    here = {
        case_id: [e.state for e in office.engine.read.case(case_id, SYSTEM).entries]
        + [office.case(case_id).flow_digest]
        for case_id in office.cases
    }
    root = Path(__file__).parents[2]
    for seed in ("0", "1", "4242"):
        ran = subprocess.run(
            [sys.executable, "-c", _ELSEWHERE, settings.database_url, str(settings.processes)],
            env={**os.environ, "PYTHONHASHSEED": seed}, cwd=root, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert json.loads(ran.stdout) == here


def test_a_running_case_stays_on_its_version_when_the_catalogue_changes(tmp_path: Path, clock: ManualClock) -> None:
    folder = tmp_path / "processes"
    shutil.copytree(default_processes(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    with opened_office(tmp_path, clock, processes=folder) as office:
        case_id = office.accept("B02")
        old = office.case(case_id).version
    for path in (*folder.rglob("*.toml"), *folder.rglob("*.bpmn")):
        path.write_text(path.read_text().replace('"FOOD.site"', '"FOOD.visit"'))
    with opened_office(tmp_path, clock, processes=folder) as office:
        fresh = office.accept("B02")
        assert office.case(fresh).version != old
        for case, step in ((case_id, "FOOD.site"), (fresh, "FOOD.visit")):
            office.decide(case, "LIC_CHECK.review")
            assert step in office.open(case)
            assert office.finish(case).outcome == "granted"


def test_a_replay_that_asks_something_unrecorded_is_a_difference_not_a_guess(office: Office) -> None:
    case_id = office.accept("B02")
    entries = list(office.engine.read.case(case_id, SYSTEM).entries)
    entries[1] = type(entries[1])(**{**vars(entries[1]), "answers": entries[1].answers[:-1]})
    differences = replay(case_id, entries, office.engine.deployments.get).differences
    assert differences
    assert "replay" in differences[0].what


def test_a_missing_deployed_version_is_an_integrity_error(office: Office) -> None:
    with pytest.raises(IntegrityError):
        office.engine.deployments.get("0" * 64)


def test_settings_refuse_what_cannot_be_a_setting(tmp_path: Path) -> None:
    from_here = Settings(database_url=f"sqlite:///{tmp_path / 'x.db'}")
    assert "secret" not in repr(from_here)
