"""``binglian parallelize``: from serial to parallel, with the figures, the reasons and the proof."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from engine.catalogue import Catalogue, Offering, load_catalogue
from engine.errors import BadInput
from engine.parallel.convert import Conversion, convert_offering, convert_serial
from engine.parallel.figures import as_json as numbers
from engine.parallel.figures import figures, kept_orders
from engine.parallel.order import PrecedenceGraph
from engine.parallel.plan import regime_of, under_regime
from engine.parallel.precedence import precedence_of
from engine.parallel.proof import Proof, prove
from engine.parallel.schedule import Plan
from engine.parallel.structure import is_series_parallel
from engine.parallel.visits import join_visits
from engine.settings import settings_from

NOT_PROVED = 1


@dataclass(frozen=True)
class Wish:
    """Which diagram is wanted: the flags of the command."""

    relaxed: bool
    joint_visits: bool
    regime: str


@click.command("parallelize")
@click.argument("source")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write the parallel diagram here.")
@click.option("--relaxed", is_flag=True, help="What is marked relaxable is needed only before the last step.")
@click.option("--joint-visits", is_flag=True, help="Join site visits where that closes no cycle.")
@click.option("--phase-gates", is_flag=True, help="The diagram of the regime “phase”.")
@click.option("--regime", default="", help="The diagram of this regime.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def parallelize(  # noqa: PLR0913 the documented options
    source: str, output: str | None, relaxed: bool, joint_visits: bool, phase_gates: bool, regime: str, as_json: bool
) -> None:
    """The parallel diagram of SOURCE: a BPMN file drawn in sequence, a folder of processes/, or a code.

    Exit 1 when the diagram could not be proved right; then it is not written.
    """
    if phase_gates and regime:
        raise BadInput(
            "parallelize.regime", "--phase-gates 与 --regime 只能用一个", "--phase-gates is a regime of its own", regime
        )
    wish = Wish(relaxed, joint_visits, "phase" if phase_gates else regime)
    found, conversion = _converted(source, wish)
    proof = prove(conversion)
    found |= {"proof": proof.as_dict(), "series_parallel": is_series_parallel(conversion.block)}
    if output and proof.holds:
        _write(Path(output), conversion.data)
    if as_json:
        click.echo(json.dumps(numbers(found), ensure_ascii=False))
    else:
        _tell(found, conversion.graph, proof)
        click.echo(f"→ {output}" if output and proof.holds else "", nl=bool(output and proof.holds))
    sys.exit(0 if proof.holds else NOT_PROVED)


def _converted(source: str, wish: Wish) -> tuple[dict[str, Any], Conversion]:
    path = Path(source)
    if path.is_file():
        if wish.relaxed or wish.joint_visits or wish.regime:
            raise BadInput(
                "parallelize.file", "单个 BPMN 文件没有可放宽的前置、联合踏勘和办法,请给出事项或“一件事”",
                "a BPMN file alone has no relaxable orders, joint visits or regimes: give an item or bundle", source,
            )  # fmt: skip
        conversion = convert_serial(path.read_bytes(), source)
        code = conversion.parts.process.get("id", "")
        return {"code": code, "kept_orders": kept_orders(conversion.graph)}, conversion
    catalogue, offering = _offering(path, source)
    departments = {code: department.name_zh for code, department in catalogue.departments.items()}
    changed, graph = _graph(offering, wish)
    return figures(offering), convert_offering(changed, departments, graph=graph)


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


def _graph(offering: Offering, wish: Wish) -> tuple[Offering, PrecedenceGraph]:
    """The offering and the order of its steps as wished."""
    codes: tuple[str, ...] | None = None
    if wish.regime:
        offering, codes = under_regime(offering, regime_of(offering, wish.regime))
    graph = precedence_of(offering, codes, relaxed=wish.relaxed)
    if wish.joint_visits:
        plan = Plan(graph, {step: offering.step(step).limit for step in graph.steps})
        graph = join_visits(plan, offering.shared_steps).plan.graph
    graph.topological()
    return offering, graph


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise BadInput(
            "parallelize.output", "写不了这个文件", f"this file cannot be written: {error}", str(path)
        ) from error


def _tell(found: dict[str, Any], graph: PrecedenceGraph, proof: Proof) -> None:
    if "critical_path_days" in found:
        days = numbers(found)
        click.echo(f"{found['code']}: 串行 serial {days['serial_days']} → 并行 parallel {days['critical_path_days']}")
        click.echo(f"  联合踏勘 joint visits {days['joint_visit_days']}, 放宽 relaxed {days['relaxed_days']}")
    click.echo("保留的先后 kept orders:")
    for order in found["kept_orders"]:
        before, after = graph.name(order["before"])[0], graph.name(order["after"])[0]
        click.echo(f"  {before} → {after}: {order['why']} / {order['why_en']}")
    told = "成立 holds" if proof.holds else "不成立 fails"
    click.echo(f"证明 proof ({proof.method}): {told}")
    for finding in (*proof.findings, *proof.write_conflicts):
        click.echo(f"  {finding.element} [{finding.rule}] {finding.message_zh} / {finding.message_en}")


COMMANDS = (parallelize,)
