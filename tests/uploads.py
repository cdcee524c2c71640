"""Small files of every kind, made by hand, and hostile ones."""

import struct
import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile


def pdf(inside: bytes = b"", end: bytes = b"startxref\n9\n%%EOF\n") -> bytes:
    """A PDF with these bytes between its header and its end."""
    return b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n" + inside + b"\ntrailer\n<</Root 1 0 R>>\n" + end


def object_stream(objects: bytes, extra: bytes = b"/Filter/FlateDecode", packed: bool = True) -> bytes:
    """An object stream of a PDF."""
    body = zlib.compress(objects) if packed else objects
    head = b"7 0 obj\n<</Type/ObjStm/N 1/First 4" + extra + b">>\nstream\r\n"
    return head + body + b"\nendstream\nendobj\n"


def png(width: int = 2, height: int = 2) -> bytes:
    """A PNG without a point in it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def jpeg(width: int = 2, height: int = 2) -> bytes:
    """A JPEG without a point in it."""
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    return b"\xff\xd8\xff\xe0\0\4ab" + frame + b"\xff\xda\0\2" + b"\0\1\2" + b"\xff\xd9"


def tiff(order: str = "<", following: int = 0) -> bytes:
    """A TIFF of one page."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entries = struct.pack(f"{order}HHIHH", 256, 3, 1, 4, 0) + struct.pack(f"{order}HHII", 257, 4, 1, 5)
    return (
        mark + struct.pack(f"{order}I", 8) + struct.pack(f"{order}H", 2) + entries + struct.pack(f"{order}I", following)
    )


def package(*names: str, content: bytes = b"<x/>", **more: bytes) -> bytes:
    """A ZIP of these parts."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as packed:
        for name in names:
            packed.writestr(name, content)
        for name, text in more.items():
            packed.writestr(name, text)
    return file.getvalue()


def docx(*more: str) -> bytes:
    """A docx with these parts besides its own."""
    return package("[Content_Types].xml", "word/document.xml", *more)


GOOD = {
    "a.pdf": ("pdf", pdf(object_stream(b"1 0 <</Type/Page>>"))), "a.PNG": ("png", png()), "照片.jpg": ("jpeg", jpeg()),
    "a.jpeg": ("jpeg", jpeg()), "a.tif": ("tiff", tiff()), "a.tiff": ("tiff", tiff(">")),
    "发票.ofd": ("ofd", package("OFD.xml", "Doc_0/Document.xml")), "a.docx": ("docx", docx()),
    "a.b.xlsx": ("xlsx", package("[Content_Types].xml", "xl/workbook.xml")),
}  # fmt: skip
"""Name → kind and content."""
