"""席位 in words: the rule of a step that several people decide, who sits where, and how the votes stand."""

from collections.abc import Iterator, Mapping

from engine.case.seating.seats import (
    ABSTAIN,
    ADDED,
    ADVICE,
    AFTER,
    BEFORE,
    DECIDED,
    DISAGREE,
    OPEN,
    REMOVED,
    TOLD,
    WAITING,
    Panel,
    Seat,
    Seats,
)
from engine.catalogue.seat_rules import ALL, ALL_SIGN, ANY_SIGNS, IN_ORDER, VOTE, VOTES, SeatRule
from webapp.i18n import gettext as _
from webapp.words import department_name, instant, role_name

Tag = tuple[str, str]
"""Colour and words."""


def rule_words(panel: Panel) -> str:
    """How these seats decide, in a sentence or two; empty for the one seat of a step without a rule."""
    n = sum(seat.status != REMOVED for seat in panel.seats)
    if n == 1 and panel.rule.kind != VOTE:
        return ""
    words = {
        ALL_SIGN: _("会签：%(n)s 席全部同意才通过，有一席不同意即不通过。", n=n),
        IN_ORDER: _("依次签：%(n)s 席按顺序办理，全部同意才通过，有一席不同意即结束。", n=n),
        ANY_SIGNS: _("或签：%(n)s 席中最先表态的一席决定。", n=n)
        if panel.rule.refusal != ALL
        else _("或签：%(n)s 席中有一席同意即通过，全部不同意才不通过。", n=n),
    }  # fmt: skip
    said = [_vote_words(panel.rule, n) if panel.rule.kind == VOTE else words[panel.rule.kind]]
    if panel.rule.quorum:
        said.append(_("至少 %(n)s 席表态后才有结论。", n=panel.rule.quorum))
    if panel.rule.hear_all:
        said.append(_("全部表态后才有结论。"))
    return "".join(said)


def _vote_words(rule: SeatRule, seats: int) -> str:
    if rule.share is None:
        return _("票决：%(seats)s 席，满 %(n)s 票同意即通过。", seats=seats, n=rule.count)
    told = {"seats": seats, "share": str(rule.share)}
    if rule.of == VOTES:
        if rule.beyond:
            return _("票决：%(seats)s 席，同意超过所投票数的 %(share)s 即通过，弃权不计。", **told)
        return _("票决：%(seats)s 席，同意达到所投票数的 %(share)s 即通过，弃权不计。", **told)
    if rule.beyond:
        return _("票决：%(seats)s 席，同意超过全部票数的 %(share)s 即通过。", **told)
    return _("票决：%(seats)s 席，同意达到全部票数的 %(share)s 即通过。", **told)


def tally(seats: Seats) -> str:
    """How the votes stand: agreeing, refusing, abstaining, and how many are missing; by weight where they differ."""
    given = [seat for seat in seats if seat.status == DECIDED]
    votes = {
        _("同意"): sum(seat.weight for seat in given if seat.decision not in {DISAGREE, ABSTAIN}),
        _("不同意"): sum(seat.weight for seat in given if seat.decision == DISAGREE),
        _("弃权"): sum(seat.weight for seat in given if seat.decision == ABSTAIN),
        _("未表态"): sum(seat.weight for seat in seats if seat.pending),
    }  # fmt: skip
    return _("，").join(f"{words} {n}" for words, n in votes.items() if n)


def holder(seat: Seat, people: Mapping[str, str]) -> str:
    """Who sits there: a person, whoever decided, or anybody who holds the role."""
    account = seat.decided_by or seat.person
    if account:
        return people.get(account, account)
    return _("%(role)s（任何一人）", role=role_name(seat.role))


def place(seat: Seat) -> str:
    """Department and role of a seat."""
    return f"{department_name(seat.department)} · {role_name(seat.role)}"


STATES: Mapping[str, str] = {OPEN: "amber", WAITING: "grey", DECIDED: "green", REMOVED: "grey", TOLD: "grey"}


def state(seat: Seat) -> Tag:
    """How far a seat is."""
    if seat.status == OPEN and seat.lent_from:
        return "blue", _("待提出意见")
    words = {
        OPEN: _("待表态"), WAITING: _("未轮到"), DECIDED: _("已表态"), REMOVED: _("已减签"), TOLD: _("无需再办"),
    }  # fmt: skip
    return STATES[seat.status], words[seat.status]


def remarks(seat: Seat, seats: Seats, people: Mapping[str, str]) -> Iterator[str]:
    """What else is to be known of a seat, each in a few words."""
    if seat.lent_from:
        yield _("由 %(who)s 委派，只提意见", who=people.get(seat.lent_from, seat.lent_from))
    elif seat.claimed:
        yield _("签收办理中")
    if seat.kind == ADDED:
        yield _added(seat, people)
    if seat.weight > 1:
        yield _("%(n)s 票", n=seat.weight)
    if seat.veto:
        yield _("可一票否决")
    if seat.casting:
        yield _("平票时由其决定")
    if len({one.order for one in seats}) > 1:
        yield _("第 %(n)s 顺位", n=seat.order)


def _added(seat: Seat, people: Mapping[str, str]) -> str:
    who = people.get(seat.added_by, seat.added_by)
    if seat.placed == BEFORE:
        return _("%(who)s 加签，先于第 %(seat)s 席", who=who, seat=seat.added_to)
    if seat.placed == AFTER:
        return _("%(who)s 加签，后于第 %(seat)s 席", who=who, seat=seat.added_to)
    return _("%(who)s 加签", who=who)


def kept_words(kind: str, who: str, at: str) -> str:
    """Who said something that decides nothing (any more)."""
    if kind == ADVICE:
        return _("%(who)s 受委派于 %(time)s 提出意见", who=who, time=instant(at))
    return _("%(who)s 于 %(time)s 表态，已撤回", who=who, time=instant(at))


def by_words(who: str, behalf: str) -> str:
    """Who said something, and in whose place."""
    return _("%(who)s（代理 %(absent)s）", who=who, absent=behalf) if behalf else who
