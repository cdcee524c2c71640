"""离岗交接: everything a leaver has still to do by name, handed over case by case; what could not be is told.

For heads of departments and administrators; the engine asks again, case by case, whether they may.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from flask import render_template, request
from flask_babel import lazy_gettext as _l

from engine.absences import is_above
from engine.case.policy import MAX_TEXT
from engine.case.together.hands import ADMIN
from engine.commands import HandOver
from engine.errors import BinglianError, NotPermitted
from engine.store.records import Account
from webapp.auth import current_actor, signed_in, signed_in_account
from webapp.cases.acts import Typed
from webapp.cases.history import step_words
from webapp.context import engine
from webapp.errors import message_of
from webapp.hands.picker import NOBODY, Found, Receiver, candidates, receiver
from webapp.i18n import gettext as _

LEAVER, TO, REASON = "leaver", "to", "reason"
SEARCHES = {LEAVER: "ql", TO: "q"}
MOST = 500
"""So many seats are shown and handed over at once."""
WORDS = {
    LEAVER: _l("谁离岗"), TO: _l("由谁接办"), REASON: _l("理由（可以不写）"),
    "leaver.help": _l("可以按姓名或部门查找。"), "to.help": _l("可以按姓名或部门查找；也可以交给一个岗位。"),
    "reason.help": _l("接办人会看到。不要写个人信息。"),
}  # fmt: skip


@dataclass(frozen=True)
class Held:
    """What a leaver has to do in one case, in words; after the hand-over whether it was done (None: not tried)."""

    case_id: str
    number: str
    steps: tuple[str, ...]
    roles: tuple[str, ...]
    done: bool | None = None
    why: str = ""


@dataclass(frozen=True)
class Shown:
    """What the page shows: the leaver's cases, and after a hand-over how each of them went."""

    held: Sequence[Held] = ()
    more: bool = False
    result: Sequence[Held] = field(default_factory=tuple)

    @property
    def failed(self) -> int:
        """How many could not be handed over."""
        return sum(one.done is False for one in self.result)


def may_hand_over(account: Account) -> bool:
    """Heads and administrators."""
    return is_above(account.actor)


@signed_in(may_hand_over)
def page() -> str | tuple[str, int]:
    """The leaver is chosen, then the receiver; ``step=do`` hands over what is listed, a case at a time."""
    names = (LEAVER, TO, REASON)
    typed = Typed({name: request.form.get(name, "") for name in names}, secrets.token_urlsafe(12))
    leaver = receiver(typed.values[LEAVER], ())
    _require_above(leaver)
    rows = engine().read.seats_held_by(leaver.person, MOST + 1) if leaver.person else []
    shown = Shown(_held(rows[:MOST]), len(rows) > MOST)
    if request.form.get("step") != "do":
        return _page(typed, leaver, shown)
    problem = _problem(typed, leaver)
    if problem is not None:
        return _page(problem, leaver, shown), 400
    result = [_hand_over(one, leaver.person, typed) for one in shown.held]
    left = engine().read.seats_held_by(leaver.person, MOST + 1)
    return _page(typed, leaver, Shown(_held(left[:MOST]), len(left) > MOST, result))


def _problem(typed: Typed, leaver: Receiver) -> Typed | None:
    """The form with what is missing in it; None when nothing is."""
    said = ""
    if not leaver.person:
        said = LEAVER
    elif receiver(typed.values[TO], ()) == NOBODY:
        said = TO
    if said:
        return Typed(typed.values, typed.key, _("请选择"), said)
    if len(typed.values[REASON]) > MAX_TEXT:
        return Typed(typed.values, typed.key, _("不能超过 %(n)s 字", n=MAX_TEXT), REASON)
    return None


def _hand_over(one: Held, leaver: str, typed: Typed) -> Held:
    """One case; pressed twice it is done once, for the second time there is nothing left."""
    to = receiver(typed.values[TO], one.roles)
    command = HandOver(one.case_id, leaver, to.department, to.role, to.person, typed.values[REASON])
    try:
        engine().execute(command, current_actor())
    except BinglianError as error:
        return Held(one.case_id, one.number, one.steps, one.roles, False, message_of(error))
    return Held(one.case_id, one.number, one.steps, one.roles, True)


def _held(rows: Iterable[Mapping[str, Any]]) -> list[Held]:
    found = []
    for (case_id, number), group in groupby(rows, key=itemgetter("case_id", "number")):
        seats = list(group)
        found.append(Held(case_id, number, tuple(map(_step, seats)), tuple(dict.fromkeys(s["role"] for s in seats))))
    return found


def _step(row: Mapping[str, Any]) -> str:
    return step_words(engine().deployments.get(row["version"]).offering, row["step"], row["instance"])


def _page(typed: Typed, leaver: Receiver, shown: Shown) -> str:
    names = engine().records.names([leaver.person]) if leaver.person else {}
    return render_template(
        "hands/handover.html", typed=typed, words=WORDS, leaver=leaver.person,
        name=names.get(leaver.person, leaver.person), shown=shown,
        found={name: _found(name, typed, leaver) for name in SEARCHES},
    )  # fmt: skip


def _require_above(leaver: Receiver) -> None:
    """An administrator for everybody, a head for the people of the own department."""
    account = signed_in_account()
    if leaver.person and ADMIN not in account.roles and leaver.department != account.department:
        raise NotPermitted(
            "policy.above", "只有该部门负责人或管理员可以指派、交接",
            "only a head of the department, or an administrator, may assign seats", LEAVER,
        )  # fmt: skip


def _found(name: str, typed: Typed, leaver: Receiver) -> Found:
    without = {leaver.person} if name == TO else set()
    return candidates(
        request.form.get(SEARCHES[name], ""), signed_in_account().department, chosen=typed.values[name],
        desks=name == TO, without=without,
    )  # fmt: skip
