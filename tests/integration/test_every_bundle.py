"""A case of every bundle goes from the application to the delivery, handled by the demonstration's people alone."""

import pytest

from cli.demo_cases import received_materials, sample_form
from engine.catalogue import DemoAccount, load_demo_accounts
from engine.commands import AcceptCase, Actor, DecideStep, DeliverResults, SubmitCase
from engine.settings import default_processes
from tests.builders import Office

BUNDLES = ("B01", "B02", "B03", "B05", "B06", "B07", "B08", "B10", "B11", "B12", "B13", "B16")
EVERYTHING = {"has_licence": "否", "large_works": "是", "long_line": "是", "floor_area": "400"}
"""Answers that call for as many items as possible."""


@pytest.mark.parametrize("code", BUNDLES)
def test_somebody_can_handle_every_step(office: Office, code: str) -> None:
    engine = office.engine
    people = load_demo_accounts(default_processes(), engine.deployments.catalogue)
    clerk = _actor(next(person for person in people if person.username == "window1"))
    offering = engine.deployments.catalogue.offering(code)
    form = sample_form(offering, EVERYTHING)
    materials = received_materials(engine, offering, form)
    case_id = engine.execute(SubmitCase(code, form, materials, f"all:{code}"), clerk).case_id
    engine.execute(AcceptCase(case_id), clerk)
    while task := next(iter(engine.read.case(case_id, clerk).case.open_tasks()), None):
        handler = next(_actor(p) for p in people if p.department == task.department and task.role in p.roles)
        if task.act == "deliver":
            engine.execute(DeliverResults(case_id, task.id, "window"), handler)
        else:
            engine.execute(DecideStep(case_id, task.id, "agree"), handler)
    closed = engine.read.case(case_id, clerk).case
    assert (closed.status, closed.outcome) == ("closed", "granted")
    assert {item.code for item in offering.items} >= closed.items.keys()
    assert {item.status for item in closed.items.values()} == {"granted"}
    for result in (result for item in offering.items if item.code in closed.items for result in item.results):
        assert closed.results[result.code].status == "issued"


def _actor(person: DemoAccount) -> Actor:
    return Actor(person.username, person.department, frozenset(person.roles))
