"""``binglian simulate``: many cases on a simulated clock, in parallel and in series."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from time import monotonic

import click
from rich.console import Console
from rich.progress import Progress as Bar

from engine.calendar import load_calendar
from engine.catalogue import Catalogue, load_catalogue
from engine.errors import BadInput
from engine.settings import Settings, settings_from
from engine.simulation import Assumptions, Progress, Request, Scenario, Simulation, read_assumptions, read_history
from engine.simulation import simulate as run


@click.command("simulate")
@click.argument("codes", nargs=-1, required=True)
@click.option("--cases", type=int, required=True, help="How many cases; they are of the CODES in turn.")
@click.option("--seed", type=int, required=True, help="The same seed gives the same result.")
@click.option("--staff", help="A staff file: people, durations, rates. Without it nobody waits and limits are used up.")
@click.option("--history", help="Take durations from this database (an SQLAlchemy URL).")
@click.option("--calendar", help="A code of processes/calendars, or a calendar file.")
@click.option("--per-day", default="10", show_default=True, help="Applications in a working day, on average.")
@click.option("--from", "first", default="2026-03-02", show_default=True, help="The first day.")
@click.option("--serial/--no-serial", default=True, help="Whether the same cases are run in series too.")
@click.option("--more", default=3, show_default=True, help="For how many departments one more person is tried.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def simulate(  # noqa: PLR0913 the documented options
    codes: tuple[str, ...], cases: int, seed: int, staff: str | None, history: str | None, calendar: str | None,
    per_day: str, first: str, serial: bool, more: int, as_json: bool,
) -> None:  # fmt: skip
    """Simulate cases of the items and bundles CODES with the real engine, in memory (docs/simulation.md)."""
    settings = settings_from()
    catalogue = load_catalogue(settings.processes)
    request = Request(
        codes=codes, cases=cases, seed=seed, per_day=_rate(per_day), first=_day(first),
        calendar=calendar or settings.region, serial=serial, more=more,
    )  # fmt: skip
    assumptions = _assumptions(settings, catalogue, staff, history)
    started = monotonic()
    with _bar() as progress:
        found = run(settings, catalogue, request, assumptions, progress)
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False))
        return
    _tell(found)
    runs = 1 + serial + len(found.one_more)
    click.echo(f"{runs * cases / (monotonic() - started):.1f} 件/秒 cases per second, {runs} × {cases}", err=True)


def _rate(text: str) -> Fraction:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise BadInput("simulate.number", "应为数字", "must be a number", "--per-day") from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput("simulate.day", "日期应写作 2026-03-02", "write the day as 2026-03-02", "--from") from error


def _assumptions(settings: Settings, catalogue: Catalogue, staff: str | None, history: str | None) -> Assumptions:
    given = Assumptions() if staff is None else read_assumptions(Path(staff), catalogue)
    if history is None:
        return given
    seen = read_history(history, load_calendar(settings.processes / "calendars", settings.region))
    # What the acceptance in a department took is part of what its next step was seen to take.
    return replace(given, acceptance=False, durations=replace(given.durations, history=seen))


@contextmanager
def _bar() -> Iterator[Progress | None]:
    """A progress bar on stderr, where somebody can see it."""
    if not sys.stderr.isatty():
        yield None
        return
    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("模拟 simulating", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _tell(found: Simulation) -> None:
    for code, plan in found.plans.items():
        click.echo(f"{code}: 计划 planned 串行 serial {plan.serial_days} → 并行 parallel {plan.critical_path_days}")
    if found.serial is not None:
        _line("串行 serial", found.serial)
    _line("并行 parallel", found.parallel)
    for pool in (pool for pool in found.parallel.pools if pool.utilisation is not None):
        click.echo(
            f"  {pool.department} {pool.role}".rstrip()
            + f": 人数 people {pool.people}, 利用率 utilisation {pool.utilisation:.0%}, "
            f"排队 queue {pool.mean_queue} (max {pool.max_queue}), 等待 waiting {pool.waiting_days}"
        )
    if found.bottleneck is not None:
        click.echo(f"瓶颈 bottleneck: {found.bottleneck.department} {found.bottleneck.role}".rstrip())
    for more in found.one_more:
        click.echo(
            f"  +1 {more.department} {more.role}".rstrip()
            + f": 平均 mean {more.days.mean} (−{more.mean_gain_days}), 超期 late {more.late:.1%}"
        )


def _line(name: str, scenario: Scenario) -> None:
    days = scenario.days
    click.echo(
        f"{name}: p10 {days.p10}, p50 {days.p50}, p90 {days.p90}, p99 {days.p99}, 平均 mean {days.mean}; "
        f"超期 late {scenario.late:.1%}"
    )


COMMANDS = (simulate,)
