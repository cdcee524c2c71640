"""What some tests need from the machine, and what to say where it is missing.

As a program, for ``tools/test.sh``: ``--packages`` prints the Debian packages that would help, ``--left-out``
one line for each thing this machine cannot show.
"""

import ctypes.util
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "/Library/Fonts",
)
LIBRARIES = ("pangoft2-1.0", "harfbuzz-subset")
"""What WeasyPrint finds on the system."""
FONTS = ("cjk", "sourcehan", "wqy", "pingfang", "heiti", "unicode")


def find_chromium() -> str | None:
    """Path of the browser: ``BINGLIAN_CHROMIUM`` if set, else the first known name on the PATH."""
    named = os.environ.get("BINGLIAN_CHROMIUM")
    if named:
        return named if Path(named).is_file() else None
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def why_no_browser() -> str | None:
    """One line saying why browser tests cannot run here; None when they can."""
    if importlib.util.find_spec("playwright") is None:
        return "the Python package playwright is not installed"
    if find_chromium():
        return None
    named = os.environ.get("BINGLIAN_CHROMIUM")
    if named:
        return f"no Chromium: BINGLIAN_CHROMIUM={named} is not a file"
    return f"no Chromium: none of {', '.join(BROWSERS)} is on the PATH, and BINGLIAN_CHROMIUM is not set"


def why_no_chinese_font() -> str | None:
    """One line saying why pictures would show boxes for Chinese; None when a font is there."""
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    names = (path.name.lower() for folder in folders if folder.is_dir() for path in folder.rglob("*.[to]t[cf]"))
    if any(font in name for name in names for font in FONTS):
        return None
    return f"no Chinese font in {', '.join(FONT_FOLDERS)}"


def why_no_press() -> str | None:
    """One line saying why documents cannot be printed here; None when they can."""
    if importlib.util.find_spec("weasyprint") is None:
        return "the Python package WeasyPrint is not installed"
    if why_no_chinese_font():
        return why_no_chinese_font()
    missing = [name for name in LIBRARIES if ctypes.util.find_library(name) is None]
    return f"no library {', '.join(missing)}" if missing else None


@dataclass(frozen=True)
class Need:
    """``missing`` gives the reason ``tests`` cannot run, or None; ``package`` is Debian's remedy."""

    tests: str
    package: str
    missing: Callable[[], str | None]


NEEDS = (
    Need("browser tests", "chromium", why_no_browser),
    Need("tests that print documents", "libpangoft2-1.0-0 libharfbuzz-subset0", why_no_press),
    Need("Chinese letters in the pictures of browser tests", "fonts-noto-cjk", why_no_chinese_font),
)


def main(question: str) -> None:
    for need in NEEDS:
        reason = need.missing()
        if reason:
            print(need.package if question == "--packages" else f"{need.tests} ({reason})")


if __name__ == "__main__":
    main(sys.argv[1])
