"""What the screens read: inbox, case, overdue, tracking. Reads never load a workflow and never write."""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine import escalations as late
from engine.calendar import WorkCalendar
from engine.case.deployment import Deployment
from engine.case.policy import SUPERVISION, WINDOW
from engine.case.projection import task_of
from engine.case.state import CORRECTION, IN_PROGRESS, SUBMITTED, Case, case_from_state
from engine.case.timekeeping.clock_view import ClockView, clocks_of
from engine.case.timekeeping.recompute import Counting
from engine.case.together.voting import DECIDING
from engine.clock import Clock
from engine.commands import SYSTEM, Actor
from engine.deployments import Deployments
from engine.documents.code import derived_code
from engine.errors import BadInput, NotFound
from engine.instants import aware_utc, to_text
from engine.journal import Entry
from engine.replay import folded
from engine.store import Store, checks, held, inbox, queries
from engine.store.escalations import EscalationFilter
from engine.store.inbox import Page, TaskFilter

CODE_LENGTH = 8


def query_code(secret_key: str, case_id: str) -> str:
    """The code an applicant follows a case with: 8 characters, derived, so it is stored nowhere."""
    return derived_code(secret_key, f"query-code:{case_id}", CODE_LENGTH)


def plain(text: str) -> str:
    """What was searched for, without what no database takes."""
    return "".join(letter for letter in text[:120] if letter.isprintable()).strip()


def key(parts: Sequence[str] | None, length: int) -> Sequence[str] | None:
    """The key a list goes on from; BadInput when it was not made by the list."""
    if parts is not None and len(parts) != length:
        raise BadInput(
            "page.key", "翻页位置有误,请回到第一页", "the place in the list is wrong; go back to the first page"
        )
    return parts


@dataclass(frozen=True)
class CaseView:
    """A case as one moment shows it: state, deployed version, journal."""

    case: Case
    deployment: Deployment
    entries: Sequence[Entry]
    now: datetime


@dataclass(frozen=True)
class InboxCounts:
    """Open tasks of a person: all, overdue, due by the end of today (overdue ones not counted)."""

    all: int
    overdue: int
    today: int


class Reader:
    """The read side of the engine."""

    def __init__(self, store: Store, deployments: Deployments, clock: Clock, secret_key: str) -> None:
        self._store = store
        self._deployments = deployments
        self._clock = clock
        self._secret_key = secret_key

    @property
    def calendar(self) -> WorkCalendar:
        """The calendar deadlines are computed with."""
        return self._deployments.calendar

    def now(self) -> datetime:
        """The engine's instant, UTC."""
        return aware_utc(self._clock())

    def end_of_today(self) -> datetime:
        """The end of the local day, UTC."""
        local = self.now().astimezone(self.calendar.zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        return aware_utc(midnight + timedelta(days=1))

    def inbox(self, actor: Actor, which: str = "all", search: str = "", after: Sequence[str] | None = None,
              limit: int = 50, whose: str = "") -> Page:  # fmt: skip
        """Open tasks this person may handle, least time left first; ``which`` is all, overdue or today, ``whose`` mine,
        free, taken or lent (empty: all)."""
        now, tonight = to_text(self.now()), to_text(self.end_of_today())
        windows = {"all": ("", ""), "overdue": ("", now), "today": (now, tonight)}
        since, until = windows.get(which, ("", ""))
        wanted = TaskFilter(False, actor.department, actor.roles, actor.id, plain(search), since, until, whose)
        with self._store.database.read() as connection:
            return inbox.open_tasks(connection, wanted, limit, key(after, 3))

    def inbox_counts(self, actor: Actor) -> InboxCounts:
        """The numbers on the chips of the inbox."""
        wanted = TaskFilter(False, actor.department, actor.roles, actor.id)
        with self._store.database.read() as connection:
            total, overdue, tonight = inbox.count_open(
                connection, wanted, [to_text(self.now()), to_text(self.end_of_today())]
            )
        return InboxCounts(total, overdue, tonight - overdue)

    def inbox_whose(self, actor: Actor) -> dict[str, int]:
        """The same tasks counted by who has them: mine, free, taken, lent."""
        with self._store.database.read() as connection:
            return inbox.count_whose(connection, TaskFilter(False, actor.department, actor.roles, actor.id))

    def done(self, actor: Actor, before: Sequence[str] | None = None, limit: int = 50) -> list[dict[str, Any]]:
        """What this person has handled, newest first; ``before`` is ``(closed_at, case_id, task_id)``."""
        with self._store.database.read() as connection:
            return inbox.done_tasks(connection, actor.id, limit, key(before, 3))

    def seats_held_by(self, person: str, limit: int = 500) -> list[dict[str, Any]]:
        """The seats a person has, or has lent, by name, which have still to decide, with their steps and cases."""
        with self._store.database.read() as connection:
            return held.seats_held_by(connection, person, limit)

    def asides_unread(self, actor: Actor) -> int:
        """How many copies and questions sent to this person wait to be read or answered."""
        with self._store.database.read() as connection:
            return held.count_asides(connection, actor.id)

    def asides(self, actor: Actor, limit: int = 100) -> list[dict[str, Any]]:
        """Copies and questions sent to this person, newest first; unanswered ones have no ``answered_at``."""
        with self._store.database.read() as connection:
            return held.asides_to(connection, actor.id, limit)

    def checks(self, actor: Actor, after: Sequence[str] | None = None, limit: int = 50) -> checks.CheckPage:
        """Checks of promises this person makes (告知承诺), the first due first."""
        with self._store.database.read() as connection:
            return checks.due_checks(connection, actor, limit, key(after, 3))

    def cases_checked(self) -> set[str]:
        """Ids of the cases in which a promise has still to be checked."""
        with self._store.database.read() as connection:
            return checks.cases_with_checks(connection)

    def check_counts(self, actor: Actor) -> tuple[int, int]:
        """How many there are, and how many of them are overdue."""
        with self._store.database.read() as connection:
            return checks.count_due(connection, actor, to_text(self.now()))

    def overdue(self, after: Sequence[str] | None = None, limit: int = 50) -> Page:
        """Overdue open tasks of all departments, the latest first in line."""
        with self._store.database.read() as connection:
            return inbox.open_tasks(
                connection, TaskFilter(everywhere=True, until=to_text(self.now())), limit, key(after, 3)
            )

    def overdue_counts(self) -> tuple[int, int]:
        """Open tasks of all departments, and how many of them are overdue."""
        with self._store.database.read() as connection:
            total, overdue = inbox.count_open(connection, TaskFilter(everywhere=True), [to_text(self.now())])
        return total, overdue

    def cases(self, statuses: Sequence[str] = (), search: str = "", before: Sequence[str] | None = None,
              limit: int = 50) -> list[dict[str, Any]]:  # fmt: skip
        """Cases, newest first."""
        with self._store.database.read() as connection:
            return queries.cases(connection, statuses, plain(search), limit, key(before, 2))

    def waiting(self, actor: Actor, search: str = "", before: Sequence[str] | None = None,
                limit: int = 50) -> list[Case]:  # fmt: skip
        """Applications not accepted yet, but for this person's own, newest first, with their state (answers and
        materials); one query."""
        wanted, place = (SUBMITTED, CORRECTION), key(before, 2)
        with self._store.database.read() as connection:
            rows = queries.cases_with_state(connection, wanted, plain(search), limit, place, actor.id)
        return [case_from_state(json.loads(state), flow) for state, flow in rows]

    def waiting_count(self, actor: Actor) -> int:
        """How many applications wait for acceptance, but for this person's own."""
        with self._store.database.read() as connection:
            return queries.count_cases(connection, SUBMITTED, actor.id)

    def running(self) -> dict[tuple[str, str], int]:
        """Offering and version → how many cases run on it; a version without a case is not there."""
        with self._store.database.read() as connection:
            return queries.count_versions(connection, IN_PROGRESS)

    def case(self, case_id: str, actor: Actor) -> CaseView:
        """A case for somebody who may see it; NotFound otherwise, so nothing is given away.

        Whoever has decided, voted or advised in it goes on seeing it, wherever he works.
        """
        with self._store.database.read() as connection:
            found = queries.case_with_state(connection, case_id)
            everywhere = actor == SYSTEM or actor.department in {WINDOW, SUPERVISION}
            day = self.calendar.local_date(self.now()).isoformat()
            if found is None or not (
                everywhere
                or queries.touches(connection, case_id, actor.department, actor.id, DECIDING)
                or held.stands_in(connection, case_id, actor.id, day)
            ):
                raise NotFound("case.unknown", "没有这个办件", "there is no such case")
            entries = self._store.entries(connection, case_id)
            tasks = queries.tasks_of(connection, case_id)
        case = case_from_state(json.loads(found[0]), found[1])
        case.recall(map(task_of, tasks))
        return CaseView(case, self._deployments.get(case.version), entries, self.now())

    def clocks(self, case_id: str, actor: Actor, at: datetime | None = None) -> tuple[ClockView, ...]:
        """The clocks of a case now, or as they stood at a past instant, each explained day by day.

        The past is folded from the journal. NotFound when there was no case then, BadInput for the future; NotPossible
        when the journal does not give the case back.
        """
        view = self.case(case_id, actor)
        case, entries, now = view.case, view.entries, view.now if at is None else aware_utc(at)
        if now > view.now:
            raise BadInput(
                "clocks.future", "不能查看将来的时刻", "an instant in the future cannot be shown", to_text(now)
            )
        if at is not None:
            entries = [entry for entry in entries if entry.instant <= now]
            case = folded(case_id, entries, self._deployments.get)
        get = self._deployments.get
        return clocks_of(case, get(case.version).offering, Counting(entries, get, self.calendar), now)

    def escalations(
        self, wanted: EscalationFilter, after: Sequence[str] | None = None, limit: int = 50
    ) -> late.EscalationPage:
        """Escalations, open ones first and the oldest first, with who answered and what was sent to whom."""
        return late.escalations(self._store.database, wanted, key(after, 4), limit)

    def escalation_counts(self, wanted: EscalationFilter) -> dict[str, int]:
        """How many escalations there are by kind, for the chips of a list."""
        return late.escalation_counts(self._store.database, wanted)

    def query_code(self, case_id: str) -> str:
        """The applicant's code, for the receipt."""
        return query_code(self._secret_key, case_id)

    def track(self, number: str, code: str) -> CaseView:
        """The case of a number and its query code; NotFound when either is wrong, without saying which."""
        with self._store.database.read() as connection:
            case_id = queries.case_id_of(connection, plain(number))
        expected = query_code(self._secret_key, case_id or "")
        if not hmac.compare_digest(expected.encode(), plain(code).upper().encode()) or case_id is None:
            raise NotFound("track.unknown", "编号或查询码不正确", "the number or the query code is wrong")
        return self.case(case_id, SYSTEM)
