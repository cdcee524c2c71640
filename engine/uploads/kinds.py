"""Which kinds of files are known; the check of an upload: size, name, kind by content, what its kind forbids."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from engine.uploads import packages, pdf, pictures
from engine.uploads.names import checked_name, extension
from engine.uploads.refusal import refused


@dataclass(frozen=True)
class FileKind:
    """One kind of file. ``begins`` are its first bytes, ``check`` raises BadInput for one that cannot be taken;
    ``shown``: a browser can show it and runs nothing that is in it."""

    code: str
    mime: str
    extensions: tuple[str, ...]
    begins: tuple[bytes, ...]
    check: Callable[[bytes], None]
    shown: bool = False


_ZIP = (b"PK\x03\x04",)
_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS: Mapping[str, FileKind] = {
    kind.code: kind
    for kind in (
        FileKind("pdf", "application/pdf", ("pdf",), (b"%PDF-",), pdf.check, shown=True),
        FileKind("jpeg", "image/jpeg", ("jpg", "jpeg"), (b"\xff\xd8\xff",), pictures.check_jpeg, shown=True),
        FileKind("png", "image/png", ("png",), (pictures.PNG,), pictures.check_png, shown=True),
        FileKind("tiff", "image/tiff", ("tif", "tiff"), (b"II*\0", b"MM\0*"), pictures.check_tiff),
        FileKind("ofd", "application/ofd", ("ofd",), _ZIP, packages.check),
        FileKind("docx", f"{_OFFICE}.wordprocessingml.document", ("docx",), _ZIP, packages.check),
        FileKind("xlsx", f"{_OFFICE}.spreadsheetml.sheet", ("xlsx",), _ZIP, packages.check),
    )
}
"""Code → kind; the codes are those of ``engine.catalogue.vocabulary.FILE_KINDS``."""


def kind_of(content: bytes) -> FileKind | None:
    """The kind of a file by its first bytes, and of a package by what is in it; None for an unknown one."""
    if content.startswith(_ZIP):
        return KINDS.get(packages.kind_of(content))
    return next((kind for kind in KINDS.values() if content.startswith(kind.begins)), None)


def check_file(name: str, content: bytes, allowed: Collection[str], most: int) -> tuple[str, FileKind]:
    """The name in normal form and the kind of a file that can be taken: of at most ``most`` bytes, of a kind in
    ``allowed``, whose name ends as its content says. BadInput says in words what is wrong."""
    plain = checked_name(name)
    if not content:
        raise refused("empty", "文件是空的", "the file is empty")
    if len(content) > most:
        size = f"{most / 1_000_000:g}"
        raise refused("too_large", f"文件不能超过 {size} MB", f"a file has at most {size} MB")
    kind = kind_of(content)
    if kind is None or kind.code not in allowed:
        wanted = ", ".join(code for code in KINDS if code in allowed)
        raise refused("kind", f"这份材料只接收：{wanted}", f"this material is taken as: {wanted}")
    if extension(plain) not in kind.extensions:
        raise refused(
            "extension", f"文件名的后缀与内容不符：内容是 {kind.code}",
            f"the name does not end as the content says: it is {kind.code}",
        )  # fmt: skip
    kind.check(content)
    return plain, kind
