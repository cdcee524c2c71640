"""督办台账: every escalation, open ones first; narrowed down by what it waits for, by department, by case."""

from dataclasses import dataclass, replace

from flask import render_template, request

from engine.reader import plain
from engine.store.escalations import ALL, KINDS, OPEN, EscalationFilter
from webapp.admin.escalation_rows import Raised, raised
from webapp.admin.lists import PAGE, place, place_text
from webapp.auth import is_supervisor, signed_in
from webapp.context import departments, engine


@dataclass(frozen=True)
class Ledger:
    """One page, how many there are of each kind, and what was asked for; ``after`` asks for the next page."""

    rows: tuple[Raised, ...]
    counts: dict[str, int]
    wanted: EscalationFilter
    after: str


@signed_in(is_supervisor)
def page() -> str:
    """``which`` (open unless another kind is asked for), ``department`` that is late, ``case`` (its id)."""
    which, department = request.args.get("which", OPEN), request.args.get("department", "")
    known = {one.code for one in departments()}
    wanted = EscalationFilter(
        which if which in KINDS else OPEN, department if department in known else "",
        case_id=plain(request.args.get("case", "")),
    )  # fmt: skip
    return render_template(
        "admin/escalations.html", page=ledger(wanted, request.args.get("after", "")), departments=departments(),
        now=engine().read.now(), all=ALL,
    )  # fmt: skip


def ledger(wanted: EscalationFilter, after: str) -> Ledger:
    """A page of the escalations that are wanted; of several kinds the counts are told for all of them."""
    found = engine().read.escalations(wanted, place(after, 4), PAGE)
    counts = engine().read.escalation_counts(replace(wanted, which=ALL))
    return Ledger(tuple(map(raised, found.lines)), counts, wanted, place_text(found.after or ()))
