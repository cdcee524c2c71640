"""Sessions are arranged, moved to another time, joined by one more item, called off."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from engine.case import policy
from engine.case.act import Act
from engine.case.intent import Intent
from engine.case.parts.session import CANCELLED, HEARING, KINDS, OPEN, Session
from engine.case.policy import require_running_item
from engine.case.sessions.hearing import Hearing, planned, require_chair, require_lawful
from engine.case.sessions.people import open_session, require_arranger, require_item_handler, tell
from engine.case.sessions.stopping import expected, go_on, stop_clocks, stops_of
from engine.case.state import Case
from engine.case.timekeeping.suspending import fresh_limits
from engine.commands import ArrangeSession, CancelSession, ChangeSession, JoinSession
from engine.errors import AlreadyDone, BadInput, NotPossible
from engine.instants import from_text, to_text
from engine.journal import Json

ARRANGED, CHANGED, JOINED, CALLED_OFF = "SessionArranged", "SessionChanged", "SessionJoined", "SessionCancelled"
AHEAD = timedelta(days=366)
"""How far ahead a session is planned at most."""


def arrange_facts(case: Case, act: Intent, command: ArrangeSession) -> dict[str, Json]:
    """By a handler of an item that takes part, or of the lead department; none of the items in another such session."""
    if command.kind not in KINDS:
        raise BadInput("session.kind", "没有这种特别程序", f"there is no session {command.kind!r}", "kind")
    items = _items(case, act, command.items)
    require_arranger(act.deployment, items, act.actor)
    _require_none_open(case, command.kind, items)
    at = _ahead(act, command.planned_at)
    asked = {name: getattr(command, name).strip() for name in ("told_on", "asked_on", "chair")}
    if command.kind == HEARING:
        require_lawful(case, act, Hearing(at, items, **asked))
    elif any(asked.values()):
        raise _hearings_only()
    stops = stops_of(act.deployment.offering, command.kind, items)
    return {
        "kind": command.kind, "planned_at": to_text(at), "place": policy.require_text("place", command.place),
        "ground": policy.require_text("ground", command.ground),
        "expected_days": expected(command.kind, command.expected_days),
        "items": {code: act.deployment.offering.item(code).department for code in items}, "stops": stops,
        "limits": fresh_limits(case, act.counting()) if any(stops.values()) else {}, **asked,
    }  # fmt: skip


def arranged(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """SessionArranged: everybody who takes part is told, and the clocks it stops stand still."""
    number = str(len(case.sessions) + 1)
    told = {name: facts[name] for name in facts if name not in {"limits", "items"}}
    one = Session(number=number, items=dict(sorted(facts["items"].items())), at=act.at, by=act.actor, **told)
    case.sessions[number] = one
    stop_clocks(case, act, one, one.items, facts["limits"])
    tell(case, act, "session_arranged", one)


def change_facts(case: Case, act: Intent, command: ChangeSession) -> dict[str, Json]:
    """By whoever may arrange it, until something was recorded; of a hearing the same is asked as at first."""
    one = open_session(case, command.session)
    require_arranger(act.deployment, one.taking_part, act.actor)
    if one.findings:
        raise NotPossible(
            "session.begun", "已经有记录，不能再变更", "something was recorded already: it cannot be changed",
            one.number,
        )  # fmt: skip
    at = from_text(one.planned_at)
    if command.planned_at.strip() and planned(command.planned_at) != at:
        at = _ahead(act, command.planned_at)
    chair, facts = command.chair.strip() or one.chair, {
        "planned_at": to_text(at), "place": policy.limited_text("place", command.place) or one.place,
        "expected_days": expected(one.kind, command.expected_days.strip() or one.expected_days),
    }  # fmt: skip
    if one.kind != HEARING and chair:
        raise _hearings_only()
    if one.kind == HEARING:
        _require_still_lawful(case, act, one, Hearing(at, one.taking_part, chair, one.told_on, one.asked_on), facts)
    facts["chair"] = chair
    if all(getattr(one, name) == value for name, value in facts.items()):
        raise BadInput("session.same", "没有任何变更", "nothing would be changed", "planned_at")
    return {"session": one.number, "reason": policy.require_text("reason", command.reason), **facts}


def _hearings_only() -> BadInput:
    return BadInput("session.hearing_only", "只有听证才填写", "this is for hearings only", "chair")


def _require_still_lawful(case: Case, act: Intent, one: Session, wanted: Hearing, facts: Mapping[str, str]) -> None:
    """Time and place are announced anew; somebody else may preside at any time (回避)."""
    if any(getattr(one, name) != facts[name] for name in ("planned_at", "place")):
        require_lawful(case, act, wanted)
    elif wanted.chair != one.chair:
        require_chair(case, act, wanted)


def changed(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """SessionChanged: another time, place, length or chair; everybody is told."""
    names = ("planned_at", "place", "expected_days", "chair")
    one = replace(case.sessions[facts["session"]], **{name: facts[name] for name in names})
    case.sessions[one.number] = one
    for number, stop in case.suspensions.items():
        if stop.session == one.number and stop.expected_days != one.expected_days:
            case.suspensions[number] = replace(stop, expected_days=one.expected_days)
    tell(case, act, "session_changed", one)


def join_facts(case: Case, act: Intent, command: JoinSession) -> dict[str, Json]:
    """By a handler of the item, whose act is the consent; before anything was recorded."""
    one = open_session(case, command.session)
    if command.item in one.items:
        raise AlreadyDone("session.joined", "该事项已经参加", "this item takes part already", command.item)
    require_item_handler(act.deployment, command.item, act.actor)
    require_running_item(case, command.item)
    _require_none_open(case, one.kind, [command.item])
    if one.findings:
        raise NotPossible(
            "session.begun_join", "已经有记录，不能再参加，请另行安排",
            "something was recorded already: arrange another session", one.number,
        )  # fmt: skip
    if one.kind == HEARING:
        at = from_text(one.planned_at)
        require_lawful(case, act, Hearing(at, [*one.taking_part, command.item], one.chair, one.told_on, one.asked_on))
    stops = stops_of(act.deployment.offering, one.kind, [command.item])
    return {
        "session": one.number, "item": command.item,
        "department": act.deployment.offering.item(command.item).department, "stops": stops,
        "limits": fresh_limits(case, act.counting()) if any(stops.values()) else {},
    }  # fmt: skip


def joined(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """SessionJoined: one more item takes part."""
    before, item = case.sessions[facts["session"]], str(facts["item"])
    items = dict(sorted({**before.items, item: str(facts["department"])}.items()))
    one = replace(before, items=items, stops={**before.stops, **facts["stops"]})
    case.sessions[one.number] = one
    stop_clocks(case, act, one, [item], facts["limits"])
    tell(case, act, "session_joined", one)


def cancel_facts(case: Case, act: Intent, command: CancelSession) -> dict[str, Json]:
    """By whoever may arrange it, with reasons."""
    one = open_session(case, command.session)
    require_arranger(act.deployment, one.taking_part, act.actor)
    return {"session": one.number, "reason": policy.require_text("reason", command.reason)}


def cancelled(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """SessionCancelled: it is not held; what it stopped goes on."""
    one = replace(case.sessions[facts["session"]], status=CANCELLED, ended_at=act.at, reason=str(facts["reason"]))
    case.sessions[one.number] = one
    tell(case, act, "session_cancelled", one)
    go_on(case, act, one)


def _items(case: Case, act: Intent, text: str) -> list[str]:
    codes = text.split()
    if not codes:
        raise BadInput("session.items", "请选择参加的事项", "choose the items that take part", "items")
    if len(set(codes)) != len(codes):
        raise BadInput("session.twice", "同一事项只参加一次", "an item takes part once", "items")
    for code in codes:
        require_running_item(case, code)
    order = [item.code for item in act.deployment.offering.items]
    return sorted(codes, key=order.index)


def _require_none_open(case: Case, kind: str, items: Sequence[str]) -> None:
    """An item is in one open session of a kind; another item joins that."""
    for one in case.sessions.values():
        if one.status == OPEN and one.kind == kind and not set(items).isdisjoint(one.taking_part):
            zh, en = one.names
            raise AlreadyDone(
                "session.open", f"已经安排了{zh}（第 {one.number} 次），其他事项可以参加该次",
                f"there is an open {en} already (number {one.number}); other items can join it", one.number,
            )  # fmt: skip


def _ahead(act: Intent, text: str) -> datetime:
    at = planned(text)
    if not act.instant < at <= act.instant + AHEAD:
        raise BadInput("session.past", "应是今后一年以内的时间", "it is planned ahead, within a year", "planned_at")
    return at
