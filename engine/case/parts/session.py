"""特别程序 as records: a hearing, a site visit, an expert review, a test, for one item or several; as data.

The clocks a session stops are suspensions of its items (``Stop.session``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.case.parts.part import Part

HEARING, SITE_VISIT, EXPERT_REVIEW, TESTING = "hearing", "site_visit", "expert_review", "testing"
OPEN, CLOSED, CANCELLED, ENDED = "open", "closed", "cancelled", "ended"
"""States of a session; ended: its items were decided, or the case ended, before it was closed."""
LEFT = "left"
"""In a list of sessions, instead of the state: of an item that takes part no longer."""
PASS, RECTIFY, FAIL = "pass", "rectify", "fail"
OUTCOMES = (PASS, RECTIFY, FAIL)
"""What a department found: in order, to be put right, not in order."""


@dataclass(frozen=True)
class Kind:
    """A kind of session; ``procedure``: what its suspensions are for, when it stops clocks by law (行政许可法 45)."""

    name_zh: str
    name_en: str
    procedure: str = ""
    record_zh: str = ""
    record_en: str = ""


KINDS: Mapping[str, Kind] = {
    HEARING: Kind("听证", "hearing", "hearing", "听证笔录", "record of the hearing"),
    SITE_VISIT: Kind("现场勘验", "site visit"),
    EXPERT_REVIEW: Kind("专家评审", "expert review", "expert_review", "评审意见", "opinion of the experts"),
    TESTING: Kind("检验检测", "testing", "testing", "检验检测报告", "test report"),
}
"""By code. A site visit (勘验) is not among what article 45 exempts."""


@dataclass(frozen=True, slots=True)
class Session(Part):
    """``items``: those that take part, each with its department. Instants are text (UTC), days local (ISO).

    ``stops``: items → the clocks it stops (``both``, ``promised``). ``told_on`` and ``asked_on``: when the applicant
    was told of the right to a hearing, and asked for it; empty for one the law asks for or the authority itself.
    ``findings``: item → ``attended``, ``outcome``, ``findings``, ``by``, ``department``, ``at``. ``left``: items that
    take part no longer → when they were decided. ``absent``: items closed without findings → why.
    """

    number: str
    kind: str
    items: Mapping[str, str]
    planned_at: str
    place: str
    ground: str
    expected_days: str
    stops: Mapping[str, str]
    at: str
    by: str
    told_on: str = ""
    asked_on: str = ""
    chair: str = ""
    findings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)
    status: str = OPEN
    ended_at: str | None = None
    conclusion: str = ""
    record: str = ""
    reason: str = ""
    absent: Mapping[str, str] = field(default_factory=dict)

    @property
    def taking_part(self) -> tuple[str, ...]:
        """The items that take part still."""
        return tuple(code for code in self.items if code not in self.left)

    @property
    def missing(self) -> tuple[str, ...]:
        """Those of them whose department has recorded nothing yet."""
        return tuple(code for code in self.taking_part if code not in self.findings)

    @property
    def names(self) -> tuple[str, str]:
        """What it is called, Chinese and English."""
        return names_of(self.kind, len(self.items))


def names_of(kind: str, items: int) -> tuple[str, str]:
    """What a session of so many items is called, Chinese and English."""
    if kind == SITE_VISIT and items > 1:
        return "联合勘验", "joint site visit"
    known = KINDS[kind]
    return known.name_zh, known.name_en
