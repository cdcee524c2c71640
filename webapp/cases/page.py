"""Everything one case page shows, worked out before a template sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.case.correction import may_supply
from engine.case.policy import WINDOW, WINDOW_CLERK, may_handle
from engine.case.state import DECLINED, IN_PROGRESS, OVER, REVOKED, VOID, Case, Result
from engine.catalogue import COMMITTED, ChecklistLine, Field, Offering, materials_checklist
from engine.commands import Actor
from engine.journal import Json
from engine.reader import CaseView
from webapp.cases.asides import Asides, asides_of
from webapp.cases.clock_words import stop_words
from webapp.cases.deadlines import Deadline, deadline_of_case
from webapp.cases.decided import Decision, by_step, decisions
from webapp.cases.going_back import Link, choices_of, links
from webapp.cases.history import Line, history, people_of
from webapp.cases.lanes import Lane, lanes
from webapp.cases.seating import Seating, seatings
from webapp.cases.step_notes import StepNotes, step_notes
from webapp.cases.steps import StepRow, step_rows
from webapp.context import engine
from webapp.i18n import gettext as _
from webapp.words import department_name, local, word

COLOURS: Mapping[str, str] = {
    "granted": "green", "partly_granted": "amber", "refused": "red", DECLINED: "red", IN_PROGRESS: "blue",
}  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """One field of the application and what was answered."""

    label: str
    value: str
    personal: bool


@dataclass(frozen=True)
class MaterialRow:
    """One material, where it comes from (``holder`` as the catalogue names it) and whether it is here."""

    name: str
    source: str
    holder: str
    status: str
    colour: str
    needed_by: str


@dataclass(frozen=True)
class ResultRow:
    """One certificate or other result; ``void``: the entry that made it void."""

    name: str
    number: str
    item: str
    status: str
    at: str
    void: Line | None = None

    @property
    def colour(self) -> str:
        """Colour of its tag."""
        return {"issued": "green", "provisional": "amber", "revoked": "red"}.get(self.status, "grey")


@dataclass(frozen=True)
class CasePage:
    """A case as a page or the right-hand pane shows it; ``personal_hidden``: it has fields this person may not see;
    ``may_supply``: this person may register materials it is still owed; ``notes`` and decisions that are ``void`` stand
    beside steps, by their ids; ``going_back`` are the ways to take it back or end it, ``take_back`` the tasks whose
    decisions this person can take back; ``seatings``: who sits where in its tasks."""

    view: CaseView
    offering: Offering
    deadline: Deadline | None
    lanes: list[Lane]
    answers: list[Answer]
    personal_hidden: bool
    materials: list[MaterialRow]
    decisions: list[Decision]
    history: list[Line]
    results: list[ResultRow]
    steps: list[StepRow]
    people: Mapping[str, str]
    may_supply: bool
    notes: Mapping[str, StepNotes]
    void: Mapping[str, tuple[Decision, ...]]
    going_back: tuple[Link, ...]
    take_back: frozenset[str]
    seatings: tuple[Seating, ...]
    asides: Asides

    @property
    def colour(self) -> str:
        """Colour of the tag of its state: of its outcome, once it has one."""
        return COLOURS.get(self.case.outcome or self.case.status, "grey")

    @property
    def statutory_unsure(self) -> bool:
        """Whether the statutory due date is provisional."""
        return self.case.statutory_provisional

    @property
    def stops(self) -> list[str]:
        """Suspensions that go on, in words."""
        return [stop_words(self.offering, s) for s in self.case.suspensions.values() if s.ended_at is None]

    @property
    def case(self) -> Case:
        """The case itself."""
        return self.view.case


def case_page(case_id: str, actor: Actor) -> CasePage:
    """The page of a case for somebody who may see it; NotFound otherwise."""
    view = engine().read.case(case_id, actor)
    offering, case = view.deployment.offering, view.case
    people = people_of(view)
    seen, has, lines = may_see_person(view, actor), choices_of(view, actor), history(view, people)
    given = decisions(view, people, lines)
    return CasePage(
        view, offering, deadline_of_case(case, offering) if case.status == IN_PROGRESS else None, lanes(view),
        _answers(view, seen), not seen and any(field.personal for field in offering.fields), _materials(view),
        given, lines, _results(view, lines), step_rows(view), people, may_supply(case, actor), step_notes(view, actor),
        by_step(given), links(view, has), frozenset(has.take_back), seatings(view, actor, people),
        asides_of(view, actor, people),
    )  # fmt: skip


def may_see_person(view: CaseView, actor: Actor) -> bool:
    """Personal data is for those who handle the case: clerks of the window, handlers of one of its tasks, and whoever
    stands in for one."""
    if actor.holds(WINDOW, WINDOW_CLERK) or any(may_handle(t, actor) for t in view.case.tasks.values()):
        return True
    absent = engine().absences
    return bool(absent.now_for(actor.id)) and any(absent.stood_in_for(view, t, actor) for t in view.case.open_tasks())


def _answers(view: CaseView, personal: bool) -> list[Answer]:
    fields = view.deployment.offering.fields
    person = engine().records.applicant(view.case.id) if personal else {}
    found = []
    for field in fields:
        if field.personal and not personal:
            continue
        value = person.get(field.name) if field.personal else view.case.values.get(field.name)
        found.append(Answer(local(field, "label"), value_words(field, value), field.personal))
    if personal and view.case.applicant:
        found.append(Answer(_("申请人是本系统工作人员（回避）"), own_words(view.case), True))
    return found


def own_words(case: Case) -> str:
    """The account of an applicant who works here, with his name; empty when none was named."""
    own = case.applicant
    return _("%(name)s（账号 %(id)s）", name=engine().records.names([own]).get(own, own), id=own) if own else ""


def value_words(field: Field, value: Json) -> str:
    """An answer as people read it; a dash when nothing was answered."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    for choice in field.choices:
        if choice.value == value:
            return local(choice, "label")
    text = f"{value:,}" if isinstance(value, int | float) else str(value)
    return f"{text} {field.unit}".strip()


def _materials(view: CaseView) -> list[MaterialRow]:
    offering, case = view.deployment.offering, view.case
    rows = []
    for line in materials_checklist(offering, case.values, case.pledges):
        status, colour = _material_status(line, case)
        needed = _("、").join(local(offering.item(code), "short") for code in line.needed_by)
        rows.append(MaterialRow(local(line), *_material_source(line, offering), status, colour, needed))
    return rows


def _material_status(line: ChecklistLine, case: Case) -> tuple[str, str]:
    if line.obtained == "applicant":
        given = case.materials.get(line.code, "missing")
        return word(given, "material"), {"received": "green", "deferred": "amber"}.get(given, "red")
    if line.obtained in {"shared", COMMITTED}:
        return _("部门共享") if line.obtained == "shared" else word(COMMITTED, "material"), "green"
    if line.code in case.results and case.results[line.code].status != VOID:
        revoked = case.results[line.code].status == REVOKED
        return (_("已撤销"), "red") if revoked else (_("已产生"), "green")
    return (_("未产生"), "grey") if case.status in OVER else (_("待前置事项产生"), "grey")


def _material_source(line: ChecklistLine, offering: Offering) -> tuple[str, str]:
    """In words, and the holder when it is one the catalogue has no English name of."""
    if line.obtained == "shared":
        name = department_name(line.holder)
        if name == line.holder:
            return _("部门共享："), name
        return _("由%(holder)s共享", holder=name), ""
    if line.obtained == "branch":
        return _("由“%(item)s”产生", item=local(offering.item(line.from_item), "short")), ""
    return _("申请人提交") if line.obtained != COMMITTED else _("申请人承诺"), ""


def _results(view: CaseView, lines: Sequence[Line]) -> list[ResultRow]:
    return [_result(result, view.deployment.offering, lines) for result in view.case.results.values()]


def _result(result: Result, offering: Offering, lines: Sequence[Line]) -> ResultRow:
    item = offering.item(result.item)
    name = next((local(known) for known in item.results if known.code == result.code), result.code)
    void = next((line for line in lines if line.at == result.at), None) if result.status in {VOID, REVOKED} else None
    return ResultRow(name, result.number, local(item, "short"), result.status, result.at, void)
