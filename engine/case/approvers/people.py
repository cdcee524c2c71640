"""What an act may ask about people who are not here: whether there is such an account, and who stands in for whom."""

from collections.abc import Collection
from typing import Protocol

from engine.case.state import Case, Task
from engine.commands import Actor
from engine.errors import NotFound, NotPermitted


class People(Protocol):
    """The accounts and absences of an installation."""

    def account(self, account_id: str) -> Actor | None:
        """Somebody who may sign in; None when there is none, or the account was closed."""
        ...

    def anybody(self, department: str, role: str) -> bool:
        """Whether somebody who may sign in holds a role in a department."""
        ...

    def substitutions(self, absent: str, substitute: str, day: str) -> Collection[frozenset[str]]:
        """The scopes of the substitutions of one by the other on a local day (ISO): codes of items and bundles, none
        for everything."""
        ...


class Nobody:
    """An installation without accounts."""

    def account(self, account_id: str) -> Actor | None:
        """None."""
        return None

    def anybody(self, department: str, role: str) -> bool:
        """False."""
        return False

    def substitutions(self, absent: str, substitute: str, day: str) -> Collection[frozenset[str]]:
        """None."""
        return ()


def require_account(people: People, account_id: str) -> Actor:
    """The person of an account; NotFound when nobody has it."""
    found = people.account(account_id)
    if found is None:
        raise NotFound("person.unknown", "没有这个人员，或其账号已停用", "there is no such person", "person")
    return found


def require_desk(people: People, department: str, role: str, person: str) -> None:
    """Somebody sits there: this person holds the role in the department, or without a name anybody does."""
    if person and not require_account(people, person).holds(department, role):
        raise NotFound(
            "person.desk", "该人员在该部门没有这个角色", "this person does not hold that role there", "person"
        )
    if not people.anybody(department, role):
        raise NotFound("person.nobody", "该部门目前没有人担任该角色", "nobody holds that role there", "role")


def absent_person(people: People, case: Case, task: Task, actor: Actor, behalf: str, day: str) -> Actor:
    """Who is absent, for whom this person acts; NotPermitted when he does not stand in for him here and now."""
    for scope in people.substitutions(behalf, actor.id, day):
        if not scope or not scope.isdisjoint({case.offering, task.item}):
            return require_account(people, behalf)
    raise NotPermitted(
        "absence.none", "您现在不能代理该人员办理本事项", "you do not stand in for this person here and now", "behalf"
    )
