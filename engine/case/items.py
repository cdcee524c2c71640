"""What happens to the items of a bundle: opened, granted, refused, not reached; their results.

Join policies (DOMAIN §3): ``separate`` – each item decides for itself, items that need a refused one's result close as
not reached, the others go on, results are issued at once. ``lead_decides`` – the same, but results stay provisional
until the lead department has decided; its refusal refuses the whole. ``veto`` – the refusal of a named item ends every
other one; results stay provisional until delivery.
"""

from dataclasses import replace
from decimal import Decimal

from engine.case.act import Act, Notice
from engine.case.deployment import Deployment
from engine.case.running import ITEM_PROMISED, ITEM_STATUTORY, Running, Span, begun
from engine.case.state import (
    ENDED_ITEMS,
    GRANTED,
    IN_REVIEW,
    ISSUED,
    NOT_REACHED,
    PROVISIONAL,
    REFUSED,
    REVOKED,
    VOID,
    WAITING,
    Case,
    Item,
    Result,
)  # fmt: skip
from engine.catalogue import ServiceItem
from engine.catalogue.vocabulary import SEPARATE, VETO
from engine.parallel.plan_caps import WORKING_DAYS


def open_item(case: Case, deployment: Deployment, code: str, act: Act) -> None:
    """The item's first step opened: its own clocks start (DOMAIN §3)."""
    if case.items[code].status != WAITING:
        return
    item, opened = deployment.offering.item(code), act.since or act.at
    case.update_item(code, status=IN_REVIEW, opened_at=opened)
    promised = _promised(case, item)
    if promised is not None:
        clock = Running(ITEM_PROMISED, code, code, opened, None)
        due, unsure = begun(case, act, clock, promised)
        case.update_item(code, due_at=due, provisional=unsure)
    if item.statutory is not None:
        clock = Running(ITEM_STATUTORY, code, code, opened, None)
        due, unsure = begun(case, act, clock, (item.statutory.value, item.statutory.unit))
        case.update_item(code, statutory_due_at=due, statutory_provisional=unsure)


def _promised(case: Case, item: ServiceItem) -> Span | None:
    """The promised limit of an item; the one of the commitment route is kept in the case, which alone knows it."""
    pledge = case.pledges.get(item.code)
    if pledge is not None and pledge.decide_days:
        case.limits[f"{ITEM_PROMISED}:{item.code}"] = f"{pledge.decide_days} {WORKING_DAYS}"
        return Decimal(pledge.decide_days), WORKING_DAYS
    return None if item.promised is None else (item.promised.value, item.promised.unit)


def yield_results(case: Case, deployment: Deployment, step_id: str, act: Act) -> None:
    """A step that yields results was completed: they exist now, and the item may be granted by them."""
    step = deployment.offering.steps[step_id]
    code = deployment.offering.item_of(step_id)
    if not step.yields or code not in case.items:
        return
    status = ISSUED if deployment.offering.join_policy == SEPARATE else PROVISIONAL
    for result in (code for code in step.yields if not _is_there(case, code)):
        if result in case.results:  # a void one keeps its number, which is given out once only
            case.results[case.results[result].number] = case.results[result]
        number = f"{case.number}-{len(case.results) + (result not in case.results):02d}"
        case.results[result] = Result(result, code, number, status, act.at)
    expected = deployment.offering.item(code).results
    if case.items[code].status == IN_REVIEW and all(_is_there(case, r.code) for r in expected):
        case.update_item(code, status=GRANTED, ended_at=act.at)


def _is_there(case: Case, result: str) -> bool:
    return result in case.results and case.results[result].status not in {VOID, REVOKED}


def refuse_item(case: Case, deployment: Deployment, code: str, reason: str, act: Act) -> list[str]:
    """The decisive step said no: the item is refused and those that need its result close; returns the items ended."""
    case.update_item(code, status=REFUSED, decision="disagree", reason=reason, ended_at=act.at)
    vetoes = deployment.offering.join_policy == VETO and code in deployment.offering.veto_items
    close = _close_all if vetoes else _close_dependents
    ended = [code, *close(case, deployment, code, act)]
    for other in ended[1:]:
        department = deployment.offering.item(other).department
        act.notices.append(
            Notice(
                "item_not_reached", department=department, facts={"number": case.number, "item": other, "cause": code}
            )
        )
    return ended


def _close_dependents(case: Case, deployment: Deployment, code: str, act: Act) -> list[str]:
    closed: list[str] = []
    for edge in deployment.offering.precedence:
        item: Item | None = case.items.get(edge.to)
        if edge.from_ != code or item is None or item.status in ENDED_ITEMS | {GRANTED}:
            continue
        case.update_item(edge.to, status=NOT_REACHED, cause=code, ended_at=act.at)
        closed += [edge.to, *_close_dependents(case, deployment, edge.to, act)]
    return closed


def _close_all(case: Case, deployment: Deployment, code: str, act: Act) -> list[str]:
    _settle_results(case, VOID, act)
    others = [item.code for item in case.items.values() if item.code != code and item.status not in ENDED_ITEMS]
    for other in others:
        case.update_item(other, status=NOT_REACHED, cause=code, ended_at=act.at)
    return others


def confirm_results(case: Case, act: Act) -> None:
    """The lead department agreed: provisional results are issued."""
    _settle_results(case, ISSUED, act)


def refuse_all(case: Case, reason: str, act: Act) -> None:
    """The lead department refused the whole: provisional results are void, granted items are refused."""
    _settle_results(case, VOID, act)
    for item in list(case.items.values()):
        if item.status == GRANTED:
            case.update_item(item.code, status=REFUSED, reason=reason, ended_at=act.at)


def void_results(case: Case, act: Act) -> None:
    """Results nobody was given are void, those that were issued too."""
    for key, result in list(case.results.items()):
        if result.status not in {VOID, REVOKED}:
            case.results[key] = replace(result, status=VOID, at=act.at)


def abandon_open_items(case: Case, act: Act) -> None:
    """The diagram has ended: what was not decided was not reached, nor what was granted provisionally."""
    void = {result.item for result in case.results.values() if result.status == PROVISIONAL}
    _settle_results(case, VOID, act)
    for item in list(case.items.values()):
        if item.status in {WAITING, IN_REVIEW} or (item.status == GRANTED and item.code in void):
            case.update_item(item.code, status=NOT_REACHED, ended_at=act.at)


def _settle_results(case: Case, status: str, act: Act) -> None:
    for key, result in list(case.results.items()):
        if result.status == PROVISIONAL:
            case.results[key] = replace(result, status=status, at=act.at)


def outcome_of(case: Case) -> str:
    """``granted``, ``partly_granted`` or ``refused``, over the items of the case."""
    revoked = {result.item for key, result in case.results.items() if result.status == REVOKED and key == result.code}
    granted = sum(1 for item in case.items.values() if item.status == GRANTED and item.code not in revoked)
    if granted == len(case.items):
        return "granted"
    return "partly_granted" if granted else "refused"
