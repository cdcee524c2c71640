"""Files of materials: kept before they count, versions, what decisions have read, what a new version makes undone."""

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from cli.demo_cases import received_materials, sample_form
from engine.bootstrap import build_auditor, build_engine
from engine.case.uploading import UPLOADED
from engine.commands import SYSTEM, AcceptCase, Actor, DecideStep, RequestCorrection, SubmitCase, UploadMaterial
from engine.documents.files import ContentFiles
from engine.errors import AlreadyDone, BadInput, BinglianError, IntegrityError, NotFound, NotPermitted, NotPossible
from engine.journal import Entry, digest
from engine.materials import Upload
from engine.settings import UploadSettings
from tests.builders import CLERK, Office, everything, handler_of, opened_office, settings_for
from tests.clock import ManualClock
from tests.going_back import go_back
from tests.uploads import jpeg, pdf, png

PLAN, SYSTEMS = "M_FIREPLAN", "M_FIRESYS"
ONE, TWO = pdf(b"one"), pdf(b"two")


def send(
    office: Office, case_id: str, material: str = PLAN, content: bytes = ONE, name: str = "平面图.pdf", key: str = ""
) -> str:
    """The clerk uploads a file; its SHA-256."""
    office.engine.upload(case_id, Upload(material, name, content), CLERK, key)
    return digest(content)


def entries(office: Office, case_id: str, kind: str = UPLOADED) -> list[Entry]:
    return [entry for entry in office.engine.read.case(case_id, SYSTEM).entries if entry.kind == kind]


def decide(office: Office, case_id: str, step: str, seen: Mapping[str, str], decision: str = "agree") -> None:
    task = office.open(case_id)[step]
    office.engine.execute(DecideStep(case_id, task.id, decision, "意见", seen=seen), handler_of(task))


def kept_files(office: Office) -> list[Path]:
    return [path for path in office.engine.settings.files_folder.rglob("*") if path.is_file()]


def refused(office: Office, case_id: str, upload: Upload, actor: Actor = CLERK) -> str:
    """The code it is refused with; no row and no file is written."""
    rows, files = everything(office.engine), kept_files(office)
    with pytest.raises(BinglianError) as caught:
        office.engine.upload(case_id, upload, actor)
    assert everything(office.engine) == rows and kept_files(office) == files
    return caught.value.code


def test_one_upload_is_a_version_everybody_sees_and_its_name_is_no_part_of_the_journal(office: Office) -> None:
    case_id = office.accept("B02")
    first = send(office, case_id, name="张三的平面图.pdf")
    office.clock.advance(minutes=5)
    second = send(office, case_id, content=jpeg(), name="平面图.jpg")
    case = office.case(case_id)
    assert (case.files[PLAN].version, case.files[PLAN].sha256, case.files[PLAN].type) == (2, second, "jpeg")
    assert [entry.facts for entry in entries(office, case_id)] == [
        {"material": PLAN, "number": 1, "sha256": first, "size": len(ONE), "type": "pdf"},
        {"material": PLAN, "number": 2, "sha256": second, "size": len(jpeg()), "type": "jpeg"},
    ]
    view = office.engine.read.case(case_id, SYSTEM)
    assert "张三" not in str(view.entries) and "张三" not in case.state_bytes().decode()
    versions = office.engine.materials.versions(view)[PLAN]
    assert [(one.file.version, one.name, one.file.by) for one in versions] == [
        (2, "平面图.jpg", "window1"), (1, "张三的平面图.pdf", "window1"),
    ]  # fmt: skip
    assert versions[0].file == case.files[PLAN]
    assert [office.engine.materials.content(one) for one in versions] == [jpeg(), ONE]
    with pytest.raises(NotFound):
        office.engine.materials.one(view, PLAN, 3)


def test_the_same_file_is_no_new_version_and_a_repeated_command_is_answered_as_before(office: Office) -> None:
    case_id = office.accept("B02")
    upload = Upload(PLAN, "a.pdf", ONE)
    outcome = office.engine.upload(case_id, upload, CLERK, "key")
    assert office.engine.upload(case_id, upload, CLERK, "key") == outcome
    with pytest.raises(AlreadyDone, match="present version"):
        office.engine.upload(case_id, upload, CLERK)
    send(office, case_id, content=TWO)
    send(office, case_id)  # an older one may come back
    assert office.case(case_id).files[PLAN].version == 3
    assert len(kept_files(office)) == 2


def submitted_without(office: Office, *missing: str) -> str:
    offering = office.engine.deployments.catalogue.offering("B02")
    form = sample_form(offering, None)
    given = received_materials(office.engine, offering, form)
    given = {code: status for code, status in given.items() if code not in missing}
    return office.engine.execute(SubmitCase("B02", form, given), CLERK).case_id


def test_a_file_hands_the_material_in_before_the_acceptance(office: Office) -> None:
    case_id = submitted_without(office, PLAN, SYSTEMS)
    send(office, case_id)
    assert office.case(case_id).materials[PLAN] == "received" and SYSTEMS not in office.case(case_id).materials
    with pytest.raises(NotPossible):
        office.engine.execute(AcceptCase(case_id), CLERK)
    send(office, case_id, SYSTEMS)
    office.engine.execute(AcceptCase(case_id), CLERK)


def test_a_corrected_file_completes_the_application_which_is_received_anew(office: Office) -> None:
    case_id = office.submit("B02").case_id
    send(office, case_id)
    office.engine.execute(RequestCorrection(case_id, {PLAN: "看不清"}, "请补正"), CLERK)
    assert PLAN not in office.case(case_id).materials
    office.clock.advance(days=1)
    send(office, case_id, content=TWO)
    case = office.case(case_id)
    assert (case.status, case.files[PLAN].version) == ("submitted", 2)
    assert case.received_at > case.submitted_at


def test_who_may_not_upload_what_is_told_before_anything_is_kept(office: Office) -> None:
    case_id = office.accept("B02")
    stranger = Actor("tax1", "tax", frozenset({"approver"}))
    assert refused(office, case_id, Upload(PLAN, "a.pdf", ONE), stranger) == "case.unknown"
    fire = handler_of(next(iter(office.open(case_id).values())))
    assert refused(office, case_id, Upload(PLAN, "a.pdf", ONE), fire) == "policy.clerk"
    assert refused(office, case_id, Upload("M_NONE", "a.pdf", ONE)) == "material.unknown"
    assert refused(office, case_id, Upload(PLAN, "a.exe", ONE)) == "upload.extension"
    assert refused(office, case_id, Upload(PLAN, "a.pdf", b"MZ")) == "upload.kind"
    assert refused(office, case_id, Upload(PLAN, "../a.pdf", ONE)) == "upload.name"
    with pytest.raises(NotFound):
        office.engine.upload("nonsense", Upload(PLAN, "a.pdf", ONE), CLERK)


def test_a_command_alone_makes_nothing_a_version_that_was_not_checked(office: Office) -> None:
    case_id = office.accept("B02")
    command = UploadMaterial(case_id, PLAN, digest(ONE), str(len(ONE)), "pdf")
    with pytest.raises(NotFound):
        office.engine.execute(command, CLERK)
    send(office, case_id)
    for wrong in (
        UploadMaterial(case_id, SYSTEMS, digest(ONE), str(len(ONE)), "pdf"),
        UploadMaterial(case_id, PLAN, digest(ONE), "1", "pdf"),
        UploadMaterial(case_id, PLAN, digest(ONE), "9" * 5000, "pdf"),
        UploadMaterial(case_id, PLAN, digest(ONE), str(len(ONE)), "png"),
    ):
        with pytest.raises(NotFound):
            office.engine.execute(wrong, CLERK)
    with pytest.raises(NotPermitted):
        office.engine.execute(command, Actor("fire1", "fire", frozenset({"approver"})))


def test_a_decision_on_what_is_no_longer_there_is_refused_in_words_and_changes_nothing(office: Office) -> None:
    case_id = office.accept("B02")
    old = send(office, case_id)
    new = send(office, case_id, content=TWO)
    rows = everything(office.engine)
    with pytest.raises(NotPossible) as caught:
        decide(office, case_id, "HEALTHCERT.site", {PLAN: old})
    assert caught.value.code == "material.changed"
    assert caught.value.message_zh.startswith("材料已更新，请查看后再办理：")
    assert everything(office.engine) == rows
    with pytest.raises(NotPossible):
        decide(office, case_id, "HEALTHCERT.site", {"M_NONE": old})
    decide(office, case_id, "HEALTHCERT.site", {PLAN: new})
    assert entries(office, case_id, "StepDecided")[-1].facts["seen"] == {PLAN: new}
    [task] = [task for task in office.case(case_id).tasks.values() if task.step == "HEALTHCERT.site"]
    assert task.seen == f"{PLAN}:2"


def test_a_new_version_makes_only_those_decide_again_who_had_read_the_old_one(office: Office) -> None:
    case_id = office.accept("B02")
    plan, systems = send(office, case_id), send(office, case_id, SYSTEMS, png(), "a.png")
    decide(office, case_id, "HEALTHCERT.site", {PLAN: plan, SYSTEMS: systems})
    decide(office, case_id, "LIC_CHECK.review", {SYSTEMS: systems})
    office.decide(case_id, "HEALTHCERT.review")
    before = set(office.open(case_id))
    office.engine.materials.take_in(office.engine.read.case(case_id, CLERK), Upload(PLAN, "a.pdf", TWO), CLERK)
    command = UploadMaterial(case_id, PLAN, digest(TWO), str(len(TWO)), "pdf")
    preview = go_back(office, command, CLERK)
    assert {line.code for line in preview.voided} == {"HEALTHCERT.site", "HEALTHCERT.review"}
    assert {line.code for line in preview.reopened} == {"HEALTHCERT.site"}
    stands = {task.step: task.status for task in office.case(case_id).tasks.values()}
    assert (stands["LIC_CHECK.review"], stands["HEALTHCERT.site"]) == ("done", "open")
    assert before - set(office.open(case_id)) <= {"HEALTHCERT.issue"}
    told = [one for one in everything(office.engine)["outbox"] if "material_replaced" in one]
    assert len(told) == 1
    decide(office, case_id, "HEALTHCERT.site", {PLAN: digest(TWO), SYSTEMS: systems})
    assert office.finish(case_id).outcome == "granted"


def test_a_refusal_that_read_the_old_version_stands_no_longer(office: Office) -> None:
    case_id = office.accept("FOOD")
    material, offering = max(office.case(case_id).materials), office.engine.deployments.catalogue.offering("FOOD")
    old = send(office, case_id, material)
    while office.case(case_id).status == "in_progress":
        step = min(office.open(case_id))
        if offering.steps[step].decisive:
            decide(office, case_id, step, {material: old}, "disagree")
            break
        office.decide(case_id, step)
    assert office.case(case_id).items["FOOD"].status == "refused"
    send(office, case_id, material, TWO)
    case = office.case(case_id)
    assert case.items["FOOD"].status == "in_review" and step in office.open(case_id)
    assert office.finish(case_id).outcome == "granted"


def test_after_the_end_nothing_is_replaced(office: Office) -> None:
    case_id = office.accept("B02")
    send(office, case_id)
    office.finish(case_id)
    assert refused(office, case_id, Upload(PLAN, "a.pdf", TWO)) == "case.closed"


class Killed(BaseException):
    """The process ends here."""


class DyingFiles(ContentFiles):
    """The process ends when the file is on the disk."""

    def keep(self, content: bytes) -> str:
        super().keep(content)
        raise Killed


def test_killed_between_the_file_and_its_entry_the_file_is_harmless_and_used_when_it_comes_again(
    office: Office,
) -> None:
    case_id = office.accept("B02")
    materials = office.engine.materials
    whole, materials.files = materials.files, DyingFiles(office.engine.settings.files_folder / "uploads", "")
    with pytest.raises(Killed):
        send(office, case_id)
    materials.files = whole
    orphans = kept_files(office)
    assert len(orphans) == 1 and entries(office, case_id) == [] and office.case(case_id).files == {}
    materials.take_in(office.engine.read.case(case_id, CLERK), Upload(PLAN, "a.pdf", ONE), CLERK)  # and once more
    assert office.case(case_id).files == {}
    send(office, case_id)
    assert kept_files(office) == orphans and office.case(case_id).files[PLAN].version == 1


def test_a_damaged_file_is_told_and_not_handed_out(office: Office) -> None:
    case_id = office.accept("B02")
    send(office, case_id)
    [path] = kept_files(office)
    assert path.stat().st_mode & 0o077 == 0
    [version] = office.engine.materials.versions(office.engine.read.case(case_id, SYSTEM))[PLAN]
    path.write_bytes(TWO)
    with pytest.raises(IntegrityError, match=r"file\.damaged"):
        office.engine.materials.content(version)
    path.unlink()
    with pytest.raises(IntegrityError, match=r"file\.missing"):
        office.engine.materials.content(version)
    send(office, case_id, content=TWO)
    send(office, case_id)  # writes it anew
    assert office.engine.materials.content(version) == ONE


def test_the_scan_runs_outside_of_any_transaction(tmp_path: Path, clock: ManualClock) -> None:
    """It writes to the database itself, which a transaction would have locked."""
    script = tmp_path / "scan.py"
    script.write_text(
        "import sqlite3, sys\n"
        f"with sqlite3.connect({str(tmp_path / 'binglian.db')!r}, timeout=2) as other:\n"
        "    other.execute('CREATE TABLE IF NOT EXISTS scanned (n INTEGER)')\n"
        "sys.exit(b'two' in open(sys.argv[1], 'rb').read())\n"
    )
    limits = UploadSettings(scan_command=f"{sys.executable} {script}", scan_seconds=30)
    with opened_office(tmp_path, clock, uploads=limits) as office:
        case_id = office.accept("B02")
        send(office, case_id)
        with pytest.raises(BadInput, match=r"upload\.infected"):
            send(office, case_id, content=TWO)
        assert office.case(case_id).files[PLAN].version == 1


def test_another_process_goes_on_with_versions_and_pins(office: Office, tmp_path: Path) -> None:
    case_id = office.accept("B02")
    plan = send(office, case_id)
    decide(office, case_id, "HEALTHCERT.site", {PLAN: plan})
    engine = build_engine(settings_for(tmp_path), office.clock)
    try:
        engine.upload(case_id, Upload(PLAN, "a.pdf", TWO), CLERK)
        assert build_auditor(engine).rebuild([case_id]).differences == ()
        again = engine.read.case(case_id, SYSTEM).case
        assert (again.files[PLAN].version, again.files[PLAN].by) == (2, "window1")
        assert [task.seen for task in again.tasks.values() if task.status == "voided"] == [f"{PLAN}:1"]
    finally:
        engine.close()
