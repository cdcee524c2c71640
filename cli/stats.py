"""``binglian stats``: what is late and why, and which running cases are likely to be."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import click

from engine.bootstrap import build_engine
from engine.engine import Engine
from engine.errors import BadInput
from engine.settings import settings_from
from engine.statistics import Late, LateCase, Lateness, Outlook, Risk, lateness, outlook, reason, table

_SHOWN = 20
"""Lines of a list; the JSON document has all."""
_CAUSES = {
    "own": "本事项办理 own steps", "other_item": "等待其他事项 another item", "applicant": "申请人 applicant",
    "suspended": "中止 suspended", "window": "受理前 before acceptance", "between": "环节之间 between steps",
}  # fmt: skip


@click.group("stats")
def stats() -> None:
    """Figures of this installation (docs/statistics.md)."""


@stats.command("late")
@click.option("--since", help="Cases accepted from this day on (2026-03-02).")
@click.option("--until", help="Cases accepted up to this day, included.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def late(since: str | None, until: str | None, as_json: bool) -> None:
    """What is late, by step, department and cause."""
    with _engine() as engine:
        found = lateness(engine, _day("--since", since), _day("--until", until))
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False))
    else:
        _tell_late(found)


@stats.command("risk")
@click.option("--check", is_flag=True, help="How right such predictions would have been so far.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def risk(check: bool, as_json: bool) -> None:
    """Which running cases are likely to be late, and why."""
    with _engine() as engine:
        found = outlook(engine, check=check)
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False))
    else:
        _tell_risk(found, check)


@contextmanager
def _engine() -> Iterator[Engine]:
    engine = build_engine(settings_from())
    try:
        yield engine
    finally:
        engine.close()


def _day(option: str, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise BadInput("stats.day", "日期应写作 2026-03-02", "write the day as 2026-03-02", option) from error


def _tell_late(found: Lateness) -> None:
    period = f"{found.since or '…'} – {found.until or '…'}"
    click.echo(f"受理 accepted {period}: 已办结 finished {_late(found.finished)}; 在办 open {_late(found.open)}")
    for title, groups in (("部门 departments", found.departments), ("环节 steps", found.steps)):
        click.echo(f"{title}:")
        for group in groups[:_SHOWN]:
            click.echo(f"  {group.name_zh} {group.name_en}: {_late(group.finished)}; 在办 open {_late(group.open)}")
    if not found.late_cases:
        return
    click.echo("超期办件的时间 where the time of late cases went (工作日 working days):")
    for cause, days in found.causes.items():
        click.echo(f"  {_CAUSES[cause]}: {days:.1f}")
    for one in found.blame:
        click.echo(
            f"  {one.name_zh} {one.name_en}: {one.days:.1f}, 超出环节时限 past the steps' limits {one.over_days:.1f} "
            f"({one.cases} 件 cases)"
        )
    for case in found.late_cases[:_SHOWN]:
        _tell_case(found, case)
    _tell_rest(len(found.late_cases))


def _tell_case(found: Lateness, late_case: LateCase) -> None:
    parts = {cause: found.time.days(late_case.time_by(cause)) for cause in _CAUSES}
    said = ", ".join(f"{_CAUSES[cause]} {days:.1f}" for cause, days in parts.items() if days)
    click.echo(f"{late_case.case.number} {late_case.case.offering} +{late_case.over_days:.1f}: {said}")


def _late(figures: Late) -> str:
    if figures.mean_over is None:
        return f"超期 late {figures.share}"
    return f"超期 late {figures.share}, 平均 mean +{figures.mean_over:.1f}, p90 +{figures.p90_over:.1f}"


def _tell_risk(found: Outlook, check: bool) -> None:
    predicted = sum(one.share is not None for one in found.risks)
    click.echo(
        f"在办 running {len(found.risks)}, 可预测 predicted {predicted}, "
        f"可能超期 likely late {sum(one.likely for one in found.risks)} (已办结 finished {found.finished})"
    )
    for one in found.risks[:_SHOWN]:
        _tell_prediction(one)
    _tell_rest(len(found.risks))
    if check:
        click.echo("没有可检验的历史 nothing to check" if found.calibration is None else table(found.calibration))


def _tell_prediction(one: Risk) -> None:
    chance = "  – " if one.probability is None else f"{one.probability:4.0%}"
    zh, en = reason(one)
    click.echo(f"{chance} {one.case.number} {one.case.offering}")
    click.echo(f"     {zh}\n     {en}")


def _tell_rest(number: int) -> None:
    if number > _SHOWN:
        click.echo(f"… 另有 {number - _SHOWN} 件 more (--json)")


COMMANDS = (stats,)
