"""``binglian files``: what lies in the folder of files."""

import json
from contextlib import closing

import click

from engine.bootstrap import build_engine
from engine.orphans import NO_ENTRY, UNFINISHED, orphans
from engine.settings import settings_from

WORDS = {NO_ENTRY: "没有日志记录 no entry", UNFINISHED: "没有写完 unfinished"}


@click.command("files")
@click.option("--orphans", "wanted", is_flag=True, required=True, help="List files no journal names; none is deleted.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def files(wanted: bool, as_json: bool) -> None:
    """List files that were written but whose entry was never committed: a crash in between leaves them, harmless."""
    settings = settings_from()
    with closing(build_engine(settings)) as engine:
        found = list(orphans(engine.store, settings.files_folder)) if wanted else []
    if as_json:
        click.echo(json.dumps([one.as_dict() for one in found], ensure_ascii=False))
        return
    for one in found:
        click.echo(f"{one.written_at}  {one.size:>12}  {one.path}  {WORDS[one.why]}")
    click.echo(f"{len(found)} 个 files, {sum(one.size for one in found)} bytes: {settings.files_folder}")


COMMANDS = (files,)
