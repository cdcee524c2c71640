"""An office where several people decide one step, and people with accounts who do it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree

from bench.offerings import Shape, write_offerings
from engine.case.seating.seat_text import seats_from
from engine.case.seating.seats import Seat
from engine.case.state import Task
from engine.commands import Actor, DecideStep, Outcome
from engine.errors import BinglianError
from engine.store.records import Account
from tests.builders import Office, opened_office
from tests.clock import ManualClock

STEP, OTHER, DECIDE = "TRY.b0_0", "TRY.b0_1", "TRY.decide"
ALL_SIGN = '[steps.approvers]\nrule = "all_sign"\n[[steps.approvers.seats]]\ntimes = 3\n'
BY_TWO = ALL_SIGN.replace("times = 3", "times = 2")
ANY_SIGNS = ALL_SIGN.replace("all_sign", "any_signs")
VOTE = '[steps.approvers]\nrule = "vote"\nmore_than = "1/2"\n[[steps.approvers.seats]]\ntimes = 3\n'
IN_ORDER = """[steps.approvers]
rule = "in_order"
[[steps.approvers.seats]]
[[steps.approvers.seats]]
department = "police"
role = "reviewer"
"""


def person(name: str, department: str = "market", *roles: str) -> Actor:
    """Somebody who reviews in a department, or holds these roles there."""
    return Actor(name, department, frozenset(roles or ("reviewer",)))


A, B, C, D = (person(name) for name in "abcd")
POLICE, POLICE2 = person("p", "police"), person("q", "police")
HEAD = person("h", "market", "section_head")
CHIEF = person("chief", "market", "head")
ADMIN = person("root", "lead", "admin")
EVERYBODY = (A, B, C, D, POLICE, POLICE2, HEAD, CHIEF, ADMIN)


def seated_folder(folder: Path, approvers: str, step: str = STEP, policies: str = "") -> Path:
    """A processes folder with the item TRY, one step of which has these approvers."""
    if folder.exists():
        rmtree(folder)
    folder.mkdir(parents=True)
    write_offerings(folder, [Shape("TRY", branches=2, limit="5")])
    file = folder / "TRY" / "item.toml"
    head, marked, rest = file.read_text(encoding="utf-8").partition(f'id = "{step}"')
    here, gap, later = rest.partition("\n\n")
    file.write_text(f"{head}{marked}{here}\n{approvers}{gap}{later}", encoding="utf-8")
    if policies:
        (folder / "policies.toml").write_text(policies, encoding="utf-8")
    return folder


@contextmanager
def seated_office(
    folder: Path, approvers: str = "", step: str = STEP, policies: str = "", clock: ManualClock | None = None
) -> Iterator[Office]:
    """An office over such a folder, with everybody's accounts."""
    processes = seated_folder(folder / "p", approvers, step, policies)
    with opened_office(folder, clock, processes=processes) as office:
        for one in EVERYBODY:
            office.engine.records.save_account(Account(one.id, one.id, one.department, one.roles), "")
        yield office


def decide(office: Office, case_id: str, who: Actor, decision: str = "agree", step: str = STEP, **more: str) -> Outcome:
    """Somebody decides, or votes on, an open step; ``more``: opinion, behalf."""
    said = more.get("opinion", "" if decision in {"agree", "abstain"} else f"{who.id}的理由")
    task = task_of(office, case_id, step).id
    return office.engine.execute(DecideStep(case_id, task, decision, said, behalf=more.get("behalf", "")), who)


def task_of(office: Office, case_id: str, step: str = STEP) -> Task:
    """The open task of a step."""
    return office.open(case_id)[step]


def seats(office: Office, case_id: str, step: str = STEP) -> tuple[Seat, ...]:
    """The seats of the last task of a step."""
    found = [task for task in office.case(case_id).tasks.values() if task.step == step]
    return seats_from(found[-1].seats)


def states(office: Office, case_id: str, step: str = STEP) -> str:
    """Their states by the first letter: o(pen), w(aiting), d(ecided), r(emoved), t(old)."""
    return "".join(seat.status[0] for seat in seats(office, case_id, step))


def inbox(office: Office, who: Actor) -> list[str]:
    """The steps somebody's list shows."""
    return sorted(row["step"] for row in office.engine.read.inbox(who).rows)


def refused(office: Office, command: object, who: Actor) -> str:
    """Code of the error an act is refused with."""
    try:
        office.engine.execute(command, who)  # type: ignore[arg-type]
    except BinglianError as error:
        assert error.message_zh
        assert error.message_en
        return error.code
    raise AssertionError("it was not refused")


def kinds(office: Office, case_id: str) -> list[str]:
    """The kinds of the entries of a case."""
    return [entry.kind for entry in office.engine.read.case(case_id, ADMIN_EYES).entries]


ADMIN_EYES = Actor("window1", "window", frozenset({"window_clerk"}))


def notices(office: Office, who: Actor) -> list[str]:
    """Templates of what somebody was told, oldest first."""
    engine = office.engine
    engine.outbox.deliver_in_app(office.clock())
    found = engine.outbox.notices_for(who.department, who.roles, person=who.id)
    return [row["template"] for row in found][::-1]
