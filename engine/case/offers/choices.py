"""What somebody may do now to take a case back or to end it: asked with the checks of the acts, nothing is changed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.case.act import Act
from engine.case.back.ending import require_terminable, require_withdrawable
from engine.case.back.returning import (
    require_case_returnable,
    require_reopenable,
    require_returnable,
    require_unfollowed,
    returnable,
)
from engine.case.deployment import Deployment
from engine.case.offers.hand_choices import may_take_back_vote
from engine.case.seating.seat_text import seats_from
from engine.case.state import DONE, Case, Task
from engine.case.together.voting import decided_seat
from engine.commands import Actor
from engine.errors import AlreadyDone, NotFound, NotPermitted, NotPossible


@dataclass(frozen=True)
class Choices:
    """What a person may do to a case now.

    ``returns``: open task → the steps it can be returned to; only tasks that have some. ``take_back``: the tasks
    in which this person can take back what he decided, undecided ones included.
    """

    returns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    take_back: tuple[str, ...] = ()
    return_case: bool = False
    withdraw: bool = False
    terminate: bool = False
    reopen: bool = False


def choices(case: Case, deployment: Deployment, actor: Actor, act: Act) -> Choices:
    """The choices of a person; ``case`` with its closed tasks, ``act`` the one that would be next.

    Reasons and evidence are what the acts ask for besides. Raises nothing but what a stored workflow that cannot be
    read does.
    """
    if actor.id == case.applicant:  # 回避
        return Choices()
    own = [task.id for task in case.tasks.values() if task.status == DONE and _has_decided(task, actor)]
    votes = [task.id for task in case.open_tasks() if may_take_back_vote(case, deployment, task, actor)]
    return Choices(
        returns=dict(_returns(case, actor, act)),
        take_back=(*(task for task in own if _free(require_unfollowed, case, task, actor, act)), *votes),
        return_case=_free(require_case_returnable, case, deployment, actor),
        withdraw=_free(require_withdrawable, case, actor),
        terminate=_free(require_terminable, case, deployment, actor),
        reopen=_free(require_reopenable, case, deployment, actor),
    )


def _has_decided(task: Task, actor: Actor) -> bool:
    return task.actor == actor.id or decided_seat(seats_from(task.seats), actor.id) != ""


def _returns(case: Case, actor: Actor, act: Act) -> Iterator[tuple[str, tuple[str, ...]]]:
    for task in case.open_tasks():
        if _free(require_returnable, case, task.id, actor) and (steps := returnable(case, task.id, act)):
            yield task.id, steps


def _free(require: Callable[..., object], *about: object) -> bool:
    """Whether a check passes."""
    try:
        require(*about)
    except (AlreadyDone, NotFound, NotPermitted, NotPossible):
        return False
    return True
