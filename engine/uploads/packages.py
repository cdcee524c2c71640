"""Packages (ZIP): OFD, docx, xlsx. Every part is unpacked once, within bounds, before anybody else does."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from engine.uploads.refusal import broken, locked, refused, too_rich

MOST_PARTS = 5_000
MOST_UNPACKED = 200_000_000
"""Bytes of all parts together, as told and as they are."""
_MARKS = (
    ("ofd", ("OFD.xml",)),
    ("docx", ("[Content_Types].xml", "word/document.xml")),
    ("xlsx", ("[Content_Types].xml", "xl/workbook.xml")),
)
"""Kind → the parts it cannot do without (GB/T 33190; ECMA-376)."""
_MACROS = ("vbaproject.bin", "vbadata.xml")
_BROKEN = BadZipFile, ValueError, OSError, EOFError, RuntimeError, OverflowError, LookupError, struct.error, zlib.error
_ENCRYPTED = 0x1
_PIECE = 1_000_000


@contextmanager
def _opened(content: bytes) -> Iterator[ZipFile]:
    try:
        with ZipFile(BytesIO(content)) as package:
            yield package
    except _BROKEN:
        raise broken() from None


def kind_of(content: bytes) -> str:
    """Which kind a package is, by the parts it has; empty for another one. BadInput when it cannot be read."""
    with _opened(content) as package:
        names = set(package.namelist())
    return next((kind for kind, parts in _MARKS if names.issuperset(parts)), "")


def check(content: bytes) -> None:
    """BadInput for a package that is damaged, encrypted, has macros or strange names, or unpacks to too much."""
    with _opened(content) as package:
        parts = package.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise too_rich()
        names: set[str] = set()
        for part in parts:
            _check_part(part)
            names.add(part.filename)
        if len(names) != len(parts):  # two readers could see two different documents
            raise broken()
        for part in parts:
            _unpack(package, part)


def _check_part(part: ZipInfo) -> None:
    if part.flag_bits & _ENCRYPTED:
        raise locked()
    if part.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise broken()
    path = part.filename.replace("\\", "/")
    if path.startswith("/") or ".." in path.split("/") or ":" in path:
        raise broken()
    if path.lower().endswith(_MACROS):
        raise refused(
            "active", "文件中含宏，请另存为不带宏的文档后再上传",
            "the document holds macros: please save it without them first",
        )  # fmt: skip


def _unpack(package: ZipFile, part: ZipInfo) -> None:
    """Reads a part to its end: its length and check sum have to be those it tells."""
    length = 0
    with package.open(part) as stream:
        while piece := stream.read(_PIECE):
            length += len(piece)
    if length != part.file_size:
        raise broken()
