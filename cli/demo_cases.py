"""The cases of the demonstration: taken in, decided and left lying by its invented people, through the real engine.

Their instants lie in the days before now, so that an inbox has something due, something overdue and something done.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from engine.bootstrap import build_engine
from engine.case.intake import parse_form
from engine.catalogue import DemoAccount, Field, Offering, load_demo_accounts, materials_checklist
from engine.clock import system_clock
from engine.commands import AcceptCase, Actor, DecideStep, DeliverResults, SubmitCase
from engine.engine import Engine
from engine.passwords import hash_password
from engine.settings import Settings
from engine.store.records import Account

PASSWORD = "binglian-demo"
REFUSAL = "招牌尺寸超出街区导则,请按导则修改后重新申请"


def sample_form(offering: Offering, answers: Mapping[str, str] | None = None) -> dict[str, str]:
    """A form filled in with invented answers; ``answers`` replaces some of them (field name → text)."""
    given = answers or {}
    return {f.name: given.get(f.name, _answer(f)) for f in offering.fields}


_TYPICAL = {
    "code": "91330100MA0DEMO00X", "number": "330100199001010012", "id": "330100199001010012", "phone": "13800000000",
}  # fmt: skip
"""Invented codes of the right length, by the last word of a field's name."""


def _answer(question: Field) -> str:
    """Something every field accepts: long enough, within its bounds, visibly invented."""
    least, most = question.minimum or 0, question.maximum
    if question.type == "choice":
        return question.choices[0].value
    if question.type == "number":
        return str(max(least, 120 if most is None else min(120, most)))
    if question.type == "boolean":
        return "是" if question.name == "has_licence" else "否"
    if question.type == "date":
        return "2026-01-05"
    return _TYPICAL.get(question.name.rpartition("_")[2], "演示示例" * (int(least) // 4 + 1))


def received_materials(engine: Engine, offering: Offering, form: Mapping[str, str]) -> dict[str, str]:
    """Every material the applicant has to bring, handed in."""
    plain, _ = parse_form(engine.deployments.current(offering.code), form)
    return {line.code: "received" for line in materials_checklist(offering, plain) if line.obtained == "applicant"}


@dataclass(frozen=True)
class _Story:
    """One demonstration case. ``decided`` are the steps somebody has already dealt with, in order."""

    key: str
    offering: str
    days_ago: int
    answers: Mapping[str, str] = field(default_factory=dict)
    accepted: bool = True
    decided: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    missing: bool = False


_FOOD = ("LIC_CHECK.review", "FOOD.site", "FOOD.review")
_HEALTH = ("HEALTHCERT.site", "HEALTHCERT.review", "HEALTHCERT.issue")
_SIGN = ("SIGN.review", "SIGN.decide")
_FIRE = ("FIRECHK.inspect", "FIRECHK.decide")
STORIES = (
    _Story("late", "B02", 12, {"shop_name": "演示小馆"}, decided=("LIC_CHECK.review", *_HEALTH)),
    _Story("fresh", "B02", 2, {"shop_name": "演示面馆"}, decided=("LIC_CHECK.review", "SIGN.review")),
    _Story("small", "B02", 1, {"shop_name": "演示茶铺", "floor_area": "45"}, decided=("LIC_CHECK.review",)),
    _Story(
        "lead", "B02", 9, {"shop_name": "演示酒家"}, refused=("SIGN.decide",),
        decided=(*_FOOD, *_HEALTH, *_SIGN, *_FIRE, "FOOD.issue"),
    ),
    _Story("company", "B01", 1, decided=("ENT_REG.review", "ENT_REG.issue")),
    _Story("baby", "B13", 3, decided=("BIRTHCERT.review", "VACCERT.review")),
    _Story("waiting", "B13", 0, accepted=False),
    _Story("incomplete", "B02", 0, {"shop_name": "演示火锅店"}, accepted=False, missing=True),
)  # fmt: skip


class _Past:
    """A clock that stands where the story is; it never passes ``now``."""

    def __init__(self, now: datetime) -> None:
        self.now = self._instant = now

    def __call__(self) -> datetime:
        return self._instant

    def go_to(self, days_ago: float) -> None:
        """Stand ``days_ago`` days before now."""
        self._instant = self.now - timedelta(days=days_ago)

    def go_on(self) -> None:
        """An hour later, at most now."""
        self._instant = min(self.now, self._instant + timedelta(hours=1))


def seed(settings: Settings, clock: Callable[[], datetime] = system_clock) -> None:
    """Creates accounts and cases; what is there already is left as it is."""
    past = _Past(clock().astimezone(UTC))
    engine = build_engine(settings, past)
    try:
        people = load_demo_accounts(settings.processes, engine.deployments.catalogue)
        if engine.records.account(people[0].username) is None:
            hashed = hash_password(PASSWORD)
            for person in people:
                account = Account(person.username, person.name, person.department, frozenset(person.roles))
                engine.records.save_account(account, hashed)
            for story in STORIES:
                past.go_to(story.days_ago)
                _tell(engine, story, people, past)
    finally:
        engine.close()


def _actor(person: DemoAccount) -> Actor:
    return Actor(person.username, person.department, frozenset(person.roles))


def _tell(engine: Engine, story: _Story, people: tuple[DemoAccount, ...], past: _Past) -> None:
    clerk = next(_actor(p) for p in people if "window_clerk" in p.roles and p.department == "window")
    offering = engine.deployments.catalogue.offering(story.offering)
    form = sample_form(offering, story.answers)
    materials = received_materials(engine, offering, form)
    if story.missing:
        materials.popitem()
    case = engine.execute(SubmitCase(offering.code, form, materials, f"demo:{story.key}"), clerk)
    if not story.accepted:
        return
    past.go_on()
    engine.execute(AcceptCase(case.case_id), clerk)
    for step in story.decided:
        past.go_on()
        task = next(t for t in engine.read.case(case.case_id, clerk).case.open_tasks() if t.step == step)
        handler = next(_actor(p) for p in people if p.department == task.department and task.role in p.roles)
        decision, opinion = ("disagree", REFUSAL) if step in story.refused else ("agree", "符合条件")
        if task.act == "deliver":
            engine.execute(DeliverResults(case.case_id, task.id, "window"), handler)
        else:
            engine.execute(DecideStep(case.case_id, task.id, decision, opinion), handler)
