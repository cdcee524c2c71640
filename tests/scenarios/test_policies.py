"""A step left alone for a simulated year, once for each policy: the real engine, the real sweep, a clock that jumps.

Each file in ``policies/`` tells one story: the policy (its own, or ``shipped`` by its code in ``processes/``), the step
it is on, what people do meanwhile, and the expected lines: when, what happens, who is told.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bench.offerings import Shape, write_offerings
from engine.bootstrap import build_auditor, build_engine
from engine.commands import SYSTEM, Actor, DecideStep, ObjectToDeemed, ResumeClock, SuspendClock
from engine.errors import BinglianError
from engine.instants import from_text
from engine.journal import Entry
from engine.settings import default_processes
from engine.store.tables import outbox
from tests.builders import Office, handler_of, settings_for
from tests.clock import START, ManualClock
from timers.sweep import sweep

STORIES = sorted((Path(__file__).parent / "policies").glob("*.toml"))
ZONE = ZoneInfo("Asia/Shanghai")
YEAR = timedelta(days=365)
SHAPE = Shape("TRY", branches=2, limit="600")
ASKED, OTHER = SHAPE.parallel_steps[0]
QUIET = {"code": "default", "silence": "escalate", "ladder": [{"over_days": 250, "to": "section_head"}]}
"""What every other step of the case is under: nothing happens for more than a year."""
MARKET = Actor("market1", "market", frozenset({"reviewer", "head"}))


def written(policies: list[dict[str, Any]]) -> str:
    """The policies as the file says them."""
    lines = ["schema = 1"]
    for policy in policies:
        named = {"name_zh": "策略", "name_en": "policy", **policy}
        lines += ["[[policies]]", *_keys(named)]
        for part in ("reminders", "ladder"):
            for entry in named.get(part, []):
                lines += [f"[[policies.{part}]]", *_keys(entry)]
    return "\n".join(lines)


def _keys(table: Mapping[str, Any]) -> list[str]:
    plain = {key: value for key, value in table.items() if not isinstance(value, list)}
    return [f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}" for key, value in plain.items()]


def policy_of(story: Mapping[str, Any]) -> dict[str, Any]:
    """The policy of a story, under the code ``tried``."""
    policy = story["policy"]
    if "shipped" in policy:
        shipped = tomllib.loads((default_processes() / "policies.toml").read_text(encoding="utf-8"))
        policy = next(one for one in shipped["policies"] if one["code"] == policy["shipped"])
    return {**policy, "code": "tried"}


def processes(folder: Path, story: Mapping[str, Any]) -> Path:
    """One item with two steps side by side; the one the story is about has its own limit and policy."""
    folder.mkdir()
    write_offerings(folder, [SHAPE])
    (folder / "policies.toml").write_text(written([QUIET, policy_of(story)]), encoding="utf-8")
    step, limit = story["step"].get("id", ASKED), story["step"]["limit"]
    unit = story["step"].get("unit", "working_days")
    item, diagram = folder / "TRY" / "item.toml", folder / "TRY" / "process.bpmn"
    before, _, after = item.read_text(encoding="utf-8").partition(f'id = "{step}"')
    after = after.replace("limit = 600", f'policy = "tried"\nlimit = {limit}', 1)
    item.write_text(f'{before}id = "{step}"{after.replace("working_days", unit, 1)}', encoding="utf-8")
    before, _, after = diagram.read_text(encoding="utf-8").partition(f'userTask id="{step}"')
    after = after.replace('limit="600" unit="working_days"', f'limit="{limit}" unit="{unit}"', 1)
    diagram.write_text(f'{before}userTask id="{step}"{after}', encoding="utf-8")
    return folder


@pytest.mark.parametrize("path", STORIES, ids=[path.stem for path in STORIES])
def test_a_step_left_alone_for_a_year_goes_through_what_its_policy_says(path: Path, tmp_path: Path) -> None:
    story = tomllib.loads(path.read_text(encoding="utf-8"))
    clock = ManualClock(at(story["start"]) if "start" in story else START)
    engine = build_engine(settings_for(tmp_path, processes=processes(tmp_path / "processes", story)), clock)
    try:
        office = Office(engine, clock)
        case_id = office.accept("TRY")
        dues = live(office, case_id, story)
        lines = list(told(office, case_id, story))
        assert lines == story["expect"]["lines"], "\n".join(f'  "{line}",' for line in lines)
        assert dues[0] == story["expect"]["due"]
        assert len(office.case(case_id).escalations) == story["expect"]["escalations"]
        case, expected = office.case(case_id), story["expect"]
        assert case.items["TRY"].status == expected.get("item", case.items["TRY"].status)
        decision = case.latest()[story["step"].get("id", ASKED)].decision
        assert decision == expected.get("decision", decision)
        check(office, case_id)
    finally:
        engine.close()


def local(instant: datetime) -> str:
    return instant.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


def live(office: Office, case_id: str, story: Mapping[str, Any]) -> list[str]:
    """A year: whatever is due is swept when it is due, or when the machine wakes up; people act when the story says.

    Returns the due dates the step has had.
    """
    dues: dict[str, None] = {}
    asleep = [tuple(map(at, span)) for span in story.get("asleep", [])]
    acts = [(at(act["at"]), act) for act in story.get("acts", [])]
    end = office.clock() + YEAR
    while True:
        if (task := office.open(case_id).get(story["step"].get("id", ASKED))) is not None and task.due_at:
            dues[local(from_text(task.due_at))] = None
        due = office.engine.due()
        coming = min((instant for instant, _ in acts), default=end)
        fires = due and next((wakes for begins, wakes in asleep if begins <= due < wakes), due)
        if fires is not None and fires <= coming:
            office.clock.set(fires)
            assert sweep(office.engine).failed == 0
        elif acts:
            instant, act = acts.pop(0)
            office.clock.set(instant)
            did = attempt(office, case_id, act)
            assert did == act.get("refused", ""), f"{act} {did}"
        else:
            return [*dues]


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


def attempt(office: Office, case_id: str, act: Mapping[str, str]) -> str:
    """Does what the story says; returns the code of the error when it may not be."""
    case = office.case(case_id)
    step = act.get("step", ASKED)
    task = case.latest().get(step)
    try:
        if act["do"] == "suspend":
            office.engine.execute(SuspendClock(case_id, "TRY", "hearing", "行政许可法 45", "通知书", "5"), MARKET)
        elif act["do"] == "resume":
            office.engine.execute(ResumeClock(case_id, "1", "笔录"), MARKET)
        elif task is not None and act["do"] == "object":
            office.engine.execute(ObjectToDeemed(case_id, task.id, "应当现场核实"), handler_of(task))
        elif task is not None:
            by = act.get("by", f"{task.department}/{task.role}").partition("/")
            actor = Actor(f"{by[0]}1", by[0], frozenset({by[2]}))
            office.engine.execute(DecideStep(case_id, task.id, act["do"], "意见"), actor)
    except BinglianError as error:
        return error.code
    return ""


def told(office: Office, case_id: str, story: Mapping[str, Any]) -> Iterator[str]:
    """The lines of the year: when, what, who was told."""
    with office.engine.store.database.read() as connection:
        rows = connection.execute(select(outbox).where(outbox.c.case_id == case_id).order_by(outbox.c.ordinal)).all()
    for entry in office.engine.read.case(case_id, SYSTEM).entries[2:]:
        who = [f"{row.department}/{row.role} {row.template}" for row in rows if row.seq == entry.seq and row.department]
        yield f"{local(entry.instant)} {WHAT.get(entry.kind, kind)(entry)}" + (f" → {', '.join(who)}" if who else "")


def kind(entry: Entry) -> str:
    return {"StepReminded": "reminded", "ClockSuspended": "suspended", "ClockResumed": "resumed"}.get(
        entry.kind, {"DeemedObjected": "objected", "TimerEventFired": "event"}.get(entry.kind, entry.kind)
    )


WHAT = {
    "StepEscalated": lambda entry: f"raised {entry.facts['level']} {entry.facts['does']}",
    "StepDeemed": lambda entry: f"deemed {entry.facts['decision']}",
    "StepDecided": lambda entry: f"decided {entry.facts['decision']}",
}


def check(office: Office, case_id: str) -> None:
    """No timer has fired twice, the journal is whole, and what it says is what is stored."""
    entries = office.engine.read.case(case_id, SYSTEM).entries
    fired = Counter(entry.facts["timer"] for entry in entries if "timer" in entry.facts)
    assert set(fired.values()) <= {1}
    auditor = build_auditor(office.engine)
    assert auditor.verify().differences == ()
    before = office.case(case_id)
    assert auditor.rebuild().differences == ()
    assert office.case(case_id) == before
    assert auditor.verify().differences == ()
