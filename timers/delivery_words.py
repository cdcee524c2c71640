"""The words of notices that leave the application, Chinese and English: number, step, due date and link, no names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from engine.catalogue import Catalogue
from engine.instants import from_text
from engine.store.deliveries import OutgoingNotice

Words = tuple[str, str]
"""Chinese, English."""

NOTICES: Mapping[str, tuple[Words, Words]] = {
    "step_overdue": (
        ("超期提醒", "Step overdue"),
        ("环节“{step}”应于 {due} 前办结，现已超期。", "The step “{step}” was due by {due} and is overdue."),
    ),
    "step_cancelled": (
        ("环节已终止", "Step ended"),
        ("环节“{step}”已由流程终止，无需再办。", "The process ended the step “{step}”; nothing is left to do there."),
    ),
    "item_not_reached": (
        ("不再办理", "No longer handled"),
        ("“{item}”因“{cause}”不予而未进入办理。", "“{item}” is not handled because “{cause}” was refused."),
    ),
    "case_deemed_accepted": (
        ("视为受理", "Deemed accepted"),
        (
            "五个工作日内未告知补正，视为自 {since} 收件之日起受理。",
            "No correction was asked for within five working days: accepted as of its receipt on {since}.",
        ),
    ),
    "deferred_overdue": (
        ("容缺材料逾期未补", "Deferred material overdue"),
        ("容缺受理时承诺后补的材料应于 {due} 前补齐。", "A material that was to follow was due by {due}."),
    ),
    "case_accepted": (("申请已受理", "Application accepted"), ("您的申请已受理。", "Your application was accepted.")),
    "case_declined": (
        ("申请不予受理", "Application declined"),
        ("您的申请不予受理，理由见办理进度。", "Your application was declined; the reasons are told under the link."),
    ),
    "case_closed": (("申请已办结", "Application closed"), ("您的申请已办结。", "Your application is closed.")),
    "clock_extended": (
        ("办理期限已延长", "Time limit extended"),
        ("办理期限已延长，理由见办理进度。", "The time limit was extended; the reasons are told under the link."),
    ),
    "clock_suspended": (
        ("办理期限已中止", "Time limit suspended"),
        ("办理期限暂停计算，理由见办理进度。", "The time limit stands still; the reasons are told under the link."),
    ),
    "clock_resumed": (
        ("办理期限恢复计算", "Time limit runs again"),
        ("办理期限已恢复计算。", "The time limit runs again."),
    ),
    "correction_requested": (
        ("请补正材料", "Materials to be corrected"),
        (
            "您的申请需要补正材料，清单见办理进度。",
            "Your application needs corrections; they are listed under the link.",
        ),
    ),
}
"""Template → title and text. A template without words of its own is called by its code."""

DIGEST: Words = ("{count} 条通知", "{count} notices")
PRODUCT: Words = ("并联", "Binglian")
FOOTER: Words = (
    "本邮件由系统自动发送，请勿回复。",
    "This message was sent automatically; please do not reply.",
)


@dataclass(frozen=True)
class Worded:
    """A notice in words. ``number`` is the case's; ``link`` leads to a page behind sign-in (or the applicant's own)."""

    title: str
    text: str
    number: str
    link: str


@dataclass(frozen=True)
class Wording:
    """Puts notices into words: of which language, with names from which catalogue, due dates in which zone."""

    language: str
    public_url: str
    zone: tzinfo
    catalogue: Catalogue

    def say(self, words: Words, **values: object) -> str:
        """The words in the language of the installation."""
        return words[0 if self.language == "zh" else 1].format(**values)

    def notice(self, notice: OutgoingNotice) -> Worded:
        """One notice in words."""
        facts = notice.facts
        title, text = NOTICES.get(notice.template, ((notice.template,) * 2, ("", "")))
        values = {
            "step": self._step(str(facts.get("step", ""))), "item": self._item(facts.get("item")),
            "cause": self._item(facts.get("cause")), "due": self._at(facts.get("due"), "%Y-%m-%d %H:%M"),
            "since": self._at(facts.get("since"), "%Y-%m-%d"),
        }  # fmt: skip
        return Worded(
            self.say(title), self.say(text, **values), str(facts.get("number", "")), self.link(notice)
        )  # fmt: skip

    def link(self, notice: OutgoingNotice) -> str:
        """Where the notice leads; without number or name, for addresses end up in logs."""
        if not notice.department:
            return f"{self.public_url}/track"
        if notice.template == "step_overdue":
            return f"{self.public_url}/inbox/{notice.case_id}/{notice.task_id}"
        return f"{self.public_url}/cases/{notice.case_id}"

    def subject(self, worded: Sequence[Worded]) -> str:
        """One line: the notice, or how many there are."""
        first = worded[0]
        alone = " ".join(part for part in (first.title, first.number) if part)
        said = alone if len(worded) == 1 else self.say(DIGEST, count=len(worded))
        return f"[{self.say(PRODUCT)}] {said}"

    def body(self, worded: Sequence[Worded]) -> str:
        """All notices as plain text, each with its link."""
        blocks = ["\n".join(filter(None, (f"{one.title}  {one.number}", one.text, one.link))) for one in worded]
        return "\n\n".join(blocks) + "\n"

    def _step(self, step_id: str) -> str:
        """``食品经营许可 · 现场核查`` of a step; its id where today's catalogue does not know it."""
        offering = self.catalogue.offerings.get(step_id.partition(".")[0])
        found = None if offering is None else offering.steps.get(step_id)
        if offering is None or found is None:
            return step_id
        name = self.say((found.name_zh, found.name_en))
        return f"{self._item(found.item)} · {name}" if found.item else name

    def _item(self, code: Any) -> str:
        found = self.catalogue.items.get(str(code))
        return str(code or "") if found is None else self.say((found.short_zh, found.short_en))

    def _at(self, instant: Any, form: str) -> str:
        return from_text(str(instant)).astimezone(self.zone).strftime(form) if instant else ""
