"""The lists people work from: open tasks and what they have decided, paged by key, and how many there are; one query
each, however many rows there are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    except_,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    text,
    tuple_,
    union,
    union_all,
)

from engine.store.own import not_own
from engine.store.tables import case_item, case_row, seat, task, task_helper

FAR = "9999"
"""Sorts tasks without a due instant last."""


@dataclass(frozen=True)
class Page:
    """Rows of a list and the key where the next page begins (None at the end)."""

    rows: list[dict[str, Any]]
    after: tuple[str, str, str] | None


@dataclass(frozen=True)
class TaskFilter:
    """Whose tasks (``everywhere``: everybody's), and which of them.

    ``until`` keeps what is due before an instant, ``since`` what is due from one.
    """

    everywhere: bool = False
    department: str = ""
    roles: frozenset[str] = frozenset()
    person: str = ""
    search: str = ""
    since: str = ""
    until: str = ""
    whose: str = ""
    """One of ``WHOSE``, or empty for all of them."""


MINE, FREE, TAKEN, LENT = WHOSE = ("mine", "free", "taken", "lent")
"""Among the tasks somebody sees: given to him or claimed by him, claimed by nobody, claimed by somebody else, lent by
him and not back yet."""

_due = func.coalesce(task.c.due_at, FAR)
_IS_OPEN = task.c.status == literal("open", literal_execute=True)
_SEATLESS = task.c.seats == literal("", literal_execute=True)
"""Say ``status = 'open'`` in the text of the query, as the indexes of open tasks ask for."""


_TURN = seat.c.status == literal("open", literal_execute=True)
_HELPS: Any = literal_column("task_helper.waiting")
"""Says it as the index of those who may handle a task too asks for."""
_KEY = (_due, task.c.case_id, task.c.task_id)
_PLACE: list[Any] = [bindparam(f"after_{number}") for number in range(len(_KEY))]
_WHICH: Mapping[str, Any] = {
    "search": case_row.c.number.like(bindparam("search"), escape="/"),
    "until": and_(task.c.due_at.is_not(None), task.c.due_at < bindparam("until")),
    "since": task.c.due_at >= bindparam("since"),
    "after": tuple_(*_KEY) > tuple_(*_PLACE),
}


def _asked(wanted: TaskFilter, after: Sequence[str] | None = None) -> tuple[tuple[str, ...], dict[str, Any]]:
    """What a filter asks for, by name, and the parameters of the statement."""
    search = "".join(f"/{letter}" if letter in "/%_" else letter for letter in wanted.search)
    given: dict[str, Any] = {"since": wanted.since, "until": wanted.until, "search": search and f"%{search}%"}
    named = tuple(name for name in _WHICH if given.get(name) or (name == "after" and after))
    named = (*named, wanted.whose) if wanted.whose in WHOSE else named
    if not wanted.everywhere:
        given |= {"department": wanted.department, "roles": sorted(wanted.roles), "person": wanted.person}
    if after:
        given |= {place.key: part for place, part in zip(_PLACE, after, strict=True)}
    return ("everywhere", *named) if wanted.everywhere else named, given


def _open(named: tuple[str, ...], *columns: Any, free: bool = False) -> Select[Any] | CompoundSelect[Any]:
    """Columns of the open tasks that are asked for: those of one's own role, each found by the index, those one has a
    seat in, and those one was asked to handle too; but nobody's own application. ``free``: without what somebody else
    has claimed, or was lent."""
    chosen = [_IS_OPEN, *(_WHICH[name] for name in named if name in _WHICH)]
    source: Any = task
    if "search" in named:
        source = task.join(case_row, case_row.c.case_id == task.c.case_id)
    if "everywhere" in named:
        return select(*columns).select_from(source).where(*chosen)
    chosen.append(not_own(task.c.case_id, bindparam("person")))
    department: Any = bindparam("department")
    roles: Any = bindparam("roles", expanding=True)
    own = and_(task.c.department == department, task.c.role.in_(roles), _SEATLESS)
    whose = next((name for name in named if name in WHOSE), "")
    keys = list(_seats(department, roles, _PARTS["counted" if free else whose]))
    if whose in {"", FREE}:
        keys.append(
            select(task_helper.c.case_id, task_helper.c.task_id).where(
                task_helper.c.department == department, task_helper.c.role.in_(roles), _HELPS
            )
        )
    found: Any = union(*keys) if len(keys) > 1 else keys[0]
    if whose == TAKEN:
        found = except_(found, *_seats(department, roles, ("role", MINE)))
    helped = found.subquery()
    theirs = source.join(helped, and_(helped.c.case_id == task.c.case_id, helped.c.task_id == task.c.task_id))
    others = select(*columns).select_from(theirs).where(not_(own), *chosen)
    if whose not in {"", FREE}:
        return others
    return union_all(select(*columns).select_from(source).where(own, *chosen), others)


_PARTS: Mapping[str, tuple[str, ...]] = {
    "": (MINE, "all", LENT),
    "counted": (MINE, "role"),
    MINE: (MINE,),
    FREE: ("role",),
    TAKEN: (TAKEN,),
    LENT: (LENT,),
}
"""Which seats make the list: of everybody, in the numbers, of each of ``WHOSE``."""


def _seats(department: Any, roles: Any, parts: Sequence[str]) -> Iterator[Select[Any]]:
    """Keys of tasks somebody has a seat in whose turn it is: as a person, as one of those who hold its role, and having
    lent it."""
    person: Any = bindparam("person")
    here = (seat.c.department == department, seat.c.role.in_(roles), seat.c.shared)
    chosen: dict[str, tuple[Any, ...]] = {
        MINE: (seat.c.person == person, seat.c.person != ""),
        "role": (*here, seat.c.person == ""),
        "all": here,
        TAKEN: (*here, seat.c.person != "", seat.c.person != person),
        LENT: (seat.c.lent_from == person, seat.c.lent_from != ""),
    }
    for part in parts:
        yield select(seat.c.case_id, seat.c.task_id).where(_TURN, *chosen[part])


def _tasks() -> Select[Any]:
    ended = select(func.count()).where(case_item.c.case_id == task.c.case_id, case_item.c.ended_at.is_not(None))
    total = select(func.count()).where(case_item.c.case_id == task.c.case_id)
    return (
        select(
            task, *(case_row.c[name] for name in ("number", "offering", "version", "promised_due_at", "applicant")),
            ended.scalar_subquery().label("items_ended"), total.scalar_subquery().label("items_total"),
        )
        .join(case_row, case_row.c.case_id == task.c.case_id)
    )  # fmt: skip


@cache
def _page(named: tuple[str, ...]) -> Select[Any]:
    """A page of open tasks: first their keys in order, then what is shown of these few.

    Built once, for that costs more than running it.
    """
    found = _open(named, task.c.case_id, task.c.task_id, _due.label("due"))
    first = found.order_by(text("due"), text("case_id"), text("task_id")).limit(bindparam("most")).subquery()
    this = and_(first.c.case_id == task.c.case_id, first.c.task_id == task.c.task_id)
    return _tasks().join(first, this).order_by(*_KEY)


def open_tasks(connection: Connection, wanted: TaskFilter, limit: int, after: Sequence[str] | None = None) -> Page:
    """Open tasks, least time left first; ``after`` is the key of the last row seen."""
    named, given = _asked(wanted, after)
    rows = [dict(row) for row in connection.execute(_page(named), {**given, "most": limit + 1}).mappings()]
    more = len(rows) > limit
    rows = rows[:limit]
    last = rows[-1] if more else None
    return Page(rows, None if last is None else (last["due_at"] or FAR, last["case_id"], last["task_id"]))


@cache
def _counts(named: tuple[str, ...], instants: int) -> Select[Any]:
    found = _open(named, task.c.due_at, free=True).subquery()
    before = (found.c.due_at < bindparam(f"instant_{number}") for number in range(instants))
    return select(func.count(), *(func.coalesce(func.sum(case((one, 1), else_=0)), 0) for one in before)).select_from(
        found
    )


def count_open(connection: Connection, wanted: TaskFilter, instants: Sequence[str]) -> list[int]:
    """How many open tasks there are, then how many are due before each of ``instants``; one query."""
    named, given = _asked(wanted)
    given |= {f"instant_{number}": instant for number, instant in enumerate(instants)}
    return [int(value) for value in connection.execute(_counts(named, len(instants)), given).one()]


@cache
def _whose() -> Select[Any]:
    counts = (select(func.count()).select_from(_open((one,), task.c.task_id).subquery()) for one in WHOSE)
    return select(*(one.scalar_subquery() for one in counts))


def count_whose(connection: Connection, wanted: TaskFilter) -> dict[str, int]:
    """How many open tasks there are of each of ``WHOSE``; one query."""
    counts = connection.execute(_whose(), _asked(wanted)[1]).one()
    return dict(zip(WHOSE, map(int, counts), strict=True))


def done_tasks(
    connection: Connection, actor: str, limit: int, before: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """What a person has decided, alone or with others, once it is closed, newest first; ``before`` is
    ``(closed_at, case_id, task_id)`` of the last row seen."""
    key = (task.c.closed_at, task.c.case_id, task.c.task_id)
    newest = [column.desc() for column in key]
    decided = [task.c.decision.is_not(None), *([tuple_(*key) < tuple_(*before)] if before else ())]
    voted = and_(seat.c.case_id == task.c.case_id, seat.c.task_id == task.c.task_id, seat.c.decided_by == actor)
    alone = select(task.c.case_id, task.c.task_id).where(task.c.actor == actor, *decided)
    together = (
        select(task.c.case_id, task.c.task_id)
        .join(seat, voted)
        .where(seat.c.decided_by != "", or_(task.c.actor != actor, task.c.actor.is_(None)), *decided)
    )
    parts = [select(one.order_by(*newest).limit(limit).subquery()) for one in (alone, together)]
    found = union_all(*parts).subquery()
    this = and_(found.c.case_id == task.c.case_id, found.c.task_id == task.c.task_id)
    rows = connection.execute(_tasks().join(found, this).order_by(*newest).limit(limit)).mappings()
    return [dict(row) for row in rows]
