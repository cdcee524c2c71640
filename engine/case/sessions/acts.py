"""Which entry a command on sessions becomes, and how such entries are applied."""

from collections.abc import Callable, Mapping

from engine.case.act import Act
from engine.case.intent import Intent
from engine.case.sessions import arranging, recording
from engine.case.state import Case
from engine.commands import (
    ArrangeSession,
    CancelSession,
    ChangeSession,
    CloseSession,
    JoinSession,
    RecordFindings,
    SessionCommand,
)  # fmt: skip
from engine.journal import Json

APPLY: Mapping[str, Callable[[Case, Mapping[str, Json], Act], None]] = {
    arranging.ARRANGED: arranging.arranged,
    arranging.CHANGED: arranging.changed,
    arranging.JOINED: arranging.joined,
    arranging.CALLED_OFF: arranging.cancelled,
    recording.RECORDED: recording.recorded,
    recording.CONCLUDED: recording.closed,
}
LOOK_BACK = ArrangeSession, ChangeSession, JoinSession
"""Commands that ask who has examined the application: they look at closed tasks."""


def on_session(case: Case, act: Intent, command: SessionCommand) -> tuple[str, dict[str, Json]]:
    """The entry of a command on sessions, and its facts; raises when it may not be."""
    match command:
        case ArrangeSession():
            return arranging.ARRANGED, arranging.arrange_facts(case, act, command)
        case ChangeSession():
            return arranging.CHANGED, arranging.change_facts(case, act, command)
        case JoinSession():
            return arranging.JOINED, arranging.join_facts(case, act, command)
        case CancelSession():
            return arranging.CALLED_OFF, arranging.cancel_facts(case, act, command)
        case RecordFindings():
            return recording.RECORDED, recording.record_facts(case, act, command)
        case CloseSession():
            return recording.CONCLUDED, recording.close_facts(case, act, command)
