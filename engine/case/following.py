"""告知承诺: the checks that follow what was issued on a promise; they begin and end with it.

A check belongs to the results of one item, by their numbers. When these are issued it is due; when they stand no longer
(gone back, withdrawn, terminated, revoked) it lapses; what is issued anew is checked anew. The end of the case ends
none.
"""

from dataclasses import replace
from decimal import Decimal

from engine.case.act import Act, Notice
from engine.case.parts.pledge import CHECK, DUE, LAPSED, OVER, PUT_RIGHT, REMIND, Check, Pledge
from engine.case.parts.terms import Term
from engine.case.state import GRANTED, ISSUED, Case, Timer
from engine.parallel.plan_caps import WORKING_DAYS

REMIND_DAYS = 3
"""Working days before the due date on whose morning those who check are reminded: our own judgement."""


def follow_up(case: Case, act: Act) -> None:
    """Opens the checks that are due now, and lets those lapse whose results stand no longer."""
    if not case.pledges:
        return
    issued = _issued(case)
    for check in list(case.checks.values()):
        if check.status == DUE and issued.get(check.item) != check.results:
            end_check(case, replace(check, status=LAPSED, at=act.at), act)
    for item, numbers in issued.items():
        known = (check for check in case.checks.values() if check.status != LAPSED)
        if not any((check.item, check.results) == (item, numbers) for check in known):
            open_check(case, case.pledges[item], numbers, act)


def _issued(case: Case) -> dict[str, str]:
    """Items that were granted on a promise and whose results are all issued, with the numbers of these."""
    found = {}
    for code in case.pledges:
        item = case.items.get(code)
        results = [one for key, one in case.results.items() if one.item == code and key == one.code]
        if item is not None and item.status == GRANTED and results and {one.status for one in results} == {ISSUED}:
            found[code] = " ".join(one.number for one in results)
    return found


def open_check(case: Case, pledge: Pledge, numbers: str, act: Act, follows: str = "") -> Check:
    """A check is due: of what was issued now, or (``follows``) once the applicant has had time to put it right."""
    number = str(len(case.checks) + 1)
    key = f"{CHECK}.{number}"
    if follows:
        until, unsure = act.due(Decimal(pledge.correct_days), WORKING_DAYS)
        right = f"{key}.{PUT_RIGHT}"
        case.terms[right] = Term(PUT_RIGHT, act.at, pledge.correct_days, WORKING_DAYS, until, unsure, of=pledge.item)
        case.timers[right] = Timer(right, "", 0, until)
        start, days = until, pledge.recheck_days
        due, unsure = act.due_from(until, Decimal(days), WORKING_DAYS)
    else:
        start, days, until = act.at, pledge.check_days, ""
        due, unsure = act.due(Decimal(days), WORKING_DAYS)
        if (morning := act.opening_before(due, REMIND_DAYS)) > act.at:
            case.timers[f"{key}.{REMIND}"] = Timer(f"{key}.{REMIND}", "", 0, morning)
    case.terms[key] = Term(CHECK, start, days, WORKING_DAYS, due, unsure, of=pledge.item)
    case.timers[key] = Timer(key, "", 0, due)
    check = Check(number, pledge.item, numbers, pledge.department, pledge.role, act.at, due, follows=follows)
    case.checks[number] = check
    told = {"number": case.number, "item": check.item, "check": number, "due": due}
    act.notices.append(Notice("check_due", check.department, check.role, facts=told))
    return check


def end_check(case: Case, check: Check, act: Act) -> None:
    """A check is made, or needed no longer: its terms end, its timers go."""
    case.checks[check.number] = check
    for key in (check.key, f"{check.key}.{PUT_RIGHT}"):
        if key in case.terms and case.terms[key].ended_at is None:
            case.terms[key] = replace(case.terms[key], ended_at=act.at)
    for key in (check.key, *(f"{check.key}.{name}" for name in (REMIND, OVER, PUT_RIGHT))):
        case.timers.pop(key, None)
