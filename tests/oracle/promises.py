"""告知承诺 in the model: what is promised instead of shown, the checks afterwards, revocation."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.journal import Entry
from tests.oracle.clockwork import after, here
from tests.oracle.town import Look

if TYPE_CHECKING:
    from tests.oracle.model import Model

Facts = Mapping[str, Any]
Mark = tuple[tuple[str, int], ...]
"""Results, each with how often it was given a number."""


@dataclass
class Check:
    """One check; ``marks``: what was issued on the promise. ``told``: its timers that rang."""

    item: str
    marks: Mark
    department: str
    role: str
    due: datetime
    until: datetime | None = None
    follows: str = ""
    status: str = "due"
    by: str = ""
    told: tuple[str, ...] = ()


def due_check(model: "Model", item: str) -> Check | None:
    """The check of an item that is to be made."""
    return next((one for one in model.checks.values() if one.item == item and one.status == "due"), None)


def issued(model: "Model") -> dict[str, Mark]:
    """Items granted on a promise whose results are all issued."""
    results, found = model.results(), {}
    for code in model.pledges:
        owed = model.design.items[code].results
        if model.item_states().get(code) == "granted" and owed and all(results.get(one) == "issued" for one in owed):
            found[code] = tuple((one, model.marks[one]) for one in owed)
    return found


def settle(model: "Model", at: str) -> None:
    """What is issued on a promise is checked, once; a check whose results stand no longer lapses."""
    now = issued(model)
    for one in model.checks.values():
        if one.status == "due" and now.get(one.item) != one.marks:
            one.status = "lapsed"
    for item, marks in now.items():
        if not any((one.item, one.marks) == (item, marks) for one in model.checks.values() if one.status != "lapsed"):
            route = model.pledges[item]
            _open(model, item, marks, after(here(at), route["check_days"]))


def _open(model: "Model", item: str, marks: Mark, due: datetime, **more: Any) -> None:
    route = model.pledges[item]
    department = route.get("check_department", model.design.items[item].department)
    one = Check(item, marks, department, route["check_role"], due, **more)
    model.checks[str(len(model.checks) + 1)] = one


def chosen(model: "Model", entry: Entry, facts: Facts) -> None:
    """Other materials are asked for; nothing else is lost."""
    assert model.status in {"submitted", "correction"}, "it is chosen before the acceptance"
    before = model.materials
    model.pledges = model.design.routes(facts["items"])
    assert [*model.pledges] == sorted(facts["items"]), "an item without the route"
    kept = model.asked().keys() | {code for code in before if code.startswith("F_")}
    model.materials = {code: how for code, how in before.items() if code in kept}
    assert facts["materials"] == model.materials


def accepted(model: "Model", facts: Facts) -> None:
    """By silence: nothing was promised where the letter never came."""
    lost = [code for code, route in model.pledges.items() if model.materials.get(route["letter"]) != "received"]
    assert sorted(facts.get("unpromised", ())) == (sorted(lost) if "since" in facts else [])
    model.pledges = {code: route for code, route in model.pledges.items() if code not in facts.get("unpromised", ())}
    missing = {code for code in model.asked() if code not in model.materials}
    assert {*facts.get("missing", ())} == missing, "accepted with materials missing"
    assert not missing or "since" in facts


def checked(model: "Model", entry: Entry, facts: Facts) -> None:
    """Kept, false, or, once, to be put right."""
    one = due_check(model, facts["item"])
    assert one is not None, "no check is due"
    assert one is model.checks[facts["check"]]
    outcome = facts["outcome"]
    assert outcome in {"kept", "false"} or (outcome == "correctable" and not one.follows), "it is put right once"
    one.status, one.by = outcome, entry.actor
    if outcome == "correctable":
        route = model.pledges[one.item]
        until = after(here(entry.at), route["correct_days"])
        _open(
            model, one.item, one.marks, after(until, route.get("recheck_days", 5)), until=until, follows=facts["check"]
        )


def reminded(model: "Model", entry: Entry, facts: Facts) -> None:
    """Before it is due, or when the time to put it right is over; each once."""
    kind = facts["timer"].rpartition(".")[2]
    one = _rings(model, facts["check"], kind)
    assert kind in {"remind", "put_right"}
    assert kind != "put_right" or (one.until is not None and one.until <= here(entry.at))


def late(model: "Model", entry: Entry, facts: Facts) -> tuple[str, Check]:
    """When it is due, and five working days after that; each once."""
    one = _rings(model, facts["check"], f"level{facts['level']}")
    assert (one.due if facts["level"] == 1 else after(one.due, 5)) <= here(entry.at), "it is not late yet"
    return f"check.{facts['check']}", one


def _rings(model: "Model", number: str, kind: str) -> Check:
    one = model.checks[number]
    assert one.status == "due", "nobody waits for this check"
    assert kind not in one.told, "it is told once"
    one.told += (kind,)
    return one


def revoked(model: "Model", entry: Entry, facts: Facts) -> None:
    """What was delivered, or issued on a false promise; all that is in force of the item, for good."""
    item = facts["item"]
    last = [one for one in model.checks.values() if one.item == item and one.status != "lapsed"]
    assert model.delivery or (last and last[-1].status == "false"), "it can be returned still"
    now = {code for code in model.design.items[item].results if model.results().get(code) == "issued"}
    assert now, "nothing is in force"
    assert {*facts["results"]} == now
    model.revoked |= {(code, model.marks[code]) for code in now}


def agree_on_promises(model: "Model", look: Look) -> None:
    """What is promised, what is checked, what was revoked."""
    case = look.case
    assert {*case.pledges} == {*model.pledges}
    told = {
        number: (one.item, one.department, one.role, one.status, one.follows, one.by, here(one.due_at))
        for number, one in case.checks.items()
    }
    said = {
        number: (one.item, one.department, one.role, one.status, one.follows, one.by, one.due)
        for number, one in model.checks.items()
    }
    assert told == said, (told, said)
    gone = Counter(one.code for one in case.results.values() if one.status == "revoked")
    assert gone == Counter(code for code, _ in model.revoked)
    armed = {key for key in case.timers if key.startswith("check.")}
    for number, one in model.checks.items():
        mine = {key for key in armed if key.split(".")[1] == number}
        assert one.status == "due" or not mine, "what is over rings no more"
        assert one.status != "due" or "level2" in one.told or mine, "who is late is heard of"
