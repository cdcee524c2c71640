"""Deployed versions: what an item or bundle and its diagram were when a case began, kept for as long as the case.

A version is made of every file it depends on (departments, the offering's folder, its items' folders) and named by
their hash; diagrams count by canonical XML. Deploying the same files again changes nothing.
"""

import hashlib
import io
import os
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TypeVar

from engine.agreement import refuse_disagreement
from engine.calendar import WatchedCalendar, WorkCalendar
from engine.case.deployment import Deployment, Get
from engine.catalogue import Catalogue, Offering, load_catalogue
from engine.catalogue.policies import FILE as POLICIES
from engine.diagram.bounds import DiagramBounds, refuse_too_large
from engine.diagram.extension import drawn_policies
from engine.diagram.lint import refuse_unsound
from engine.diagram.xml import diagram_version
from engine.errors import IntegrityError, NotFound
from engine.joint import as_run, joint_visits
from engine.runtime import FlowSpecs
from engine.store import Store

_SHARED = ("departments.toml", "sources.toml", POLICIES)
_DATA = frozenset({".toml", ".bpmn", ".dmn"})
_EPOCH = (1980, 1, 1, 0, 0, 0)


Result = TypeVar("Result")
Files = Mapping[str, bytes]
"""Path within the folder → content."""


def read_files(folder: Path) -> dict[str, bytes]:
    """Every file of a processes folder, read once; editors' and system's dotfiles do not count."""
    found: dict[str, bytes] = {}
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        inside = Path(place).relative_to(folder)
        for name in sorted(names):
            file = Path(place, name)
            if not name.startswith(".") and file.suffix in _DATA and file.is_file():
                found[(inside / name).as_posix()] = file.read_bytes()
    return found


def offering_files(files: Files, codes: list[str]) -> dict[str, bytes]:
    """The files an offering is made of, ``codes`` being its own, its items' and their producers'."""
    return {name: data for name, data in files.items() if name in _SHARED or name.partition("/")[0] in codes}


def version_of(files: Files) -> str:
    """The hash that names a set of files."""
    total = hashlib.sha256()
    for name, data in sorted(files.items()):
        total.update(f"{name}\x00{_file_version(name, data)}\n".encode())
    return total.hexdigest()


@lru_cache(maxsize=1024)
def _file_version(name: str, data: bytes) -> str:
    """Most offerings share files: each is hashed once."""
    return diagram_version(data, name) if name.endswith(".bpmn") else hashlib.sha256(data).hexdigest()


def pack(files: Files) -> bytes:
    """The files as stored: a zip that is the same for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """The files of a stored version; IntegrityError when it cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, ValueError) as error:
        raise IntegrityError(
            "deployment.damaged", "流程版本文件已损坏", "the files of a deployed version are damaged"
        ) from error


@lru_cache(maxsize=512)
def _version_stored(data: bytes) -> str:
    """The version stored files are of; the same bytes are unpacked once in a process. IntegrityError as ``unpack``."""
    return version_of(unpack(data))


_SPECS = FlowSpecs()
"""Parsed diagrams by version, for all engines of this process: a version is its content."""


def _catalogue(files: Files) -> Catalogue:
    """The catalogue of exactly these files, whatever happens to the folder they came from."""
    return _read_catalogue(tuple(sorted(files.items())))


@lru_cache(maxsize=4)
def _read_catalogue(files: tuple[tuple[str, bytes], ...]) -> Catalogue:
    with TemporaryDirectory(prefix="binglian-") as folder:
        for name, data in files:
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
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


@dataclass(frozen=True)
class _Candidate:
    """What may become a deployed version; the same version is the same content."""

    version: str
    bounds: DiagramBounds
    offering: Offering = field(compare=False)
    files: Files = field(compare=False)


@lru_cache(maxsize=1024)
def _admitted(candidate: _Candidate) -> bytes:
    """The packed files of a version that may be deployed; DiagramError otherwise. Asked once in a process."""
    offering = candidate.offering
    file = f"{offering.code}/process.bpmn"
    refuse_too_large(offering.diagram, file, candidate.bounds)
    refuse_unsound(offering.diagram, file, offering.decisions)
    refuse_disagreement(offering, file)
    runs = as_run(offering, file)
    if runs is not offering:
        refuse_unsound(runs.diagram, file, runs.decisions)
    return pack(candidate.files)


class _NotInMemory(Exception):
    """A version has to be read first; not an error of the product, so nobody takes it for one."""

    def __init__(self, version: str) -> None:
        super().__init__(version)
        self.version = version


class Deployments:
    """The versions of one installation; parsed once per process."""

    def __init__(self, store: Store, folder: Path, calendar: WatchedCalendar, bounds: DiagramBounds) -> None:
        self._files = read_files(folder)
        self.catalogue: Catalogue = _catalogue(self._files)
        self._calendar = calendar
        self._bounds = bounds
        self._store = store
        self._known: dict[str, Deployment] = {}
        self._current: dict[str, str] = {}
        self._lock = Lock()

    @property
    def calendar(self) -> WorkCalendar:
        """The calendar deadlines are computed with."""
        return self._calendar.now

    def refresh(self) -> None:
        """Takes a list of holidays that was imported meanwhile; versions of offerings stay until the next start."""
        self._calendar.refresh()

    def glance(self) -> None:
        """The same, but for what was imported in the last second."""
        self._calendar.glance()

    def deploy_all(self, now: datetime) -> dict[str, str]:
        """Deploys every offering of the catalogue, or none: code → version. Errors name the file."""
        packed: dict[str, tuple[str, bytes]] = {}
        current: dict[str, str] = {}
        known = set(self._store.deployment_versions())
        for code in self.catalogue.offerings:
            files = offering_files(self._files, _codes(self.catalogue, code))
            version = current[code] = version_of(files)
            if version not in known:
                candidate = _Candidate(version, self._bounds, self.catalogue.offering(code), files)
                packed[code] = version, _admitted(candidate)
            self._remember(version, code, self.catalogue)
        self._store.keep_deployments(packed, now)
        self._current = current
        return dict(current)

    def _remember(self, version: str, code: str, catalogue: Catalogue) -> Deployment:
        offering = catalogue.offering(code)
        file = f"{code}/process.bpmn"
        runs = as_run(offering, file)
        spec = _SPECS.get(version, runs.diagram, offering.decisions)
        drawn = drawn_policies(runs.diagram, file)
        deployment = Deployment(version, offering, spec, drawn, joint_visits(offering, file))
        self._known[version] = deployment
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
            code, files = self._stored(version)
            return self._remember(version, code, _catalogue(files))

    def reading_between(self, work: Callable[[Get], Result]) -> Result:
        """Does ``work``, a transaction, with what gives versions that are in memory already.

        One that is not is read after the transaction has ended without effect, and the work is begun again: no diagram
        is parsed, and no second connection asked for, while something is locked. What keeps a version from being read
        is raised where the work asks for it.
        """
        lost: dict[str, Exception] = {}

        def get(version: str) -> Deployment:
            if version in lost:
                raise lost[version]
            known = self._known.get(version)
            if known is None:
                raise _NotInMemory(version)
            return known

        while True:
            try:
                return work(get)
            except _NotInMemory as missing:
                try:
                    self.get(missing.version)
                except Exception as error:  # noqa: BLE001 -- raised again in the work
                    lost[missing.version] = error

    def check_stored(self, version: str) -> None:
        """IntegrityError when a stored version is not what its name says."""
        self._whole(version)

    def _stored(self, version: str) -> tuple[str, dict[str, bytes]]:
        code, data = self._whole(version)
        return code, unpack(data)

    def _whole(self, version: str) -> tuple[str, bytes]:
        stored = self._store.deployment_files(version)
        if stored is None:
            raise IntegrityError("deployment.lost", "流程版本不存在", "the deployed version is missing", version[:12])
        if _version_stored(stored[1]) != version:
            raise IntegrityError(
                "deployment.changed", "流程版本文件被改动过", "its files were changed after deployment", version[:12]
            )
        return stored
