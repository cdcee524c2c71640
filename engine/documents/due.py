"""What an entry of the journal makes due: found by comparing the case before it with the case after it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from engine.case.approval import LEAD
from engine.case.commitment.checking import CHECKED
from engine.case.state import CLOSED, ISSUED, REFUSED, Case
from engine.catalogue import LEAD_DECIDES, Offering
from engine.documents.model import CASE, REFUSAL, RESULT, Papers
from engine.journal import Entry
from engine.store.change import Row
from engine.store.papers import DUE

ITEM_FACT = "item"


def final_refusals(case: Case, offering: Offering) -> frozenset[str]:
    """Items that are refused for good: where the lead department decides over the whole, once it has decided."""
    refused = frozenset(code for code, item in case.items.items() if item.status == REFUSED)
    if not refused or offering.join_policy != LEAD_DECIDES or case.status == CLOSED:
        return refused
    return refused if any(s.act == LEAD and s.id in case.decisions for s in offering.own_steps) else frozenset()


@dataclass(frozen=True)
class Standing:
    """Results that are issued and items that are refused for good, at one moment of a case."""

    results: frozenset[str]
    refused: frozenset[str]

    @classmethod
    def of(cls, case: Case, offering: Offering) -> "Standing":
        """As the case is now."""
        issued = (code for code, result in case.results.items() if result.status == ISSUED)
        return cls(frozenset(issued), final_refusals(case, offering))


NOTHING = Standing(frozenset(), frozenset())


@dataclass(frozen=True)
class Numbering:
    """Where numbers come from: the area, the zone the year is told in, counters locked until the commit."""

    area: str
    zone: tzinfo
    next_value: Callable[[str], int]


def due_rows(
    papers: Papers, before: Standing, case: Case, entry: Entry, offering: Offering, numbering: Numbering
) -> list[Row]:
    """Rows of the documents an entry makes due, in an order that is always the same."""
    rows: list[Row] = []
    year = entry.instant.astimezone(numbering.zone).year
    for about, item, result in _occasions(before, case, entry, offering):
        kind = papers.due(about, _occasion(entry), (item,) if item else case.items)
        if kind is None:
            continue
        sequence = numbering.next_value(kind.series(numbering.area, year))
        rows.append({
            "case_id": case.id, "seq": entry.seq, "ordinal": len(rows) + 1, "kind": kind.code, "about": about,
            "item": item, "result": result, "number": kind.numbered(numbering.area, year, sequence),
            "made_at": entry.at, "state": DUE, "tries": 0, "next_try_at": entry.at, "problem": "", "sha256": None,
            "issued_at": None,
        })  # fmt: skip
    return rows


def _occasions(before: Standing, case: Case, entry: Entry, offering: Offering) -> Iterator[tuple[str, str, str]]:
    """About what, of which item, which result."""
    yield CASE, str(_facts(entry).get(ITEM_FACT, "")), ""
    after = Standing.of(case, offering)
    for code in sorted(after.refused - before.refused):
        yield REFUSAL, code, ""
    for code in sorted(after.results - before.results):
        yield RESULT, case.results[code].item, code


def _occasion(entry: Entry) -> str:
    """What ``on`` in the file calls it: the kind of the entry, of a check of a promise with what it has found."""
    return f"{CHECKED}:{entry.facts['outcome']}" if entry.kind == CHECKED else entry.kind


def _facts(entry: Entry) -> Mapping[str, object]:
    return entry.facts
