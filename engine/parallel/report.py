"""What a report on a conversion says, in one language, ready for a page: texts, tables and pictures.

The numbers are those of ``figures``; nothing is calculated here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.catalogue import Catalogue, Offering
from engine.parallel.chart_svg import Say, days_text, say_in
from engine.parallel.convert import Conversion
from engine.parallel.order import INSIDE
from engine.parallel.pictures import Pictures, pictures_of_file, pictures_of_offering, wish_in_words
from engine.parallel.precedence import precedence_of
from engine.parallel.proof import Proof
from engine.parallel.report_words import METHODS, PROVED, SHAPES, STRENGTHS, UNITS
from engine.parallel.structure import is_series_parallel
from engine.parallel.waterfall import waterfall
from engine.parallel.wish import NO_WISH, Wish

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Subject:
    """An item or bundle, and the catalogue it is from."""

    catalogue: Catalogue
    offering: Offering


@dataclass(frozen=True)
class Outcome:
    """What ``parallelize`` made: ``found`` is what it prints; ``subject`` is None for a file."""

    found: dict[str, Any]
    conversion: Conversion
    proof: Proof
    subject: Subject | None = None
    wish: Wish = NO_WISH
    compressed: bool = False
    """Whether a target was given."""


@dataclass(frozen=True)
class Report:
    """One report; whatever is empty is left out; ``wish`` is empty for the order as it is.

    ``steps``: name, department, days, earliest, latest, slack, budget, critical. ``orders``: before, after, why, when,
    relaxable, inside (one item), sources. ``compared``: what, before, after. ``proof``: what, holds.
    """

    language: str
    title: str
    code: str
    wish: str
    headline: str
    pictures: Pictures
    waterfall: str
    steps: Rows
    budget: str
    feasible: bool
    compared: Rows
    regimes: Rows
    caps: Rows
    merges: Sequence[str]
    refused: Sequence[str]
    cycles: Sequence[str]
    orders: Rows
    sources: Rows
    shape: str
    proof: Rows
    method: str
    findings: Sequence[str]
    holds: bool


def report(outcome: Outcome, language: str = "zh") -> Report:
    """The report in ``language`` (``zh`` or ``en``); empty parts where the source does not say what they need."""
    say, found, subject = say_in(language), outcome.found, outcome.subject
    words = _Words(say, outcome)
    if subject is None:
        pictures = pictures_of_file(outcome.conversion, language)
    else:
        pictures = pictures_of_offering(subject.catalogue, subject.offering, outcome.conversion, outcome.wish, language)
    orders = words.orders()
    return Report(
        language=language,
        title=words.title(),
        code=found["code"],
        wish=wish_in_words(subject.offering, outcome.wish, language) if subject and outcome.wish != NO_WISH else "",
        headline=words.headline(),
        pictures=pictures,
        waterfall=waterfall(found["waterfall"], language=language) if "waterfall" in found else "",
        steps=words.steps(),
        budget=words.budget(),
        feasible=found["budget"]["feasible"] if "budget" in found else True,
        compared=words.compared(),
        regimes=words.regimes(),
        caps=words.caps(),
        merges=words.merges(),
        refused=[say(no["reason"], no["reason_en"]) for no in found.get("refused_merges", ())],
        cycles=[say(cycle["explanation"], cycle["explanation_en"]) for cycle in found.get("cycles", ())],
        orders=orders,
        sources=words.sources({key for order in orders for key in order["sources"]}),
        shape=say(*SHAPES[is_series_parallel(outcome.conversion.block)]),
        proof=[
            {"what": say(*told), "holds": holds} for told, holds in zip(PROVED, _answers(outcome.proof), strict=True)
        ],
        method=say(*METHODS[outcome.proof.method]),
        findings=words.findings(),
        holds=outcome.proof.holds,
    )


def _answers(proof: Proof) -> tuple[bool, ...]:
    return (
        proof.sound, proof.language_equal, not proof.write_conflicts, proof.same_steps, proof.same_results
    )  # fmt: skip


class _Words:
    """The parts of a report in words."""

    def __init__(self, say: Say, outcome: Outcome) -> None:
        self.say, self.outcome, self.found = say, outcome, outcome.found
        self.offering = outcome.subject.offering if outcome.subject else None
        graph = outcome.conversion.graph
        self.names = dict(graph.names) | (dict(precedence_of(self.offering).names) if self.offering else {})

    def name(self, step: str) -> str:
        return self.say(*self.names.get(step, (step, step)))

    def item(self, code: str) -> str:
        """An item by its short name; the whole when there is none."""
        if not code or self.offering is None:
            return self.say("整件", "the whole")
        item = self.offering.item(code)
        return self.say(item.short_zh, item.short_en)

    def title(self) -> str:
        if self.offering is not None:
            return self.say(self.offering.name_zh, self.offering.name_en)
        process = self.outcome.conversion.parts.process
        return process.get("name") or str(self.found["code"])

    def headline(self) -> str:
        if "serial_days" not in self.found:
            return ""
        serial, parallel = self.found["serial_days"], self.found["critical_path_days"]
        share = f"{1 - parallel / serial:.0%}" if serial else "0%"
        return self.say(
            f"依次办理 {days_text(serial)} 个工作日，并联办理 {days_text(parallel)} 个工作日，缩短 {share}",
            f"{days_text(serial)} working days one after the other, {days_text(parallel)} in parallel: {share} less",
        )

    def steps(self) -> Rows:
        critical = set(self.found.get("critical_steps", ()))
        departments = self._departments()
        return [
            {
                **{key: days_text(step[key]) for key in ("days", "earliest", "latest", "slack")},
                "id": step["id"],
                "name": self.name(step["id"]),
                "department": departments.get(step["id"], ""),
                "budget": days_text(step["budget"]) if self.outcome.compressed else "",
                "critical": step["id"] in critical,
            }
            for step in self.found.get("steps", ())
        ]

    def _departments(self) -> Mapping[str, str]:
        if self.outcome.subject is None:
            return {step: name for step, (_, name) in self.outcome.conversion.parts.lanes.items()}
        known = self.outcome.subject.catalogue.departments
        names = {code: self.say(each.name_zh, each.name_en) for code, each in known.items()}
        return {step.id: names[step.department] for step in self.outcome.subject.offering.steps.values()}

    def budget(self) -> str:
        if not self.outcome.compressed:
            return ""
        said = self.found["budget"]
        ratio = f"{said['ratio']:.1%}"
        cut = self.say(f"各环节按现行时限的 {ratio} 压缩", f"steps are cut to {ratio} of today's limits")
        told = self.say(said["explanation"], said["explanation_en"])
        goal = self.say(f"目标 {said['target']} 个工作日：", f"Target of {said['target']} working days: ")
        return goal + self.say("；", "; ").join([told, cut] if said["feasible"] else [told])

    def compared(self) -> Rows:
        if "materials" not in self.found:
            return []
        materials, links, trips = (self.found[key] for key in ("materials", "links", "trips"))
        return [
            {"what": self.say("材料（份）", "documents"), "before": materials["sum"], "after": materials["distinct"]},
            {
                "what": self.say("其中申请人自带", "of these the applicant brings"),
                "before": None, "after": materials["from_applicant"],
            },
            {"what": self.say("环节", "steps"), "before": links["before"], "after": links["after"]},
            {"what": self.say("跑动（次）", "trips"), "before": trips["before"], "after": trips["after"]},
        ]  # fmt: skip

    def regimes(self) -> Rows:
        rows = []
        for regime in self.offering.regimes if self.offering else ():
            days = self.found["regimes"][regime.id]
            rows.append(
                {
                    "name": self.say(regime.name_zh, regime.name_en),
                    "serial": days_text(days["serial_days"]),
                    "parallel": days_text(days["critical_path_days"]),
                }
            )
        return rows

    def caps(self) -> Rows:
        kinds = {"promised": ("承诺时限", "promised limit"), "statutory": ("法定时限", "statutory limit")}
        words = {True: ("符合", "kept"), False: ("超出", "passed"), None: ("按日历核对", "a calendar has to tell")}
        return [
            {
                "item": self.item(cap["item"]),
                "kind": self.say(*kinds[cap["kind"]]),
                "days": days_text(cap["days"]),
                "limit": f"{days_text(cap['limit'])} {self.say(*UNITS[cap['unit']])}",
                "within": cap["within"],
                "told": self.say(*words[cap["within"]]),
                "over": days_text(cap["over"]) if cap["over"] else "",
            }
            for cap in self.found.get("caps", ())
        ]

    def merges(self) -> Sequence[str]:
        if self.offering is None:
            return []
        visits = {visit.id: self.say(visit.name_zh, visit.name_en) for visit in self.offering.shared_steps}
        return [
            f"{visits[made['visit']]}{self.say('：', ': ')}{' + '.join(map(self.name, made['steps']))}"
            for made in self.found["joint_visits"]
        ]

    def orders(self) -> Rows:
        return [
            {
                "before": self.name(order["before"]),
                "after": self.name(order["after"]),
                "why": self.say(order["why"], order["why_en"]),
                "when": self.say(*STRENGTHS[order["strength"]]),
                "relaxable": order["relaxable"],
                "inside": order["kind"] == INSIDE,
                "sources": order["source"],
            }
            for order in self.found["kept_orders"]
        ]

    def sources(self, used: set[str]) -> Rows:
        known = self.outcome.subject.catalogue.sources if self.outcome.subject else {}
        return [{"key": key, "title": known[key].title} for key in known if key in used]

    def findings(self) -> Sequence[str]:
        proof = self.outcome.proof
        told = (*proof.findings, *proof.write_conflicts)
        return [f"{each.element} [{each.rule}] {self.say(each.message_zh, each.message_en)}" for each in told]
