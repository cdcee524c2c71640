"""``binglian move-case``: a running case goes on under another deployed version; ``--dry-run`` only tells."""

import json
import sys

import click

from engine.bootstrap import build_auditor, build_engine
from engine.case.moving import MoveReport
from engine.case.rerun import Line
from engine.commands import SYSTEM, MoveCase
from engine.engine import Engine
from engine.errors import BadInput, NotFound
from engine.settings import settings_from

SHORTEST = 8
"""Digits of a version it can be named by."""

KINDS = {
    "kept": ("保留", "kept"),
    "cancelled": ("取消", "cancelled"),
    "opened": ("新开", "opened"),
    "reopened": ("重新办理", "reopened"),
    "impossible": ("无法转换", "impossible"),
}


@click.command("move-case")
@click.argument("case")
@click.argument("version")
@click.option("--reason", default="", help="Why, in words; kept in the journal.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def move_case(case: str, version: str, reason: str, dry_run: bool, as_json: bool) -> None:
    """Move CASE (number or id) to VERSION (its first 8 digits, or current); exit 1 when that is impossible."""
    engine = build_engine(settings_from())
    try:
        case_id = case_id_of(engine, case)
        target = _version(engine, case_id, version)
        auditor = build_auditor(engine)
        report = auditor.move_report(case_id, target)
        moved = not dry_run and not report.impossible
        if moved:
            outcome = engine.execute(MoveCase(case_id, target, reason), SYSTEM)
            report = auditor.move_report(case_id, target, outcome.revision)
    finally:
        engine.close()
    _show(report, {"case": case_id, "version": target, "moved": moved}, as_json)
    sys.exit(1 if report.impossible else 0)


def case_id_of(engine: Engine, case: str) -> str:
    """The case of a number or an id; NotFound when there is none."""
    found = [row["case_id"] for row in engine.read.cases(search=case) if row["number"] == case]
    return str(found[0]) if found else engine.read.case(case, SYSTEM).case.id


def _version(engine: Engine, case_id: str, named: str) -> str:
    """The version of the case's item or bundle that is meant."""
    code = engine.read.case(case_id, SYSTEM).case.offering
    if named == "current":
        return engine.deployments.current(code).version
    if len(named) < SHORTEST:
        raise BadInput(
            "move.short", f"请至少给出版本的前 {SHORTEST} 位", f"give at least {SHORTEST} digits of the version", named
        )
    found = [version for version in engine.store.deployment_versions() if version.startswith(named.lower())]
    if not found:
        raise NotFound("move.version", "没有这个流程版本", "there is no such version", named)
    if len(found) > 1:
        raise BadInput("move.ambiguous", "有多个版本以此开头", "several versions begin like this", named)
    return found[0]


def _show(report: MoveReport, told: dict[str, str | bool], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({**told, **report.as_dict()}, ensure_ascii=False))
        return
    for kind, (zh, en) in KINDS.items():
        lines: tuple[Line, ...] = getattr(report, kind)
        for line in lines:
            why = f": {line.why_zh} / {line.why_en}" if line.why_zh else ""
            click.echo(f"{zh} / {en}  {line.code} {line.task}  {line.name_zh} / {line.name_en}{why}")
    done = ("已转换", "moved") if told["moved"] else ("未作任何改动", "nothing was changed")
    click.echo(f"{done[0]} / {done[1]}: {told['case']} → {str(told['version'])[:12]}")


COMMANDS = (move_case,)
