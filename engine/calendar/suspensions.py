"""Time that does not count: suspensions, united and laid over the days."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from engine.calendar.days import DayLine, DayWhy
from engine.errors import CalendarError


@dataclass(frozen=True)
class Suspension:
    """Time that is not counted (行政许可法 45), as local dates, half open.

    The day it starts does not count, the day it ends counts. ``ends`` is None while it is still going on.
    ``name_zh`` (听证, 专家评审 …) is shown in the derivation.
    """

    starts: date
    ends: date | None = None
    name_zh: str = ""

    def __post_init__(self) -> None:
        for day in (self.starts, self.ends):
            if isinstance(day, datetime):
                raise _bad_suspension(self, "中止时段应为日期", "a suspension holds dates, not instants")
        if self.ends is not None and self.ends < self.starts:
            raise _bad_suspension(self, "中止结束早于开始", "a suspension ends before it starts")


def united(suspensions: Sequence[Suspension]) -> tuple[Suspension, ...]:
    """The same days as disjoint suspensions in order; empty ones are gone, overlapping ones are one."""
    pauses: list[Suspension] = []
    for pause in sorted(suspensions, key=lambda one: one.starts):
        last = pauses[-1] if pauses else None
        if pause.starts == pause.ends:
            continue
        if last is None or (last.ends is not None and last.ends <= pause.starts):
            pauses.append(pause)
            continue
        ends = None if last.ends is None or pause.ends is None else max(last.ends, pause.ends)
        names = "、".join(dict.fromkeys(name for name in (last.name_zh, pause.name_zh) if name))
        pauses[-1] = Suspension(last.starts, ends, names)
    return tuple(pauses)


def paused(lines: Iterator[DayLine], pauses: tuple[Suspension, ...]) -> Iterator[DayLine]:
    """``lines`` with the days of ``pauses`` (united) marked as suspended; an error at one without end."""
    starts = [pause.starts for pause in pauses]
    for line in lines:
        index = bisect_right(starts, line.date) - 1
        pause = pauses[index] if index >= 0 else None
        if pause is None or (pause.ends is not None and pause.ends <= line.date):
            yield line
        elif pause.ends is None:
            raise _bad_suspension(pause, "中止尚未结束，无法计算到期日", "no due date while a suspension has no end")
        else:
            yield DayLine(line.date, False, DayWhy.SUSPENDED, pause.name_zh)


def _bad_suspension(pause: Suspension, message_zh: str, message_en: str) -> CalendarError:
    return CalendarError("calendar.suspension", message_zh, message_en, f"[{pause.starts}, {pause.ends})")
