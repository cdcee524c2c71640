"""PDF: whole, without a password, and without anything that runs when somebody opens it.

Names are looked for in the whole file, also inside streams, because a reader may be pointed anywhere; and in the
object streams, unpacked (ISO 32000-1, 7.5.7). One that cannot be unpacked plainly is refused. What a page shows is not
looked into: it can hold no action.
"""

import re
import zlib
from collections.abc import Iterator

from engine.uploads.refusal import broken, locked, refused, too_rich

ACTIVE = frozenset({
    b"JavaScript", b"Launch", b"Rendition", b"RichMedia", b"OnInstantiate", b"XFA", b"ImportData",
})  # fmt: skip
"""Names of actions and of forms that run programs or open other files (ISO 32000-1, 12.6.4, 12.7.8, 13.2, 13.6)."""
MOST_UNPACKED = 64_000_000
"""Bytes of all object streams together."""
_END = 2048
_NAME = re.compile(rb"/((?:[A-Za-z]|#[0-9A-Fa-f]{2}){2,80})")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_LONGEST_HEAD = 4096
_PAIRS = re.compile(rb"\s*\d")


def check(content: bytes) -> None:
    """BadInput for what is no whole PDF, or holds what is refused."""
    if b"%%EOF" not in content[-_END:] or b"startxref" not in content:
        raise broken()
    _check_names(content)
    left = MOST_UNPACKED
    for part in _object_streams(content):
        left -= len(part)
        if left < 0:
            raise too_rich()
        _check_names(part)


def _check_names(content: bytes) -> None:
    for name in _names(content):
        if name == b"Encrypt":
            raise locked()
        if name in ACTIVE:
            raise refused(
                "active", "PDF 中含脚本、可执行动作或动态表单，请另存或打印为普通 PDF 后再上传",
                "the PDF holds scripts, actions or a dynamic form: please print it to a plain PDF first",
            )  # fmt: skip


def _names(content: bytes) -> Iterator[bytes]:
    """Every name, with what is written as ``#4A`` as the letter it is."""
    for found in _NAME.finditer(content):
        name = found[1]
        yield _ESCAPE.sub(lambda code: bytes([int(code[1], 16)]), name) if b"#" in name else name


def _object_streams(content: bytes) -> Iterator[bytes]:
    """What is in the object streams; BadInput for one that is not readable as it is."""
    known = 0
    for found in _STREAM.finditer(content):
        head = content[max(0, found.start() - _LONGEST_HEAD) : found.start()]
        head = head[max(head.rfind(b"endstream"), head.rfind(b"endobj"), 0) :]
        names = set(_names(head))
        if b"ObjStm" in names:
            known += 1
            yield _unpacked(content, found.end(), names)
    if known < sum(name == b"ObjStm" for name in _names(content)):
        raise _unreadable()


def _unpacked(content: bytes, start: int, names: set[bytes]) -> bytes:
    filters = {name for name in names if name.endswith(b"Decode")}
    if not filters:
        end = content.find(b"endstream", start)
        part = content[start : end if end >= 0 else None]
    elif filters == {b"FlateDecode"}:
        part = _inflated(content, start)
    else:
        raise _unreadable()
    if part and not _PAIRS.match(part):
        raise _unreadable()
    return part


def _inflated(content: bytes, start: int) -> bytes:
    unpack = zlib.decompressobj()
    try:
        part = unpack.decompress(memoryview(content)[start:], MOST_UNPACKED)
    except zlib.error:
        raise broken() from None
    if not unpack.eof:
        raise too_rich() if len(part) >= MOST_UNPACKED else broken()
    return part


def _unreadable() -> Exception:
    return refused(
        "unreadable", "PDF 的内部编排无法检查，请另存或打印为普通 PDF 后再上传",
        "the PDF is packed in a way that cannot be checked: please print it to a plain PDF first",
    )  # fmt: skip
