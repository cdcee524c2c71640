"""``binglian calendar recompute``: running due dates counted again, and a report of what moved and why."""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from time import sleep
from typing import Any

import click

from cli.calendar_show import WHY
from engine.bootstrap import build_engine
from engine.calendar.watch import EVERY
from engine.case.state import IN_PROGRESS, SUBMITTED
from engine.case.timekeeping.clock_view import clock_name
from engine.case.timekeeping.recompute import TIMER_EVENT, Counting, changed_clocks, changes_anything
from engine.commands import SYSTEM, RecomputeDueDates
from engine.engine import Engine
from engine.errors import AlreadyDone, BinglianError
from engine.instants import from_text
from engine.journal import Json
from engine.reader import CaseView
from engine.settings import settings_from

PAGE = 200


@dataclass
class Recomputed:
    """What became of all running cases: those that changed with their clocks, those that stand, those that failed."""

    calendar: str
    dry_run: bool
    cases: list[dict[str, Json]] = field(default_factory=list)
    unchanged: int = 0
    failed: list[dict[str, Json]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Json]:
        """The report as JSON."""
        return dict(vars(self))


@click.command("recompute")
@click.option("--dry-run", is_flag=True, help="Say what would move and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def recompute(dry_run: bool, as_json: bool) -> None:
    """Count every running due date again with the calendar as it is now; one journal entry for each case that changes.

    Exit 1 when a case could not be recomputed; the others are.
    """
    engine = build_engine(settings_from())
    try:
        if not dry_run:
            sleep(EVERY)  # until every service counts new dates with this calendar too
        report = recompute_all(engine, dry_run)
        lines = [json.dumps(report.as_dict(), ensure_ascii=False)] if as_json else list(_lines(engine, report))
    finally:
        engine.close()
    click.echo("\n".join(lines))
    sys.exit(1 if report.failed else 0)


def recompute_all(engine: Engine, dry_run: bool = False) -> Recomputed:
    """Every case in progress or with a check to come, one transaction each; one that fails holds nobody up."""
    engine.deployments.refresh()
    report = Recomputed(engine.read.calendar.version, dry_run)
    for case_id in _running(engine):
        try:
            facts = _recompute(engine, case_id, dry_run)
        except AlreadyDone:  # nothing changes, or somebody else has just recomputed it
            facts = None
        except BinglianError as error:
            report.failed.append({"case": case_id, "error": error.as_dict()})
            continue
        if facts is None:
            report.unchanged += 1
        else:
            report.cases.append(facts)
    return report


def _running(engine: Engine) -> list[str]:
    found: list[dict[str, Any]] = []
    while page := engine.read.cases((SUBMITTED, IN_PROGRESS), before=_after(found), limit=PAGE):
        found += page
    running = [str(row["case_id"]) for row in found]
    return [*running, *sorted(engine.read.cases_checked() - {*running})]


def _after(found: list[dict[str, Any]]) -> list[str] | None:
    return [found[-1]["submitted_at"], found[-1]["case_id"]] if found else None


def _recompute(engine: Engine, case_id: str, dry_run: bool) -> dict[str, Json] | None:
    view = engine.read.case(case_id, SYSTEM)
    facts: Mapping[str, Json] = changed_clocks(
        view.case, Counting(view.entries, engine.deployments.get, engine.read.calendar)
    )
    if not changes_anything(facts):
        return None
    if not dry_run:
        outcome = engine.execute(RecomputeDueDates(case_id), SYSTEM)
        view = engine.read.case(case_id, SYSTEM)
        facts = view.entries[outcome.revision - 1].facts
    clocks = [{**clock, **_named(view, clock)} for clock in facts["clocks"]]
    moved = any(clock["moved"] for clock in clocks)
    return {"case": case_id, "number": view.case.number, "moved": moved, "clocks": clocks}


def _named(view: CaseView, clock: Mapping[str, Json]) -> dict[str, str]:
    """Names of a clock: of the case, of an item, of a step, of a timer event."""
    if clock["clock"] == TIMER_EVENT:
        return {"name_zh": f"定时事件 {clock['element']}", "name_en": f"timer event {clock['element']}"}
    zh, en = clock_name(view.case, view.deployment.offering, clock["clock"], clock["of"])
    return {"name_zh": zh, "name_en": en}


def _lines(engine: Engine, report: Recomputed) -> Iterator[str]:
    for case in report.cases:
        yield str(case["number"])
        for clock in case["clocks"]:
            yield f"  {_line(engine, clock)}"
    for failure in report.failed:
        error = failure["error"]
        yield f"{failure['case']}  失败 failed: {error['message_zh']} / {error['message_en']}"
    moved = sum(bool(case["moved"]) for case in report.cases)
    stand = len(report.cases) - moved
    yield (
        f"日期变动 moved: {moved}; 仅暂定标记变化 only the provisional mark: {stand}; "
        f"不变 unchanged: {report.unchanged}; 失败 failed: {len(report.failed)}"
    )
    if report.dry_run:
        yield "试算，未作任何改动 dry run, nothing was changed"


def _line(engine: Engine, clock: Mapping[str, Json]) -> str:
    name = f"{clock['name_zh']} / {clock['name_en']}"
    mark = "暂定 provisional" if clock["provisional"] else "确定 definite"
    old, new = (f"{engine.read.calendar.local(from_text(clock[key])):%Y-%m-%d %H:%M}" for key in ("old", "new"))
    if not clock["moved"]:
        return f"{name}: {old} 日期不变 stands, {mark}"
    return f"{name}: {old} → {new} {mark}; {_why(clock['days'])}"


def _why(days: list[Mapping[str, Json]]) -> str:
    if not days:
        return "因日历有更正 because the calendar was corrected"
    told = (f"{day['date']} {' '.join(WHY[day['is']])}{f' {name}' if (name := day['name_zh']) else ''}" for day in days)
    return f"因 because {'；'.join(told)}"
