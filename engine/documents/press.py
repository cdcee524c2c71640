"""The press: HTML to PDF by WeasyPrint, an optional part, with nothing from outside and a Chinese font embedded."""

import io
import logging
import re
from contextlib import redirect_stdout
from types import ModuleType
from typing import Any, Protocol

from engine.errors import BadInput, NotPossible
from engine.journal import digest
from engine.settings import optional_part

FONTS = ("Noto Serif CJK SC", "Source Han Serif SC")
"""Families a document may be printed in; both are the same design under the OFL, which allows embedding."""
PACKAGE = "fonts-noto-cjk"
_PROBE = "<!doctype html><html lang=zh-CN><body style='font-family:{}'>永<b>永</b></body></html>"
_EMBEDDED = re.compile(rb"/BaseFont\s*/[A-Z]{6}\+([A-Za-z0-9-]+)")


class Press(Protocol):
    """Prints documents."""

    def print(self, html: str) -> bytes:
        """The PDF of a document, the same bytes for the same text."""
        ...


class NoFetching:
    """Whatever a document refers to is refused, and ends the printing: addresses, files, data."""

    _fail_on_errors = True  # asked for by WeasyPrint

    def __call__(self, url: str, *_: object, **__: object) -> Any:
        raise BadInput(
            "documents.outside", "文书不得引用外部资源", "a document cannot refer to anything outside", url[:40]
        )


class WeasyPress:
    """WeasyPrint, found usable when it was made."""

    def __init__(self, weasyprint: ModuleType) -> None:
        self._html = weasyprint.HTML
        self._fatal = weasyprint.urls.FatalURLFetchingError
        self.version = str(weasyprint.__version__)
        self.font = next((font for font in FONTS if self._has(font)), "")
        if not self.font:
            raise NotPossible(
                "documents.font", f"系统没有“{FONTS[0]}”字体，请安装 {PACKAGE}",
                f"the system has no font {FONTS[0]!r}; install {PACKAGE}",
            )  # fmt: skip

    def _has(self, font: str) -> bool:
        """Whether both weights of a font end up in a PDF."""
        content = self._made(_PROBE.format(font.replace(" ", r"\ ")), uncompressed_pdf=True)
        found = {name.decode().removesuffix("-Bold") for name in _EMBEDDED.findall(content)}
        return found == {font.replace(" ", "-")}

    def print(self, html: str) -> bytes:
        """The PDF; its identifier is made of the text, so printing again gives the same file."""
        return self._made(html, pdf_identifier=digest(html.encode())[:32].encode())

    def _made(self, html: str, **options: object) -> bytes:
        try:
            content: bytes = self._html(string=html, url_fetcher=NoFetching()).write_pdf(**options)
        except self._fatal as error:
            raise BadInput(
                "documents.outside", "文书不得引用外部资源", "a document cannot refer to anything outside"
            ) from error
        return content


def load_press() -> WeasyPress:
    """The press of this machine; BadInput or NotPossible say what has to be installed."""
    try:
        with redirect_stdout(io.StringIO()):  # it prints advice there, and stdout is for documents
            weasyprint = optional_part("weasyprint", "pdf", "WeasyPrint")
    except OSError as error:
        raise NotPossible(
            "documents.pango", "缺少 Pango 库，请安装 libpango-1.0-0、libpangoft2-1.0-0、libharfbuzz-subset0",
            "Pango is missing; install libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0",
        ) from error  # fmt: skip
    for name in ("weasyprint", "weasyprint.progress", "fontTools"):  # they tell of every step
        logging.getLogger(name).setLevel(logging.WARNING)
    return WeasyPress(weasyprint)
