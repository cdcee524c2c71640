"""The files of a case as pages list them: each material with its versions, who may send a new one, what that undoes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.case.materials import needed_for, readers
from engine.case.state import Task
from engine.case.uploading import require_uploadable
from engine.catalogue import APPLICANT, ChecklistLine, materials_checklist
from engine.commands import Actor
from engine.errors import BinglianError
from engine.materials import Version
from engine.reader import CaseView
from engine.uploads.kinds import KINDS
from webapp.cases.history import people_of, step_words
from webapp.context import engine
from webapp.words import local

KILO, MEGA = 1_000, 1_000_000


@dataclass(frozen=True)
class FileRow:
    """One version: ``name`` is empty for people who may not see what is personal."""

    version: Version
    name: str
    who: str
    size: str

    @property
    def number(self) -> int:
        """Which version it is."""
        return self.version.file.version


@dataclass(frozen=True)
class MaterialFiles:
    """A material with its versions, the newest first; ``open``: this person may send one, ``undoes``: steps that
    would have to be decided again then, ``accept`` what the browser offers to choose."""

    line: ChecklistLine
    versions: Sequence[FileRow]
    open: bool
    undoes: Sequence[str]
    accept: str

    @property
    def name(self) -> str:
        """Its name."""
        return local(self.line)


def files_of(view: CaseView, actor: Actor, names: bool) -> list[MaterialFiles]:
    """Every material the applicant brings; with the ``names`` of files, which may be personal."""
    found, people = engine().materials.versions(view), people_of(view)
    rows = {
        code: [_row(one, people, names) for one in versions] for code, versions in found.items()
    }  # fmt: skip
    lines = [line for line in materials_checklist(view.deployment.offering, view.case.values, view.case.pledges)
             if line.obtained == APPLICANT]  # fmt: skip
    return [_material(view, line, rows.get(line.code, ()), actor) for line in lines]


def _row(version: Version, people: Mapping[str, str], names: bool) -> FileRow:
    who = people.get(version.file.by, version.file.by)
    return FileRow(version, version.download_name if names else "", who, size_words(version.file.size))


def size_words(size: int) -> str:
    """``340 KB``, ``1.2 MB``."""
    return f"{size / MEGA:.1f} MB" if size >= MEGA else f"{max(1, round(size / KILO))} KB"


def _material(view: CaseView, line: ChecklistLine, rows: Sequence[FileRow], actor: Actor) -> MaterialFiles:
    case, offering = view.case, view.deployment.offering
    again = [step_words(offering, task.step, task.instance) for task in readers(case, line.code)]
    accept = ",".join(f".{end}" for code in line.files for end in KINDS[code].extensions)
    return MaterialFiles(line, rows, bool(line.files) and _may_upload(view, line.code, actor), again, accept)


def _may_upload(view: CaseView, material: str, actor: Actor) -> bool:
    try:
        require_uploadable(view.case, view.deployment, material, actor)
    except BinglianError:
        return False
    return True


def shown_for(view: CaseView, task: Task) -> dict[str, str]:
    """What somebody who decides a task is shown: material → SHA-256 of its version."""
    files = view.case.files
    needed = (line.code for line in needed_for(view.case, view.deployment, task))
    return {code: files[code].sha256 for code in needed if code in files}
