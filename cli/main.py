"""The `binglian` command: with ``--json`` one document on stdout; exit 0 fine, 1 findings, 2 bad input."""

import json
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from cli import (
    accounts,
    audit,
    calendar,
    check,
    clocks,
    demo,
    documents,
    escalations,
    files,
    import_data,
    move,
    parallelize,
    serve,
    simulate,
    stats,
    workdays,
)
from engine.errors import BinglianError

FINDINGS, BAD_INPUT = 1, 2


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """Turns an error of the project into one readable line (or JSON document) and exit code 2."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> None:
        try:
            command(*args, **options)
        except BinglianError as error:
            if options.get("as_json"):
                click.echo(json.dumps({"error": error.as_dict()}, ensure_ascii=False))
            else:
                place = f"{error.where}: " if error.where else ""
                click.echo(f"{place}{error.message_zh} / {error.message_en}", err=True)
            sys.exit(BAD_INPUT)

    return run


def guard(command: click.Command) -> None:
    """``guarded`` for a command and for every command of a group."""
    if command.callback is not None:
        command.callback = guarded(command.callback)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            guard(inner)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="binglian")
def main() -> None:
    """Binglian (并联): parallel government approval."""


for module in (
    accounts,
    audit,
    calendar,
    check,
    clocks,
    demo,
    documents,
    escalations,
    files,
    import_data,
    move,
    parallelize,
    serve,
    simulate,
    stats,
    workdays,
):
    for command in module.COMMANDS:
        guard(command)
        main.add_command(command)
