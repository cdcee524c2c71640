"""Deployed versions: what an item or bundle and its diagram were when a case began, kept for as long as the case.

A version is made of every file it depends on (departments, the offering's folder, its items' folders) and named by
their hash; diagrams count by canonical XML. Deploying the same files again changes nothing.
"""

import hashlib
import io
import zipfile
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from engine.calendar import WorkCalendar
from engine.case.deployment import Deployment
from engine.catalogue import Catalogue, load_catalogue
from engine.diagram.xml import diagram_version
from engine.errors import IntegrityError, NotFound
from engine.runtime import FlowSpecs
from engine.store import Store

_SHARED = ("departments.toml", "sources.toml")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def offering_files(folder: Path, codes: list[str]) -> dict[str, bytes]:
    """Path (within the folder) → content of every file an offering is made of, ``codes`` being its and its items'."""
    files = {name: (folder / name).read_bytes() for name in _SHARED if (folder / name).is_file()}
    for code in codes:
        for path in sorted((folder / code).rglob("*")):
            if path.is_file():
                files[path.relative_to(folder).as_posix()] = path.read_bytes()
    return files


def version_of(files: dict[str, bytes]) -> str:
    """The hash that names a set of files."""
    total = hashlib.sha256()
    for name, data in sorted(files.items()):
        part = diagram_version(data, name) if name.endswith(".bpmn") else hashlib.sha256(data).hexdigest()
        total.update(f"{name}\x00{part}\n".encode())
    return total.hexdigest()


def _pack(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _unpack(data: bytes) -> Catalogue:
    with TemporaryDirectory(prefix="binglian-") as folder, zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(folder)
        return load_catalogue(Path(folder))


def _codes(catalogue: Catalogue, code: str) -> list[str]:
    """The offering, its items, and whatever items yield what those need, however far back."""
    chosen = {code} | {item.code for item in catalogue.offering(code).items}
    waiting = list(chosen)
    while waiting:
        item = catalogue.items.get(waiting.pop())
        for material in item.materials if item else ():
            if material.produced_by and material.produced_by not in chosen:
                chosen.add(material.produced_by)
                waiting.append(material.produced_by)
    return sorted(chosen)


class Deployments:
    """The versions of one installation; parsed once per process."""

    def __init__(self, store: Store, folder: Path, calendar: WorkCalendar) -> None:
        self.catalogue: Catalogue = load_catalogue(folder)
        self.calendar = calendar
        self._store = store
        self._folder = folder
        self._specs = FlowSpecs()
        self._known: dict[str, Deployment] = {}
        self._current: dict[str, str] = {}
        self._lock = Lock()

    def deploy_all(self, now: datetime) -> dict[str, str]:
        """Deploys every offering of the catalogue, or none: code → version. Errors name the file."""
        packed: dict[str, tuple[str, bytes]] = {}
        for code in self.catalogue.offerings:
            files = offering_files(self._folder, _codes(self.catalogue, code))
            version = version_of(files)
            self._remember(version, code, self.catalogue)
            packed[code] = version, _pack(files)
        self._store.keep_deployments(packed, now)
        self._current = {code: version for code, (version, _) in packed.items()}
        return dict(self._current)

    def _remember(self, version: str, code: str, catalogue: Catalogue) -> Deployment:
        offering = catalogue.offering(code)
        spec = self._specs.get(version, offering.diagram)
        deployment = self._known[version] = Deployment(version, offering, spec)
        return deployment

    def current(self, code: str) -> Deployment:
        """The version new cases of an offering start on."""
        version = self._current.get(code)
        if version is None:
            raise NotFound("offering.unknown", f"没有事项 {code}", f"there is no item or bundle {code}", code)
        return self._known[version]

    def get(self, version: str) -> Deployment:
        """A deployed version, read back from its stored files when the catalogue has moved on."""
        known = self._known.get(version)
        if known is not None:
            return known
        with self._lock:
            stored = self._store.deployment_files(version)
            if stored is None:
                raise IntegrityError(
                    "deployment.lost", "流程版本不存在", "the deployed version is missing", version[:12]
                )
            code, data = stored
            return self._remember(version, code, _unpack(data))
