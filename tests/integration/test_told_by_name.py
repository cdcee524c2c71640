"""Demands and sessions are told to the one person a step has, and to nobody else of the role."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.commands import Actor, ArrangeSession, CancelSession, ClaimTask, DemandMaterials
from engine.store.records import Account
from engine.store.tables import outbox
from tests.builders import CLERK, Office, opened_office
from tests.clock import ManualClock
from tests.demanding import BUNDLE, DRUG, PREMISES, REASON, TOBACCO, demand, send, supply
from timers.sweep import sweep


@pytest.fixture
def office(tmp_path: Path, clock: ManualClock) -> Iterator[Office]:
    with opened_office(tmp_path, clock) as opened:
        yield opened


def claimed(office: Office, case_id: str, step: str) -> Actor:
    """Somebody with an account who has claimed the step."""
    task = office.open(case_id)[step]
    who = Actor("claimer", task.department, frozenset({task.role}))
    office.engine.records.save_account(Account(who.id, "签收人", who.department, who.roles), "")
    office.engine.execute(ClaimTask(case_id, task.id), who)
    return who


def told(office: Office, template: str, step: str = "") -> list[tuple[str, str, str]]:
    """Department, role and person of the notices that are meant for somebody here."""
    with office.engine.store.database.read() as connection:
        rows = connection.execute(select(outbox).where(outbox.c.template == template, outbox.c.task_id != "")).all()
    return [(row.department, row.role, row.person) for row in rows if row.department]


def test_the_window_of_a_demand_is_told_to_who_has_the_step(office: Office) -> None:
    case_id = office.accept(BUNDLE)
    who = claimed(office, case_id, TOBACCO)
    demand(office, case_id, DRUG, [PREMISES])
    found = told(office, "correction_window")
    assert (who.department, *who.roles, who.id) in found
    assert len(found) == len(set(found)) == 4
    assert [person for *_, person in found].count("") == 3


def test_who_has_the_step_hears_what_came_and_what_did_not(office: Office) -> None:
    case_id = office.accept(BUNDLE)
    who = claimed(office, case_id, TOBACCO)
    task = office.open(case_id)[TOBACCO]
    office.engine.execute(DemandMaterials(case_id, task.id, {PREMISES: "看不清"}, REASON), who)
    send(office, case_id)
    office.clock.advance(days=30)
    sweep(office.engine)
    assert told(office, "correction_unanswered") == [(who.department, *who.roles, who.id)]
    supply(office, case_id, PREMISES)
    assert told(office, "materials_came") == [(who.department, *who.roles, who.id)]


def test_a_visit_is_told_to_who_has_the_step(office: Office) -> None:
    case_id = office.accept("B02")
    office.decide(case_id, "LIC_CHECK.review")
    step = next(step for step, task in office.open(case_id).items() if task.item == "FIRECHK")
    who, food = claimed(office, case_id, step), Actor("food1", "market", frozenset({"inspector"}))
    when = "2026-03-05T09:00+08:00"
    office.engine.execute(ArrangeSession(case_id, "site_visit", "FOOD FIRECHK", when, "经营场所", "管理办法"), food)
    office.engine.execute(CancelSession(case_id, "1", "改期"), food)
    for template in ("session_arranged", "session_cancelled"):
        assert sorted(told(office, template)) == [("fire", "inspector", who.id), ("market", "inspector", "")]
    assert CLERK.id not in {person for *_, person in told(office, "session_arranged")}
