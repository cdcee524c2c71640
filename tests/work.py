"""How much work something is, in calls: the same on every machine, however busy it is."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any


@dataclass
class Work:
    """What was done: ``calls`` of functions, also of those written in C."""

    calls: int = 0


@contextmanager
def counted() -> Iterator[Work]:
    """Counts while it is open, on this thread."""
    work, before = Work(), sys.getprofile()

    def note(_frame: FrameType, event: str, _argument: Any) -> None:
        if event in {"call", "c_call"}:
            work.calls += 1

    sys.setprofile(note)
    try:
        yield work
    finally:
        sys.setprofile(before)
