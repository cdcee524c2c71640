"""What is demanded of the applicant after the acceptance."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class DemandMaterials:
    """Demand materials of the applicant after the acceptance (受理后补正), by whoever handles an open step.

    The promised clocks of the step's item stand still until they have come. What all branches demand within the window
    becomes one notice.
    """

    case_id: str
    """The case."""
    task_id: str
    """The open task."""
    materials: Mapping[str, str]
    """Material code → what is wrong with it; empty only for what is not there at all. No personal data."""
    reason: str
    """What the applicant is told; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class DropDemand:
    """Take back what a step demanded of the applicant, before the notice is sent."""

    case_id: str
    """The case."""
    task_id: str
    """The task that demanded it."""
    material: str = ""
    """Material code; empty: everything of the task that is not sent."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class SendCorrection:
    """Send the notice of what all branches demand before its window is over, by the window or the lead department."""

    case_id: str
    """The case."""
    key: str = ""
    """Idempotency key."""


DemandCommand = DemandMaterials | DropDemand | SendCorrection
"""What is demanded of the applicant after the acceptance."""
