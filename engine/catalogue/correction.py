"""受理后补正: how long demands of all branches are gathered, and how long the applicant has to answer."""

from decimal import Decimal
from typing import TypedDict

from engine.catalogue.table import Table

WINDOW, ANSWER_DAYS = Decimal(1), Decimal(15)
"""Working days when the file says nothing else: our own judgement, to be set locally."""
LONGEST_WINDOW, LONGEST_ANSWER = Decimal(10), Decimal(250)
"""A branch that waits longer for the others would better have asked alone; about a year."""


class CorrectionDays(TypedDict):
    """The fields of an offering."""

    correction_window: Decimal
    correction_answer_days: Decimal


def read_correction(table: Table) -> CorrectionDays:
    """What an ``item.toml`` says of them."""
    return {
        "correction_window": _days(table, "correction_window", WINDOW, LONGEST_WINDOW),
        "correction_answer_days": _days(table, "correction_answer_days", ANSWER_DAYS, LONGEST_ANSWER),
    }


def _days(table: Table, key: str, default: Decimal, longest: Decimal) -> Decimal:
    """Working days: more than none, at most so many, in hundredths."""
    days = table.number_or_none(key)
    if days is None:
        return default
    if not 0 < days <= longest or days != round(days, 2):
        raise table.wrong(
            key, f"应为大于 0、不超过 {longest} 的工作日数，最多两位小数",
            f"more than 0 and at most {longest} working days, in hundredths",
        )  # fmt: skip
    return days
