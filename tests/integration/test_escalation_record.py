"""督办: who was told, who acknowledged, explained and wrote off; and the list of all that."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.case.answers.answering import may_acknowledge, may_explain, may_write_off
from engine.case.parts.escalation import Escalation
from engine.commands import AcknowledgeEscalation, Actor, Command, ExplainEscalation, WriteOffEscalation
from engine.errors import AlreadyDone, BadInput, BinglianError, NotFound, NotPermitted, NotPossible
from engine.escalations import EscalationLine
from engine.settings import Mail, Webhook
from engine.store.deliveries import MAIL, WEBHOOK
from engine.store.escalations import (
    ALL,
    OPEN,
    READY,
    UNACKNOWLEDGED,
    UNEXPLAINED,
    WRITTEN_OFF,
    EscalationFilter,
)
from engine.store.records import Account
from tests.builders import Office, opened_office
from tests.clock import ManualClock
from tests.postgresql import postgresql, url_of
from tests.receivers import PLAIN
from timers.sweep import sweep

CODE, STEP = "FIRECHK", "FIRECHK.site"
HEAD = Actor("fire_head", "fire", frozenset({"section_head"}))
OTHER_HEAD = Actor("market_head", "market", frozenset({"section_head"}))
INSPECTOR = Actor("fire1", "fire", frozenset({"inspector"}))
SUPER, SUPER_2 = (Actor(name, "supervision", frozenset({"supervisor"})) for name in ("super1", "super2"))
WHY, REMARK = "现场核查人员借调，已补派", "情况属实，已督促整改"


@pytest.fixture(params=[True, False], ids=["live", "restored"])
def office(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock) -> Iterator[Office]:
    """With cases in memory, and restored between any two acts; every journal is replayed at the end."""
    kept = {} if request.param else {"live_cases": 0}
    with opened_office(tmp_path, clock, **kept) as opened:
        yield opened


def late(office: Office, code: str = CODE) -> str:
    """A case whose first step has just been raised with its section head."""
    case_id = office.accept(code)
    office.clock.advance(days=15)
    sweep(office.engine)
    return case_id


def first(office: Office, case_id: str) -> Escalation:
    return office.case(case_id).escalations["1"]


def do(office: Office, command: Command, actor: Actor) -> None:
    office.engine.execute(command, actor)


def settled(office: Office, case_id: str) -> None:
    """Explained by the inspector after the head acknowledged it, the step decided, written off."""
    do(office, AcknowledgeEscalation(case_id, "1"), HEAD)
    do(office, ExplainEscalation(case_id, "1", WHY), INSPECTOR)
    office.decide(case_id, first(office, case_id).step)
    do(office, WriteOffEscalation(case_id, "1", REMARK), SUPER)


def templates(office: Office, department: str, roles: set[str]) -> list[str]:
    office.engine.outbox.deliver_in_app(office.clock())
    return [notice["template"] for notice in office.engine.outbox.notices_for(department, frozenset(roles))]


def test_a_late_step_is_raised_acknowledged_explained_and_written_off(office: Office) -> None:
    case_id = late(office)
    raised = first(office, case_id)
    assert (raised.department, raised.to_department, raised.to_role) == ("fire", "fire", "section_head")
    assert raised.role == office.case(case_id).tasks[raised.task].role
    settled(office, case_id)
    one = first(office, case_id)
    assert (one.acknowledged_by, one.explained_by, one.written_off_by) == ("fire_head", "fire1", "super1")
    assert (one.explanation, one.remark) == (WHY, REMARK)
    assert replace(
        one, acknowledged_at=None, acknowledged_by="", explanation="", explained_at=None, explained_by="", remark="",
        written_off_at=None, written_off_by="",
    ) == raised  # fmt: skip


def test_explanations_go_to_who_was_told_and_to_supervision_and_write_offs_to_the_department(office: Office) -> None:
    case_id = late(office)
    settled(office, case_id)
    assert {"escalation_written_off", "escalation_explained"} < {*templates(office, "fire", {"section_head"})}
    assert templates(office, "supervision", {"supervisor"}).count("escalation_explained") == 1
    assert "escalation_written_off" in templates(office, "fire", {"inspector"})
    assert "escalation_explained" not in templates(office, "market", {"section_head"})


def test_nobody_acknowledges_for_others(office: Office) -> None:
    case_id = late(office)
    for stranger in (INSPECTOR, OTHER_HEAD, SUPER, replace(HEAD, department="market")):
        with pytest.raises(NotPermitted) as refused:
            do(office, AcknowledgeEscalation(case_id, "1"), stranger)
        assert "不能代签" in refused.value.message_zh
    do(office, AcknowledgeEscalation(case_id, "1"), HEAD)
    with pytest.raises(AlreadyDone, match="acknowledged already"):
        do(office, AcknowledgeEscalation(case_id, "1"), replace(HEAD, id="fire_head2"))
    with pytest.raises(NotFound):
        do(office, AcknowledgeEscalation(case_id, "99"), HEAD)


def test_the_department_explains_and_can_explain_better_until_it_is_written_off(office: Office) -> None:
    case_id = late(office)
    for stranger in (OTHER_HEAD, SUPER, Actor("f", "fire", frozenset({"consultee"}))):
        with pytest.raises(NotPermitted):
            do(office, ExplainEscalation(case_id, "1", WHY), stranger)
    with pytest.raises(BadInput):
        do(office, ExplainEscalation(case_id, "1", "  "), INSPECTOR)
    do(office, ExplainEscalation(case_id, "1", WHY), INSPECTOR)
    with pytest.raises(AlreadyDone, match="given already"):
        do(office, ExplainEscalation(case_id, "1", f" {WHY} "), HEAD)
    do(office, ExplainEscalation(case_id, "1", "补充：附排班表"), HEAD)
    assert (first(office, case_id).explanation, first(office, case_id).explained_by) == ("补充：附排班表", "fire_head")
    journal = [entry.facts.get("explanation") for entry in office.engine.read.case(case_id, SUPER).entries]
    assert WHY in journal, "the journal keeps the first one too"


def test_it_is_written_off_by_supervision_only_with_an_explanation_and_when_the_step_is_over(office: Office) -> None:
    case_id = late(office)
    off = WriteOffEscalation(case_id, "1", REMARK)
    with pytest.raises(NotPermitted):
        do(office, off, HEAD)
    with pytest.raises(NotPossible, match="still open"):
        do(office, off, SUPER)
    office.decide(case_id, first(office, case_id).step)
    with pytest.raises(NotPossible, match="not explained"):
        do(office, off, SUPER)
    do(office, ExplainEscalation(case_id, "1", WHY), INSPECTOR)
    with pytest.raises(BadInput):
        do(office, replace(off, remark=""), SUPER)
    do(office, off, SUPER)
    for command, actor in (
        (off, SUPER_2),
        (AcknowledgeEscalation(case_id, "1"), HEAD),
        (ExplainEscalation(case_id, "1", "还有"), INSPECTOR),
    ):
        with pytest.raises(AlreadyDone, match="written off already"):
            do(office, command, actor)


def test_everything_is_possible_after_the_case_was_closed(office: Office) -> None:
    case_id = late(office)
    assert office.finish(case_id).status == "closed"
    do(office, AcknowledgeEscalation(case_id, "1"), HEAD)
    do(office, ExplainEscalation(case_id, "1", WHY), HEAD)
    do(office, WriteOffEscalation(case_id, "1", REMARK), SUPER)
    assert office.case(case_id).status == "closed"
    assert first(office, case_id).written_off_at is not None


def record(**changes: object) -> Escalation:
    """One raised with the head of the fire department."""
    known: dict[str, object] = {
        "number": "1", "task": "t", "step": STEP, "item": CODE, "department": "fire", "role": "inspector", "level": 1,
        "does": "notice", "to_department": "fire", "to_role": "section_head", "due_at": "d", "raised_at": "r",
        "entry": 3,
    }  # fmt: skip
    return Escalation(**{**known, **changes})  # type: ignore[arg-type]


def test_a_supervisor_who_handled_or_explained_it_himself_leaves_it_to_another() -> None:
    own = record(
        department="supervision", role="supervisor", to_department="supervision", to_role="supervisor",
        explained_at="x", explained_by="super1",
    )  # fmt: skip
    assert may_explain(own, SUPER)
    assert may_acknowledge(own, SUPER)
    assert not may_write_off(own, SUPER, step_open=False, handled_by=None)
    assert may_write_off(own, SUPER_2, step_open=False, handled_by=None)
    assert not may_write_off(own, SUPER_2, step_open=False, handled_by="super2")
    assert not may_write_off(own, SUPER_2, step_open=True, handled_by=None)


PEOPLE = [
    HEAD, replace(HEAD, id="fire_head2"), INSPECTOR, SUPER, SUPER_2, OTHER_HEAD,
    Actor("fire_chief", "fire", frozenset({"department_head"})), Actor("fire2", "fire", frozenset({"consultee"})),
    Actor("many", "supervision", frozenset({"section_head", "inspector"})),
]  # fmt: skip
ACTS = ("acknowledge", "explain", "explain", "write_off", "write_off", "decide", "day")


def test_whatever_anybody_tries_the_record_stays_and_only_who_may_changes_it(tmp_path: Path) -> None:
    with opened_office(tmp_path) as office:

        @given(st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(PEOPLE), st.integers(1, 2)), max_size=30))
        def everybody_tries(tried: list[tuple[str, Actor, int]]) -> None:
            case_id = late(office)
            for act, actor, number in tried:
                if act == "day":
                    office.clock.advance(days=1)
                    sweep(office.engine)
                elif act == "decide":
                    for step in sorted(office.open(case_id))[:1]:
                        office.decide(case_id, step)
                else:
                    attempt(office, case_id, (act, actor), str(number))
            lines, _ = listed(office, EscalationFilter(ALL, case_id=case_id))
            assert {line.record for line in lines} == {*office.case(case_id).escalations.values()}

        everybody_tries()


def attempt(office: Office, case_id: str, who: tuple[str, Actor], number: str) -> None:
    """Tries an act on an escalation; what is said of it beforehand is what comes."""
    act, actor = who
    case, words = office.case(case_id), f"说明 {office.clock():%d}"
    before = dict(case.escalations)
    one = before.get(number)
    step = case.tasks[one.task] if one else None
    expected = one is not None and step is not None and {
        "acknowledge": may_acknowledge(one, actor),
        "explain": may_explain(one, actor) and one.explanation != words,
        "write_off": may_write_off(one, actor, step.status == "open", step.actor),
    }[act]  # fmt: skip
    commands: dict[str, Command] = {
        "acknowledge": AcknowledgeEscalation(case_id, number), "explain": ExplainEscalation(case_id, number, words),
        "write_off": WriteOffEscalation(case_id, number, REMARK),
    }  # fmt: skip
    try:
        office.engine.execute(commands[act], actor)
        came = True
    except BinglianError as error:
        assert isinstance(error, NotFound | NotPermitted | NotPossible | AlreadyDone), error
        came = False
    after = office.case(case_id).escalations
    assert came == expected, (act, actor, one)
    assert after.keys() == before.keys()
    assert {key for key in after if after[key] != before[key]} == ({number} if came else set())
    if came:
        _is_legal(before[number], after[number], actor)


def _is_legal(before: Escalation, after: Escalation, actor: Actor) -> None:
    """Nobody acts outside what he is, and nothing after the write-off."""
    assert before.written_off_at is None
    if after.written_off_at is not None:
        assert (actor.department, after.written_off_by) == ("supervision", actor.id)
        assert after.explained_at is not None
        assert after.explained_by != actor.id
    elif after.acknowledged_at != before.acknowledged_at:
        assert actor.holds(after.to_department, after.to_role)
    else:
        assert actor.department == after.department


def listed(office: Office, wanted: EscalationFilter, limit: int = 2) -> tuple[list[EscalationLine], int]:
    """All lines, read page by page, and how many pages that took."""
    found: list[EscalationLine] = []
    after, pages = None, 0
    while True:
        page = office.engine.read.escalations(wanted, after, limit)
        found += page.lines
        pages += 1
        assert len(page.lines) <= limit
        if page.after is None:
            return found, pages
        after = [*page.after]


WAITS_FOR: dict[str, Callable[[Escalation, bool], bool]] = {
    OPEN: lambda one, step_open: one.written_off_at is None,
    UNACKNOWLEDGED: lambda one, step_open: one.written_off_at is None and one.acknowledged_at is None,
    UNEXPLAINED: lambda one, step_open: one.written_off_at is None and one.explained_at is None,
    READY: lambda one, step_open: one.written_off_at is None and one.explained_at is not None and not step_open,
    WRITTEN_OFF: lambda one, step_open: one.written_off_at is not None,
    ALL: lambda one, step_open: True,
}
"""Which escalations a kind is, said once more in Python."""


def the_list_is_right(office: Office) -> None:
    """Five cases, two of them settled: filters, order, pages and counts are those of the cases' own states."""
    office.engine.records.save_account(Account("fire1", "核查员甲", "fire", frozenset({"inspector"})), "")
    cases = [late(office) for _ in range(5)]
    for case_id in cases[1:3]:
        settled(office, case_id)
    do(office, AcknowledgeEscalation(cases[0], "1"), HEAD)
    do(office, ExplainEscalation(cases[3], "1", WHY), INSPECTOR)
    office.decide(cases[3], first(office, cases[3]).step)
    states = [office.case(case_id) for case_id in cases]
    known = [(case, one, case.tasks[one.task].status == "open") for case in states for one in case.escalations.values()]
    lines, pages = listed(office, EscalationFilter(ALL))
    assert pages > 2
    order = [(line.record.written_off_at is not None, line.record.raised_at, line.case_id) for line in lines]
    assert order == sorted(order)
    told = office.engine.read.escalation_counts(EscalationFilter(department="fire"))
    for which, fits in WAITS_FOR.items():
        expected = {(case.id, one) for case, one, step_open in known if fits(one, step_open)}
        found, _ = listed(office, EscalationFilter(which, department="fire"))
        assert {(line.case_id, line.record) for line in found} == expected, which
        assert len(found) == told[which] == len(expected) > 0, which
    heads, _ = listed(office, EscalationFilter(ALL, to_department="fire", to_roles=frozenset({"section_head", "x"})))
    assert {line.record for line in heads} == {one for _, one, _ in known if one.to_role == "section_head"}
    assert listed(office, EscalationFilter(department="tax"))[0] == []
    one = next(line for line in listed(office, EscalationFilter(ALL, case_id=cases[1]))[0] if line.record.number == "1")
    assert one.case_number == states[1].number
    assert (one.people, one.step_open, one.handled_by) == ({"fire1": "核查员甲"}, False, "fire1")
    assert one.as_dict()["explained_by_name"] == "核查员甲"
    assert one.as_dict()["acknowledged_by_name"] == "fire_head", "an account that is gone is told by its id"


def test_the_list_is_paged_open_ones_first_and_the_oldest_first(tmp_path: Path) -> None:
    with opened_office(tmp_path) as office:
        the_list_is_right(office)
        with pytest.raises(BadInput):
            office.engine.read.escalations(EscalationFilter("nonsense"))
        with pytest.raises(BadInput):
            office.engine.read.escalations(EscalationFilter(), ["0", "x"])


def test_the_list_is_the_same_over_postgresql(tmp_path: Path) -> None:
    with postgresql() as server, opened_office(tmp_path, database_url=url_of(server)) as office:
        the_list_is_right(office)


def test_the_channels_say_what_was_sent_and_no_address(tmp_path: Path, clock: ManualClock) -> None:
    out = replace(PLAIN, webhook=Webhook("https://h.example/x", "s" * 32), mail=Mail("h", 25, "none", "n@example.org"))
    with opened_office(tmp_path, clock, notices=out) as office:
        head = Account("fire_head", "某人", "fire", frozenset({"section_head"}), email="secret@example.org")
        office.engine.records.save_account(head, "")
        case_id = late(office)
        (line,) = office.engine.read.escalations(EscalationFilter(case_id=case_id)).lines
        assert [(one.channel, one.delivered_at) for one in line.told] == [("app", None)]
        office.engine.outbox.deliver_in_app(clock())
        message = office.engine.deliveries.lease(WEBHOOK, clock())
        while message is not None and message.notices[0].template != "step_overdue":
            office.engine.deliveries.delivered(message, clock())
            message = office.engine.deliveries.lease(WEBHOOK, clock())
        assert message is not None
        office.engine.deliveries.failed(message, "webhook HTTP 503", clock())
        (line,) = office.engine.read.escalations(EscalationFilter(case_id=case_id)).lines
        told = {one.channel: one for one in line.told}
        assert told["app"].delivered_at is not None
        assert (told[WEBHOOK].problem, told[WEBHOOK].tries, told[WEBHOOK].receiver) == ("webhook HTTP 503", 1, "")
        assert (told[MAIL].receiver, told[MAIL].role, told[MAIL].delivered_at) == ("f•••", "section_head", None)
        assert "example.org" not in str(line.as_dict())
