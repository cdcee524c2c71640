"""Choosing a person: found by name or department on the server, so it works without scripts.

A choice is written ``p:<account>`` for a person and ``d:<department>/<role>`` for whoever holds a role.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from engine.store.records import Account
from webapp.context import engine
from webapp.i18n import gettext as _
from webapp.words import department_name, role_name

MOST = 20
"""So many people are listed; whoever looks for another one types more."""
MOST_TYPED = 60


@dataclass(frozen=True)
class Receiver:
    """Whom a form names: a person (an account) who holds a role of a department, or all who do."""

    department: str = ""
    role: str = ""
    person: str = ""


NOBODY = Receiver()


@dataclass(frozen=True)
class Candidate:
    """One line of the list."""

    value: str
    name: str
    where: str


@dataclass(frozen=True)
class Found:
    """What a search found; ``more``: there are more people than are listed."""

    search: str
    rows: tuple[Candidate, ...]
    more: bool


def candidates(
    search: str, department: str, *, chosen: str = "", desks: bool = False, without: Collection[str] = ()
) -> Found:
    """People whose name or department has these words, of ``department`` when there are none; first the one chosen.

    ``desks``: the roles of the departments found too. ``without``: accounts not offered.
    """
    words = "".join(letter for letter in search if letter.isprintable()).strip()[:MOST_TYPED]
    wanted = _departments(words) if words else {department}
    people = engine().records.people(words, wanted, MOST + 1)
    rows = [_of_person(one) for one in people[:MOST] if one.id not in without]
    if desks:
        rows += _desks(people, wanted)
    first = [] if not chosen or any(row.value == chosen for row in rows) else _known(chosen)
    return Found(words, (*first, *rows), len(people) > MOST)


def _departments(words: str) -> set[str]:
    known = engine().deployments.catalogue.departments.values()
    return {one.code for one in known if words in one.name_zh or words.lower() in one.name_en.lower()}


def _of_person(one: Account) -> Candidate:
    roles = _("、").join(role_name(role) for role in sorted(one.roles))
    return Candidate(f"p:{one.id}", one.name, f"{department_name(one.department)} · {roles}")


def _desks(people: Sequence[Account], departments: Collection[str]) -> list[Candidate]:
    """The roles people hold in the departments found."""
    held = dict.fromkeys((one.department, role) for one in people for role in sorted(one.roles))
    return [_of_desk(department, role) for department, role in held if department in departments]


def _of_desk(department: str, role: str) -> Candidate:
    name = _("%(role)s（任何一人）", role=role_name(role))
    return Candidate(f"d:{department}/{role}", name, department_name(department))


def _known(value: str) -> list[Candidate]:
    kind, _colon, name = value.partition(":")
    if kind == "d" and "/" in name:
        department, _slash, role = name.partition("/")
        return [_of_desk(department, role)]
    account = engine().records.account(name) if kind == "p" else None
    return [] if account is None else [_of_person(account)]


def receiver(value: str, roles: Sequence[str]) -> Receiver:
    """Whom a choice names; a person by the first of ``roles`` he holds, else by one of his own."""
    kind, _colon, name = value.partition(":")
    if kind == "d":
        department, _slash, role = name.partition("/")
        return Receiver(department, role)
    account = engine().records.account(name) if kind == "p" else None
    if account is None:
        return NOBODY
    held = next((role for role in roles if role in account.roles), min(account.roles, default=""))
    return Receiver(account.department, held, account.id)
