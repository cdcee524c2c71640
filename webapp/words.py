"""The words people read for the codes the engine keeps; instants and time left in words. All as template filters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from flask import Flask
from flask_babel import lazy_gettext as _l

from engine.calendar import LightThresholds, Limit, light, working_days_left
from engine.calendar.limits import Unit
from engine.case.deployment import Deployment
from engine.case.policies import lights_of
from engine.instants import from_text
from webapp.context import engine
from webapp.i18n import gettext as _
from webapp.i18n import language, ngettext

Words = Mapping[str, Any]

CASE_STATUS: Words = {
    "submitted": _l("待受理"), "correction": _l("待补正"),
    "declined": _l("不予受理"), "in_progress": _l("办理中"), "closed": _l("已办结"),
    "withdrawn": _l("已撤销申请"), "terminated": _l("已终止办理"),
}  # fmt: skip
ITEM_STATUS: Words = {
    "accepted": _l("等待前置"), "in_review": _l("办理中"), "granted": _l("准予"), "refused": _l("不予"),
    "not_reached": _l("未进入办理"), "withdrawn": _l("已撤销申请"), "terminated": _l("已终止办理"),
}  # fmt: skip
TASK_STATUS: Words = {
    "open": _l("在办"), "done": _l("已办"), "covered": _l("窗口受理已含"), "committed": _l("以承诺代替"),
    "skipped": _l("无需办理"),
    "cancelled": _l("已由流程终止"), "future": _l("未到"), "waiting": _l("等待前置"), "overdue": _l("超期"),
    "refused": _l("不同意"), "voided": _l("已作废"),
}  # fmt: skip
OUTCOME: Words = {"granted": _l("全部准予"), "partly_granted": _l("部分准予"), "refused": _l("不予")}
DECISION: Words = {
    "agree": _l("同意"), "agree_with_conditions": _l("附条件同意"), "disagree": _l("不同意"),
    "forward": _l("同意，建议报送上级"), "abstain": _l("弃权"),
}  # fmt: skip
ACT: Words = {
    "accept": _l("受理"), "review": _l("审查"), "site": _l("现场核查"), "decide": _l("决定"), "issue": _l("出证"),
    "lead_decide": _l("牵头决定"), "deliver": _l("送达"),
}  # fmt: skip
RESULT_STATUS: Words = {
    "issued": _l("已核发"),
    "provisional": _l("待牵头部门确认"),
    "void": _l("作废"),
    "revoked": _l("已撤销"),
}
METHOD: Words = {"window": _l("窗口领取"), "courier": _l("邮寄")}
MATERIAL: Words = {
    "received": _l("已收"),
    "deferred": _l("容缺后补"),
    "missing": _l("缺"),
    "committed": _l("以承诺代替"),
}
DAY_WHY: Words = {
    "workday": _l("工作日"), "made_up_workday": _l("调休上班"), "weekend": _l("周末"), "holiday": _l("节假日"),
    "assumed_holiday": _l("按固定假日推定"), "regional_holiday": _l("本地放假"), "regional_workday": _l("本地上班"),
    "day_zero": _l("起始日不计"), "after_close": _l("已过下班时间"), "suspended": _l("中止计时"),
    "calendar_day": _l("自然日"), "due_day": _l("到期日"),
}  # fmt: skip
WEEKDAYS = (_l("周一"), _l("周二"), _l("周三"), _l("周四"), _l("周五"), _l("周六"), _l("周日"))
KINDS: Mapping[str, Words] = {
    "case_status": CASE_STATUS, "item_status": ITEM_STATUS, "task_status": TASK_STATUS, "outcome": OUTCOME,
    "decision": DECISION, "act": ACT, "result_status": RESULT_STATUS, "method": METHOD, "material": MATERIAL,
    "day_why": DAY_WHY,
}  # fmt: skip


def word(code: str | None, kind: str) -> str:
    """The word for a code of one kind (``"granted"|word("outcome")``); a code without a word stands for itself."""
    return str(KINDS[kind].get(code or "", code or ""))


def local(thing: Any, attribute: str = "name") -> str:
    """``name_zh`` or ``name_en`` of something from the catalogue, by the language of the page."""
    return str(getattr(thing, f"{attribute}_{language()}"))


def department_name(code: str) -> str:
    """A department's name by its code or its Chinese name (holders of materials); what is unknown stands for itself."""
    known = engine().deployments.catalogue.departments
    found = known.get(code) or next((one for one in known.values() if one.name_zh == code), None)
    return code if found is None else local(found)


def role_name(code: str) -> str:
    """A role's name; the code itself when it is unknown."""
    found = engine().deployments.catalogue.roles.get(code)
    return code if found is None else local(found)


def local_instant(value: str | datetime) -> datetime:
    """An instant (or its text in rows and states) in the zone of the calendar."""
    return engine().read.calendar.local(from_text(value) if isinstance(value, str) else value)


def instant(value: str | datetime | None) -> str:
    """``2026-11-21 20:13``, local time; empty for None."""
    return local_instant(value).strftime("%Y-%m-%d %H:%M") if value else ""


def day(value: str | date | datetime | None) -> str:
    """``2026-11-21``, local date; empty for None."""
    if not value:
        return ""
    if isinstance(value, str | datetime):
        value = local_instant(value)
    return value.strftime("%Y-%m-%d")


def short_day(value: str | date | datetime | None) -> str:
    """``11-21``, local date; empty for None."""
    return day(value)[5:]


def weekday(value: date) -> str:
    """周六, Sat."""
    return str(WEEKDAYS[value.weekday()])


def limit_words(value: Decimal | str, unit: str) -> str:
    """``10 个工作日``, ``0.5 个工作日``; nothing at all is the same day."""
    number = Decimal(value)
    if not number:
        return _("当日")
    plain = f"{number.normalize():f}"
    if unit == "working_days":
        return ngettext("%(n)s 个工作日", "%(n)s 个工作日", 1 if number == 1 else 2, n=plain)
    if unit == "months":
        return ngettext("%(n)s 个月", "%(n)s 个月", 1 if number == 1 else 2, n=plain)
    return ngettext("%(n)s 日", "%(n)s 日", 1 if number == 1 else 2, n=plain)


def beside(words: str, more: str) -> str:
    """``words（more）``, with the brackets of the language."""
    return _("%(words)s（%(more)s）", words=words, more=more)


def colon(words: str, more: str) -> str:
    """``words：more``, with the colon of the language."""
    return _("%(words)s：%(more)s", words=words, more=more)


@dataclass(frozen=True)
class TimeLeft:
    """How a deadline stands: a colour (green, yellow, red or grey for none), a sign and the words."""

    colour: str
    sign: str
    words: str


SIGNS = {"green": "", "yellow": "◷", "red": "⚠", "grey": ""}


def step_lights(deployment: Deployment, step_id: str) -> LightThresholds:
    """When the light of a step turns yellow: as its policy says."""
    return lights_of(deployment.policy(step_id), engine().read.calendar.lights)


def time_left(
    opened_at: str | None, due_at: str | None, limit: Limit | None = None, lights: LightThresholds | None = None
) -> TimeLeft:
    """Words and light of a deadline now, by ``lights`` if given; without ``limit`` it knows only days left. One without
    a due instant stands still.

    Instants are texts as rows keep them.
    """
    if not due_at:
        return TimeLeft("grey", "", _("不限时") if limit is None else _("计时中止"))
    calendar, now, due = engine().read.calendar, engine().read.now(), from_text(due_at)
    left = working_days_left(calendar, now, due)
    if limit is not None and opened_at:
        colour = str(light(calendar, from_text(opened_at), due, now, limit, lights))
    else:
        colour = "red" if now > due else "yellow" if left <= calendar.lights.yellow_days_left else "green"
    return TimeLeft(colour, SIGNS[colour], _left_words(left, now, due))


def _left_words(left: int, now: datetime, due: datetime) -> str:
    today = engine().read.calendar.local_date(now) == engine().read.calendar.local_date(due)
    clock = local_instant(due).strftime("%H:%M")
    if now > due:
        if today or left == 0:
            return _("已过 %(time)s", time=clock if today else short_day(due))
        return ngettext("超期 %(n)s 日", "超期 %(n)s 日", -left, n=-left)
    if today:
        return _("今日 %(time)s 到期", time=clock)
    return ngettext("剩 %(n)s 日", "剩 %(n)s 日", left, n=left)


def limit_of(value: Decimal | str, unit: str) -> Limit:
    """The calendar's limit of a step or task."""
    return Limit(Decimal(value), cast(Unit, unit))


def install(app: Flask) -> None:
    """The filters of all templates; a calendar that was imported counts from the next page."""
    app.before_request(lambda: engine().deployments.refresh())
    app.jinja_env.filters.update(
        word=word, local=local, department_name=department_name, role_name=role_name, instant=instant, day=day,
        short_day=short_day, weekday=weekday, limit_words=limit_words, beside=beside, colon=colon,
    )  # fmt: skip
