"""Files of materials as a case knows them: the version each material has now, and which decisions have read it.

A decision pins what the person was shown (DOMAIN §4.2): when something newer has come meanwhile, it is not taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.case.deployment import Deployment
from engine.case.state import DONE, Case, Task
from engine.catalogue import ChecklistLine, materials_checklist
from engine.errors import NotPossible


@dataclass(frozen=True)
class Pin:
    """One version of a material that a decision has read."""

    material: str
    version: int


def require_current(case: Case, deployment: Deployment, seen: Mapping[str, str]) -> None:
    """``seen``: material → SHA-256 of the version somebody was shown; NotPossible names what has changed since."""
    now = {code: one.sha256 for code, one in case.files.items()}
    changed = sorted(code for code, sha256 in seen.items() if now.get(code) != sha256)
    if not changed:
        return
    lines = {line.code: line for line in materials_checklist(deployment.offering, case.values, case.pledges)}
    zh = "、".join(lines[code].name_zh for code in changed if code in lines)
    en = ", ".join(lines[code].name_en for code in changed if code in lines)
    raise NotPossible(
        "material.changed", f"材料已更新，请查看后再办理：{zh}",
        f"materials have changed; please look at them before you decide: {en}", case.number,
    )  # fmt: skip


def pinned(case: Case, seen: Mapping[str, str]) -> str:
    """What a task keeps of the versions it was decided on; they are the present ones."""
    return " ".join(f"{code}:{case.files[code].version}" for code in sorted(seen) if code in case.files)


def pins(task: Task) -> list[Pin]:
    """The versions a task was decided on."""
    found = (one.rpartition(":") for one in task.seen.split())
    return [Pin(code, int(version)) for code, _, version in found]


def readers(case: Case, material: str) -> list[Task]:
    """The standing decisions that have read a material; closed tasks have to be recalled before."""
    return [
        task for task in case.tasks.values()
        if task.status == DONE and any(pin.material == material for pin in pins(task))
    ]  # fmt: skip


def needed_for(case: Case, deployment: Deployment, task: Task) -> list[ChecklistLine]:
    """The materials the item of a task needs; for a step over the whole case, all of them."""
    lines = materials_checklist(deployment.offering, case.values, case.pledges)
    return [line for line in lines if not task.item or task.item in line.needed_by]
