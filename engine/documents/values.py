"""What a template is filled with: the case as the entry left it, the catalogue, the applicant's record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any

from engine.case.commitment.checking import CHECKED, open_one
from engine.case.correcting.gathering import GATHERED
from engine.case.deemed import DEEMED_KIND
from engine.case.parts.pledge import PUT_RIGHT
from engine.case.parts.session import Session
from engine.case.parts.terms import CORRECTION_ANSWER, DEFERRED, PROMISED_ONLY
from engine.case.procedures import PROCEDURES
from engine.case.sessions.arranging import ARRANGED, CHANGED
from engine.case.state import DONE, Case, Item
from engine.case.timekeeping.extending import GOVERNMENT_HEAD
from engine.catalogue import Catalogue, Offering, ServiceItem, materials_checklist
from engine.documents.code import verification_code
from engine.documents.model import OF_LEAD, REFUSAL, RESULT, Kind, Papers
from engine.instants import from_text
from engine.journal import Entry
from engine.store.papers import Paper

PERMIT = "行政许可"
"""The type of items the Administrative Permit Law is about."""
DESTROYED = "（个人信息已依法删除）"
"""Instead of a name whose record no longer exists."""


@dataclass(frozen=True)
class Source:
    """One document: its row, its kind, the entry that made it due, and the case as that entry left it."""

    paper: Paper
    kind: Kind
    entry: Entry
    case: Case
    offering: Offering
    personal: Mapping[str, str]


@dataclass(frozen=True)
class Frame:
    """What all documents of an installation share."""

    papers: Papers
    catalogue: Catalogue
    zone: tzinfo
    public_url: str
    secret_key: str

    def day(self, instant: str | None) -> date | None:
        """The local day of an instant."""
        return from_text(instant).astimezone(self.zone).date() if instant else None

    def authority(self, department: str) -> tuple[str, str]:
        """What a department signs as, in Chinese and English."""
        known = self.catalogue.departments.get(department)
        named = self.papers.authorities.get(department)
        if named is not None:
            return named
        return (department, department) if known is None else (known.name_zh, known.name_en)


def signer(kind: Kind, item: str, offering: Offering) -> str:
    """The department that signs a document."""
    owner = item or (offering.items[0].code if len(offering.items) == 1 else "")
    return offering.lead_department if kind.authority == OF_LEAD or not owner else offering.item(owner).department


def values_of(source: Source, frame: Frame) -> dict[str, Any]:
    """Every value and list of the vocabulary."""
    return {
        **_identity(source, frame), **_subject(source, frame), **_clocks(source, frame), **_grounds(source),
        **_session(source, frame),
        **_lists(source, frame), **_remedies(source, frame),
    }  # fmt: skip


def _identity(source: Source, frame: Frame) -> dict[str, Any]:
    paper, kind = source.paper, source.kind
    return {
        "name": kind.name_zh, "name_en": kind.name_en, "number": paper.number,
        "authority": frame.authority(signer(kind, paper.item, source.offering))[0],
        "date": frame.day(paper.made_at), "case_number": source.case.number,
        "verification_code": verification_code(frame.secret_key, paper.case_id, paper.id),
        "verification_address": f"{frame.public_url}/verify", "tracking_address": f"{frame.public_url}/track",
    }  # fmt: skip


def _subject(source: Source, frame: Frame) -> dict[str, Any]:
    paper, offering = source.paper, source.offering
    code = paper.item or (offering.items[0].code if len(offering.items) == 1 else "")
    item = offering.item(code) if code else None
    about = [paper.result] if paper.result else source.entry.facts.get("results", [])
    numbers = [source.case.results[code].number for code in about if code in source.case.results]
    names = [one.name_zh for one in item.results if one.code in about] if item else []
    return {
        "applicant": _applicant(source, frame.papers), "service": offering.name_zh, "service_en": offering.name_en,
        "item": "" if item is None or not paper.item else item.name_zh,
        "legal_basis": "" if item is None else item.legal_basis.text,
        "permit": any(one.type == PERMIT for one in ([item] if item else _items(source))),
        "result_name": "、".join(names), "result_number": "、".join(numbers),
    }  # fmt: skip


def _items(source: Source) -> Sequence[ServiceItem]:
    """The items of the case, or those it would have."""
    codes = set(source.case.items) or set(source.offering.applicable_items(source.case.values))
    return [item for item in source.offering.items if item.code in codes]


def _applicant(source: Source, papers: Papers) -> str:
    """The first of the fields that say who applies; a personal one from the record."""
    fields = {field.name: field for field in source.offering.fields}
    for name in papers.applicant:
        if name not in fields:
            continue
        if fields[name].personal and not source.personal:
            return DESTROYED
        said = source.personal.get(name) if fields[name].personal else source.case.values.get(name)
        if said:
            return str(said)
    return ""


def _clocks(source: Source, frame: Frame) -> dict[str, Any]:
    case, about = source.case, source.case.items.get(source.paper.item)
    promised, statutory = _dues(case, about)
    return {
        "received_on": frame.day(case.received_at or case.submitted_at), "accepted_on": frame.day(case.accepted_at),
        "deemed": source.entry.kind == DEEMED_KIND, "answer_on": frame.day(_answer_due(source)),
        "put_right_on": frame.day(_right_due(source)),
        "promised_on": frame.day(promised[0]), "promised_unsure": promised[1],
        "statutory_on": frame.day(statutory[0]), "statutory_unsure": statutory[1],
    }  # fmt: skip


def _answer_due(source: Source) -> str | None:
    """When the notice this entry is should be answered; None for another entry."""
    if source.entry.kind != GATHERED:
        return None
    return source.case.terms[f"{CORRECTION_ANSWER}.{source.entry.facts['notice']}"].due_at


def _right_due(source: Source) -> str | None:
    """When what this check has found is to be put right; None for another entry."""
    if source.entry.kind != CHECKED:
        return None
    again = open_one(source.case, source.paper.item)
    return None if again is None else source.case.terms[f"{again.key}.{PUT_RIGHT}"].due_at


Due = tuple[str | None, bool]


def _dues(case: Case, about: Item | None) -> tuple[Due, Due]:
    """When the promise and the law have it due, and whether that is provisional."""
    if about is None:
        return (
            (case.promised_due_at, case.promised_provisional), (case.statutory_due_at, case.statutory_provisional),
        )  # fmt: skip
    return (about.due_at, about.provisional), (about.statutory_due_at, about.statutory_provisional)


def _grounds(source: Source) -> dict[str, Any]:
    facts = source.entry.facts if source.paper.about not in {REFUSAL, RESULT} else {}
    procedure = PROCEDURES.get(str(facts.get("procedure", "")))
    refused = source.case.items.get(source.paper.item) if source.paper.about == REFUSAL else None
    return {
        "reason": refused.reason if refused else str(facts.get("reason", facts.get("findings", ""))),
        "procedure": "" if procedure is None else procedure.name_zh,
        "ground": str(facts.get("ground", "")), "evidence": str(facts.get("evidence", "")),
        "expected_days": str(facts.get("expected_days", "")), "promised_only": facts.get("scope") == PROMISED_ONLY,
        "extension_days": str(facts.get("days", "")), "approver": str(facts.get("approver", "")),
        "by_government": facts.get("level") == GOVERNMENT_HEAD,
    }  # fmt: skip


def _session(source: Source, frame: Frame) -> dict[str, Any]:
    """Of a hearing, visit, review or test: what it is, when and where, as the entry left it."""
    one = _session_told(source)
    if one is None:
        return {"planned": "", "place": "", "session_items": "", "stops": False, "changed": False}
    at = from_text(one.planned_at).astimezone(frame.zone)
    items = [item.name_zh for item in source.offering.items if item.code in one.taking_part]
    return {
        "procedure": one.names[0], "ground": one.ground, "expected_days": one.expected_days, "place": one.place,
        "planned": f"{at.year}年{at.month}月{at.day}日{at.hour}时{at.minute:02}分", "session_items": "、".join(items),
        "stops": bool(one.stops), "promised_only": set(one.stops.values()) == {PROMISED_ONLY},
        "changed": source.entry.kind == CHANGED,
    }  # fmt: skip


def _session_told(source: Source) -> Session | None:
    """The session an entry tells of; None for other entries."""
    if source.entry.kind not in {ARRANGED, CHANGED}:
        return None
    sessions = source.case.sessions
    return sessions[str(source.entry.facts.get("session", len(sessions)))]


def _lists(source: Source, frame: Frame) -> dict[str, Any]:
    case, offering = source.case, source.offering
    names = {line.code: line.name_zh for line in materials_checklist(offering, case.values, case.pledges)}
    named = _named(source, frame)
    owed = [term for term in case.terms.values() if term.kind == DEFERRED and term.ended_at is None]
    told = [
        task for task in case.tasks.values()
        if task.item == source.paper.item and task.status == DONE and task.decision == "agree_with_conditions"
    ]  # fmt: skip
    return {
        "items": [
            {"name": one.name_zh, "department": frame.authority(one.department)[0]}
            for one in _items(source) if one.code in case.items
        ],
        "materials": [{"name": names.get(code, code), "note": note} for code, note in sorted(named.items())],
        "deferred": [{"name": names.get(one.of, one.of), "until": frame.day(one.due_at)} for one in owed],
        "conditions": [{"text": task.opinion} for task in told if source.paper.about == RESULT],
    }  # fmt: skip


def _named(source: Source, frame: Frame) -> dict[str, str]:
    """Materials a notice of correction names, with what it says of each; of one after the acceptance, with who asks."""
    facts = source.entry.facts
    if source.entry.kind == GATHERED:
        return {code: "；".join(_asked(one, frame) for one in asked) for code, asked in facts["materials"].items()}
    return dict(facts["materials"]) if source.entry.kind == "CorrectionRequested" else {}


def _asked(one: Mapping[str, str], frame: Frame) -> str:
    return f"{frame.authority(one['department'])[0]}：{one['text'] or '未提交，请补交'}"


def _remedies(source: Source, frame: Frame) -> dict[str, Any]:
    remedy = frame.papers.remedy(signer(source.kind, source.paper.item, source.offering))
    return {
        "review_authority": remedy.review_authority, "review_days": remedy.review_days, "court": remedy.court,
        "litigation_months": remedy.litigation_months,
    }  # fmt: skip
