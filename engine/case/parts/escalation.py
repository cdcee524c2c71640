"""督办: the record of one rung of an escalation ladder that was reached; as data."""

from dataclasses import dataclass

from engine.case.parts.part import Part


@dataclass(frozen=True, slots=True)
class Escalation(Part):
    """Who was told that a step is late, and who answered for it; instants are text (UTC). Open until written off.

    ``department`` is the one that is late and ``role`` who handled the step there, ``level`` the rung (from 1),
    ``does`` what happened (notice, co_handling, reassignment, take_over), ``to_department`` and ``to_role`` who was
    told, ``due_at`` when the step was due, ``entry`` the journal entry that raised it: its notices say when and by
    which channel.
    """

    number: str
    task: str
    step: str
    item: str
    department: str
    role: str
    level: int
    does: str
    to_department: str
    to_role: str
    due_at: str
    raised_at: str
    entry: int
    acknowledged_at: str | None = None
    acknowledged_by: str = ""
    explanation: str = ""
    explained_at: str | None = None
    explained_by: str = ""
    remark: str = ""
    written_off_at: str | None = None
    written_off_by: str = ""
