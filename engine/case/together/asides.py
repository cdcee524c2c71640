"""抄送 征询: a case is shown to somebody to read, somebody is asked; nothing in the flow waits for it."""

from collections.abc import Mapping
from dataclasses import replace

from engine.case import policy
from engine.case.act import Act, Notice
from engine.case.approvers.people import require_account
from engine.case.intent import Intent
from engine.case.parts.aside import COPY, QUESTION, Aside
from engine.case.seating.seat_checks import require_not_applicant
from engine.case.seating.seats import Panel
from engine.case.state import Case
from engine.catalogue.seat_rules import ONE_SEAT
from engine.commands import Actor, AnswerAside, AskSomeone, CopyTo
from engine.errors import AlreadyDone, BadInput, NotFound, NotPermitted
from engine.journal import Json

COPIED, ASKED, READ, ANSWERED = "CopySent", "OpinionAsked", "CopyRead", "OpinionGiven"


def begun(case: Case, act: Intent, command: CopyTo | AskSomeone) -> tuple[str, dict[str, Json]]:
    """The entry of a copy or a question, and its facts; raises when it may not be."""
    require_sender(case, act.actor)
    person = require_account(act.people, command.person)
    require_not_applicant(Panel(ONE_SEAT, (), case.applicant), person.id)
    if person.id == act.actor.id:
        raise BadInput("aside.self", "请选择另一个人", "choose somebody else", "person")
    facts: dict[str, Json] = {"person": person.id, "department": person.department, "from": act.actor.department}
    if isinstance(command, AskSomeone):
        return ASKED, {**facts, "text": policy.require_text("text", command.text)}
    if any(one.kind == COPY and one.to == person.id for one in case.asides.values()):
        raise AlreadyDone("aside.copied", "已经抄送给该人员", "this person has a copy already", "person")
    return COPIED, {**facts, "text": policy.limited_text("text", command.text)}


def require_sender(case: Case, actor: Actor) -> None:
    """Somebody who handles an open step, or a clerk of the window."""
    if not actor.holds(policy.WINDOW, policy.WINDOW_CLERK) and not any(
        policy.may_handle(task, actor) for task in case.open_tasks()
    ):
        raise NotPermitted(
            "aside.handler", "只有正在办理本办件的人员可以抄送、征询", "only those who handle the case may do this",
            case.number,
        )  # fmt: skip


def answer(case: Case, act: Intent, command: AnswerAside) -> tuple[str, dict[str, Json]]:
    """The entry of an answer, or that a copy was read; by the one it was for, once."""
    one = case.asides.get(command.number)
    if one is None:
        raise NotFound("aside.unknown", "没有这条抄送或征询", "there is no such copy or question", command.number)
    if one.to != act.actor.id:
        raise NotPermitted("aside.yours", "该抄送或征询不是给您的", "this was not sent to you", command.number)
    if one.answered_at is not None:
        raise AlreadyDone("aside.answered", "已经阅读或答复", "this was read or answered already", command.number)
    if one.kind == COPY:
        return READ, {"number": one.number}
    return ANSWERED, {"number": one.number, "text": policy.require_text("text", command.text)}


def said(kind: str, case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """A copy or a question is there, and the one it is for is told."""
    number = str(len(case.asides) + 1)
    case.asides[number] = Aside(number, kind, act.actor, facts["person"], facts["text"], act.at, facts["from"])
    told = {"number": case.number, "text": facts["text"], "aside": number}
    template = "case_copied" if kind == COPY else "opinion_asked"
    act.notices.append(Notice(template, facts["department"], facts=told, person=facts["person"]))


def copied(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """CopySent."""
    said(COPY, case, facts, act)


def asked(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """OpinionAsked."""
    said(QUESTION, case, facts, act)


def answered(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """CopyRead, OpinionGiven: by the one it was for; who asked is told the answer is there."""
    one = case.asides[facts["number"]]
    case.asides[one.number] = replace(one, answer=facts.get("text", ""), answered_at=act.at)
    if one.kind == QUESTION:
        told = {"number": case.number, "aside": one.number}
        act.notices.append(Notice("opinion_given", one.department, facts=told, person=one.by))


APPLY = {COPIED: copied, ASKED: asked, READ: answered, ANSWERED: answered}
