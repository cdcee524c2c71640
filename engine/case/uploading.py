"""材料上传: a file becomes the next version of a material, which is handed in with it.

One that replaces a version some departments have decided on makes those decide again; the others keep theirs.
"""

import re
from collections.abc import Mapping

from engine.case import policy
from engine.case.act import Act, Notice
from engine.case.approvers.panels import keep, panel_of
from engine.case.back.rewind import Rewind
from engine.case.correction import check_materials, materials_facts, supplied
from engine.case.delivery import require_undelivered
from engine.case.demanded import supplied as meet
from engine.case.deployment import Deployment
from engine.case.intake import RECEIVED
from engine.case.materials import pins, readers
from engine.case.state import CORRECTION, IN_PROGRESS, SUBMITTED, Case, FileVersion, Task
from engine.case.stops import end_settled
from engine.case.together.voting import all_undone
from engine.catalogue import APPLICANT, ChecklistLine, materials_checklist
from engine.commands import Actor, SupplyMaterials, UploadMaterial
from engine.errors import AlreadyDone, BadInput, NotPossible
from engine.journal import Json

UPLOADED = "MaterialUploaded"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SIZE = re.compile(r"[1-9][0-9]{0,11}")


def asked_line(case: Case, deployment: Deployment, material: str) -> ChecklistLine:
    """The line of a material the applicant brings; BadInput for another one."""
    for line in materials_checklist(deployment.offering, case.values, case.pledges):
        if line.code == material and line.obtained == APPLICANT:
            return line
    raise BadInput("material.unknown", "不需要收取这份材料", "this material is not asked for", "material")


def require_uploadable(case: Case, deployment: Deployment, material: str, actor: Actor) -> ChecklistLine:
    """A clerk; what is not there yet as it may be handed in, what is there while it can still be replaced."""
    policy.require_clerk(actor)
    line = asked_line(case, deployment, material)
    if case.materials.get(material) != RECEIVED:
        check_materials(case, SupplyMaterials(case.id, {material: RECEIVED}), actor)
    elif case.status == IN_PROGRESS:
        if readers(case, material):
            require_undelivered(case)
    elif case.status not in {SUBMITTED, CORRECTION}:
        raise NotPossible("case.closed", "该办件已结束", "this case has ended", case.number)
    return line


def check_upload(case: Case, deployment: Deployment, command: UploadMaterial, actor: Actor) -> None:
    """It can be uploaded now, as this kind of file, and is not what is there already."""
    line = require_uploadable(case, deployment, command.material, actor)
    if not _DIGEST.fullmatch(command.sha256) or not _SIZE.fullmatch(command.size) or command.type not in line.files:
        raise BadInput("upload.facts", "文件信息有误", "what is said of the file is wrong", "sha256")
    now = case.files.get(command.material)
    if now is not None and now.sha256 == command.sha256 and case.materials.get(command.material) == RECEIVED:
        raise AlreadyDone(
            "material.same", "与当前版本是同一个文件", "this file is the present version already", command.material
        )


def upload_facts(case: Case, deployment: Deployment, command: UploadMaterial) -> dict[str, Json]:
    """What the journal keeps of a file, without its name; ``materials`` as they stand then, when that changes.

    ``number`` is the version of the material: in facts, ``version`` is a deployed one.
    """
    before = case.files.get(command.material)
    facts: dict[str, Json] = {
        "material": command.material, "number": before.version + 1 if before else 1, "sha256": command.sha256,
        "size": int(command.size), "type": command.type,
    }  # fmt: skip
    if case.materials.get(command.material) != RECEIVED:
        facts |= materials_facts(case, deployment, SupplyMaterials(case.id, {command.material: RECEIVED}))
    return facts


def version_of(facts: Mapping[str, Json], at: str, by: str) -> FileVersion:
    """The version an entry with these facts made, when and by whom."""
    told = {name: facts[name] for name in ("material", "sha256", "size", "type")}
    return FileVersion(**told, version=facts["number"], at=at, by=by)


def uploaded(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """MaterialUploaded: the new version is the one that counts."""
    material = str(facts["material"])
    case.files = {**case.files, material: version_of(facts, act.at, act.actor)}
    if "materials" in facts:
        supplied(case, facts, act)
    meet(case, (material,), act)
    for task in case.open_tasks():
        if task.seats and any(pin.material == material for pin in pins(task)):
            _vote_again(case, task, material, act)
    stale = readers(case, material)
    if stale:
        _decide_again(case, stale, material, act)
    end_settled(case, act)


def _vote_again(case: Case, task: Task, material: str, act: Act) -> None:
    """Votes on an older version are asked for again; they stay on record as taken back."""
    panel = panel_of(case, act.ports.deployment(case.version), task)
    keep(case, panel, task.id, all_undone(panel, act.at))
    _tell_replaced(case, case.update_task(task.id, seen=""), material, act)


def _tell_replaced(case: Case, task: Task, material: str, act: Act) -> None:
    told = {"number": case.number, "step": task.step, "material": material}
    for department, role, person in policy.addressees(task):
        act.notices.append(Notice("material_replaced", department, role, task.id, told, person))


def _decide_again(case: Case, stale: list[Task], material: str, act: Act) -> None:
    """Decisions on an older version are void, with all that followed; whoever decided is told."""
    back = Rewind(case, act, [task.id for task in stale])
    voided = {task.step for task in back.voided}
    for task in back.apply():
        if task.step in voided:
            _tell_replaced(case, task, material, act)
