"""会签 或签 票签 依次 as data: who sits in a step that several people decide, and how their votes become one decision.

A table of the step; docs/deciding-together.md tells designers about it. Errors name the file and the key. A step
without such a table has one seat, its own department's and role's.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from engine.catalogue.table import Table

ALL_SIGN, ANY_SIGNS, VOTE, IN_ORDER = "all_sign", "any_signs", "vote", "in_order"
RULES = (ALL_SIGN, ANY_SIGNS, VOTE, IN_ORDER)
SEATS, VOTES = "seats", "votes"
"""What a share is a share of: every seat, or the votes given without the abstentions."""
FIRST, ALL = "first", "all"
"""What refuses under any signs: the first decision if it is a refusal, or the refusal of all."""

DECIDED_TOGETHER = frozenset({"review", "site", "decide", "lead_decide"})
"""Kinds of steps that can be refused: several people may decide them."""

MOST_SEATS = 100
_MOST_WEIGHT = 1_000
_FRACTION = re.compile(r"(\d{1,4})/([1-9]\d{0,3})")
_ONLY_IN = {
    "at_least": (VOTE,), "more_than": (VOTE,), "count": (VOTE,), "of": (VOTE,), "quorum": (VOTE,),
    "refusal": (ANY_SIGNS,), "hear_all": (ALL_SIGN, VOTE),
}  # fmt: skip
_SEAT_ONLY_IN = {"weight": (VOTE,), "veto": (VOTE,), "casting": (VOTE,), "order": (IN_ORDER,)}


@dataclass(frozen=True, kw_only=True)
class Place:
    """One seat as designed; department and role empty: the step's own. ``order`` is 1 unless in order."""

    department: str = ""
    role: str = ""
    weight: int = 1
    veto: bool = False
    casting: bool = False
    order: int = 1


@dataclass(frozen=True, kw_only=True)
class SeatRule:
    """How the seats of a step decide it.

    A vote is carried by ``count`` agreeing votes (weights added up), or by a share of all seats or of the votes given
    (``of``): ``share`` itself is enough, with ``beyond`` it takes more (超过, 过半数; 以上 includes the number, 民法典
    1259). ``quorum``: so many have voted before it ends; ``hear_all``: everybody has.
    """

    kind: str = ALL_SIGN
    places: tuple[Place, ...] = (Place(),)
    share: Fraction | None = None
    beyond: bool = False
    count: int = 0
    of: str = SEATS
    quorum: int = 0
    refusal: str = FIRST
    hear_all: bool = False
    may_add: bool = True
    may_remove: bool = False
    """Whether a seat of the design can be removed; added ones always can."""

    def fits(self, weights: Sequence[int]) -> bool:
        """Whether seats of these weights can still carry the step."""
        return bool(weights) and len(weights) >= self.quorum and sum(weights) >= self.count


ONE_SEAT = SeatRule()
"""Of steps that say nothing: whoever holds the step's role decides it."""


def read_rule(table: Table) -> SeatRule:
    """The rule a table tells; CatalogueError with the place in it when it contradicts itself."""
    kind = table.one_of("rule", RULES)
    _check_belongs(table, kind, _ONLY_IN)
    places = _places(table, kind)
    share, beyond = _share(table)
    rule = SeatRule(
        kind=kind,
        places=places,
        share=share,
        beyond=beyond,
        count=_whole(table, "count", MOST_SEATS * _MOST_WEIGHT, 0),
        of=table.one_of("of", (SEATS, VOTES), SEATS),
        quorum=_whole(table, "quorum", MOST_SEATS, 0),
        refusal=table.one_of("refusal", (FIRST, ALL), FIRST),
        hear_all=table.flag("hear_all", False),
        may_add=table.flag("may_add", kind != VOTE),
        may_remove=table.flag("may_remove", False),
    )
    table.done()
    if kind == VOTE:
        _check_vote(table, rule)
    return rule


def read_approvers(step: Table) -> SeatRule | None:
    """The table ``approvers`` of a step; None when it has none."""
    table = step.table_or_none("approvers")
    return None if table is None else read_rule(table)


def _places(table: Table, kind: str) -> tuple[Place, ...]:
    found: list[Place] = []
    for entry in table.tables("seats"):
        _check_belongs(entry, kind, _SEAT_ONLY_IN)
        place = Place(
            department=entry.text("department", ""),
            role=entry.text("role", ""),
            weight=_whole(entry, "weight", _MOST_WEIGHT, 1),
            veto=entry.flag("veto", False),
            casting=entry.flag("casting", False),
            order=_whole(entry, "order", MOST_SEATS, 0),
        )
        times = _whole(entry, "times", MOST_SEATS, 1)
        entry.done()
        found += [replace(place, order=place.order or _turn(kind, len(found) + n)) for n in range(1, times + 1)]
        if bool(place.department) != bool(place.role):
            raise entry.wrong("role", "department 与 role 应同时填写或都不填", "give department and role, or neither")
    if not 0 < len(found) <= MOST_SEATS:
        raise table.wrong("seats", f"应有 1 至 {MOST_SEATS} 个席位", f"there are 1 to {MOST_SEATS} seats")
    return tuple(found)


def _turn(kind: str, number: int) -> int:
    """The turn of a seat that names none: in order one after the other, else all at once."""
    return number if kind == IN_ORDER else 1


def _check_belongs(table: Table, kind: str, only_in: Mapping[str, tuple[str, ...]]) -> None:
    for key, kinds in only_in.items():
        if table.has(key) and kind not in kinds:
            words = ", ".join(kinds)
            raise table.wrong(key, f"{kind} 没有这一项，只用于 {words}", f"{kind} has none; it belongs to {words}")


def _check_vote(table: Table, rule: SeatRule) -> None:
    """One threshold that can be reached, and a casting vote only where there can be a tie."""
    if (rule.share is None) != bool(rule.count):
        raise table.wrong(
            "count", "at_least、more_than、count 应有且只有一个", "give one: at_least, more_than or count"
        )
    if rule.count > sum(place.weight for place in rule.places):
        raise table.wrong("count", "超过全部票数", "more than all votes together")
    if rule.quorum > len(rule.places):
        raise table.wrong("quorum", "超过席位数", "more than there are seats")
    if rule.count and table.has("of"):
        raise table.wrong("of", "只用于比例", "belongs to a share")
    casting = sum(place.casting for place in rule.places)
    if casting and (casting > 1 or not rule.beyond or rule.share != Fraction(1, 2)):
        zh = "决定性一票只能有一席，且只用于 more_than = 1/2"
        raise table.wrong("seats", zh, "one seat has the casting vote, and only with more_than = 1/2")


def _share(table: Table) -> tuple[Fraction | None, bool]:
    """The share, and whether it takes more than that."""
    given = [key for key in ("at_least", "more_than") if table.has(key)]
    if len(given) > 1:
        raise table.wrong("more_than", "at_least 与 more_than 只能有一个", "give either at_least or more_than")
    if not given:
        return None, False
    key = given[0]
    value = table.scalar(key)
    match = _FRACTION.fullmatch(value) if isinstance(value, str) else None
    if match:
        share = Fraction(int(match[1]), int(match[2]))
    elif isinstance(value, Decimal):
        share = Fraction(value)
    else:
        raise table.wrong(key, "应为小数或分数，如 0.6、2/3", "must be a number or a fraction, as 0.6 or 2/3")
    beyond = key == "more_than"
    if not 0 < share <= 1 or (beyond and share == 1):
        zh, en = "应大于 0、不大于 1；more_than 应小于 1", "more than 0 and at most 1; more_than is less than 1"
        raise table.wrong(key, zh, en)
    return share, beyond


def _whole(table: Table, key: str, most: int, default: int) -> int:
    """A whole number from 1; the default when it is not there."""
    value = table.number_or_none(key)
    if value is None:
        return default
    if value % 1 or not 1 <= value <= most:
        raise table.wrong(key, f"应为 1 至 {most} 的整数", f"must be a whole number from 1 to {most}")
    return int(value)
