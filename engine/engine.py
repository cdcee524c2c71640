"""The engine: one command, one transaction, one journal entry.

The path of a decision: lock the case row, read the clock, ask policy, apply (workflow included), seal the entry, write
entry, state, projections and outbox, commit; only then the live case goes back to the cache.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any, NamedTuple

from engine.absences import Absences
from engine.case.act import Act, LiveAnswers
from engine.case.deployment import Get
from engine.case.documents import ISSUED_KIND
from engine.case.handlers import APPLY, LOOK_BACK, SUBMITTED_KIND, AboutTask, prepare
from engine.case.intake import is_form_of, submit_facts
from engine.case.intent import Intent
from engine.case.policy import require_clerk
from engine.case.projection import Snapshot, change_of, task_of
from engine.case.state import Case, case_from_state
from engine.case.together.recusal import check_applicant
from engine.clock import Clock
from engine.commands import (
    SYSTEM,
    Actor,
    Command,
    FireTimer,
    IssueDocument,
    Outcome,
    SubmitCase,
    UploadMaterial,
    WriteOffEscalation,
    check_shape,
)  # fmt: skip
from engine.deployments import Deployments
from engine.documents.model import Papers
from engine.errors import BadInput, BinglianError, IntegrityError, NotPossible
from engine.instants import aware_utc, from_text, to_text
from engine.journal import GENESIS, Entry, Json, canonical, digest
from engine.live import LiveCases
from engine.materials import Materials, Upload
from engine.paperwork import Paperwork, require_due
from engine.ports import EnginePorts
from engine.preview import Preview, image, require_foreseen, tried
from engine.reader import Reader
from engine.replay import LOST, NeedsPerson, folded, made_anew
from engine.settings import Settings
from engine.store import Conflict, Store, Transaction, retried
from engine.store.absences import AbsenceTable
from engine.store.change import Head
from engine.store.deliveries import Deliveries
from engine.store.flags import Flags
from engine.store.operations import DueTimer, Outbox, TimerLeases
from engine.store.people import AccountsNow
from engine.store.records import Records

KEY_REUSED = "key.reused"
"""Code of the refusal of a key that was used for something else."""


class _Turn(NamedTuple):
    """What one command became: the entry to write, before it is applied."""

    kind: str
    facts: Mapping[str, Json]
    actor: str
    instant: datetime
    previous: str
    personal: str | None = None
    foreseen: str = ""


class Engine:
    """Commands in, outcomes out; ``read`` for the screens, ``timers`` and ``outbox`` for the background."""

    def __init__(
        self, settings: Settings, clock: Clock, store: Store, deployments: Deployments, papers: Papers
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.deployments = deployments
        self.store = store
        self.records = Records(store.database)
        self.deliveries = Deliveries(store.database, settings.notices, timedelta(seconds=settings.lease_seconds))
        self.outbox = Outbox(store.database, self.deliveries.post)
        self.flags = Flags(store.database)
        self.timers = TimerLeases(store.database, timedelta(seconds=settings.lease_seconds))
        self.paperwork = Paperwork(settings, papers, store, deployments)
        self.materials = Materials(settings, store)
        self.read = Reader(store, deployments, clock, settings.secret_key)
        self.absences = Absences(AbsenceTable(store.database), deployments.catalogue, deployments.calendar, clock)
        self._live = LiveCases(settings.live_cases)

    def execute(self, command: Command, actor: Actor, foreseen: str = "") -> Outcome:
        """Carries out one command, or raises a BinglianError and changes nothing.

        ``foreseen`` is the ``mark`` of a preview, of an act that goes back or ends a case: it is done as that said, or
        NotPossible ``preview.changed`` is raised.

        Conflicts and deadlocks of the database are tried again with the same command; a person never sees them.
        """
        check_shape(command, actor)
        self.deployments.glance()
        if isinstance(command, UploadMaterial):
            self.materials.require_kept(command)
        try:
            return self.deployments.reading_between(partial(self._once, command, actor, foreseen))
        except NeedsPerson as error:
            self.flags.put_up(error.where, error.code, aware_utc(self.clock()))
            raise
        except Conflict as error:
            raise NotPossible("engine.busy", "系统繁忙,请再试一次", "the system is busy, please try again") from error

    def upload(self, case_id: str, upload: Upload, actor: Actor, key: str = "") -> Outcome:
        """Checks, scans and keeps a file, then makes it the next version of a material; or raises and changes nothing.

        What is kept and becomes no version is harmless: the same file is used when it comes again.
        """
        return self.execute(self.materials.take_in(self.read.case(case_id, actor), upload, actor, key), actor)

    def preview(self, command: Command, actor: Actor) -> Preview:
        """What a command on a case would do now, or why it would be refused; tried on a copy, nothing is written.

        NotFound for an unknown case, BadInput for what concerns no case yet.
        """
        check_shape(command, actor)
        if isinstance(command, SubmitCase):
            raise BadInput("preview.submit", "登记申请无需预览", "there is nothing to foresee of a new application")
        self.deployments.refresh()
        view = self.read.case(command.case_id, SYSTEM)
        instant = max(view.now, view.entries[-1].instant)
        get, calendar = self.deployments.get, self.deployments.calendar
        people = AccountsNow(self.store.database.read)
        intent = Intent(actor, instant, view.deployment, get, lambda: view.entries, calendar, people)
        ports = EnginePorts(self.deployments, self.settings, None)
        try:
            return tried(view.case, intent, command, ports)
        except IntegrityError as error:
            if error.code not in LOST:
                raise
            return tried(folded(view.case.id, view.entries, get), intent, command, ports)

    def fire_together(self, due: Sequence[DueTimer]) -> None:
        """Fires timers of different cases in one transaction: all of them, or it raises whatever and fires none.

        Give them in the order of their cases, so that no two such transactions wait for each other. Nothing is tried
        again here: whoever called then gives ``FireTimer`` for each.
        """
        self.deployments.glance()
        self.deployments.reading_between(partial(self._fire, due))

    def _fire(self, due: Sequence[DueTimer], get: Get) -> None:
        with self.store.transaction() as transaction:
            transaction.lock_all([one.case_id for one in due])
            fired = [self._change(transaction, get, FireTimer(one.case_id, one.timer_id), SYSTEM)[0] for one in due]
        for case in fired:
            self._live.put(case)

    @retried
    def _once(self, command: Command, actor: Actor, foreseen: str, get: Get) -> Outcome:
        with self.store.transaction() as transaction:
            if command.key and (known := transaction.outcome_of(actor.id, command.key)) is not None:
                return self._known(transaction, get, command, *known)
            if isinstance(command, SubmitCase):
                case, outcome = self._submit(transaction, command, actor)
            else:
                case, outcome = self._change(transaction, get, command, actor, foreseen)
            if command.key:
                transaction.remember(actor.id, command.key, _mark(command), outcome.__dict__)
        self._live.put(case)
        return outcome

    def _known(
        self, transaction: Transaction, get: Get, command: Command, mark: str, known: Mapping[str, Any]
    ) -> Outcome:
        same, number = mark == _mark(command), known["case_number"]
        if isinstance(command, SubmitCase) and known["revision"] == 1:
            facts = transaction.first_entry(known["case_id"]).facts
            record = transaction.personal_fields(known["case_id"])
            if not same or not is_form_of(facts, record, get(facts["version"]), command.form):
                raise BadInput(
                    KEY_REUSED, f"这份申请已登记为 {number}，此后改动的内容没有登记；如为另一份申请，请再次提交",
                    f"this application is registered as {number} without what was changed since; if it is another one, "
                    "submit it again", "key",
                )  # fmt: skip
        elif not same:
            raise BadInput(
                KEY_REUSED, "这份表单已经提交过，此后改动的内容没有提交；请打开该办件核对后再办理",
                "this form was sent before, what was changed since was not: look at the case, then do it anew", "key",
            )  # fmt: skip
        return Outcome(**{**known, "opened": tuple(known["opened"]), "closed": tuple(known["closed"])})

    def _submit(self, transaction: Transaction, command: SubmitCase, actor: Actor) -> tuple[Case, Outcome]:
        require_clerk(actor)
        check_applicant(transaction.people, command.applicant, actor)
        deployment = self.deployments.current(command.offering)
        facts, personal = submit_facts(deployment, command)
        case = Case(secrets.token_hex(8))
        turn = _Turn(SUBMITTED_KIND, facts, actor.id, aware_utc(self.clock()), GENESIS, json.dumps(personal))
        return case, self._apply(transaction, case, turn)

    def _change(
        self, transaction: Transaction, get: Get, command: Any, actor: Actor, foreseen: str = ""
    ) -> tuple[Case, Outcome]:
        head = transaction.lock(command.case_id)
        case = self._live.take(command.case_id, head.revision)
        if case is None:
            case = self._stored(transaction, get, head, command.case_id)
        # The clock is read after the lock, and never runs backwards within a case.
        instant = aware_utc(self.clock())
        if to_text(instant) < head.instant:
            instant = from_text(head.instant)
        try:
            _recall(transaction, case, command)
            intent = Intent(
                actor, instant, get(case.version), get,
                partial(transaction.locked_entries, case.id), self.deployments.calendar, transaction.people,
            )  # fmt: skip
            kind, facts = prepare(case, intent, command)
        except BinglianError:
            self._live.put(case)  # policy only looked; the case is as it was
            raise
        turn = _Turn(kind, facts, actor.id, instant, head.hash, foreseen=foreseen)
        try:
            return case, self._apply(transaction, case, turn)
        except IntegrityError as error:
            if error.code not in LOST:
                raise
            case = self._made_anew(transaction, get, head, case.id)
            return case, self._apply(transaction, case, turn)

    def _stored(self, transaction: Transaction, get: Get, head: Head, case_id: str) -> Case:
        """The case as stored; made anew from its journal when that cannot be read, or its workflow is another one."""
        state, flow = transaction.load(case_id)
        try:
            case = case_from_state(json.loads(state), flow)
        except (ValueError, TypeError, LookupError, AttributeError):
            case = None
        if case is None or bool(flow) != bool(case.flow_digest):
            return self._made_anew(transaction, get, head, case_id)
        return case

    def _made_anew(self, transaction: Transaction, get: Get, head: Head, case_id: str) -> Case:
        try:
            entries = transaction.locked_entries(case_id)
        except IntegrityError as error:  # an entry that cannot even be read
            raise NeedsPerson(case_id) from error
        if not entries:
            raise NeedsPerson(case_id)
        return made_anew(head, entries, get)

    def _apply(self, transaction: Transaction, case: Case, turn: _Turn) -> Outcome:
        before, open_before = Snapshot(case), {task.id for task in case.open_tasks()}
        standing, seen = self.paperwork.standing(case), image(case) if turn.foreseen else None
        ports = EnginePorts(self.deployments, self.settings, transaction)
        answers = LiveAnswers()
        act = Act(case.revision + 1, turn.instant, turn.actor, ports, answers, kind=turn.kind)
        APPLY[turn.kind](case, turn.facts, act)
        if seen is not None:
            require_foreseen(seen, case, self.deployments.get(seen.version).offering, turn.foreseen)
        case.revision = act.entry
        case.freeze()
        state = case.state_bytes()
        entry = Entry(
            case.id, act.entry, turn.instant, turn.kind, turn.actor, turn.facts, tuple(answers.given),
            digest(state), turn.previous,
        ).seal()  # fmt: skip
        change = change_of(case, before, entry, state, act.notices)
        documents = self.paperwork.due(standing, case, entry, transaction.next_value)
        transaction.apply(change)
        if turn.personal is not None:
            transaction.keep_applicant(case.id, turn.personal)
        if documents:
            transaction.make_due(documents)
        if entry.kind == ISSUED_KIND:
            transaction.mark_issued(case.id, entry)
        open_now = case.tasks.keys()  # nothing else is left among them
        opened, closed = tuple(sorted(open_now - open_before)), tuple(sorted(open_before - open_now))
        return Outcome(case.id, case.number, case.revision, opened, closed, len(act.notices))

    def due(self) -> datetime | None:
        """The earliest instant at which a timer may be leased; None when none is armed."""
        return self.timers.next_due()

    def lease(self, limit: int | None = None) -> list[DueTimer]:
        """Timers that are due now, leased to the caller (at most ``limit``, by default ``settings.timer_batch``)."""
        return self.timers.lease(aware_utc(self.clock()), limit or self.settings.timer_batch)

    def close(self) -> None:
        """Closes all connections."""
        self.store.close()


def _recall(transaction: Transaction, case: Case, command: Command) -> None:
    """Brings back the closed tasks a command concerns: all that it looks back on, or the one it names."""
    if isinstance(command, LOOK_BACK):
        case.recall(map(task_of, transaction.tasks_of(case.id)))
    elif isinstance(command, IssueDocument) and command.document not in case.documents:
        require_due(transaction, command)
    elif (task_id := _task_named(case, command)) and task_id not in case.tasks:
        case.recall(map(task_of, transaction.tasks_of(case.id, task_id)))


def _task_named(case: Case, command: Command) -> str:
    """The task a command is about; empty when it is not about one that may be closed."""
    if isinstance(command, WriteOffEscalation):
        one = case.escalations.get(command.escalation)
        return "" if one is None else one.task
    return command.task_id if isinstance(command, AboutTask) else ""


def _mark(command: Command) -> str:
    """Tells one command from another, in every process alike; the applicant's form, being personal, does not count."""
    kind: Any = type(command)
    mappings, later = _odd_fields(kind)
    told = {"command": kind.__name__, **vars(command)}
    told.pop("form", None)
    for name in mappings:
        told[name] = dict(told[name])
    for name in later:
        if not told[name]:
            del told[name]
    return digest(canonical(told))


@cache
def _odd_fields(kind: Any) -> tuple[list[str], list[str]]:
    """The fields of a command that are mappings, and those that came with a later release: while they are empty, they
    are left out, so that a form sent before is known again."""
    names = {field.name for field in fields(kind)}
    return sorted(names & {"materials", "seen", "absent"}), sorted(names & _LATER)


_LATER = {"seen", "seat", "behalf", "applicant", "commitments"}
