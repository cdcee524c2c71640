"""What the single window does: it registers, has corrected, accepts or declines, hands out."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SubmitCase:
    """Register an application at the single window; creates the case."""

    offering: str
    """Code of a bundle or a single item."""
    form: Mapping[str, str] = field(repr=False)
    """The application form as typed: field name → text. Holds personal data."""
    materials: Mapping[str, str] = field(default_factory=dict)
    """Material code → ``received`` or ``deferred``; what is not named is still missing."""
    key: str = ""
    """Idempotency key."""
    applicant: str = ""
    """Account of the applicant, if he works here: he has no say in this case (回避)."""
    commitments: str = ""
    """Codes of the items that go by commitment (告知承诺), one after the other; their letters are asked for."""


@dataclass(frozen=True)
class RequestCorrection:
    """Ask the applicant, once and for everything at once, for what is missing or cannot be used (行政许可法 32).

    What was not handed in is listed by itself. A second notice may only name what the first one named.
    """

    case_id: str
    """The case."""
    materials: Mapping[str, str]
    """Material code → what is wrong with it, empty when that is plain; handed in or not."""
    reason: str
    """What the applicant is told; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class SupplyMaterials:
    """Record materials handed in (or promised later) before acceptance; afterwards those still owed."""

    case_id: str
    """The case."""
    materials: Mapping[str, str]
    """Material code → ``received`` or ``deferred``, or ``missing`` to take back what was registered by mistake."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class UploadMaterial:
    """Record a file of a material as its next version; the material counts as handed in with it.

    The file has been checked and kept before (``Engine.upload`` does both). Decisions that have read an older version
    stand no longer.
    """

    case_id: str
    """The case."""
    material: str
    """Material code."""
    sha256: str
    """SHA-256 of the file, 64 hexadecimal digits."""
    size: str
    """Its length in bytes, in digits."""
    type: str
    """Its kind by content: ``pdf``, ``jpeg``, ``png``, ``tiff``, ``ofd``, ``docx`` or ``xlsx``."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class NameApplicant:
    """Say that the applicant of a case works here (回避), by the window: he does nothing in it from then on."""

    case_id: str
    """The case."""
    applicant: str
    """His account; empty takes back what was registered by mistake."""
    reason: str
    """How it was found out; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class AcceptCase:
    """Accept the application: clocks start, the branches open (行政许可法 32, 42)."""

    case_id: str
    """The case."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class DeclineCase:
    """Decline to accept (不予受理), with reasons the applicant can read (行政许可法 32, 38)."""

    case_id: str
    """The case."""
    reason: str
    """Why; no personal data."""
    key: str = ""
    """Idempotency key."""


@dataclass(frozen=True)
class DeliverResults:
    """Hand the results over and close the case (行政许可法 44)."""

    case_id: str
    """The case."""
    task_id: str
    """The open delivery task."""
    method: str
    """``window`` or ``courier``."""
    key: str = ""
    """Idempotency key."""
