"""What the pages offer is what the engine permits: each act on each seat by each person, in many states of a step."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.case.offers.hand_choices import hand_choices, may_send, require_hand
from engine.commands import (
    Actor,
    AddApprover,
    AskSomeone,
    AssignTask,
    ClaimTask,
    Command,
    DecideStep,
    DelegateTask,
    GetBackTask,
    ReleaseTask,
    RemoveApprover,
    TakeBackDecision,
    TransferTask,
)  # fmt: skip
from engine.errors import BinglianError
from engine.store.records import Account
from tests.builders import CLERK, Office
from tests.seated import (
    ANY_SIGNS,
    BY_TWO,
    HEAD,
    IN_ORDER,
    POLICE,
    STEP,
    VOTE,
    A,
    B,
    person,
    seated_office,
    seats,
    task_of,
)

FREE = person("free", "tax")
"""Somebody who can be given a seat in any state: he sits nowhere."""
EVERYBODY = (A, B, POLICE, HEAD, CLERK)
Make = Callable[[str, str, str], Command]
ACTS: dict[str, Make] = {
    "claim": ClaimTask, "release": ReleaseTask, "get_back": GetBackTask,
    "transfer": lambda case, task, seat: TransferTask(case, task, "tax", "reviewer", "free", seat=seat),
    "assign": lambda case, task, seat: AssignTask(case, task, "tax", "reviewer", "free", seat=seat),
    "delegate": lambda case, task, seat: DelegateTask(case, task, "free", seat=seat),
    "add": lambda case, task, seat: AddApprover(case, task, "beside", "tax", "reviewer", "free", seat=seat),
    "remove": RemoveApprover,
}  # fmt: skip
ONE_OF_SEVERAL = {"claim", "transfer", "delegate", "add"}


def settle(office: Office, case_id: str, *acts: tuple[Command, Actor]) -> None:
    for command, who in acts:
        office.engine.execute(command, who)


def states(office: Office, case_id: str) -> list[Callable[[], None]]:
    """What happens one after the other in the step; after each the choices are compared."""
    task = task_of(office, case_id).id
    return [
        lambda: None,
        lambda: settle(office, case_id, (ClaimTask(case_id, task), A)),
        lambda: settle(office, case_id, (DelegateTask(case_id, task, "b"), A)),
        lambda: settle(office, case_id, (GetBackTask(case_id, task), A)),
        lambda: settle(office, case_id, (AddApprover(case_id, task, "beside", "police", "reviewer", "p"), A)),
        lambda: settle(office, case_id, (DecideStep(case_id, task, "agree"), POLICE)),
    ]


@pytest.mark.parametrize("rule", ["", BY_TWO, ANY_SIGNS, VOTE, IN_ORDER], ids=["one", "all", "any", "vote", "order"])
def test_every_choice_is_possible_and_nothing_else_is(tmp_path: Path, rule: str) -> None:
    with seated_office(tmp_path, rule) as office:
        give(office)
        case_id = office.accept("TRY")
        for happens in states(office, case_id):
            try:
                happens()
            except BinglianError:  # the rule forbids it: the next state then
                continue
            if STEP not in office.open(case_id):
                break
            for who in EVERYBODY:
                compare(office, case_id, who)


def give(office: Office) -> None:
    """Accounts of the one who receives everything, and of the clerk."""
    records = office.engine.records
    for one in (FREE, CLERK):
        records.save_account(Account(one.id, one.id, one.department, one.roles), "")


def compare(office: Office, case_id: str, who: Actor) -> None:
    view = office.engine.read.case(case_id, CLERK)
    task = task_of(office, case_id)
    offered = hand_choices(view.case, view.deployment, task, who).seats
    numbers = [seat.id for seat in seats(office, case_id)] or ["1"]
    for act, make in ACTS.items():
        possible = {seat for seat in numbers if not office.engine.preview(make(case_id, task.id, seat), who).code}
        assert set(offered.get(act, ())) <= possible, (act, who.id)
        assert bool(offered.get(act)) == bool(possible), (act, who.id)
        if act not in ONE_OF_SEVERAL:
            assert set(offered.get(act, ())) == possible, (act, who.id)
        for seat in set(numbers) - possible:
            with pytest.raises(BinglianError):
                require_hand(view.case, view.deployment, task.id, act, seat, who)
    back = not office.engine.preview(TakeBackDecision(case_id, task.id), who).code
    assert bool(offered.get("take_back")) == back, who.id
    asks = not office.engine.preview(AskSomeone(case_id, "free", "问"), who).code
    assert may_send(view.case, who) == asks, who.id
