"""受理后补正: what a branch demands of the applicant, as data."""

from dataclasses import dataclass

from engine.case.parts.part import Part

SUPPLIED, DROPPED, DECIDED, GONE, OVER = "supplied", "dropped", "decided", "gone", "closed"
"""How a demand ended: the material came, it was taken back before it was sent, its step or item was decided without it,
its step was taken away by going back or an event, the case has ended."""


@dataclass(frozen=True, slots=True)
class Demand(Part):
    """One material that an open step demands; instants are text (UTC).

    ``department`` is the step's. ``stop`` is the number of the suspension it holds, ``notice`` that of the notice it
    was sent in, empty before.
    """

    material: str
    text: str
    reason: str
    item: str
    task: str
    department: str
    stop: str
    at: str
    by: str
    notice: str = ""
    ended_at: str | None = None
    ended_by: str = ""
