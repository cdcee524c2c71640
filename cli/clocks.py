"""``binglian clocks``: every clock of a case, now or as it stood, explained day by day."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time

import click

from cli.calendar_show import WHY
from cli.move import case_id_of
from engine.bootstrap import build_engine
from engine.calendar import DayLine, DayWhy, WorkCalendar
from engine.case.timekeeping.clock_view import ClockView
from engine.commands import SYSTEM
from engine.engine import Engine
from engine.errors import BadInput
from engine.instants import from_text, to_text
from engine.settings import settings_from

DAY_WHY = {
    **WHY,
    DayWhy.DAY_ZERO: ("起始日不计", "day 0"),
    DayWhy.AFTER_CLOSE: ("已过下班时间", "after close"),
    DayWhy.SUSPENDED: ("中止计时", "suspended"),
    DayWhy.CALENDAR_DAY: ("自然日", "calendar day"),
    DayWhy.DUE_DAY: ("到期日", "due day"),
}
UNITS = {"working_days": "工作日 working days", "days": "日 days", "months": "月 months"}
LIGHTS = {"green": "绿 green", "yellow": "黄 yellow", "red": "红 red", "stopped": "中止 stopped"}


@click.command("clocks")
@click.argument("case")
@click.option("--at", "at", help="A past instant, ISO 8601; without a zone local time, a date alone its end.")
@click.option("--days", is_flag=True, help="Each clock with its derivation, day by day.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def clocks(case: str, at: str | None, days: bool, as_json: bool) -> None:
    """The clocks of CASE (number or id): since when, until when, what stopped or extended them."""
    engine = build_engine(settings_from())
    try:
        case_id = case_id_of(engine, case)
        instant = None if at is None else _instant(engine.read.calendar, at)
        found = engine.read.clocks(case_id, SYSTEM, instant)
        lines = [_document(engine, case_id, instant, found)] if as_json else list(_lines(engine, found, days))
    finally:
        engine.close()
    click.echo("\n".join(lines))


def _instant(calendar: WorkCalendar, text: str) -> datetime:
    try:
        if len(text) == len("2026-03-02"):
            return datetime.combine(date.fromisoformat(text), time.max, calendar.zone)
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput("clocks.instant", "时刻应为 ISO 8601 格式", "give the instant in ISO 8601", text) from error
    return instant.replace(tzinfo=calendar.zone) if instant.tzinfo is None else instant


def _document(engine: Engine, case_id: str, instant: datetime | None, found: tuple[ClockView, ...]) -> str:
    at = to_text(engine.read.now() if instant is None else instant)
    told = {"case": case_id, "at": at, "calendar": engine.read.calendar.version}
    return json.dumps({**told, "clocks": [clock.as_dict() for clock in found]}, ensure_ascii=False)


def _lines(engine: Engine, found: tuple[ClockView, ...], days: bool) -> Iterator[str]:
    for clock in found:
        yield _headline(engine, clock)
        for shown in clock.suspensions:
            stop = shown.as_dict()
            until = _local(engine, stop["ended_at"]) or f"预计 expected {stop['expected_days']} 工作日 working days"
            names = f"{stop['name_zh']} / {stop['name_en']}"
            yield f"    中止 suspended: {names}  {_local(engine, stop['started_at'])} – {until}  {stop['ground']}"
        if clock.extension is not None:
            told = clock.extension
            yield f"    延长 extended: {told['days']}  {told['level']}  {told['approver']}  {told['reason']}"
        yield from (f"    {_day(line)}" for line in (clock.days if days else ()))


def _headline(engine: Engine, clock: ClockView) -> str:
    due = _local(engine, clock.due)
    if clock.stopped:
        due = f"中止 stopped; 预计 expected {_local(engine, clock.expected)}" if clock.expected else "中止 stopped"
    marks = [LIGHTS[clock.light]] if not clock.stopped else []
    marks += ["暂定 provisional"] if clock.provisional else []
    marks += [f"已结束 ended {_local(engine, clock.ended_at)}"] if clock.ended_at else []
    span = f"{clock.limit} {UNITS[clock.unit]}"
    return (
        f"{clock.name_zh} / {clock.name_en}: {span}  {_local(engine, clock.start)} → {due}  {'; '.join(marks)}".rstrip()
    )


def _day(line: DayLine) -> str:
    share = "  –" if line.share is None else f"{line.share.normalize():f}".rjust(3)
    return f"{line.date}  {share}  {' '.join(filter(None, (*DAY_WHY[line.why], line.name_zh)))}"


def _local(engine: Engine, text: str | None) -> str:
    return "" if text is None else f"{engine.read.calendar.local(from_text(text)):%Y-%m-%d %H:%M}"


COMMANDS = (clocks,)
