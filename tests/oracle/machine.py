"""Random acts of random people, and after each one the question whether the case is right."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from cli.demo_cases import sample_form
from engine import commands as act
from engine.commands import SYSTEM, Actor, Outcome
from engine.engine import Engine
from engine.errors import BinglianError, NotPermitted
from engine.materials import Upload
from tests.clock import START
from tests.oracle import acts
from tests.oracle.acts import Desk, in_words
from tests.oracle.compare import agree, inbox_agrees
from tests.oracle.effects import absorb
from tests.oracle.ending import reach_an_end
from tests.oracle.model import OVER, Model
from tests.oracle.rights import Asked, Away, lets_stand_in, may
from tests.oracle.town import BY_ID, CLERK, Town, cast
from tests.slow_calendar import BEIJING
from tests.uploads import pdf
from timers.sweep import sweep

DICE = st.integers(0, 2**24 - 1)
PASSES = (0, 1, 20, 90, 240, 480, 1440, 1440, 2880, 4320, 10080, 30000)
"""Minutes that go by."""
WEIGHED = {
    "decide": 32, "hands": 12, "asides": 3, "back": 6, "take_back": 5, "whole": 3, "window": 3, "clocks": 8,
    "lateness": 6, "objection": 2, "upload": 5, "move": 3, "time": 11, "absence": 3, "again": 1, "again_wrongly": 1,
    "restart": 2, "demands": 8, "sessions": 12, "promises": 4, "is_back": 3, "recompute": 1, "print_one": 2,
    "look_at_list": 3, "audit": 1,
}  # fmt: skip
KINDS, WEIGHTS = tuple(WEIGHED), tuple(WEIGHED.values())
"""What happens, and how often."""


class Office(RuleBasedStateMachine):
    """One run. ``town`` is shared by all; a run begins with no case in it."""

    town: ClassVar[Town]
    _folder: ClassVar[Any] = None

    def __init__(self) -> None:
        super().__init__()
        self.cases: dict[str, Model] = {}
        self.now = ""
        self.away: list[Away] = []
        self.last: tuple[Any, Actor, Outcome] | None = None
        self.thrown: Counter[int] = Counter()
        self.acted = 0
        self.failed = False

    @classmethod
    def settle_in(cls, folder: Path | None = None) -> None:
        """Builds the town once in a process."""
        if cls._folder is None:
            cls._folder = TemporaryDirectory(prefix="oracle-")
            Office.town = Town(Path(cls._folder.name))

    # Helpers

    @property
    def engine(self) -> Engine:
        return self.town.engine

    @property
    def model(self) -> Model:
        return self.cases[self.now]

    def say(self, text: str) -> None:
        local = self.town.clock().astimezone(BEIJING)
        note(f"{local:%m-%d %H:%M} {text}")

    @initialize(die=DICE)
    def open_office(self, die: int) -> None:
        self.town.empty()
        self.town.clock.set(START)
        self._submit(Random(die))

    def _submit(self, die: Random) -> None:
        code = die.choice(["B01", "B02", "ORC", "ORC"])
        design = self.town.designs[self.town.first[code]]
        offering = self.engine.deployments.catalogue.offering(code)
        form = sample_form(offering, None)
        values: dict[str, Any] = {name: {"是": True, "否": False}.get(text, text) for name, text in form.items()}
        if "floor_area" in values:
            values["floor_area"] = float(form["floor_area"])
        routes = design.routes(code for code in design.applicable(values) if die.random() < 0.5)
        given = dict.fromkeys(design.asked(values, routes), "received")
        if die.random() < 0.3:
            owed = die.choice(sorted(given))
            how = "deferred" if design.asked(values, routes)[owed].get("deferrable") else ""
            given.pop(owed)
            if how:
                given[owed] = how
        applicant = die.choice(cast(code)[1:]).id if die.random() < 0.3 else ""
        command = act.SubmitCase(code, form, given, applicant=applicant, commitments=" ".join(routes))
        outcome = self.engine.execute(command, CLERK)
        self.now = outcome.case_id
        self.cases[self.now] = Model(self.town.designs)
        by = f", commitments={command.commitments}" if routes else ""
        self.say(f"clerk: SubmitCase({code}, applicant={applicant or None}{by}) {outcome.case_number}")
        self.catch_up()
        if die.random() < 0.8:
            self.send(act.AcceptCase(self.now), CLERK)

    def catch_up(self) -> None:
        """The models take what happened, and each case is compared."""
        moved = self.town.revisions()
        for case_id, model in self.cases.items():
            if moved[case_id] == model.seq:
                continue
            look = self.town.look(case_id, model.seq)
            for entry in look.entries:
                opened = [row for row in look.rows if row["task_id"].partition(".")[0] == str(entry.seq)]
                if entry.actor == "system":
                    self.say(f"   {entry.kind} {dict(entry.facts)}")
                absorb(model, entry, opened)
            agree(model, look)

    def ask(self, command: Any, actor: Actor) -> bool | None:
        today = self.town.clock().astimezone(BEIJING).date()
        return may(Asked(self.model, command, actor, today, BY_ID, self.away))

    def send(self, command: Any, actor: Actor) -> Outcome | None:
        """Sends an act; None when it is refused, in words, and nothing changed."""
        allowed, before = self.ask(command, actor), self.model.seq
        try:
            outcome = self.engine.execute(command, actor)
        except BinglianError as error:
            self.say(f"{in_words(command, actor)} → {error.code}")
            assert error.message_zh
            assert error.message_en
            assert self.town.revisions().get(self.now) == before, "what is refused changes nothing"
            assert not (isinstance(error, NotPermitted) and allowed), f"{error.code}, but it is theirs to do"
            return None
        self.say(in_words(command, actor))
        assert allowed is not False, "it was not theirs to do"
        assert outcome.revision == before + 1
        self.catch_up()
        if isinstance(command, act.SupplyMaterials):
            owed = {one.material for one in self.model.demands.open()}
            assert owed.isdisjoint(command.materials), "what has come is owed no longer"
        return outcome

    def go(self, kind: str, dice: Random) -> None:
        """One act of a kind, mostly on the newest case."""
        self.acted += 1
        if self.model.status in {"submitted", "correction"} and dice.random() < 0.6:
            kind = "window"
        if self.model.status in OVER and dice.random() < 0.7:
            self._submit(dice)
            return
        desk = Desk(self.model, self.now, dice, self.town.clock().astimezone(BEIJING))
        made = acts.ACTS[kind](desk)
        if made is None:
            made = acts.decide(desk)
        if made is None:
            made = acts.window(desk)
        assert made is not None
        command, actor = made
        if dice.random() < 0.1:
            command = type(command)(**{**vars(command), "key": f"k{self.acted}"})
        if isinstance(command, act.ReturnStep | act.ReturnCase | act.TakeBackDecision) and dice.random() < 0.3:
            self.foresee(command, actor)
            return
        outcome = self.send(command, actor)
        if outcome is not None and command.key:
            self.last = command, actor, outcome

    def foresee(self, command: Any, actor: Actor) -> None:
        """A preview writes nothing and says what happens."""
        foreseen, before = self.engine.preview(command, actor), self.model.seq
        assert self.town.revisions().get(self.now) == before
        code = ""
        try:
            self.engine.execute(command, actor, foreseen.mark)
        except BinglianError as error:
            code = error.code
        self.say(f"{in_words(command, actor)}, foreseen → {code or 'done'}")
        assert foreseen.code == code
        self.catch_up()

    @rule(die=DICE)
    def something_happens(self, die: int) -> None:
        """One act, or time, or a matter of the office. The kinds are no rules of their own: hypothesis would leave some
        of them out for a whole run, and most runs would go nowhere."""
        self.thrown[die] += 1  # hypothesis likes to repeat a throw: the second one falls differently
        dice = Random(f"{die}.{self.thrown[die]}")
        kind = dice.choices(KINDS, WEIGHTS)[0]
        self.failed = True
        if kind in acts.ACTS:
            self.go(kind, dice)
        else:
            self.matters[kind](self, dice)
        self.failed = False

    def upload(self, dice: Random) -> None:
        """A file of a material, by the window."""
        code = dice.choice(sorted(self.model.asked()))
        content = pdf(b"% " + str(dice.randrange(4)).encode())
        before = self.model.seq
        actor = CLERK if dice.random() < 0.8 else dice.choice(cast(self.model.design.code))
        try:
            self.engine.upload(self.now, Upload(code, "a.pdf", content), actor)
        except BinglianError as error:
            self.say(f"{actor.id}: upload {code} → {error.code}")
            assert self.town.revisions().get(self.now) == before
            assert not (isinstance(error, NotPermitted) and actor == CLERK)
            return
        self.say(f"{actor.id}: upload {code}")
        assert actor == CLERK
        self.catch_up()

    def promises(self, dice: Random) -> None:
        """A check, or a revocation, mostly of a case that has something to check: these go on after the end."""
        newest = self.now
        due = [case_id for case_id, model in self.cases.items() if model.checks or model.delivery]
        self.now = dice.choice(due or [newest])
        made = acts.promises(Desk(self.model, self.now, dice, self.town.clock().astimezone(BEIJING)))
        self.send(*made)
        self.now = newest

    def move(self, dice: Random) -> None:
        """To the other version, or to where it is."""
        code = self.model.design.code
        version = dice.choice([self.town.second, self.town.first])[code]
        actor = BY_ID["root"] if dice.random() < 0.8 else dice.choice(cast(code))
        self.send(act.MoveCase(self.now, version, "新规定"), actor)

    def time(self, dice: Random) -> None:
        """Time goes by, and mostly what is due comes."""
        minutes, unnoticed = dice.choice(PASSES), dice.random() < 0.2
        held = [one.planned for one in self.model.meetings.values() if one.status == "open"]
        held += [one.due for model in self.cases.values() for one in model.checks.values() if one.status == "due"]
        wait = min((one for one in held if one > self.town.clock()), default=self.town.clock()) - self.town.clock()
        if wait > timedelta(0) and dice.random() < 0.6:
            minutes = int(wait / timedelta(minutes=1)) + 1
        self.town.clock.advance(minutes=minutes)
        self.say(f"{minutes} minutes later{', not swept' if unnoticed else ''}")
        if not unnoticed:
            self.sweep()

    def sweep(self) -> None:
        assert sweep(self.engine).failed == 0
        self.catch_up()
        for model in self.cases.values():
            window = model.demands.window()
            assert window is None or window.due > self.town.clock(), "the notice goes by itself"

    def absence(self, dice: Random) -> None:
        """Somebody stands in for somebody."""
        people = cast(self.model.design.code)
        person = dice.choice(people)
        substitute = dice.choice([one for one in people if one.department == person.department] or people)
        actor = dice.choice([person, person, BY_ID["root"], dice.choice(people)])
        today = self.town.clock().astimezone(BEIJING).date()
        first, last = today + timedelta(dice.choice([0, 0, 0, 0, 1, -1])), today + timedelta(dice.choice([0, 3, 30]))
        scope = dice.choice(["", "", self.model.design.code, dice.choice(sorted(self.model.design.items))])
        told = (person.id, substitute.id, first.isoformat(), last.isoformat())
        self.say(f"{actor.id}: SetAbsence{told} {scope}")
        may_end = lets_stand_in(actor, person)
        try:
            row = self.engine.absences.set(act.SetAbsence(*told, "局办", scope), actor)
        except BinglianError as error:
            self.say(f"   → {error.code}")
            assert not (isinstance(error, NotPermitted) and may_end)
            return
        assert may_end, "it was not theirs to set"
        self.away.append(Away(person.id, substitute.id, first, last, frozenset(scope.split()), row.id))

    def is_back(self, dice: Random) -> None:
        """Somebody is back before the last day."""
        if not self.away:
            self.absence(dice)
            return
        one = dice.choice(self.away)
        actor = dice.choice([BY_ID[one.person], BY_ID["root"], *dice.choices(cast(self.model.design.code), k=3)])
        may_end = lets_stand_in(actor, BY_ID[one.person])
        self.say(f"{actor.id}: EndAbsence of {one.person}, for whom {one.substitute} stands in")
        try:
            self.engine.absences.end(act.EndAbsence(one.id), actor)
        except BinglianError as error:
            self.say(f"   → {error.code}")
            assert not (isinstance(error, NotPermitted) and may_end)
            return
        assert may_end, "it was not theirs to end"
        self.away.remove(one)

    def recompute(self, dice: Random) -> None:
        """Nothing is to be counted again: the calendar is the same."""
        outcome = self.send(act.RecomputeDueDates(self.now), dice.choice([BY_ID["root"], SYSTEM, CLERK]))
        assert outcome is None, "a due date was wrong"

    def print_one(self, dice: Random) -> None:
        """The document that is due longest is made, by the machine alone."""
        paper = self.engine.paperwork.rows.lease(self.engine.read.now())
        if paper is None:
            return
        newest, self.now = self.now, paper.case_id
        kept = self.engine.paperwork.files.keep(paper.number.encode())
        told = (paper.case_id, paper.id, paper.kind, paper.number, kept)
        self.send(act.IssueDocument(*told), SYSTEM if dice.random() < 0.9 else CLERK)
        self.now = newest

    def restart(self, _: Random) -> None:
        """All caches are gone."""
        self.say("another process")
        self.town.restart()

    def again(self, _: Random) -> None:
        """The same form is sent a second time: nothing happens twice."""
        if self.last is None:
            return
        command, actor, outcome = self.last
        self.say(f"again: {in_words(command, actor)}")
        before = self.town.revisions()
        assert self.engine.execute(command, actor) == outcome
        assert before == self.town.revisions()

    def again_wrongly(self, _: Random) -> None:
        """Another act with a key that was used."""
        if self.last is None:
            return
        command, actor, _outcome = self.last
        before = self.town.revisions()
        self.say(f"key of: {in_words(command, actor)}")
        try:
            self.engine.execute(act.SupplyMaterials(self.now, {}, command.key), actor)
        except BinglianError as error:
            assert error.code == "key.reused"
        else:
            raise AssertionError("a key is for one command")
        assert before == self.town.revisions()

    def look_at_list(self, dice: Random) -> None:
        """Somebody looks at the own list."""
        inbox_agrees(self.model, self.now, dice.choice(cast(self.model.design.code)), self.engine)

    def audit(self, _: Random) -> None:
        """The journal is the case."""
        report = self.town.auditor.verify([self.now])
        assert report.differences == (), report.differences

    matters: ClassVar[dict[str, Callable[["Office", Random], None]]] = {
        "upload": upload, "promises": promises, "move": move, "time": time, "absence": absence, "is_back": is_back,
        "recompute": recompute, "print_one": print_one, "again": again,
        "again_wrongly": again_wrongly, "restart": restart, "look_at_list": look_at_list, "audit": audit,
    }  # fmt: skip

    def teardown(self) -> None:
        """In the end every case reaches one, and all of them are what their journals say."""
        if not self.cases or self.failed:
            return
        for case_id, model in self.cases.items():
            self.now = case_id
            for actor in cast(model.design.code)[::3]:
                inbox_agrees(model, case_id, actor, self.engine)
            self.say(f"to the end of {case_id}")
            reach_an_end(model, case_id, self.send, self.sweep, self.town.spares)
        dice = Random(f"{sorted(self.thrown)}")
        if any(model.checks for model in self.cases.values()):
            for _ in range(8):
                self.promises(dice)
                self.time(dice)
        report = self.town.auditor.verify(list(self.cases))
        assert report.differences == (), report.differences
        if dice.random() < 0.1:
            self.rebuild()

    def rebuild(self) -> None:
        """The journal is everything: made anew from it, no row is another one."""
        before = self.town.rows()
        report = self.town.auditor.rebuild(list(self.cases))
        assert report.differences == (), report.differences
        for table, rows in self.town.rows().items():
            assert rows == before[table], f"rebuilt, {table} is another one: {sorted({*rows} ^ {*before[table]})[:4]}"
