"""Files by their content: written and synced before anything refers to them, checked whenever they are read.

``<folder>/ab/abcdef….pdf``: the name is the SHA-256 of the content. The folder is no part of the web root.
"""

import logging
import os
import re
import secrets
from pathlib import Path

from engine.errors import IntegrityError
from engine.journal import digest

log = logging.getLogger(__name__)
_DIGEST = re.compile(r"[0-9a-f]{64}")


class ContentFiles:
    """A folder of files named by their content."""

    def __init__(self, folder: Path, suffix: str) -> None:
        self._folder = folder
        self._suffix = suffix

    def path(self, sha256: str) -> Path:
        """Where a content is kept."""
        if not _DIGEST.fullmatch(sha256):
            raise IntegrityError("file.name", "文件摘要格式有误", "this is not the digest of a file", sha256[:12])
        return self._folder / sha256[:2] / f"{sha256}{self._suffix}"

    def keep(self, content: bytes) -> str:
        """Writes a content, or finds it written; on the disk when this returns. Its SHA-256."""
        name = digest(content)
        path = self.path(name)
        if not (path.is_file() and digest(path.read_bytes()) == name):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            unfinished = path.with_name(f".{name[:12]}-{secrets.token_hex(4)}")
            try:
                _write(unfinished, content)
                unfinished.replace(path)
            finally:
                unfinished.unlink(missing_ok=True)
        for folder in (path.parent, self._folder, self._folder.absolute().parent):
            _sync(folder)
        return name

    def read(self, sha256: str) -> bytes:
        """The content; IntegrityError, with a line in the log, when it is missing or not what its name says."""
        path = self.path(sha256)
        try:
            content = path.read_bytes()
        except OSError as error:
            log.error("file %s cannot be read: %s", sha256, type(error).__name__)
            raise IntegrityError(
                "file.missing", "文件缺失，请联系管理员从备份恢复",
                "the file is missing; an administrator has to restore it", sha256[:12],
            ) from error  # fmt: skip
        if digest(content) != sha256:
            log.error("file %s is damaged: its content is %s", sha256, digest(content))
            raise IntegrityError(
                "file.damaged", "文件已损坏，请联系管理员从备份恢复",
                "the file is damaged; an administrator has to restore it", sha256[:12],
            )  # fmt: skip
        return content


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """The name of a file is on the disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
