"""``binglian import``: items and bundles of JSON files become folders of processes/."""

import json
from pathlib import Path

import click

from engine.exchange import Report, Request, import_data
from engine.exchange.report import CHANGED, NEW, UNCHANGED

WORDS = {NEW: "新增 new", CHANGED: "更新 changed", UNCHANGED: "未变 unchanged"}
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("import")
@click.argument("items", type=FILE, metavar="ITEMS.json")
@click.argument("bundles", type=FILE, metavar="BUNDLES.json")
@click.option("--into", required=True, type=click.Path(path_type=Path), help="The folder of processes.")
@click.option("--sources", type=FILE, help="Titles and addresses of the sources that are cited.")
@click.option("--all-items", is_flag=True, help="Also the items no bundle uses.")
@click.option("--dry-run", is_flag=True, help="Check and tell; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def import_(  # noqa: PLR0913 the documented options
    items: Path, bundles: Path, into: Path, sources: Path | None, all_items: bool, dry_run: bool, as_json: bool
) -> None:
    """Bring items and bundles into a folder of processes; importing the same again changes nothing."""
    report = import_data(Request(items, bundles, into, sources, all_items, dry_run))
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        _tell(report)


def _tell(report: Report) -> None:
    for state, words in WORDS.items():
        codes = report.codes(state)
        listed = "" if state == UNCHANGED or not codes else f": {', '.join(codes)}"
        click.echo(f"{words} {len(codes)}{listed}")
    if report.left_out:
        click.echo(f"未用到 used by no bundle {len(report.left_out)} (--all-items)")
    verb = "写入文件 files written" if report.written else "将写入 files to write"
    click.echo(f"{verb} {len(report.files)}")


COMMANDS = (import_,)
