"""``binglian check``: everything wrong with diagrams and the data beside them, at once."""

import json
import sys
from pathlib import Path

import click

from engine.checking import check_path
from engine.errors import BadInput


@click.command("check")
@click.argument("paths", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def check(paths: tuple[str, ...], as_json: bool) -> None:
    """Check BPMN files and process folders; exit 1 when there are errors."""
    for path in paths:
        if not Path(path).exists():
            raise BadInput("check.path", "没有这个文件或文件夹", "there is no such file or folder", path)
    findings = [finding for path in paths for finding in check_path(Path(path))]
    if as_json:
        click.echo(json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False))
    else:
        for f in findings:
            hint = f" → {f.hint}" if f.hint else ""
            click.echo(f"{f.file}:{f.line} {f.element} [{f.rule}] {f.message_zh} / {f.message_en}{hint}")
        click.echo(f"{len(findings)} findings", err=True)
    sys.exit(1 if any(finding.level == "error" for finding in findings) else 0)


COMMANDS = (check,)
