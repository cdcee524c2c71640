"""督办: what people answer to an escalation. It is acknowledged (签收), explained (说明) and written off (销号).

All three are possible until it is written off, after the case was closed too. Nobody acts for somebody else.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from engine.case import policy
from engine.case.act import Act, Notice
from engine.case.parts.escalation import Escalation
from engine.case.parts.pledge import DUE
from engine.case.policy import SUPERVISION, SUPERVISOR
from engine.case.state import OPEN, Case
from engine.commands import AcknowledgeEscalation, Actor, ExplainEscalation, WriteOffEscalation
from engine.errors import AlreadyDone, NotFound, NotPermitted, NotPossible
from engine.journal import Json

HEADS = frozenset({"section_head", "department_head"})
"""Who leads a department, or the part of it that handles a step."""

_NOT_TOLD = (
    "escalation.not_told", "只有收到督办的岗位可以签收，不能代签",
    "only those it was raised with can acknowledge it; nobody does so for them",
)  # fmt: skip
_NOT_YOURS = (
    "escalation.not_yours", "只有承办该环节的岗位或其部门负责人可以说明情况",
    "only handlers of this step, or the heads of their department, can explain it",
)  # fmt: skip
_NO_SUPERVISOR = ("escalation.supervisor", "只有效能监督员可以销号", "only supervisors can write it off")


def is_told(one: Escalation, actor: Actor) -> bool:
    """Whether this person is one of those it was raised with."""
    return actor.holds(one.to_department, one.to_role)


def answers_for(one: Escalation, actor: Actor) -> bool:
    """Whether this person handles such steps in the department that was late, or leads it."""
    return actor.department == one.department and not actor.roles.isdisjoint({one.role, *HEADS})


def supervises(one: Escalation, actor: Actor, handled_by: str | None) -> bool:
    """A supervisor, who was told or not, but has neither explained it nor handled the step (``handled_by``)."""
    return actor.holds(SUPERVISION, SUPERVISOR) and actor.id not in {one.explained_by, handled_by}


def may_acknowledge(one: Escalation, actor: Actor) -> bool:
    """Whether this person could acknowledge it now."""
    return one.written_off_at is None and one.acknowledged_at is None and is_told(one, actor)


def may_explain(one: Escalation, actor: Actor) -> bool:
    """Whether this person could explain it now, or explain it better."""
    return one.written_off_at is None and answers_for(one, actor)


def may_write_off(one: Escalation, actor: Actor, step_open: bool, handled_by: str | None) -> bool:
    """Whether this person could write it off now; ``handled_by`` is the account that closed the step, if any did."""
    ready = one.written_off_at is None and one.explained_at is not None and not step_open
    return ready and supervises(one, actor, handled_by)


def check_acknowledge(case: Case, command: AcknowledgeEscalation, actor: Actor) -> None:
    """Somebody who was told, the first of them."""
    one = _open(case, command.escalation, lambda known: is_told(known, actor), _NOT_TOLD)
    if one.acknowledged_at is not None:
        raise AlreadyDone(
            "escalation.acknowledged", "这条督办已有人签收", "this escalation was acknowledged already", one.number
        )


def check_explain(case: Case, command: ExplainEscalation, actor: Actor) -> None:
    """The department that was late, with words that are not there yet."""
    one = _open(case, command.escalation, lambda known: answers_for(known, actor), _NOT_YOURS)
    if policy.require_text("explanation", command.explanation) == one.explanation:
        raise AlreadyDone("escalation.explained", "这份说明已经提交", "this explanation was given already", one.number)


def check_write_off(case: Case, command: WriteOffEscalation, actor: Actor) -> None:
    """Another supervisor than who answered for it, when there is an explanation and the step is no longer open."""
    one = _open(case, command.escalation, lambda _: actor.holds(SUPERVISION, SUPERVISOR), _NO_SUPERVISOR)
    task = case.tasks.get(one.task)
    check = next((check for check in case.checks.values() if check.key == one.task), None)
    handled_by = check.by if check is not None else None if task is None else task.actor
    if not supervises(one, actor, handled_by):
        raise NotPermitted(
            "escalation.own", "不能为自己办理或说明的督办销号，请由另一位监督员办理",
            "who handled the step or explained it cannot write it off; another supervisor can", one.number,
        )  # fmt: skip
    if (task is not None and task.status == OPEN) or (check is not None and check.status == DUE):
        raise NotPossible(
            "escalation.step_open", "该环节尚未办结，不能销号", "the step is still open: it cannot be written off",
            one.number,
        )  # fmt: skip
    if one.explained_at is None:
        raise NotPossible(
            "escalation.unexplained", "承办部门尚未说明情况，不能销号",
            "the department has not explained it yet: it cannot be written off", one.number,
        )  # fmt: skip
    policy.require_text("remark", command.remark)


def answer_facts(command: AcknowledgeEscalation | ExplainEscalation | WriteOffEscalation) -> dict[str, Json]:
    """What the journal keeps: which one, and what was said."""
    said = {name: getattr(command, name).strip() for name in ("explanation", "remark") if hasattr(command, name)}
    return {"escalation": command.escalation, **said}


def acknowledged(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """EscalationAcknowledged: somebody who was told knows."""
    one = case.escalations[facts["escalation"]]
    case.escalations[one.number] = replace(one, acknowledged_at=act.at, acknowledged_by=act.actor)


def explained(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """EscalationExplained: those who were told, and supervision, are told that there is an explanation."""
    one = case.escalations[facts["escalation"]]
    case.escalations[one.number] = replace(
        one, explanation=facts["explanation"], explained_at=act.at, explained_by=act.actor
    )
    for department, role in dict.fromkeys([(one.to_department, one.to_role), (SUPERVISION, SUPERVISOR)]):
        act.notices.append(Notice("escalation_explained", department, role, one.task, _told(case, one)))


def written_off(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """EscalationWrittenOff: it is over, and the department that was late hears of it."""
    one = case.escalations[facts["escalation"]]
    case.escalations[one.number] = replace(one, remark=facts["remark"], written_off_at=act.at, written_off_by=act.actor)
    act.notices.append(Notice("escalation_written_off", one.department, "", one.task, _told(case, one)))


def _told(case: Case, one: Escalation) -> dict[str, Json]:
    return {"number": case.number, "escalation": one.number, "step": one.step}


def _open(case: Case, number: str, permits: Callable[[Escalation], bool], refusal: tuple[str, str, str]) -> Escalation:
    """The one of this number that is not written off, for somebody who is permitted to answer it so."""
    one = case.escalations.get(number)
    if one is None:
        raise NotFound("escalation.unknown", "没有这条督办", "there is no such escalation", number)
    if not permits(one):
        raise NotPermitted(*refusal, number)
    if one.written_off_at is not None:
        raise AlreadyDone(
            "escalation.written_off", "这条督办已经销号", "this escalation was written off already", one.number
        )
    return one
