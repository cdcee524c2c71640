"""The stages of a policy for one limit: what happens to a step that waits, in order. Pure.

A stage is timed by a share of the limit, by the morning of a working day before the due date, or by working days after
it. Stages of limits in calendar days or months are put in order as if all days were working days, and months had 30:
where that is wrong by a day, one waits for the one before it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from engine.calendar import LightThresholds
from engine.catalogue import Policy
from engine.catalogue.policies import REMIND, LadderRung

REMINDER, RUNG, SILENCE = "reminder", "rung", "silence"
"""Kinds of stages."""

WORKING_DAYS, DAYS, MONTHS = "working_days", "days", "months"
DAYS_OF_MONTH = 30
_ONE = Decimal(1)
_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Stage:
    """One thing that happens, and when: ``share`` of the limit, ``left`` working days before the due date or ``over``
    after it. A rung has its ``level`` in the ladder, from 1."""

    kind: str
    share: Decimal | None = None
    left: int | None = None
    over: Decimal | None = None
    level: int = 0
    rung: LadderRung | None = None


def stages_of(policy: Policy, limit: Decimal, unit: str) -> tuple[Stage, ...]:
    """All stages in order, but for the reminders that come again and again (``stage_at``)."""
    days = limit * DAYS_OF_MONTH if unit == MONTHS else limit
    found = [(_position(stage, days, unit), stage) for stage in _stages(policy, days)]
    return tuple(stage for _, stage in sorted(found, key=lambda one: one[0]))


def stage_at(policy: Policy, stages: Sequence[Stage], index: int) -> Stage | None:
    """The stage of a number from 0; None behind the last one. Reminders after the due date have no last one."""
    if index < len(stages):
        return stages[index]
    if policy.silence != REMIND:
        return None
    return Stage(REMINDER, over=Decimal(policy.again_days * (index - len(stages) + 1)))


def _stages(policy: Policy, days: Decimal) -> Iterator[Stage]:
    for reminder in policy.reminders:
        if days > reminder.above:
            yield Stage(REMINDER, reminder.share, reminder.left_days)
    for level, rung in enumerate(policy.ladder, start=1):
        yield Stage(RUNG, rung.share, over=rung.over_days, level=level, rung=rung)
    if policy.silence == REMIND:
        yield Stage(REMINDER, over=Decimal(0))
    elif policy.decides:
        yield Stage(SILENCE, share=_ONE)


def _position(stage: Stage, days: Decimal, unit: str) -> tuple[Decimal, int]:
    """Where a stage lies, in days from the start, and its rank among those of the same instant."""
    if stage.left is not None:  # the morning comes after the evening before
        return days.to_integral_value(ROUND_CEILING) - stage.left - 1, 2
    if stage.over is not None:
        at = days + stage.over
    else:
        at = days * (stage.share or _ONE)
        if unit != WORKING_DAYS:
            at = at.to_integral_value(ROUND_FLOOR if at < days else ROUND_CEILING)
        at = at if at >= 1 else at - 1  # less than a day begins at once, not with the day after
    return at, {REMINDER: -1, SILENCE: 1}.get(stage.kind, 0)


def lights_of(policy: Policy, usual: LightThresholds) -> LightThresholds:
    """When a step under a policy turns yellow; ``usual`` is the calendar's."""
    if policy.yellow_share is None and policy.yellow_days is None:
        return usual
    used = usual.yellow_used if policy.yellow_share is None else policy.yellow_share
    left = usual.yellow_days_left if policy.yellow_days is None else policy.yellow_days
    return replace(usual, yellow_used=used, yellow_days_left=left)


def before_due(share: Decimal, limit: Decimal, unit: str) -> tuple[Decimal, str]:
    """The limit that is over when this share of a limit is used up; calendar days are whole, and never too many."""
    if unit == WORKING_DAYS:
        return _plain((limit * share).quantize(_PLACES)), unit
    days = limit * DAYS_OF_MONTH if unit == MONTHS else limit
    return (days * share).to_integral_value(ROUND_FLOOR), DAYS


def after_due(share: Decimal, limit: Decimal, unit: str) -> Decimal:
    """Calendar days from the due date until this share, more than 1, of a limit in calendar days or months is over."""
    days = limit * DAYS_OF_MONTH if unit == MONTHS else limit
    return (days * (share - 1)).to_integral_value(ROUND_CEILING)


def _plain(number: Decimal) -> Decimal:
    return Decimal(f"{number.normalize():f}")
