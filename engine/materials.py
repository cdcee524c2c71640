"""Files of materials: checked, scanned and kept before a command makes them versions; given back with their hash
verified. Outside the web root, named by their content."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.case.state import FileVersion
from engine.case.uploading import UPLOADED, require_uploadable, version_of
from engine.commands import Actor, UploadMaterial
from engine.documents.files import ContentFiles
from engine.errors import NotFound
from engine.reader import CaseView
from engine.settings import Settings
from engine.store import Store
from engine.store.uploads import KeptFile, UploadRows
from engine.uploads.kinds import KINDS, FileKind, check_file
from engine.uploads.scan import scan

FOLDER = "uploads"
"""Within the folder of files; documents lie beside it."""


@dataclass(frozen=True)
class Upload:
    """What somebody sends: a file for a material, its name as given."""

    material: str
    name: str = field(repr=False)
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Version:
    """One version of a material, with the name of its file (empty when nothing is known of it any more)."""

    file: FileVersion
    name: str = field(repr=False)

    @property
    def kind(self) -> FileKind:
        """The kind of its file."""
        return KINDS[self.file.type]

    @property
    def download_name(self) -> str:
        """The name it is saved under."""
        return self.name or f"{self.file.material}-{self.file.version}.{self.kind.extensions[0]}"


class Materials:
    """Takes files in, and gives them back."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.limits = settings.uploads
        self.files = ContentFiles(settings.files_folder / FOLDER, "")
        self.rows = UploadRows(store.database)
        self._scanning = settings.files_folder / FOLDER

    def take_in(self, view: CaseView, upload: Upload, actor: Actor, key: str = "") -> UploadMaterial:
        """Checks, scans and keeps a file; gives the command that makes it a version.

        Whether this person may do so comes first. BadInput, NotPermitted, AlreadyDone, NotPossible in words.
        """
        line = require_uploadable(view.case, view.deployment, upload.material, actor)
        name, kind = check_file(upload.name, upload.content, line.files, self.limits.most_bytes)
        scan(upload.content, self._scanning, self.limits.scan_command, self.limits.scan_seconds)
        size = len(upload.content)
        kept = KeptFile(view.case.id, upload.material, self.files.keep(upload.content), size, kind.code, name, actor.id)
        self.rows.keep(kept, view.now)
        return UploadMaterial(view.case.id, upload.material, kept.sha256, str(size), kind.code, key)

    def require_kept(self, command: UploadMaterial) -> None:
        """What a command makes a version was checked and kept for this material of this case; NotFound otherwise.

        Such a record is never taken away, so it need not be looked for under the lock of the case.
        """
        kept = self.rows.one(command.case_id, command.material, command.sha256)
        if kept is None or (str(kept.size), kept.type) != (command.size, command.type):
            raise _unknown()

    def versions(self, view: CaseView) -> dict[str, list[Version]]:
        """Material → its versions, the newest first."""
        names = self.rows.names(view.case.id)
        found: dict[str, list[Version]] = {}
        for entry in reversed(view.entries):
            if entry.kind == UPLOADED:
                file = version_of(entry.facts, entry.at, entry.actor)
                found.setdefault(file.material, []).append(Version(file, names.get((file.material, file.sha256), "")))
        return found

    def one(self, view: CaseView, material: str, version: int) -> Version:
        """A version of a material; NotFound."""
        versions: Sequence[Version] = self.versions(view).get(material, ())
        found = next((one for one in versions if one.file.version == version), None)
        if found is None:
            raise _unknown()
        return found

    def content(self, version: Version) -> bytes:
        """The file; IntegrityError, with a line in the log, when it is missing or damaged."""
        return self.files.read(version.file.sha256)


def _unknown() -> NotFound:
    return NotFound("upload.unknown", "没有这个文件", "there is no such file")
