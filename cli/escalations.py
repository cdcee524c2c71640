"""``binglian escalations``: late steps that were raised, who was told by which channel, and who answered."""

import json
import sys
from collections.abc import Iterator

import click

from cli.move import case_id_of
from engine.bootstrap import build_engine
from engine.engine import Engine
from engine.errors import BadInput
from engine.escalations import EscalationLine, Told
from engine.instants import from_text
from engine.settings import settings_from
from engine.store.escalations import ALL, OPEN, EscalationFilter

_PAGE = 200
_SHOWN = 50
"""Lines of the list; the JSON document has all."""
_COUNTS = {
    "open": "未销号 open", "unacknowledged": "未签收 unacknowledged", "unexplained": "未说明 unexplained",
    "ready": "可销号 ready", "written_off": "已销号 written off",
}  # fmt: skip
_DOES = {
    "notice": "提醒 notice", "co_handling": "协办 co-handling", "reassignment": "改派 reassignment",
    "take_over": "提级办理 take-over",
}  # fmt: skip


@click.command("escalations")
@click.option("--open/--all", "only_open", default=True, help="Those not written off (the default), or all.")
@click.option("--department", default="", help="Code of the department that is late.")
@click.option("--case", "case", default="", help="Of one case, number or id.")
@click.option("--check", is_flag=True, help="Exit 1 if any of them is open.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def escalations(only_open: bool, department: str, case: str, check: bool, as_json: bool) -> None:
    """Late steps that were raised (督办), the oldest open ones first (docs/escalations.md)."""
    engine = build_engine(settings_from())
    try:
        wanted = _wanted(engine, only_open, department, case)
        counts = engine.read.escalation_counts(wanted)
        lines = list(_document(engine, wanted, counts) if as_json else _told(engine, wanted, counts))
    finally:
        engine.close()
    click.echo("\n".join(lines))
    sys.exit(1 if check and counts[OPEN] else 0)


def _wanted(engine: Engine, only_open: bool, department: str, case: str) -> EscalationFilter:
    known = engine.deployments.catalogue.departments
    if department and department not in known:
        raise BadInput(
            "escalations.department", f"没有部门 {department}", f"departments are: {', '.join(known)}", "--department"
        )
    case_id = case_id_of(engine, case) if case else ""
    return EscalationFilter(OPEN if only_open else ALL, department, case_id=case_id)


def _lines(engine: Engine, wanted: EscalationFilter) -> Iterator[EscalationLine]:
    page = engine.read.escalations(wanted, None, _PAGE)
    yield from page.lines
    while page.after is not None:
        page = engine.read.escalations(wanted, page.after, _PAGE)
        yield from page.lines


def _document(engine: Engine, wanted: EscalationFilter, counts: dict[str, int]) -> Iterator[str]:
    found = [line.as_dict() for line in _lines(engine, wanted)]
    yield json.dumps({"counts": counts, "escalations": found}, ensure_ascii=False)


def _told(engine: Engine, wanted: EscalationFilter, counts: dict[str, int]) -> Iterator[str]:
    yield ", ".join(f"{words} {counts[kind]}" for kind, words in _COUNTS.items())
    for line in engine.read.escalations(wanted, None, _SHOWN).lines:
        yield from _one(engine, line)
    if counts[wanted.which] > _SHOWN:
        yield f"… 另有 {counts[wanted.which] - _SHOWN} 条 more (--json)"


def _one(engine: Engine, line: EscalationLine) -> Iterator[str]:
    record, catalogue = line.record, engine.deployments.catalogue
    offering = catalogue.offerings.get(line.offering)
    step = None if offering is None else offering.steps.get(record.step)
    name = record.step if step is None else f"{record.step} {step.name_zh} {step.name_en}"
    state = "在办 step open" if line.step_open else "环节已结束 step closed"
    yield f"{line.case_number} #{record.number}  {name}{f' {line.instance}' if line.instance else ''}  {state}"
    yield (
        f"    {_local(engine, record.raised_at)}  第 {record.level} 级 level {record.level}, {_DOES[record.does]}: "
        f"{record.department} → {record.to_department}/{record.to_role}, 到期 due {_local(engine, record.due_at)}"
    )
    yield from (f"    通知 told: {_channel(engine, one)}" for one in line.told)
    for words, at, account, said in (
        ("签收 acknowledged", record.acknowledged_at, record.acknowledged_by, ""),
        ("说明 explained", record.explained_at, record.explained_by, record.explanation),
        ("销号 written off", record.written_off_at, record.written_off_by, record.remark),
    ):
        if at is not None:
            who = line.people.get(account, account)
            yield f"    {words}: {_local(engine, at)}  {who}{f'  {said}' if said else ''}"


def _channel(engine: Engine, one: Told) -> str:
    came = _local(engine, one.delivered_at) if one.delivered_at else "未送达 not delivered"
    trouble = f"  {one.problem} ({one.tries})" if one.problem else ""
    to = "/".join(filter(None, (one.department, one.role))) or "申请人 applicant"
    return f"{' '.join(filter(None, (one.channel, one.receiver)))} → {to}  {came}{trouble}"


def _local(engine: Engine, text: str) -> str:
    return f"{engine.read.calendar.local(from_text(text)):%Y-%m-%d %H:%M}"


COMMANDS = (escalations,)
