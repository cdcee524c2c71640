"""告知承诺: the choice which items go by commitment, said anew before the acceptance."""

from collections.abc import Mapping

from engine.case import policy
from engine.case.act import Act
from engine.case.correction import received_anew
from engine.case.deployment import Deployment
from engine.case.intake import material_facts
from engine.case.pledging import chosen, pledges
from engine.case.state import Case
from engine.catalogue import APPLICANT, materials_checklist
from engine.commands import Actor, ChooseCommitments
from engine.errors import AlreadyDone
from engine.journal import Json

CHOSEN = "CommitmentsChosen"


def check_choose(case: Case, actor: Actor) -> None:
    """Only a clerk, only before the acceptance."""
    policy.require_clerk(actor)
    policy.require_unanswered(case)


def choose_facts(case: Case, deployment: Deployment, command: ChooseCommitments) -> dict[str, Json]:
    """The items, and the materials as they stand afterwards: what is no longer asked for is left out."""
    items = chosen(deployment, case.values, command.items)
    if items == [*case.pledges]:
        raise AlreadyDone("commitment.chosen", "办理方式没有变化", "nothing changes", case.number)
    lines = materials_checklist(deployment.offering, case.values, items)
    asked = {line.code for line in lines if line.obtained == APPLICANT}
    kept = {code: status for code, status in case.materials.items() if code in asked}
    return {"items": items, "materials": material_facts(deployment, case.values, kept, items)}


def commitments_chosen(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """CommitmentsChosen: other materials are asked for; with these a corrected application may be complete."""
    case.pledges = pledges(act.ports.deployment(case.version), facts["items"])
    case.materials = dict(facts["materials"])
    received_anew(case, act)
