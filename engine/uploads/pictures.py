"""JPEG, PNG and TIFF: whether the file is one from its beginning to its end, and not more points than can be shown."""

from struct import error as StructError
from struct import unpack_from
from zlib import crc32

from engine.uploads.refusal import broken, too_rich

PNG = b"\x89PNG\r\n\x1a\n"
MOST_POINTS = 600_000_000
"""Width by height; a scan of A0 in 600 dpi has 560 million."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WIDTH, _HEIGHT = 256, 257
_SHORT, _LONG = 3, 4
_MOST_PAGES = 10_000


def check_jpeg(content: bytes) -> None:
    """Its segments up to the picture itself, and its end; BadInput."""
    try:
        if not _jpeg_size(content) or content.rfind(b"\xff\xd9") < 0:
            raise broken()
    except (StructError, IndexError):
        raise broken() from None


def _jpeg_size(content: bytes) -> bool:
    """Whether the picture begins after a frame that says its size."""
    at, framed = 2, False
    while content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xDA:
            return framed
        (length,) = unpack_from(">H", content, at + 2)
        if marker in _FRAMES:
            height, width = unpack_from(">HH", content, at + 5)
            _check_points(width, height)
            framed = True
        if length < 2:
            return False
        at += 2 + length
    return False


def check_png(content: bytes) -> None:
    """Every chunk with its check sum, a header first and an end last; BadInput."""
    at, first = len(PNG), True
    try:
        while True:
            length, name = unpack_from(">I4s", content, at)
            (told,) = unpack_from(">I", content, at + 8 + length)
            if crc32(content[at + 4 : at + 8 + length]) != told or first != (name == b"IHDR"):
                raise broken()
            if first:
                _check_points(*unpack_from(">II", content, at + 8))
            at, first = at + 12 + length, False
            if name == b"IEND":
                break
    except StructError:
        raise broken() from None
    if at != len(content):
        raise broken()


def check_tiff(content: bytes) -> None:
    """Its pages, each once and each with a size; BadInput."""
    order = "<" if content.startswith(b"II") else ">"
    seen: set[int] = set()
    try:
        (at,) = unpack_from(f"{order}I", content, 4)
        while at:
            if at in seen or len(seen) > _MOST_PAGES:
                raise broken()
            seen.add(at)
            at = _page(content, order, at)
    except StructError:
        raise broken() from None
    if not seen:
        raise broken()


def _page(content: bytes, order: str, at: int) -> int:
    """Checks one page; where the next one is, 0 after the last."""
    (entries,) = unpack_from(f"{order}H", content, at)
    sizes: dict[int, int] = {}
    for number in range(entries):
        place = at + 2 + 12 * number
        tag, kind = unpack_from(f"{order}HH", content, place)
        if tag in {_WIDTH, _HEIGHT} and kind in {_SHORT, _LONG}:
            (sizes[tag],) = unpack_from(f"{order}{'H' if kind == _SHORT else 'I'}", content, place + 8)
    _check_points(sizes.get(_WIDTH, 0), sizes.get(_HEIGHT, 0))
    following: int = unpack_from(f"{order}I", content, at + 2 + 12 * entries)[0]
    return following


def _check_points(width: int, height: int) -> None:
    if not width or not height:
        raise broken()
    if width * height > MOST_POINTS:
        raise too_rich()
