"""``binglian verify`` and ``binglian rebuild``: the journals against everything stored."""

import json
import sys
from collections.abc import Callable

import click

from engine.bootstrap import build_auditor, build_engine
from engine.replay import Auditor, Report
from engine.settings import settings_from


def _run(work: Callable[[Auditor], Report], as_json: bool) -> None:
    engine = build_engine(settings_from())
    try:
        report = work(build_auditor(engine))
    finally:
        engine.close()
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        for difference in report.differences:
            click.echo(f"{difference.case} entry {difference.entry}: {difference.what}")
        click.echo(f"{report.cases} cases, {report.entries} entries, {len(report.differences)} differences")
    sys.exit(1 if report.differences else 0)


@click.command("verify")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def verify(as_json: bool) -> None:
    """Check every chain and replay every case against its stored state and projections."""
    _run(lambda auditor: auditor.verify(), as_json)


@click.command("rebuild")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def rebuild(as_json: bool) -> None:
    """Make states and projections anew from the journals."""
    _run(lambda auditor: auditor.rebuild(), as_json)


COMMANDS = (verify, rebuild)
