"""The materials of one application: what is there, what may follow later, what is still owed."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from engine.case.intake import DEFERRED, RECEIVED
from engine.case.state import Case
from engine.catalogue import APPLICANT, ChecklistLine, Offering, materials_checklist

STATUSES = frozenset({RECEIVED, DEFERRED})


@dataclass(frozen=True)
class Checklist:
    """The lines people tick (``asked``) and those nobody has to bring (``others``), with what was ticked."""

    asked: tuple[ChecklistLine, ...]
    others: tuple[ChecklistLine, ...]
    given: Mapping[str, str]

    @property
    def owed(self) -> tuple[ChecklistLine, ...]:
        """What has to come before the application can be accepted."""
        return tuple(line for line in self.asked if line.code not in self.given)

    @property
    def deferred(self) -> tuple[ChecklistLine, ...]:
        """What may follow later and will (容缺)."""
        return tuple(line for line in self.asked if self.given.get(line.code) == DEFERRED)


def checklist(
    offering: Offering, values: Mapping[str, object], given: Mapping[str, str], committed: Collection[str] = ()
) -> Checklist:
    """The checklist these routing values call for, with these items by commitment; ticks it has no line for are
    dropped."""
    lines = materials_checklist(offering, values, committed)
    asked = tuple(line for line in lines if line.obtained == APPLICANT)
    others = tuple(line for line in lines if line.obtained != APPLICANT)
    return Checklist(asked, others, _ticked(asked, given))


def checklist_of(case: Case, offering: Offering) -> Checklist:
    """The checklist of a case as it stands."""
    return checklist(offering, case.values, case.materials, case.pledges)


def _ticked(asked: Iterable[ChecklistLine], given: Mapping[str, str]) -> dict[str, str]:
    known = {line.code for line in asked}
    return {code: status for code, status in given.items() if code in known and status in STATUSES}
