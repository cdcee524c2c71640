"""告知承诺: what an item lets its applicant promise instead of showing it (国办发〔2020〕42号), as data.

The authority tells the conditions, the applicant promises in writing to meet them, and the authority decides on that:
materials and steps the promise stands for are not asked for. Whether it is kept is checked afterwards.
"""

from dataclasses import dataclass
from decimal import Decimal

from engine.catalogue import vocabulary
from engine.catalogue.table import Table

RECHECK_DAYS = Decimal(5)
"""Working days for the second check, after the time to put it right: our own judgement, to be set locally."""
_LONGEST = Decimal(250)
_FACTS = ("replaces_materials", "replaces_steps", "check_days", "correct_days", "recheck_days", "decide_days")


@dataclass(frozen=True, kw_only=True)
class CommitmentRoute:
    """How an item is decided on a promise.

    ``letter`` is the code of the 承诺书, a material that is asked for on this route only. The check is due
    ``check_days`` working days after the result; whoever has ``check_role`` in ``check_department`` makes it. What can
    be put right has ``correct_days`` for that, and is checked again within ``recheck_days`` more. ``decide_days``: the
    promised limit of the item on this route. ``only``: who may choose it. ``assumed`` names the keys that are typical
    values, whatever ``basis`` says of the others.
    """

    letter: str
    letter_zh: str
    letter_en: str
    promise_zh: str
    promise_en: str
    check_days: Decimal
    check_department: str
    check_role: str
    correct_days: Decimal
    basis: str
    replaces_materials: tuple[str, ...] = ()
    replaces_steps: tuple[str, ...] = ()
    recheck_days: Decimal = RECHECK_DAYS
    decide_days: Decimal | None = None
    only_zh: str = ""
    only_en: str = ""
    source: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()


def read_commitment(item: Table, department: str) -> CommitmentRoute | None:
    """The table ``[commitment]`` of an item of this department; None without one."""
    table = item.table_or_none("commitment")
    if table is None:
        return None
    basis, source = table.one_of("basis", vocabulary.BASES), table.texts("source", ())
    if basis != "assumed" and not source:
        raise table.wrong("source", f"basis 为 {basis} 时必须注明来源", f"a basis of {basis} names its source")
    route = CommitmentRoute(
        letter=table.text("letter"),
        letter_zh=table.text("letter_zh"),
        letter_en=table.text("letter_en"),
        promise_zh=table.text("promise_zh"),
        promise_en=table.text("promise_en"),
        check_days=_days(table, "check_days"),
        check_department=table.text("check_department", department),
        check_role=table.text("check_role"),
        correct_days=_days(table, "correct_days"),
        basis=basis,
        replaces_materials=table.texts("replaces_materials", ()),
        replaces_steps=table.texts("replaces_steps", ()),
        recheck_days=_days(table, "recheck_days") if table.has("recheck_days") else RECHECK_DAYS,
        decide_days=_days(table, "decide_days") if table.has("decide_days") else None,
        only_zh=table.text("only_zh", ""),
        only_en=table.text("only_en", ""),
        source=source,
        assumed=table.some_of("assumed", _FACTS, ()),
    )
    if bool(route.only_zh) != bool(route.only_en):
        raise table.wrong("only_zh", "中文和英文应同时填写", "is said in both languages, or in none")
    table.done()
    return route


def _days(table: Table, key: str) -> Decimal:
    days = table.number(key)
    if not 0 < days <= _LONGEST or days != round(days, 2):
        raise table.wrong(
            key, "应大于 0、不超过 250 个工作日", "more than 0 and at most 250 working days, in hundredths"
        )
    return days
