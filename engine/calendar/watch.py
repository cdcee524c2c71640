"""The calendar of a folder, read again when its files were replaced: an imported list counts a second later."""

import logging
import os
from pathlib import Path
from time import monotonic

from engine.calendar.days import WorkCalendar
from engine.calendar.files import BASE
from engine.calendar.load import load_calendar
from engine.errors import CalendarError

log = logging.getLogger(__name__)

Stamp = tuple[tuple[str, int], ...]
"""Directories with the instants (ns) of their last change."""


EVERY = 1.0
"""Seconds between two looks of acts."""


class WatchedCalendar:
    """``now`` is the calendar of a region; ``refresh`` reads it again when a file came, went or was replaced, and
    ``glance`` does so at most once in ``EVERY`` seconds.

    A file that is written in place changes no directory and is seen at the next start, or with the next replacement.
    Raises CalendarError for files that cannot be read at the start; later the calendar before stays, and the log says
    what is wrong.
    """

    def __init__(self, folder: Path, region: str = BASE) -> None:
        self._folder, self._region = folder, region
        self._stamp = _stamp(folder)
        self._next = 0.0
        self.now: WorkCalendar = load_calendar(folder, region)

    def glance(self) -> None:
        """For every act: a look at the directories costs more than one should."""
        if (now := monotonic()) >= self._next:
            self.refresh()
            self._next = now + EVERY  # afterwards: until then every other act looks for itself

    def refresh(self) -> None:
        """Costs a look at each directory while nothing has changed."""
        if all(_changed_at(path) == at for path, at in self._stamp):
            return
        stamp = _stamp(self._folder)  # before the files are read: what is replaced meanwhile is seen the next time
        try:
            self.now = load_calendar(self._folder, self._region)
        except CalendarError as error:
            log.error("the calendar stays as it was, its files cannot be read: %s", error)
        self._stamp = stamp


def _stamp(folder: Path) -> Stamp:
    inner = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    return tuple((str(path), _changed_at(str(path))) for path in (folder, *inner))


def _changed_at(path: str) -> int:
    """Nanoseconds; 0 when there is no such directory."""
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 -- asked before every page, a Path takes twice as long
    except OSError:
        return 0
