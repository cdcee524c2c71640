"""Replay, verify, rebuild: the journal is the case; everything else is checked against it or made anew from it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from engine.case.act import Act, LiveAnswers, Pause, RecordedAnswers
from engine.case.deployment import Deployment, Get
from engine.case.handlers import APPLY, RECALLING, SUBMITTED_KIND
from engine.case.moving import Move, MoveReport, deployed, require_movable
from engine.case.projection import all_rows, case_row
from engine.case.state import Case, Task
from engine.commands import SYSTEM
from engine.deployments import Deployments
from engine.errors import BinglianError, IntegrityError, NotFound, NotPossible
from engine.filed import Filed
from engine.journal import Difference, Entry, Json, canonical, check_chain, commitment, digest
from engine.store import Store, retried
from engine.store.change import Head, Row
from engine.store.filed import file_rows
from engine.store.flags import Flags
from engine.store.records import Records

OTHER_STATE = "replays to another state"

TRIAL_STEPS = 100_000
"""Bound of the automatic steps of a move that is only tried."""

LOST = frozenset({"case.no_flow", "runtime.damaged", "runtime.format", "runtime.element"})
"""Codes of errors that say that the stored workflow of a case cannot be used."""


class NeedsPerson(NotPossible):
    """The journal does not give a case back as it was sealed; ``where`` is the case."""

    def __init__(self, case_id: str) -> None:
        super().__init__(
            "case.needs_person", "该办件需要管理员处理后才能继续办理",
            "this case needs an administrator before it can go on", case_id,
        )  # fmt: skip


class _ReplayPorts:
    """A replay asks nothing of the outside but the deployed version, which never changes."""

    def __init__(self, get: Get) -> None:
        self.step_limit = self.token_limit = 10**9  # the live act passed its own bounds
        self._get = get

    def deployment(self, version: str) -> Deployment:
        return self._get(version)

    def due(self, start: datetime, limit: Decimal, unit: str, pauses: Sequence[Pause] = ()) -> Json:
        raise IntegrityError("replay.calendar", "回放不得询问日历", "a replay must not ask the calendar")

    def opening_after(self, instant: datetime) -> str:
        raise IntegrityError("replay.calendar", "回放不得询问日历", "a replay must not ask the calendar")

    def opening_before(self, instant: datetime, days: int) -> str:
        raise IntegrityError("replay.calendar", "回放不得询问日历", "a replay must not ask the calendar")

    def next_number(self, instant: datetime) -> str:
        raise IntegrityError("replay.number", "回放不得取新编号", "a replay must not take a new number")


@dataclass
class Replayed:
    """A case folded from its journal, with all its tasks: state, notices (entry, ordinal, template), what differed."""

    case: Case
    state: bytes
    notices: set[tuple[int, int, str]] = field(default_factory=set)
    differences: list[Difference] = field(default_factory=list)


def replay(case_id: str, entries: Sequence[Entry], get: Get) -> Replayed:
    """Folds the journal of a case, comparing the digest after every entry; stops at the first entry that fails."""
    case, ports = Case(case_id), _ReplayPorts(get)
    result = Replayed(case, b"")
    closed: dict[str, Task] = {}
    for entry in entries:
        if entry.kind in RECALLING:
            case.recall(closed.values())
        answers = RecordedAnswers(entry.answers)
        act = Act(entry.seq, entry.instant, entry.actor, ports, answers)
        try:
            APPLY[entry.kind](case, entry.facts, act)
        except (BinglianError, LookupError, TypeError, ValueError, AttributeError) as error:
            result.differences.append(Difference(case_id, entry.seq, f"cannot be replayed: {type(error).__name__}"))
            break
        case.revision = entry.seq
        case.freeze()
        closed |= case.closing
        result.state = case.state_bytes()
        result.notices |= {(entry.seq, n, notice.template) for n, notice in enumerate(act.notices, start=1)}
        if digest(result.state) != entry.state:
            result.differences.append(Difference(case_id, entry.seq, OTHER_STATE))
        if len(answers.given) != len(entry.answers):
            result.differences.append(Difference(case_id, entry.seq, "does not ask for every recorded answer"))
    case.recall(closed.values())
    return result


def folded(case_id: str, entries: Sequence[Entry], get: Get) -> Case:
    """The case as these entries leave it, with all its tasks; NotFound without any, NeedsPerson if it differs."""
    if not entries:
        raise NotFound("case.not_yet", "当时还没有这个办件", "there was no such case then", case_id)
    replayed = replay(case_id, entries, get)
    if replayed.differences:
        raise NeedsPerson(case_id)
    return replayed.case


def made_anew(head: Head, entries: Sequence[Entry], get: Get) -> Case:
    """The case of a journal up to ``head``, instead of a stored one that is lost; NeedsPerson if it differs."""
    last = entries[-1]
    if last.hash == head.hash and not any(check_chain(last.case_id, entries)):
        replayed = replay(last.case_id, entries, get)
        if not replayed.differences:
            return replayed.case
    raise NeedsPerson(last.case_id)


@dataclass(frozen=True)
class Report:
    """What ``verify`` found: counts and differences (none when all is well)."""

    cases: int
    entries: int
    differences: tuple[Difference, ...]

    def as_dict(self) -> dict[str, Json]:
        """The report as the JSON document ``verify --json`` prints."""
        return {
            "cases": self.cases, "entries": self.entries, "differences": [d.as_dict() for d in self.differences],
        }  # fmt: skip


class Auditor:
    """Checks and rebuilds cases from their journals."""

    def __init__(self, store: Store, deployments: Deployments, filed: Filed | None = None) -> None:
        """``filed`` looks at the files too."""
        self._store = store
        self._filed = filed
        self._deployments = deployments
        self._records = Records(store.database)
        self._flags = Flags(store.database)

    def move_report(self, case_id: str, version: str, entry: int | None = None) -> MoveReport:
        """What moving a case to another version would do now, or did as this entry of its journal; writes nothing.

        NotFound for an unknown case or version; NotPossible when it cannot be moved at all, or its journal differs.
        """
        with self._store.database.read() as connection:
            entries = self._store.entries(connection, case_id)[: None if entry is None else entry - 1]
        if not entries:
            raise NotFound("case.unknown", "没有这个办件", "there is no such case", case_id)
        replayed = replay(case_id, entries, self._deployments.get)
        if any(difference.what != OTHER_STATE for difference in replayed.differences):
            raise NeedsPerson(case_id)
        deployment = deployed(self._deployments.get, version)
        require_movable(replayed.case, deployment)
        ports = _ReplayPorts(self._deployments.get)
        ports.step_limit = TRIAL_STEPS
        act = Act(entries[-1].seq + 1, entries[-1].instant, SYSTEM.id, ports, LiveAnswers())
        return Move(replayed.case, deployment, act).report()

    def verify(self, case_ids: Sequence[str] | None = None) -> Report:
        """Chains, replays, stored states, projections, notices, personal commitments, files and deployed versions.

        Of all cases, or of these. What cannot even be read is a difference, and the other cases are still checked.
        """
        chosen = self._store.all_ids() if case_ids is None else case_ids
        acknowledged = self._store.acknowledged_revisions()  # before the journals, which only grow
        entries, differences = 0, list(self._deployed())
        for case_id in chosen:
            try:
                count, found = self._check(case_id, acknowledged.get(case_id, 0))
            except IntegrityError as error:
                count, found = 0, [Difference(case_id, 0, error.message_en)]
            entries += count
            differences += found
        return Report(len(chosen), entries, tuple(differences))

    def _deployed(self) -> Iterator[Difference]:
        for version in self._store.deployment_versions():
            try:
                self._deployments.check_stored(version)
            except IntegrityError as error:
                yield Difference("", 0, f"deployed version {version[:12]}: {error.message_en}")

    def _check(self, case_id: str, acknowledged: int) -> tuple[int, list[Difference]]:
        # Everything is read in one transaction, so a case that moves on meanwhile is not reported.
        with self._store.database.read() as connection:
            entries = self._store.entries(connection, case_id)
            stored = self._store.stored_rows(connection, case_id)
            written = self._store.notice_keys(connection, case_id)
            files = file_rows(connection, case_id)
        if not entries:
            return 0, [Difference(case_id, 0, "has rows but no journal")]
        found = list(check_chain(case_id, entries))
        replayed = replay(case_id, entries, self._deployments.get)
        found += replayed.differences
        found += _compare(replayed, entries[-1], stored)
        if written != replayed.notices:
            found.append(Difference(case_id, 0, "notices in the outbox are not those of the journal"))
        if acknowledged > entries[-1].seq:
            found.append(Difference(case_id, acknowledged, "was acknowledged, but is missing"))
        found += self._commitments(case_id, entries[0])
        if self._filed is not None:
            found += self._filed.differences(case_id, entries, files)
        return len(entries), found

    def _commitments(self, case_id: str, first: Entry) -> Iterator[Difference]:
        personal = self._records.applicant(case_id)
        if first.kind != SUBMITTED_KIND or not personal:
            return
        for name, promised in first.facts.get("commitments", {}).items():
            if commitment(personal.get("salt", ""), personal.get(name, "")) != promised:
                yield Difference(case_id, 1, f"the applicant's field {name} is not the one submitted")

    def rebuild(self, case_ids: Sequence[str] | None = None) -> Report:
        """Makes state and projections anew from the journals; never touches journals, records or the outbox.

        A case whose chain or replay differs keeps its stored rows and is reported, for a person to look at.
        """
        chosen = self._store.case_ids() if case_ids is None else case_ids
        count, differences = 0, []
        for case_id in chosen:
            try:
                entries, found = self._deployments.reading_between(partial(self._rebuild, case_id))
            except IntegrityError as error:
                entries, found = 0, [Difference(case_id, 0, error.message_en)]
            count += entries
            differences += found
        return Report(len(chosen), count, tuple(differences))

    @retried
    def _rebuild(self, case_id: str, get: Get) -> tuple[int, list[Difference]]:
        with self._store.transaction() as transaction:
            entries = transaction.locked_entries(case_id)
            found = list(check_chain(case_id, entries))
            replayed = replay(case_id, entries, get)
            found += replayed.differences
            if not found:
                row = case_row(replayed.case, entries[-1], replayed.state)
                transaction.replace_projections(row, all_rows(replayed.case))
        if not found:
            self._flags.take_down(case_id)
        return len(entries), found


def _compare(replayed: Replayed, last: Entry, stored: Mapping[str, list[dict[str, Any]]]) -> Iterator[Difference]:
    case = replayed.case
    expected: dict[str, Sequence[Row]] = {"case_row": [case_row(case, last, replayed.state)], **all_rows(case)}
    for table, rows in expected.items():
        if _comparable(rows) != _comparable(stored[table]):
            yield Difference(case.id, last.seq, f"stored rows of {table} are not what the journal says")


def _comparable(rows: Sequence[Mapping[str, Any]]) -> list[bytes]:
    plain = [{k: v.hex() if isinstance(v, bytes) else v for k, v in row.items()} for row in rows]
    return sorted(canonical(row) for row in plain)
