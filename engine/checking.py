"""Checks a folder of processes: each diagram by itself, the data by itself, and whether they say the same."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from engine.agreement import agreement
from engine.catalogue import load_catalogue
from engine.catalogue.load import decision_files
from engine.diagram.finding import Finding
from engine.diagram.lint import lint
from engine.documents.checking import document_findings
from engine.errors import CatalogueError


def check_path(path: Path) -> list[Finding]:
    """Findings of one BPMN file, or of every BPMN file below a folder and its catalogue (if it holds one)."""
    if path.is_file():
        return lint(path.read_bytes(), str(path), decision_files(path.parent, str(path.parent)))
    files = sorted(path.rglob("*.bpmn"))
    if not files:
        return [
            Finding(str(path), "", 0, "no-diagram", "error", "文件夹中没有 BPMN 文件", "no BPMN file in this folder")
        ]
    findings = list(dict.fromkeys(finding for file in files for finding in check_path(file)))
    if not any(finding.level == "error" for finding in findings) and (path / "departments.toml").is_file():
        findings += _catalogue(path)
    return findings


def _catalogue(folder: Path) -> Iterator[Finding]:
    try:
        catalogue = load_catalogue(folder)
    except CatalogueError as error:
        yield Finding(error.where, "", 0, error.code, "error", error.message_zh, error.message_en)
        return
    for item in catalogue.items.values():
        total = sum((step.limit for step in item.steps if not step.special_procedure), Decimal(0))
        if item.promised is not None and item.promised.unit == "working_days" and total != item.promised.value:
            yield Finding(
                str(folder / item.code / "item.toml"), item.code, 0, "promised-sum", "warning",
                f"各环节时限合计 {total} 日,承诺时限为 {item.promised.value} 日",
                f"the steps' limits add up to {total} days, the promised limit is {item.promised.value}",
                "change one of them",
            )  # fmt: skip
    for offering in catalogue.offerings.values():
        yield from agreement(offering, str(folder / offering.code / "process.bpmn"))
    yield from document_findings(folder, catalogue)
