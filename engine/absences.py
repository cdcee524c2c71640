"""代理: who stands in for somebody who is absent, from when to when, for what, on what basis. Records, not cases."""

import secrets
from collections.abc import Sequence
from datetime import date, timedelta

from engine.calendar import WorkCalendar
from engine.case.answers.answering import HEADS
from engine.case.approvers.panels import require_seat
from engine.case.approvers.people import absent_person, require_account
from engine.case.policy import require_text
from engine.case.state import OPEN, Task
from engine.case.together.hands import ADMIN, HEAD
from engine.catalogue import Catalogue
from engine.clock import Clock
from engine.commands import Actor, EndAbsence, SetAbsence
from engine.errors import AlreadyDone, BadInput, BinglianError, NotFound, NotPermitted, NotPossible
from engine.instants import aware_utc, to_text
from engine.reader import CaseView
from engine.store.absences import AbsenceRow, AbsenceTable

LONGEST = timedelta(days=366)


class Absences:
    """Sets, ends and lists substitutions; ``days`` are local days, ISO."""

    def __init__(self, table: AbsenceTable, catalogue: Catalogue, calendar: WorkCalendar, clock: Clock) -> None:
        self._table = table
        self._catalogue = catalogue
        self._calendar = calendar
        self._clock = clock

    def set(self, command: SetAbsence, actor: Actor) -> AbsenceRow:
        """Records a substitution; raises when it may not be, or contradicts another one."""
        with self._table.changing() as change:
            person = require_account(change.people, command.person)
            substitute = require_account(change.people, command.substitute)
            _require_may(actor, person)
            first, last = self._days(command)
            basis = require_text("basis", command.basis)
            self._check_scope(command)
            if substitute.id == person.id or substitute.department != person.department:
                raise BadInput(
                    "absence.substitute", "代理人应为同部门的另一名人员",
                    "somebody else of the same department stands in", "substitute",
                )  # fmt: skip
            _require_free(change.overlapping(first, last, [person.id, substitute.id]), command)
            at = to_text(aware_utc(self._clock()))
            row = AbsenceRow(
                secrets.token_hex(8), person.id, substitute.id, first, last,
                " ".join(sorted(command.scope.split())), basis, actor.id, at,
            )  # fmt: skip
            change.add(row)
        return row

    def end(self, command: EndAbsence, actor: Actor) -> AbsenceRow:
        """Ends a substitution now; what was decided under it stands."""
        with self._table.changing() as change:
            row = change.get(command.absence)
            if row is None:
                raise NotFound("absence.unknown", "没有这条代理", "there is no such substitution", command.absence)
            _require_may(actor, require_account(change.people, row.person))
            if row.ended_at is not None:
                raise AlreadyDone("absence.ended", "该代理已结束", "this substitution has ended", command.absence)
            return change.end(row, actor.id, to_text(aware_utc(self._clock())))

    def of(self, person: str) -> Sequence[AbsenceRow]:
        """All substitutions of a person, and those in which he stands in for others, newest first."""
        return self._table.concerning(person)

    def now_for(self, substitute: str) -> Sequence[AbsenceRow]:
        """The substitutions in which somebody stands in for others today."""
        today = self._today().isoformat()
        return [
            row for row in self.of(substitute)
            if row.substitute == substitute and row.ended_at is None and row.first_day <= today <= row.last_day
        ]  # fmt: skip

    def stood_in_for(self, view: CaseView, task: Task, actor: Actor) -> list[str]:
        """The absent people in whose place somebody may decide, or advise in, an open task now."""
        day, found = self._today().isoformat(), []
        for absent in dict.fromkeys(row.person for row in self.now_for(actor.id)):
            try:
                person = absent_person(self._table.people, view.case, task, actor, absent, day)
                if task.status == OPEN:
                    require_seat(view.case, view.deployment, task, actor, person)
                    found.append(absent)
            except BinglianError:
                continue
        return found

    def all_under(self, actor: Actor) -> Sequence[AbsenceRow]:
        """The substitutions that are not over of everybody this person may set them for: a head's department, for an
        administrator all; the first to begin first."""
        departments = () if ADMIN in actor.roles else (actor.department,)
        return self._table.not_over(self._today().isoformat(), departments) if is_above(actor) else ()

    def _today(self) -> date:
        return self._calendar.local_date(aware_utc(self._clock()))

    def _days(self, command: SetAbsence) -> tuple[str, str]:
        """First and last day: nothing is backdated, and a year is enough."""
        try:
            first, last = date.fromisoformat(command.first_day), date.fromisoformat(command.last_day)
        except ValueError as error:
            raise BadInput(
                "absence.day", "日期应如 2026-03-02", "days are written as 2026-03-02", "first_day"
            ) from error
        if not self._today() <= first <= last or last - first > LONGEST:
            raise BadInput(
                "absence.range", "起始日不早于今天，截止日不早于起始日，最长一年",
                "from today on at the earliest, and for a year at most", "last_day",
            )  # fmt: skip
        return first.isoformat(), last.isoformat()

    def _check_scope(self, command: SetAbsence) -> None:
        known = self._catalogue.offerings.keys() | self._catalogue.items.keys()
        for code in command.scope.split():
            if code not in known:
                raise BadInput("absence.scope", f"没有事项 {code}", f"there is no item or bundle {code}", "scope")


def is_above(actor: Actor) -> bool:
    """Whether somebody leads a department, or administers the installation."""
    return not actor.roles.isdisjoint(HEADS | {HEAD, ADMIN})


def _require_may(actor: Actor, person: Actor) -> None:
    """Himself, a head of his department, an administrator."""
    heads = actor.department == person.department and not actor.roles.isdisjoint(HEADS | {HEAD})
    if actor.id != person.id and not heads and ADMIN not in actor.roles:
        raise NotPermitted(
            "policy.absence", "只有本人、部门负责人或管理员可以设置代理",
            "only the person, a head of the department or an administrator may do this",
        )  # fmt: skip


def _require_free(others: Sequence[AbsenceRow], command: SetAbsence) -> None:
    """One substitute at a time for the same thing, who is here himself, and has not left his own work to the absent."""
    scope = set(command.scope.split())
    for row in others:
        theirs = set(row.scope.split())
        if row.person == command.person and (not scope or not theirs or scope & theirs):
            raise NotPossible(
                "absence.overlap", "该时段已有代理人", "somebody stands in for these days already", row.id
            )
        if row.person == command.substitute:
            raise NotPossible(
                "absence.substitute_absent", "代理人在该时段也已请他人代理", "the substitute is absent then too", row.id
            )
        if row.substitute == command.person and row.person != command.person:
            raise NotPossible(
                "absence.stands_in", "该人员在该时段正代理他人，请先另行安排",
                "this person stands in for somebody else then", row.id,
            )  # fmt: skip
