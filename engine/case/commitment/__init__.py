"""告知承诺 (国办发〔2020〕42号): chosen before the acceptance, checked after the result, revoked when it was false."""

from collections.abc import Callable, Mapping

from engine.case.act import Act
from engine.case.commitment import checking, choosing, revoking
from engine.case.intent import Intent
from engine.case.state import Case
from engine.commands import ChooseCommitments, CommitmentCommand, RecordCheck, RevokeResult
from engine.journal import Json

APPLY: Mapping[str, Callable[[Case, Mapping[str, Json], Act], None]] = {
    choosing.CHOSEN: choosing.commitments_chosen,
    checking.CHECKED: checking.checked,
    checking.REMINDED: checking.reminded,
    checking.LATE: checking.late,
    revoking.REVOKED_KIND: revoking.result_revoked,
}


def prepare(case: Case, act: Intent, command: CommitmentCommand) -> tuple[str, dict[str, Json]]:
    """The entry a command about promises becomes, and its facts."""
    match command:
        case ChooseCommitments():
            choosing.check_choose(case, act.actor)
            return choosing.CHOSEN, choosing.choose_facts(case, act.deployment, command)
        case RecordCheck():
            checking.check_record(case, command, act.actor)
            return checking.CHECKED, checking.record_facts(case, command)
        case RevokeResult():
            revoking.check_revoke(case, act.deployment, command, act.actor)
            return revoking.REVOKED_KIND, revoking.revoke_facts(case, command)
