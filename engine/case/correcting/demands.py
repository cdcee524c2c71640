"""The acts of corrections after the acceptance: which entry each becomes, and what the entries do."""

from collections.abc import Callable, Mapping

from engine.case.act import Act
from engine.case.correcting import demanding, gathering
from engine.case.intent import Intent
from engine.case.state import Case
from engine.commands import DemandCommand, DemandMaterials, DropDemand, SendCorrection
from engine.journal import Json

APPLY: Mapping[str, Callable[[Case, Mapping[str, Json], Act], None]] = {
    demanding.DEMANDED: demanding.demanded,
    demanding.DEMAND_DROPPED: demanding.dropped,
    gathering.GATHERED: gathering.gathered,
    gathering.UNANSWERED: gathering.unanswered,
}


def prepared(case: Case, act: Intent, command: DemandCommand) -> tuple[str, dict[str, Json]]:
    """The kind and the facts of the entry a command becomes; raises when it may not be."""
    match command:
        case DemandMaterials():
            return demanding.DEMANDED, demanding.demand_facts(case, act, command)
        case DropDemand():
            return demanding.DEMAND_DROPPED, demanding.drop_facts(case, command, act.actor)
        case SendCorrection():
            gathering.require_sendable(case, act.deployment, act.actor)
            return gathering.GATHERED, gathering.gather_facts(case, act.deployment)
