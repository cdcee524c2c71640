"""The report of ``parallelize --html``: one file without scripts that needs nothing else; and files written at once."""

import math
import os
import re
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from engine.diagram.svg import SVG_CSS
from engine.errors import BadInput
from engine.parallel.chart_svg import CHART_CSS, say_in
from engine.parallel.report import Report

_WIDTH = re.compile(r'<svg[^>]* width="([0-9.]+)"')


def as_html(report: Report) -> str:
    """The page; everything in it that is not a picture is escaped by the template, the pictures escape their own."""
    pages = Environment(
        loader=PackageLoader("cli"), autoescape=True, undefined=StrictUndefined, trim_blocks=False, auto_reload=False
    )
    pages.filters["drawn_width"] = drawn_width
    page = pages.get_template("report.html")
    return page.render(report=report, say=say_in(report.language), css=SVG_CSS + CHART_CSS)


def drawn_width(svg: str) -> int:
    """The width of a picture in px, rounded up."""
    said = _WIDTH.search(svg)
    return math.ceil(float(said[1])) if said else 0


def write_file(path: Path, data: bytes) -> None:
    """Puts ``data`` in the place of the file, all of it or nothing; BadInput when it cannot be written."""
    try:
        path = path.resolve()
        if path.exists() and not path.is_file():  # a device or pipe: it cannot be replaced
            path.write_bytes(data)
            return
        new = path.with_name(f".{path.name}.{os.getpid()}.new")
        try:
            new.write_bytes(data)
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)
    except OSError as error:
        raise BadInput(
            "parallelize.output", "写不了这个文件", f"this file cannot be written: {error}", str(path)
        ) from error
