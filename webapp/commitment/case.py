"""What a case page says of promises: what they stand for, how they were checked, what this person can do about it."""

from dataclasses import dataclass

from engine.case.commitment.checking import may_record
from engine.case.commitment.revoking import revocable
from engine.case.parts.pledge import DUE, LAPSED, Check, Pledge
from engine.commands import Actor
from engine.reader import CaseView
from webapp.cases.promise_words import OUTCOME, TONES, until_words
from webapp.i18n import gettext as _
from webapp.words import department_name, instant, local, role_name


@dataclass(frozen=True)
class CheckRow:
    """One check: ``until`` when what was found has to be put right, ``who`` makes it, ``open`` to this person."""

    status: str
    colour: str
    who: str
    due_at: str
    made_at: str
    until: str
    findings: str
    evidence: str
    open: bool


@dataclass(frozen=True)
class PromiseRow:
    """One item that goes by commitment; ``stands_for`` are names of materials and steps."""

    item: str
    name: str
    promise: str
    letter: str
    stands_for: str
    checks: tuple[CheckRow, ...]


@dataclass(frozen=True)
class Promises:
    """All of them, and the items (code, name) whose results this person could revoke."""

    rows: tuple[PromiseRow, ...]
    revocable: tuple[tuple[str, str], ...]


def promises_of(view: CaseView, actor: Actor) -> Promises:
    """The promises of a case, for this person."""
    rows = tuple(_row(view, pledge, actor) for pledge in view.case.pledges.values())
    offering = view.deployment.offering
    codes = revocable(view.case, view.deployment, actor)
    return Promises(rows, tuple((code, local(offering.item(code), "short")) for code in codes))


def _row(view: CaseView, pledge: Pledge, actor: Actor) -> PromiseRow:
    item = view.deployment.offering.item(pledge.item)
    names = [local(one) for one in item.materials if one.code in pledge.materials.split()]
    names += [local(one) for one in item.steps if one.id in pledge.steps.split()]
    route = item.commitment
    letter, promise = (pledge.letter, "") if route is None else (local(route, "letter"), local(route, "promise"))
    checks = [check for check in view.case.checks.values() if check.item == pledge.item]
    return PromiseRow(
        pledge.item, local(item, "short"), promise, letter, _("、").join(names),
        tuple(_check(view, check, actor) for check in checks),
    )  # fmt: skip


def _check(view: CaseView, check: Check, actor: Actor) -> CheckRow:
    return CheckRow(
        status_words(check.status), TONES.get(check.status, "blue" if check.status == DUE else "grey"),
        _("%(department)s%(role)s", department=department_name(check.department), role=role_name(check.role)),
        check.due_at,
        instant(check.at) if check.at else "", until_words(view.case, _next_of(view, check)),
        check.findings, check.evidence, may_record(view.case, check, actor),
    )  # fmt: skip


def _next_of(view: CaseView, check: Check) -> str:
    """The check that follows another one; empty when none does."""
    return next((one.number for one in view.case.checks.values() if one.follows == check.number), "")


def status_words(status: str) -> str:
    """The state of a check, or what it found."""
    if status == DUE:
        return _("待核查")
    return _("不再需要核查") if status == LAPSED else str(OUTCOME[status])
