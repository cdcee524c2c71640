"""``binglian parallelize``: from serial to parallel, with the figures, the reasons, the proof and the pictures."""

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from cli.report import as_html, write_file
from engine.catalogue import Catalogue, Offering, load_catalogue
from engine.errors import BadInput
from engine.parallel.budgets import budgets
from engine.parallel.convert import convert_offering, convert_serial
from engine.parallel.figures import as_json as numbers
from engine.parallel.figures import figures, kept_orders, step_figures
from engine.parallel.plan import plain_items, plan_of
from engine.parallel.plan_file import MOST_DAYS, days_from, plan_of_file
from engine.parallel.proof import prove
from engine.parallel.report import Outcome, Subject, report
from engine.parallel.schedule import Plan, decimal_days_down
from engine.parallel.structure import is_series_parallel
from engine.parallel.wish import Wish, wished_graph
from engine.settings import settings_from

NOT_PROVED = 1


@click.command("parallelize")
@click.argument("source")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write the parallel diagram here.")
@click.option("--html", type=click.Path(dir_okay=False), help="Write a report with pictures here.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="Language of the report.")
@click.option("--relaxed", is_flag=True, help="What is marked relaxable is needed only before the last step.")
@click.option("--joint-visits", is_flag=True, help="Join site visits where that closes no cycle.")
@click.option("--phase-gates", is_flag=True, help="The diagram of the regime “phase”.")
@click.option("--regime", default="", help="The diagram of this regime.")
@click.option("--target", default="", help="Working days the whole may take: gives each step its budget.")
@click.option("--floor", default="0.5", show_default=True, help="Working days no step is cut below by --target.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def parallelize(source: str, output: str | None, html: str | None, as_json: bool, **options: Any) -> None:
    """The parallel diagram of SOURCE: a BPMN file drawn in sequence, a folder of processes/, or a code.

    Exit 1 when the diagram could not be proved right; then it is not written.
    """
    outcome = _outcome(source, _wish(options), _goal(options))
    proved = outcome.proof.holds
    if output and proved:
        write_file(Path(output), outcome.conversion.data)
    if html:
        write_file(Path(html), as_html(report(outcome, options["lang"])).encode())
    if as_json:
        click.echo(json.dumps(numbers(outcome.found), ensure_ascii=False))
    else:
        _tell(outcome)
        for written in filter(None, (output if proved else None, html)):
            click.echo(f"→ {written}")
    sys.exit(0 if proved else NOT_PROVED)


def _wish(options: dict[str, Any]) -> Wish:
    gates, regime = options["phase_gates"], options["regime"]
    if gates and regime:
        raise BadInput(
            "parallelize.regime", "--phase-gates 与 --regime 只能用一个", "--phase-gates is a regime of its own", regime
        )
    return Wish(options["relaxed"], options["joint_visits"], "phase" if gates else regime)


def _goal(options: dict[str, Any]) -> tuple[Decimal, Decimal] | None:
    """Target and floor in working days, None without a target."""
    if not options["target"]:
        return None
    return _days("--target", options["target"]), _days("--floor", options["floor"])


def _days(option: str, text: str) -> Decimal:
    days = days_from(text)
    if days is None:
        raise BadInput(
            "parallelize.days", f"{option} 应为 0 到 {MOST_DAYS} 个工作日,例如 10 或 7.5,不是“{text}”",
            f"{option} takes working days, 0 to {MOST_DAYS}, such as 10 or 7.5, not {text!r}", option,
        )  # fmt: skip
    return days


def _outcome(source: str, wish: Wish, goal: tuple[Decimal, Decimal] | None) -> Outcome:
    path = Path(source)
    outcome = _of_file(path, wish, goal) if path.is_file() else _of_offering(path, source, wish, goal)
    told = {"proof": outcome.proof.as_dict(), "series_parallel": is_series_parallel(outcome.conversion.block)}
    outcome.found.update(told)
    return outcome


def _of_file(path: Path, wish: Wish, goal: tuple[Decimal, Decimal] | None) -> Outcome:
    if wish != Wish():
        raise BadInput(
            "parallelize.file", "单个 BPMN 文件没有可放宽的前置、联合踏勘和办法,请给出事项或“一件事”",
            "a BPMN file alone has no relaxable orders, joint visits or regimes: give an item or bundle", str(path),
        )  # fmt: skip
    conversion = convert_serial(path.read_bytes(), str(path))
    plan = plan_of_file(conversion.parts, conversion.graph)
    if plan is None and goal is not None:
        raise BadInput(
            "parallelize.no_limits", "文件中并非每个任务都以 bl:step 写明工作日时限,无法按 --target 分配",
            "not every task of the file says its working days in bl:step, so --target has nothing to share out",
            str(path),
        )  # fmt: skip
    found: dict[str, Any] = {"code": conversion.parts.process.get("id", "")}
    if plan is not None:
        length = plan.schedule.length
        floors = _floors(plan, goal)
        found |= {
            "serial_days": plan.serial, "critical_path_days": length, "critical_steps": list(plan.schedule.critical),
            **step_figures(plan, budgets(plan.graph, plan.limits, goal[0] if goal else length, floors)),
        }  # fmt: skip
    found["kept_orders"] = kept_orders(conversion.graph)
    return Outcome(found, conversion, prove(conversion), compressed=goal is not None)


def _floors(plan: Plan, goal: tuple[Decimal, Decimal] | None) -> dict[str, Decimal] | None:
    """The least each step may take: the floor, or what it takes today if that is less."""
    return {step: min(goal[1], decimal_days_down(days)) for step, days in plan.limits.items()} if goal else None


def _of_offering(path: Path, source: str, wish: Wish, goal: tuple[Decimal, Decimal] | None) -> Outcome:
    catalogue, offering = _offering(path, source)
    departments = {code: department.name_zh for code, department in catalogue.departments.items()}
    changed, graph = wished_graph(offering, wish)
    floors = _floors(plan_of(offering, plain_items(offering)), goal)
    found = figures(offering, target=goal[0] if goal else None, floors=floors)
    conversion = convert_offering(changed, departments, graph=graph)
    return Outcome(found, conversion, prove(conversion), Subject(catalogue, offering), wish, goal is not None)


def _offering(path: Path, source: str) -> tuple[Catalogue, Offering]:
    folder, code = (
        (path.resolve().parent, path.resolve().name) if path.is_dir() else (settings_from().processes, source)
    )
    if not (folder / code / "item.toml").is_file():
        raise BadInput(
            "parallelize.source", "没有这个 BPMN 文件、文件夹或代码;文件夹应是 processes/ 下的某一事项",
            "no such BPMN file, folder or code; a folder is that of an item or bundle in processes/", source,
        )  # fmt: skip
    catalogue = load_catalogue(folder)
    return catalogue, catalogue.offering(code)


def _tell(outcome: Outcome) -> None:
    found, graph, proof = outcome.found, outcome.conversion.graph, outcome.proof
    days = numbers(found)
    if "critical_path_days" in found:
        click.echo(f"{found['code']}: 串行 serial {days['serial_days']} → 并行 parallel {days['critical_path_days']}")
    if "joint_visit_days" in found:
        click.echo(f"  联合踏勘 joint visits {days['joint_visit_days']}, 放宽 relaxed {days['relaxed_days']}")
    if outcome.compressed:
        click.echo(f"{found['budget']['explanation']} / {found['budget']['explanation_en']}")
        for step in days["steps"]:
            click.echo(f"  {graph.name(step['id'])[0]}: {step['days']} → {step['budget']}")
    click.echo("保留的先后 kept orders:")
    for order in found["kept_orders"]:
        before, after = graph.name(order["before"])[0], graph.name(order["after"])[0]
        click.echo(f"  {before} → {after}: {order['why']} / {order['why_en']}")
    told = "成立 holds" if proof.holds else "不成立 fails"
    click.echo(f"证明 proof ({proof.method}): {told}")
    for finding in (*proof.findings, *proof.write_conflicts):
        click.echo(f"  {finding.element} [{finding.rule}] {finding.message_zh} / {finding.message_en}")


COMMANDS = (parallelize,)
