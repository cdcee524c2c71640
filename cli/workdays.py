"""``binglian workdays``: a due date and its derivation, day by day."""

import json
from datetime import date

import click

from engine.calendar import Limit, Unit, describe, load_calendar
from engine.errors import BadInput
from engine.settings import settings_from

UNITS: tuple[Unit, ...] = ("working_days", "days", "months")


@click.command("workdays")
@click.argument("day")
@click.argument("limit")
@click.option("--unit", type=click.Choice(UNITS), default="working_days", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def workdays(day: str, limit: str, unit: Unit, as_json: bool) -> None:
    """The due date LIMIT after DAY (day 0, as 2026-01-30), and why each day counts or not."""
    try:
        start = date.fromisoformat(day)
    except ValueError as error:
        raise BadInput("workdays.day", "日期应写作 2026-01-30", "write the day as 2026-01-30", day) from error
    settings = settings_from()
    calendar = load_calendar(settings.processes / "calendars", settings.region)
    found = describe(calendar, start, Limit.of(limit, unit))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for line in found["days"]:
        mark = "+" if line["counted"] else " "
        click.echo(f"{line['date']} {mark} {line['why']} {line.get('name_zh', '')}".rstrip())
    note = "  (暂定 provisional: a year without a published holiday list)" if found["provisional"] else ""
    click.echo(f"到期 due {found['due']}{note}")


COMMANDS = (workdays,)
