"""Votes, tasks that change hands, copies and questions in words: lines of the journal, notices, notes of the inbox."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from engine.case.seating.seats import DECIDED, OPEN, REMOVED, WAITING, Seat
from engine.journal import Entry
from webapp.i18n import gettext as _
from webapp.words import colon, department_name, instant, role_name, word

Said = tuple[str, str, str]
"""What, note, tone; of a notice title, text, colour."""

LINES: Mapping[str, tuple[Any, str]] = {
    "TaskClaimed": (_l("签收"), ""), "TaskReleased": (_l("取消签收"), ""), "TaskGotBack": (_l("收回委派"), ""),
    "TaskTransferred": (_l("转办给%(who)s"), "amber"), "TaskAssigned": (_l("指派给%(who)s"), "amber"),
    "TaskDelegated": (_l("委派%(who)s提出意见"), ""), "ApproverAdded": (_l("加签：%(who)s"), ""),
    "ApproverRemoved": (_l("减签"), "amber"), "TasksHandedOver": (_l("离岗交接给%(who)s"), "amber"),
    "StepVoted": (_l("表决：%(said)s"), ""), "StepAdvised": (_l("受委派提出意见：%(said)s"), ""),
    "VoteTakenBack": (_l("撤回本人的表决"), "amber"),
    "CopySent": (_l("抄送给%(who)s"), ""), "CopyRead": (_l("已阅抄送"), ""),
    "OpinionAsked": (_l("征询%(who)s"), ""), "OpinionGiven": (_l("答复征询"), ""),
}  # fmt: skip
"""Kinds of entries → what was done, with the tone; ``who`` received it, ``said`` is the vote."""

NOTICES: Mapping[str, tuple[Any, str]] = {
    "step_settled": (_l("已有结论，无需再办"), "grey"), "step_turn": (_l("轮到您办理"), "amber"),
    "step_given": (_l("已交给您办理"), "amber"), "step_lent": (_l("请您提出意见"), "amber"),
    "step_advised": (_l("受委派人已提出意见"), "blue"), "step_got_back": (_l("委派已收回"), "grey"),
    "step_added": (_l("请您参加会签"), "amber"), "step_removed": (_l("已减签，无需再办"), "grey"),
    "step_freed": (_l("原办理人回避，由您办理"), "amber"),
    "applicant_decided": (_l("申请人本人曾参与决定，请处理"), "red"),
    "case_copied": (_l("抄送给您"), "blue"), "opinion_asked": (_l("有人征询您的意见"), "amber"),
    "opinion_given": (_l("征询已有答复"), "blue"),
}  # fmt: skip
"""Template → title and colour."""


def said(entry: Entry, step: str, people: Mapping[str, str]) -> Said:
    """A line of the journal about one of these entries; ``step`` names the step it is about, if any."""
    facts = entry.facts
    words, tone = LINES[entry.kind]
    decision = str(facts.get("decision", ""))
    what = str(words) % {"who": _receiver(facts, people), "said": word(decision, "decision")}
    what = in_place_of(what, facts, people)
    note = str(facts.get("opinion") or facts.get("reason") or facts.get("text") or "")
    return colon(step, what) if step else what, note, "red" if decision == "disagree" else tone


def _receiver(facts: Mapping[str, Any], people: Mapping[str, str]) -> str:
    person = str(facts.get("person", ""))
    if person:
        return people.get(person, person)
    return department_name(str(facts.get("department", ""))) + role_name(str(facts.get("role", "")))


def names_in(entry: Entry) -> set[str]:
    """The accounts an entry names beside the one who acted."""
    return {str(entry.facts[name]) for name in ("person", "for", "leaver") if name in entry.facts}


def in_place_of(what: str, facts: Mapping[str, Any], people: Mapping[str, str]) -> str:
    """The words with whom somebody stood in for."""
    if "for" not in facts:
        return what
    return _("%(what)s（代理%(who)s）", what=what, who=people.get(facts["for"], facts["for"]))


def hand_notice(template: str, facts: Mapping[str, Any], step: str) -> Said | None:
    """A notice of these kinds in words; None for another."""
    if template not in NOTICES:
        return None
    title, colour = NOTICES[template]
    text = step
    if step and facts.get("due"):
        text = _("%(step)s，应于 %(due)s 前办结", step=step, due=instant(facts["due"]))
    more = str(facts.get("reason") or facts.get("text") or "")
    return str(title), _("%(words)s。%(effect)s", words=text, effect=more) if text and more else text or more, colour


def claimed_by(seats: Sequence[Seat], account: str) -> str:
    """The account of somebody else who has the one open seat of a task this person could have had; else empty."""
    waiting = [seat for seat in seats if seat.status == OPEN]
    others = [seat.person for seat in waiting if seat.person not in {"", account}]
    return others[0] if len(others) == len(waiting) > 0 else ""


def why_not(seats: Sequence[Seat], account: str, people: Mapping[str, str]) -> str:
    """Why somebody who sees an open task has nothing to decide there now."""
    mine = [seat for seat in seats if account in seat.people()]
    return _of_mine(mine, account, sum(seat.pending for seat in seats)) or _taken(
        seats, claimed_by(seats, account), people
    )


def _of_mine(mine: Sequence[Seat], account: str, left: int) -> str:
    """What has become of the own seats; ``left`` of all seats have still to be used."""
    became = {seat.status for seat in mine}
    if any(seat.lent_from == account for seat in mine):
        return _("您已委派他人提出意见，收回后可以办理。")
    if DECIDED in became:
        return _("您已作出决定，还有 %(n)s 个席位没有办理。", n=left)
    if WAITING in became:
        return _("还没有轮到您办理。")
    if became == {REMOVED}:
        return _("您的席位已被减签，无需再办。")
    advised = mine and not any(account in seat.sitting() for seat in mine)
    return _("您已在本环节提出过意见，不再另占席位。") if advised else ""


def _taken(seats: Sequence[Seat], other: str, people: Mapping[str, str]) -> str:
    """Who has the one open seat."""
    if not other:
        return ""
    who = people.get(other, other)
    if any(seat.person == other and not seat.claimed for seat in seats):
        return _("现由 %(who)s 办理。", who=who)
    return _("%(who)s 已签收，由其办理。", who=who)
