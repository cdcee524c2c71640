"""处理策略 as data: when a step turns yellow, who is reminded, whom its delay is raised with, what silence means.

``policies.toml`` beside the items; docs/policies.md tells designers about it. Errors name the file and the key.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from engine.catalogue.table import Table, new_code, read_table

FILE = "policies.toml"
DEFAULT = "default"
"""Code of the policy of steps for which nothing names another one."""

REMIND, ESCALATE, CONSENT, REFUSE = "remind", "escalate", "consent", "refuse"
SILENCES = (REMIND, ESCALATE, CONSENT, REFUSE)
DECIDING = frozenset({CONSENT, REFUSE})
"""Policies under which silence decides."""
SILENT_ACTS = frozenset({"review", "site", "decide"})
"""Kinds of steps that may be decided by silence: nobody accepts, issues or hands over by saying nothing."""

NOTICE, CO_HANDLING, REASSIGNMENT, TAKE_OVER = "notice", "co_handling", "reassignment", "take_over"
EFFECTS = (NOTICE, CO_HANDLING, REASSIGNMENT, TAKE_OVER)
OWN, LEAD = "", "lead"
"""Departments of a rung beside those with a code: the step's own, the lead department of the case."""

_LONGEST = Decimal(250)
_LARGEST = Decimal(10)
_ONE, _HUNDREDTH, _TEN_THOUSANDTH = Decimal(1), Decimal("0.01"), Decimal("0.0001")


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """Before a step is due: when ``share`` of its limit is used up, or on the morning of the working day ``left_days``
    before the day it is due. Steps with limits up to ``above`` days have none."""

    share: Decimal | None = None
    left_days: int | None = None
    above: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class LadderRung:
    """One rung: reached with ``share`` of the limit, or ``over_days`` working days after the due date.

    The role ``to`` of ``department`` is told and, as ``does`` says, handles the step too or instead; a reassignment
    gives it to the role ``hand_to`` of ``hand_department``.
    """

    to: str
    share: Decimal | None = None
    over_days: Decimal | None = None
    department: str = OWN
    does: str = NOTICE
    hand_to: str = ""
    hand_department: str = OWN


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What happens while a step waits. ``silence`` is what the due date means; ``ground`` the law that says so.

    Lights turn yellow with ``yellow_share`` of the limit used or ``yellow_days`` working days left (None: as the
    calendar says). ``again_days``: with ``remind``, working days between the reminders after the due date.
    """

    code: str
    name_zh: str
    name_en: str
    silence: str = ESCALATE
    ground: str = ""
    yellow_share: Decimal | None = None
    yellow_days: int | None = None
    again_days: int = 0
    reminders: tuple[Reminder, ...] = ()
    ladder: tuple[LadderRung, ...] = ()

    @property
    def decides(self) -> bool:
        """Whether silence decides the step."""
        return self.silence in DECIDING


BUILTIN = Policy(
    code=DEFAULT, name_zh="到期告知科室负责人", name_en="the section head is told at the due date",
    ladder=(LadderRung(to="section_head", share=_ONE),),
)  # fmt: skip
"""Of folders, and of versions deployed, without ``policies.toml``."""


def read_policies(folder: Path, departments: Collection[str], roles: Collection[str]) -> dict[str, Policy]:
    """The policies of a folder by code; ``BUILTIN`` alone when it has no such file."""
    if not (folder / FILE).exists():
        return {DEFAULT: BUILTIN}
    file = read_table(folder, FILE)
    found: dict[str, Policy] = {}
    for table in file.tables("policies"):
        code = new_code(table, "code", found)
        found[code] = _policy(table, code, {OWN, LEAD, *departments}, roles)
    file.done()
    if DEFAULT not in found:
        raise file.wrong("policies", f"缺少代码为 {DEFAULT} 的策略", f"no policy has the code {DEFAULT}")
    return found


def _policy(table: Table, code: str, departments: Collection[str], roles: Collection[str]) -> Policy:
    policy = Policy(
        code=code,
        name_zh=table.text("name_zh"),
        name_en=table.text("name_en"),
        silence=table.one_of("silence", SILENCES, ESCALATE),
        ground=table.text("ground", ""),
        yellow_share=_within(table, "yellow_share", _ONE, _TEN_THOUSANDTH),
        yellow_days=_whole(table, "yellow_days"),
        again_days=_whole(table, "again_days") or 0,
        reminders=tuple(_reminder(entry) for entry in table.tables("reminders")),
        ladder=tuple(_rung(entry, departments, roles) for entry in table.tables("ladder")),
    )
    table.done()
    _check_silence(table, policy)
    _check_order(table, policy)
    return policy


def _reminder(table: Table) -> Reminder:
    reminder = Reminder(
        share=_within(table, "share", _ONE, _TEN_THOUSANDTH), left_days=_whole(table, "left_days"),
        above=table.number_or_none("above") or Decimal(0),
    )  # fmt: skip
    table.done()
    if (reminder.share is None) == (reminder.left_days is None):
        raise table.wrong("share", "share 与 left_days 应有且只有一个", "give either share or left_days")
    if reminder.share is not None and not 0 < reminder.share < 1:
        raise table.wrong("share", "提醒应在到期之前：大于 0、小于 1", "before the due date: between 0 and 1")
    return reminder


def _rung(table: Table, departments: Collection[str], roles: Collection[str]) -> LadderRung:
    rung = LadderRung(
        to=table.one_of("to", roles),
        share=_within(table, "share", _LARGEST, _TEN_THOUSANDTH),
        over_days=_within(table, "over_days", _LONGEST, _HUNDREDTH),
        department=table.one_of("department", departments, OWN),
        does=table.one_of("does", EFFECTS, NOTICE),
        hand_to=table.one_of("hand_to", {"", *roles}, ""),
        hand_department=table.one_of("hand_department", departments, OWN),
    )
    table.done()
    if (rung.share is None) == (rung.over_days is None):
        raise table.wrong("share", "share 与 over_days 应有且只有一个", "give either share or over_days")
    if rung.share == 0:
        raise table.wrong("share", "应大于 0", "must be more than 0")
    if (rung.does == REASSIGNMENT) != bool(rung.hand_to) or (rung.hand_department and not rung.hand_to):
        zh, en = "does 为 reassignment 时必填，否则不填", "belongs to a reassignment, and only there"
        raise table.wrong("hand_to", zh, en)
    return rung


def _check_silence(table: Table, policy: Policy) -> None:
    """Each meaning of silence has what it needs and nothing that contradicts it."""
    if policy.decides != bool(policy.ground.strip()):
        zh, en = "视为同意、视为不同意须写明依据，其他策略不写", "consent and refuse need a legal ground, only they"
        raise table.wrong("ground", zh, en)
    if (policy.silence == REMIND) != bool(policy.again_days):
        raise table.wrong("again_days", "silence 为 remind 时至少为 1，否则不填", "at least 1 with remind, only there")
    if policy.silence == REMIND and policy.ladder:
        raise table.wrong("ladder", "silence 为 remind 时没有升级阶梯", "remind has no ladder; use escalate")
    if policy.silence == ESCALATE and not policy.ladder:
        raise table.wrong("ladder", "silence 为 escalate 时至少有一级", "escalate needs at least one rung")
    if policy.decides and any(rung.share is None or rung.share >= 1 for rung in policy.ladder):
        zh, en = "到期即视为已决定，升级只能在到期之前", "silence decides at the due date: rungs come before it"
        raise table.wrong("ladder", zh, en)


def _check_order(table: Table, policy: Policy) -> None:
    """Rungs in the order they are reached, whatever the limit is: shares first, then days after the due date."""
    over = [rung.over_days for rung in policy.ladder if rung.over_days is not None]
    keys = [(rung.over_days is not None, rung.over_days or rung.share or Decimal(0)) for rung in policy.ladder]
    if keys != sorted(keys) or (over and any(rung.share and rung.share > 1 for rung in policy.ladder)):
        zh = "各级应按先后排列：先按 share，再按 over_days；两者并用时 share 不大于 1"
        raise table.wrong("ladder", zh, "rungs in order: by share, then by over_days; with both, shares are at most 1")


def _within(table: Table, key: str, most: Decimal, step: Decimal) -> Decimal | None:
    value = table.number_or_none(key)
    if value is not None and (value > most or value % step):
        raise table.wrong(key, f"不能大于 {most}，最小单位 {step}", f"at most {most}, in steps of {step}")
    return value


def _whole(table: Table, key: str) -> int | None:
    value = _within(table, key, _LONGEST, _ONE)
    return None if value is None else int(value)


def policy_problem(policies: Mapping[str, Policy], code: str, act: str) -> tuple[str, str] | None:
    """What is wrong with naming a policy at a step of this kind, Chinese and English; None when nothing is."""
    policy = policies.get(code)
    if policy is None:
        return f"没有策略“{code}”", f"there is no policy {code!r}"
    if policy.decides and act not in SILENT_ACTS:
        zh = f"策略“{code}”以沉默作决定，不能用于 {act} 环节"
        return zh, f"under the policy {code!r} silence decides, which a step of the kind {act} cannot be"
    return None
