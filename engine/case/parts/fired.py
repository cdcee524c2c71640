"""A timer event of the diagram that happened: kept, so that a case that goes back does not lose what follows."""

from dataclasses import dataclass

from engine.case.parts.part import Part


@dataclass(frozen=True, slots=True)
class FiredEvent(Part):
    """Which of an element's timers (``number``) happened when; ``id`` is that of its timer, ``at`` the instant it was
    due at, ``instance`` the place (``2/5``) of the multi-instance activities it lies in."""

    id: str
    element: str
    number: int
    due_at: str
    at: str
    instance: str = ""
