"""What a template may say: values, the fields of lists, filters. Everything else is refused by the checker.

All values are there in every document; what does not apply is an empty text, list or date (``None``).
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

VALUES: Mapping[str, tuple[str, str]] = {
    "name": ("文书名称", "name of the document"),
    "name_en": ("英文名称", "its English name"),
    "number": ("文号", "its number"),
    "authority": ("署名机关", "the authority that signs"),
    "date": ("成文日期", "its date, the day of the act"),
    "case_number": ("办件编号", "number of the case"),
    "applicant": ("申请人", "who applies, from the personal record"),
    "service": ("申请事项（一件事）", "what was applied for"),
    "service_en": ("其英文名称", "the same in English"),
    "item": ("事项名称", "the item it is about, empty for the whole case"),
    "legal_basis": ("事项的法律依据", "the law the item rests on"),
    "permit": ("是否行政许可", "whether the item, or any item of the case, is an administrative permit"),
    "received_on": ("收件日期", "day of receipt"),
    "accepted_on": ("受理日期", "day of acceptance, also when deemed accepted"),
    "deemed": ("是否逾期视为受理", "whether it was deemed accepted"),
    "promised_on": ("承诺办结日期", "promised due date of what it is about"),
    "promised_unsure": ("承诺日期是否暂定", "whether that is provisional"),
    "statutory_on": ("法定办结日期", "statutory due date of what it is about"),
    "statutory_unsure": ("法定日期是否暂定", "whether that is provisional"),
    "reason": ("理由（核查情况）", "the reason given, or what a check has found"),
    "procedure": ("特别程序", "the special procedure"),
    "ground": ("法律依据（特别程序、终止）", "the legal ground of it, or of a termination"),
    "evidence": ("依据文书", "the document that shows it, or the applicant's letter"),
    "answer_on": ("应补正的日期", "day by which a notice of correction after the acceptance should be answered"),
    "put_right_on": ("应整改完毕的日期", "day by which what a check has found is to be put right"),
    "expected_days": ("预计工作日数", "working days it is expected to take"),
    "promised_only": ("是否只中止承诺时限", "whether it stops the promised clocks only"),
    "planned": ("举行时间", "when a hearing, visit, review or test is held, 2026年3月5日9时00分"),
    "place": ("举行地点", "where"),
    "session_items": ("参加的事项", "the items it is about"),
    "stops": ("是否中止计时", "whether it stops any clock"),
    "changed": ("是否变更", "whether it tells of a change"),
    "extension_days": ("延长工作日数", "working days of an extension"),
    "approver": ("批准延长的负责人", "who approved the extension"),
    "by_government": ("是否由本级政府负责人批准", "whether the head of the government approved it"),
    "result_name": ("证照（批文）名称", "name of the certificate"),
    "result_number": ("证照（批文）编号", "its number"),
    "review_authority": ("行政复议机关", "authority of reconsideration"),
    "review_days": ("申请复议期限（日）", "days to ask for it"),
    "court": ("管辖法院", "the court"),
    "litigation_months": ("起诉期限（月）", "months to sue"),
    "verification_code": ("验证码", "code to verify the document with"),
    "verification_address": ("验证网址", "where it is verified"),
    "tracking_address": ("查询网址", "where the case is followed"),
}
"""Name → what it is, in Chinese and English."""

LISTS: Mapping[str, tuple[tuple[str, str], tuple[str, ...]]] = {
    "items": (("办件包含的事项", "items of the case"), ("name", "department")),
    "materials": (("补正通知列明的材料", "materials a notice of correction names"), ("name", "note")),
    "deferred": (("容缺后补的材料", "materials that may follow"), ("name", "until")),
    "conditions": (("所附条件", "conditions attached to the decisions of the item"), ("text",)),
}
"""Name of a list → what it is, and the fields of its rows."""

_DIGITS = "〇一二三四五六七八九"


def plain_date(value: date | None) -> str:
    """``2026年3月2日``, as official documents write it (GB/T 9704-2012, 7.3.5.4)."""
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def hanzi_date(value: date | None) -> str:
    """``二〇二六年三月二日``."""
    if value is None:
        return ""
    year = "".join(_DIGITS[int(digit)] for digit in str(value.year))
    return f"{year}年{_small(value.month)}月{_small(value.day)}日"


def _small(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")


FILTERS: Mapping[str, Callable[..., Any]] = {"plain_date": plain_date, "hanzi_date": hanzi_date}
"""Filters of our own; ``BORROWED`` are Jinja's."""
BORROWED = frozenset({"length", "join", "first", "last", "upper", "lower", "trim"})

ENTRIES = (
    "ApplicationAccepted", "ApplicationDeemedAccepted", "CorrectionRequested", "CorrectionGathered", "ResultRevoked",
    "ApplicationDeclined", "ClockSuspended", "ClockExtended", "CaseWithdrawn", "CaseTerminated",
    "SessionArranged", "SessionChanged", "CommitmentChecked:correctable",
)  # fmt: skip
"""Entries of the journal that can make a document about the case due; of a check, with what it has found."""
