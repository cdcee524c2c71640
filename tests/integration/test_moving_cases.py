"""A running case moved to another version: what stays, what goes, what is asked again, what is refused."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, update

from cli.main import main
from engine.bootstrap import build_auditor
from engine.case.moving import MoveReport
from engine.commands import SYSTEM, Actor, DecideStep, FireTimer, MoveCase, Outcome
from engine.engine import Engine
from engine.errors import AlreadyDone, BadInput, NotFound, NotPermitted, NotPossible
from engine.settings import default_processes
from engine.store.tables import case_row
from tests.builders import CLERK, Office, everything, handler_of, opened_office
from tests.clock import ManualClock
from tests.integration.test_at_the_same_instant import at_once
from tests.unit.bpmn_text import flow, node, process
from tests.web import Visitor, site_of, texts
from timers.sweep import sweep

REASON = "新规定自今日起施行"
ITEM = """schema = 1
kind = "item"
code = "T"
name_zh = "测试事项"
name_en = "Item of the tests"
short_zh = "测试"
short_en = "Test"
department = "market"
type = "公共服务"
case_type = "承诺件"
fee_zh = "不收费"
fee_en = "free of charge"
delivery = ["pickup"]
modes = ["window"]
materials_basis = "assumed"

[legal_basis]
text = "none: made for tests"
basis = "assumed"

[limits.promised]
value = 10
unit = "working_days"
basis = "assumed"

[[materials]]
code = "F_T"
name_zh = "申请表"
name_en = "Application form"
kind = "form"
from = "applicant"

[[results]]
code = "{result}"
name_zh = "结果"
name_en = "Result"
type = "证照"
"""
STEP = """
[[{table}]]
id = "T.{name}"
name_zh = "{label}{name}"
name_en = "{label}{name}"
department = "{department}"
role = "{role}"
act = "{act}"
limit = {limit}
unit = "working_days"
basis = "assumed"
{more}
"""
FORM = """schema = 1
[[fields]]
name = "applicant_name"
label_zh = "申请人"
label_en = "Applicant"
type = "text"
required = true
personal = true
routing = false
help_zh = "测试用"
help_en = "for tests"
"""
PICTURE = (
    '<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" id="picture"><di:BPMNPlane id="plane" '
    'bpmnElement="T">{}</di:BPMNPlane></di:BPMNDiagram>'
)
SHAPE = (
    '<di:BPMNShape id="shape-{name}" bpmnElement="{name}"><dc:Bounds xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'x="{x}" y="0" width="80" height="60"/></di:BPMNShape>'
)
CLOSING = "T.decide > T.issue > T.deliver > end"
KINDS = {"start": "startEvent", "end": "endEvent", "end2": "endEvent", "p": "parallelGateway", "x": "exclusiveGateway"}


class Version:
    """A version of the item ``T``: its diagram as chains (``"start > T.a > p1; p1 > T.b"``), its steps as the diagram
    has them. Names: ``T.…`` steps, ``p…`` parallel and ``x…`` exclusive gateways; ``when``: flow ``a-b`` → condition,
    the other flow out of ``a`` being the default; ``event``: the text of a boundary event ``e``.
    """

    def __init__(
        self,
        chains: str,
        when: Mapping[str, str] | None = None,
        *,
        label: str = "环节",
        result: str = "R_T",
        event: str = "",
        **changed: Mapping[str, object],
    ) -> None:
        self.flows = [
            pair
            for part in chains.split(";")
            for names in ([name.strip() for name in part.split(">")],)
            for pair in pairwise(names)
        ]
        self.when, self.label, self.result, self.event, self.changed = when or {}, label, result, event, changed

    def write(self, folder: Path) -> Path:
        """The processes folder of this version."""
        for name in ("departments.toml", "sources.toml"):
            shutil.copy(default_processes() / name, folder / name)
        shutil.copytree(default_processes() / "calendars", folder / "calendars")
        (folder / "T" / "forms").mkdir(parents=True)
        (folder / "T" / "forms" / "application.toml").write_text(FORM, encoding="utf-8")
        names = list(dict.fromkeys(name for pair in self.flows for name in pair))
        steps = "".join(self._step(name.removeprefix("T.")) for name in names if name.startswith("T."))
        (folder / "T" / "item.toml").write_text(ITEM.format(result=self.result) + steps, encoding="utf-8")
        nodes = "".join(self._node(name) for name in names)
        drawn = "".join(flow(a, b, self.when.get(f"{a}-{b}", "")) for a, b in self.flows)
        shapes = "".join(SHAPE.format(name=name, x=100 * place) for place, name in enumerate(names))
        text = (
            process(nodes + drawn, "T")
            .decode()
            .replace("</b:definitions>", f"{PICTURE.format(shapes)}</b:definitions>")
        )
        (folder / "T" / "process.bpmn").write_text(text, "utf-8")
        return folder

    def _step(self, name: str) -> str:
        closing: Mapping[str, Mapping[str, object]] = {
            "decide": {"act": "decide", "role": "head", "more": "decisive = true"},
            "issue": {"act": "issue", "role": "issuer", "more": f'after = ["T.decide"]\nyields = ["{self.result}"]'},
            "deliver": {
                "act": "deliver",
                "role": "window_clerk",
                "department": "window",
                "table": "own_steps",
                "more": "",
            },
        }
        plain = {
            "table": "steps", "department": "market", "role": "reviewer", "act": "review", "limit": 3,
            "more": 'needs = ["F_T"]',
        }  # fmt: skip
        told = {**plain, **closing.get(name, {}), **self.changed.get(name, {})}
        return STEP.format(name=name, label=self.label, **told)

    def _node(self, name: str) -> str:
        if name == "e":
            return self.event
        if name.startswith("T."):
            return node("userTask", name)
        kind = KINDS.get(name) or KINDS[name[0]]
        out = [f"{a}-{b}" for a, b in self.flows if a == name]
        default = next((one for one in out if one not in self.when), "") if len(out) > 1 and name[0] == "x" else ""
        return node(kind, name, f'default="{default}"' if default else "")


LINE = Version(f"start > T.a > T.b > {CLOSING}")
PARALLEL = Version(f"start > p1; p1 > T.a > p2; p1 > T.b > p2; p2 > {CLOSING}")
AGAIN = {"x2-x1": 'decision["T.check"] == "disagree"'}
ROUNDS = Version(f"start > x1 > p1; p1 > T.a > p2; p1 > T.b > p2; p2 > T.check > x2; x2 > x1; x2 > {CLOSING}", AGAIN)

Opened = Callable[[Version], Office]


class Offices:
    """Offices over one database, each on the folder of another version; all cases verify when they close."""

    def __init__(self, folder: Path, clock: ManualClock) -> None:
        self.folder, self.clock, self.stack = folder, clock, ExitStack()
        self.count = 0

    def open(self, version: Version) -> Office:
        self.count += 1
        target = self.folder / f"processes{self.count}"
        target.mkdir()
        manager: AbstractContextManager[Office] = opened_office(
            self.folder, self.clock, processes=version.write(target)
        )
        return self.stack.enter_context(manager)


@pytest.fixture
def opened(tmp_path: Path, clock: ManualClock) -> Iterator[Opened]:
    offices = Offices(tmp_path, clock)
    with offices.stack:
        yield offices.open


def steps(report: MoveReport) -> dict[str, list[str]]:
    """What is in a report: steps by kind, without the prefix; kinds without a step are left out."""
    told = {kind: [line.code.removeprefix("T.") for line in lines] for kind, lines in vars(report).items()}
    return {kind: codes for kind, codes in told.items() if codes}


def target_of(office: Office) -> str:
    return office.engine.deployments.current("T").version


def move(office: Office, case_id: str) -> dict[str, list[str]]:
    """Moves a case to the current version: tried first, which changes nothing, then done, which does the same."""
    version, auditor = target_of(office), build_auditor(office.engine)
    before = everything(office.engine)
    tried = auditor.move_report(case_id, version)
    assert everything(office.engine) == before
    outcome = office.engine.execute(MoveCase(case_id, version, REASON), SYSTEM)
    assert auditor.move_report(case_id, version, outcome.revision) == tried
    assert office.case(case_id).version == version
    assert auditor.verify().differences == ()
    return steps(tried)


def refused(office: Office, case_id: str) -> list[tuple[str, str]]:
    """Why a case cannot be moved to the current version (code, reason in English); nothing is changed by trying."""
    version, before = target_of(office), everything(office.engine)
    report = build_auditor(office.engine).move_report(case_id, version)
    with pytest.raises(NotPossible) as caught:
        office.engine.execute(MoveCase(case_id, version, REASON), SYSTEM)
    assert caught.value.code == "move.impossible"
    assert all(line.why_zh in caught.value.message_zh for line in report.impossible)
    assert everything(office.engine) == before
    return [(line.code, line.why_en) for line in report.impossible]


def test_a_step_added_behind_the_open_one_leaves_it_as_it_is(opened: Opened) -> None:
    case_id = opened(LINE).accept("T")
    later = opened(Version(f"start > T.a > T.b > T.extra > {CLOSING}"))
    later.decide(case_id, "T.a")
    later.clock.advance(days=2)
    before = later.open(case_id)["T.b"]
    timers = later.case(case_id).timers
    assert move(later, case_id) == {"kept": ["b"]}
    assert later.open(case_id)["T.b"] == before, "id, instant of opening, due date: nobody sees a difference"
    assert later.case(case_id).timers == timers
    later.decide(case_id, "T.b")
    assert list(later.open(case_id)) == ["T.extra"]
    assert later.finish(case_id).outcome == "granted"


def test_a_step_added_before_the_open_one_opens_and_the_other_waits_for_it(opened: Opened) -> None:
    case_id = opened(LINE).accept("T")
    later = opened(Version(f"start > T.a > T.extra > T.b > {CLOSING}"))
    later.decide(case_id, "T.a")
    later.clock.advance(days=2)
    gone = later.open(case_id)["T.b"]
    assert move(later, case_id) == {"cancelled": ["b"], "opened": ["extra"]}
    extra = later.open(case_id)["T.extra"]
    assert extra.opened_at > gone.opened_at
    assert extra.due_at is not None and gone.due_at is not None and extra.due_at > gone.due_at, "its own fresh clock"
    with pytest.raises(AlreadyDone):
        later.engine.execute(DecideStep(case_id, gone.id, "agree"), handler_of(gone))
    with pytest.raises(AlreadyDone):
        later.engine.execute(FireTimer(case_id, f"{gone.id}:1"), SYSTEM)
    assert later.finish(case_id).outcome == "granted"


def test_a_decision_behind_an_added_step_is_asked_for_again(opened: Opened) -> None:
    case_id = opened(LINE).accept("T")
    later = opened(Version(f"start > T.extra > T.a > T.b > {CLOSING}"))
    later.decide(case_id, "T.a")
    assert move(later, case_id) == {"cancelled": ["b"], "opened": ["extra"], "reopened": ["a"]}
    assert later.case(case_id).decisions == {}
    later.decide(case_id, "T.extra")
    assert list(later.open(case_id)) == ["T.a"]
    assert later.finish(case_id).outcome == "granted"


def test_an_open_step_the_new_version_does_not_have_is_cancelled_and_the_next_one_opens(opened: Opened) -> None:
    case_id = opened(LINE).accept("T")
    later = opened(Version(f"start > T.a > {CLOSING}"))
    later.decide(case_id, "T.a")
    assert move(later, case_id) == {"cancelled": ["b"], "opened": ["decide"]}
    assert later.finish(case_id).outcome == "granted"


def test_an_added_parallel_branch_opens_beside_what_is_open_and_decided(opened: Opened) -> None:
    case_id = opened(PARALLEL).accept("T")
    later = opened(Version(f"start > p1; p1 > T.a > p2; p1 > T.b > p2; p1 > T.c > p2; p2 > {CLOSING}"))
    later.decide(case_id, "T.a")
    assert move(later, case_id) == {"kept": ["b"], "opened": ["c"]}
    later.decide(case_id, "T.b")
    assert list(later.open(case_id)) == ["T.c"], "the join waits for the new branch too"
    assert later.finish(case_id).outcome == "granted"


def test_a_serial_diagram_becomes_parallel_under_a_running_case(opened: Opened) -> None:
    case_id = opened(LINE).accept("T")
    later = opened(PARALLEL)
    assert move(later, case_id) == {"kept": ["a"], "opened": ["b"]}
    assert sorted(later.open(case_id)) == ["T.a", "T.b"]
    assert later.finish(case_id).outcome == "granted"


def test_changed_conditions_send_the_case_the_other_way(opened: Opened) -> None:
    chains = f"start > T.a > x1; x1 > T.b > x2; x1 > T.c > x2; x2 > {CLOSING}"
    case_id = opened(Version(chains, {"x1-T.b": 'decision["T.a"] == "agree"'})).accept("T")
    later = opened(Version(chains, {"x1-T.b": 'decision["T.a"] == "forward"'}))
    later.decide(case_id, "T.a")
    assert list(later.open(case_id)) == ["T.b"]
    assert move(later, case_id) == {"cancelled": ["b"], "opened": ["c"]}
    assert later.finish(case_id).outcome == "granted"


def test_a_decision_on_the_way_not_taken_any_more_makes_the_move_impossible(opened: Opened) -> None:
    chains = f"start > T.a > x1; x1 > T.b > x2; x1 > T.c > x2; x2 > {CLOSING}"
    case_id = opened(Version(chains, {"x1-T.b": 'decision["T.a"] == "agree"'})).accept("T")
    later = opened(Version(chains, {"x1-T.b": 'decision["T.a"] == "forward"'}))
    later.decide(case_id, "T.a")
    later.decide(case_id, "T.b")
    assert refused(later, case_id) == [("T.b", "the new version never comes to this step")]


def rework(office: Office, case_id: str) -> None:
    """A first round that is sent back, and half of the second."""
    for step in ("T.a", "T.b"):
        office.decide(case_id, step)
    office.decide(case_id, "T.check", "disagree")
    office.clock.advance(days=1)
    office.decide(case_id, "T.a", "agree_with_conditions")


@pytest.mark.parametrize(
    ("chains", "expected"),
    [
        (f"start > x1 > p1; p1 > T.a > p2; p1 > T.b > p2; p2 > T.check > x2; x2 > x1; x2 > T.last > {CLOSING}",
         {"kept": ["b"]}),
        (f"start > T.first > x1 > p1; p1 > T.a > p2; p1 > T.b > p2; p2 > T.check > x2; x2 > x1; x2 > {CLOSING}",
         {"cancelled": ["b"], "opened": ["first"], "reopened": ["check", "a"]}),
        (f"start > x1 > p1; p1 > T.a > p2; p1 > T.b > p2; p1 > T.c > p2; p2 > T.check > x2; x2 > x1; x2 > {CLOSING}",
         {"kept": ["b"], "opened": ["c"], "reopened": ["check"]}),
    ],
    ids=["added after the loop", "added before it", "added inside it"],
)  # fmt: skip
def test_a_round_that_was_sent_back_is_no_obstacle(opened: Opened, chains: str, expected: dict[str, list[str]]) -> None:
    case_id = opened(ROUNDS).accept("T")
    later = opened(Version(chains, AGAIN))
    rework(later, case_id)
    assert {kind: sorted(found) for kind, found in move(later, case_id).items()} == {
        kind: sorted(found) for kind, found in expected.items()
    }
    assert later.finish(case_id).outcome == "granted"


def test_after_a_round_that_was_sent_back_a_decision_of_the_second_round_stands(opened: Opened) -> None:
    case_id = opened(ROUNDS).accept("T")
    later = opened(Version(f"start > p1; p1 > T.a > p2; p1 > T.b > p2; p2 > T.check > {CLOSING}"))
    rework(later, case_id)
    assert move(later, case_id) == {"kept": ["b"], "reopened": ["check"]}
    assert later.case(case_id).decisions == {"T.a": "agree_with_conditions"}
    later.decide(case_id, "T.b")
    assert list(later.open(case_id)) == ["T.check"]
    assert later.finish(case_id).outcome == "granted"


def test_what_the_new_version_cannot_take_over_is_named_and_nothing_changes(opened: Opened) -> None:
    first = opened(LINE)
    undecided, decided, issued = first.accept("T"), first.accept("T"), first.accept("T")
    for case_id in (decided, issued):
        for step in ("T.a", "T.b", "T.decide"):
            first.decide(case_id, step)
    first.decide(issued, "T.issue")
    gone = opened(Version(f"start > T.b > {CLOSING}"))
    assert refused(gone, decided) == [("T.a", "the new version has no such step")]
    assert move(gone, undecided) == {"cancelled": ["a"], "opened": ["b"]}
    before = opened(Version(f"start > T.a > T.b > T.extra > {CLOSING}"))
    final = "something followed from this decision, which the new version would ask for again"
    assert refused(before, decided) == [("T.decide", final)]
    assert refused(before, issued) == [("T.decide", final), ("T.issue", final)]
    other = opened(Version(f"start > T.a > T.b > {CLOSING}", result="R_OTHER"))
    assert refused(other, issued) == [("R_T", "the new version has no such result")]
    assert move(other, decided) == {"kept": ["issue"]}
    assert other.finish(decided).results.keys() == {"R_OTHER"}
    assert first.finish(issued).outcome == "granted"


def test_a_step_given_to_another_position_is_theirs_with_a_clock_of_its_own(opened: Opened) -> None:
    case_id = opened(LINE).accept("T")
    later = opened(Version(f"start > T.a > T.b > {CLOSING}", a={"role": "inspector"}))
    old = later.open(case_id)["T.a"]
    assert move(later, case_id) == {"cancelled": ["a"], "opened": ["a"]}
    new = later.open(case_id)["T.a"]
    assert (old.role, new.role) == ("reviewer", "inspector")
    assert old.id != new.id


def test_only_running_cases_are_moved_by_administrators_for_a_reason_to_another_version_of_the_same_item(
    opened: Opened,
) -> None:
    first = opened(LINE)
    waiting, running, closed = first.submit("T").case_id, first.accept("T"), first.accept("T")
    first.finish(closed)
    later = opened(PARALLEL)
    old, new = target_of(first), target_of(later)
    wrong: list[tuple[MoveCase, Actor, type[Exception], str]] = [
        (MoveCase(running, new, REASON), CLERK, NotPermitted, "policy.admin"),
        (MoveCase(running, new, " "), SYSTEM, BadInput, "reason.missing"),
        (MoveCase(running, "0" * 64, REASON), SYSTEM, NotFound, "move.version"),
        (MoveCase(running, old, REASON), SYSTEM, NotPossible, "move.same"),
        (MoveCase(waiting, new, REASON), SYSTEM, NotPossible, "move.not_running"),
        (MoveCase(closed, new, REASON), SYSTEM, NotPossible, "move.not_running"),
    ]
    before = everything(later.engine)
    for command, actor, kind, code in wrong:
        with pytest.raises(kind) as caught:
            later.engine.execute(command, actor)
        assert getattr(caught.value, "code", "") == code
    assert everything(later.engine) == before
    admin = Actor("root", "supervision", frozenset({"admin"}))
    first_time = later.engine.execute(MoveCase(running, new, REASON, "once"), admin)
    assert later.engine.execute(MoveCase(running, new, REASON, "once"), admin) == first_time


def test_a_version_another_process_deployed_is_read_before_anything_is_locked(opened: Opened) -> None:
    first, later = opened(LINE), opened(PARALLEL)
    running, pool = first.accept("T"), first.engine.store.database.engine
    at_once_most = 0

    def count(*_: object) -> None:
        nonlocal at_once_most
        at_once_most = max(at_once_most, pool.pool.checkedout())  # type: ignore[attr-defined]

    event.listen(pool, "checkout", count)
    first.engine.execute(MoveCase(running, target_of(later), REASON), SYSTEM)
    third = opened(PARALLEL)
    event.listen(third.engine.store.database.engine, "checkout", count)
    assert build_auditor(third.engine).rebuild().differences == ()
    assert at_once_most == 1, "no transaction waits for another connection"
    assert list(third.finish(running).items) == ["T"]


def test_a_version_that_cannot_be_read_any_more_stops_its_own_cases_alone(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later release may refuse a diagram it took before."""
    old, later = opened(LINE).accept("T"), opened(PARALLEL)
    new = later.accept("T")
    with later.engine.store.database.write() as connection:
        connection.execute(update(case_row).values(state=b"lost"))

    def refuse(_: object) -> None:
        raise BadInput("diagram.refused", "不能使用", "refused")

    monkeypatch.setattr("engine.deployments._catalogue", refuse)
    with pytest.raises(NotPossible, match="needs an administrator"):
        later.engine.execute(DecideStep(old, "2.1", "agree"), SYSTEM)
    assert [row["case_id"] for row in later.engine.flags.all()] == [old]
    report = build_auditor(later.engine).rebuild()
    assert [(one.case, one.what) for one in report.differences] == [(old, "cannot be replayed: BadInput")]
    assert later.finish(new).outcome == "granted"
    monkeypatch.undo()
    assert build_auditor(later.engine).rebuild().differences == ()


def test_a_shipped_bundle_is_moved_in_the_middle_and_goes_on(tmp_path: Path, clock: ManualClock) -> None:
    folder = tmp_path / "processes"
    shutil.copytree(default_processes(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    with opened_office(tmp_path, clock, processes=folder) as office:
        case_id = office.accept("B02", {"sells_tobacco": "是"})
        for step in ("LIC_CHECK.review", "FOOD.site", "HEALTHCERT.site"):
            office.decide(case_id, step)
        office.decide(case_id, "TOBACCO.site", "disagree", "距离不足")
    item = folder / "FOOD/item.toml"
    item.write_text(item.read_text("utf-8").replace('name_zh = "现场核查"', 'name_zh = "现场勘验"'), "utf-8")
    item.write_text(item.read_text("utf-8") + "\n# a new edition\n", "utf-8")
    with opened_office(tmp_path, clock, processes=folder) as office:
        before = office.case(case_id)
        version = office.engine.deployments.current("B02").version
        report = build_auditor(office.engine).move_report(case_id, version)
        assert sorted(line.code for line in report.kept) == sorted(task.step for task in before.open_tasks())
        assert steps(report).keys() == {"kept"}
        office.engine.execute(MoveCase(case_id, version, REASON), SYSTEM)
        after = office.case(case_id)
        assert (after.tasks, after.items, after.timers, after.results, after.decisions, after.number) == (
            before.tasks, before.items, before.timers, before.results, before.decisions, before.number,
        )  # fmt: skip
        assert office.finish(case_id).outcome in {"granted", "partly_granted"}


def test_a_step_that_stays_keeps_its_boundary_event_and_the_event_finds_it(opened: Opened) -> None:
    chains = f"start > T.a > T.b > {CLOSING}; e > T.note > end2"
    event = node(
        "boundaryEvent", "e", 'attachedToRef="T.b" cancelActivity="false"',
        '<b:timerEventDefinition><b:timeDuration xsi:type="b:tFormalExpression">P5D</b:timeDuration>'
        "</b:timerEventDefinition>",
    )  # fmt: skip
    first = opened(Version(chains, event=event))
    later = opened(Version(chains, label="新", event=event))
    quick, slow = first.accept("T"), first.accept("T")
    for case_id in (quick, slow):
        first.decide(case_id, "T.a")
        first.clock.advance(days=1)
        before = first.open(case_id)
        assert move(later, case_id) == {"kept": ["b"]}
        assert later.open(case_id) == before
    later.decide(quick, "T.b")
    assert not [name for name in later.case(quick).timers if "@" in name], "the event has gone with its step"
    later.clock.advance(days=5)
    assert sweep(later.engine).failed == 0
    assert sorted(later.open(slow)) == ["T.b", "T.note"]
    later.decide(slow, "T.note")
    assert later.finish(slow).outcome == later.finish(quick).outcome == "granted"


def test_somebody_decides_while_the_case_is_moved_and_nobody_reads_about_locks(opened: Opened) -> None:
    first = opened(LINE)
    later = opened(Version(f"start > p1; p1 > T.b > p2; p1 > T.c > p2; p2 > T.a > {CLOSING}"))
    version = target_of(later)
    for _ in range(10):
        case_id = first.accept("T")
        task = first.open(case_id)["T.a"]
        decide, moving = DecideStep(case_id, task.id, "agree"), MoveCase(case_id, version, REASON)
        decided, was_moved = at_once(
            partial(first.engine.execute, decide, handler_of(task)), partial(later.engine.execute, moving, SYSTEM)
        )
        assert isinstance(was_moved, Outcome), was_moved
        assert isinstance(decided, Outcome | AlreadyDone), decided
        assert sorted(later.open(case_id)) == ["T.b", "T.c"]
        assert later.finish(case_id).outcome == "granted"


@st.composite
def block_parts(draw: st.DrawFn) -> list[tuple[list[int], bool]]:
    """Blocks one after the other: branches with so many steps each, and whether a check may send the block back."""
    branches = st.lists(st.integers(1, 3), min_size=1, max_size=4)
    return draw(st.lists(st.tuples(branches, st.booleans()), min_size=1, max_size=3))


def block_version(parts: list[tuple[list[int], bool]], label: str) -> Version:
    chains, before, when = [], "start", {}
    for number, (branches, checked) in enumerate(parts):
        if checked:
            chains.append(f"{before} > x{number}in")
            before = f"x{number}in"
        chains.append(f"{before} > p{number}s")
        for place, length in enumerate(branches):
            inside = " > ".join(f"T.s{number}_{place}_{n}" for n in range(length))
            chains.append(f"p{number}s > {inside} > p{number}j")
        before = f"p{number}j"
        if checked:
            chains += [f"{before} > T.check{number} > x{number}out", f"x{number}out > x{number}in"]
            when[f"x{number}out-x{number}in"] = f'decision["T.check{number}"] == "disagree"'
            before = f"x{number}out"
    return Version("; ".join([*chains, f"{before} > {CLOSING}"]), when, label=label)


@settings(max_examples=settings().max_examples // 3)
@given(block_parts(), st.data())
def test_a_version_of_the_same_structure_keeps_exactly_what_is_open(
    parts: list[tuple[list[int], bool]], data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder:
        offices = Offices(Path(folder), ManualClock())
        with offices.stack:
            first = offices.open(block_version(parts, "旧"))
            later = offices.open(block_version(parts, "新"))
            case_id = first.accept("T")
            for _ in range(data.draw(st.integers(0, sum(sum(branches) for branches, _ in parts) + 3))):
                offices.clock.advance(minutes=data.draw(st.sampled_from([0, 5])))
                step = data.draw(st.sampled_from(sorted(later.open(case_id))))
                if step != "T.deliver":
                    agrees = step == "T.issue" or data.draw(st.booleans())
                    later.decide(case_id, step, "agree" if agrees else "disagree")
            before = later.case(case_id)
            still = sorted(task.step.removeprefix("T.") for task in before.open_tasks())
            for office in (later, first):
                found = move(office, case_id)
                assert {kind: sorted(names) for kind, names in found.items()} == {"kept": still}
                after = office.case(case_id)
                assert (after.tasks, after.timers, after.decisions) == (before.tasks, before.timers, before.decisions)
            assert later.finish(case_id).closed_at


def run(engine: Engine, *arguments: str) -> tuple[int, str]:
    environment = {
        "BINGLIAN_DATABASE_URL": engine.settings.database_url, "BINGLIAN_PROCESSES": str(engine.settings.processes),
    }  # fmt: skip
    ran = CliRunner().invoke(main, ["move-case", *arguments], env=environment)
    return ran.exit_code, ran.output


def test_the_command_line_tries_and_then_does_the_same(opened: Opened) -> None:
    case_id = opened(LINE).accept("T")
    later = opened(Version(f"start > T.extra > T.a > T.b > {CLOSING}"))
    number, version = later.case(case_id).number, target_of(later)
    before = everything(later.engine)
    code, tried = run(later.engine, number, version[:8], "--dry-run", "--json")
    assert (code, everything(later.engine)) == (0, before)
    code, told = run(later.engine, number, "current", "--dry-run")
    assert "取消 / cancelled  T.a" in told
    assert "未作任何改动 / nothing was changed" in told
    code, without = run(later.engine, case_id, "current")
    assert (code, "请填写理由" in without) == (2, True)
    code, done = run(later.engine, case_id, "current", "--reason", REASON, "--json")
    assert code == 0
    assert {**json.loads(tried), "moved": True} == json.loads(done)
    assert [line["name_zh"] for line in json.loads(done)["opened"]] == ["测试 · 环节extra"]
    assert later.engine.read.case(case_id, SYSTEM).entries[-1].facts == {"version": version, "reason": REASON}
    for wrong in (("1", "current"), (number, "abc"), (number, "0" * 8)):
        assert run(later.engine, *wrong)[0] == 2


def test_the_command_line_says_what_is_impossible_and_exits_with_1(opened: Opened) -> None:
    first = opened(LINE)
    case_id = first.accept("T")
    first.decide(case_id, "T.a")
    later = opened(Version(f"start > T.b > {CLOSING}"))
    before = everything(later.engine)
    for more in (("--dry-run",), ("--reason", REASON)):
        code, told = run(later.engine, case_id, "current", *more)
        assert code == 1
        assert "无法转换 / impossible  T.a" in told
        assert "新版本没有该环节 / the new version has no such step" in told
    assert everything(later.engine) == before


def test_the_pages_tell_the_move_in_words_and_know_steps_that_are_gone(opened: Opened) -> None:
    case_id = opened(ROUNDS).accept("T")
    later = opened(Version(f"start > T.a > {CLOSING}"))
    for step in ("T.a", "T.b"):
        later.decide(case_id, step)
    gone = later.open(case_id)["T.check"]
    later.decide(case_id, "T.check", "disagree")
    again = later.open(case_id)["T.a"]
    assert [code for code, _ in refused(later, case_id)] == ["T.check"]
    smaller = opened(Version(f"start > x1 > T.a > T.check > x2; x2 > x1; x2 > {CLOSING}", AGAIN))
    assert move(smaller, case_id)["cancelled"] == ["b"]
    assert gone.id != again.id
    app = site_of(smaller.engine)
    for language, words in (("zh-CN", "转到流程的另一版本"), ("en", "Moved to another version of the process")):
        visitor = Visitor(app, "market1", language=language)
        shown = " ".join(texts(visitor.get(f"/cases/{case_id}").text))
        assert words in shown
        assert REASON in shown
        for task in smaller.case(case_id).tasks.values():
            assert visitor.get(f"/inbox/{case_id}/{task.id}").status_code == 200, task
        assert visitor.get("/inbox/done").status_code == 200
        assert visitor.get(f"/cases/{case_id}/diagram").status_code == 200
