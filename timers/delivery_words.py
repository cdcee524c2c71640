"""The words of notices that leave the application, Chinese and English: number, step, due date and link, no names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from engine.case.parts.session import names_of
from engine.catalogue import Catalogue
from engine.commands import APPLICANT
from engine.instants import from_text
from engine.store.deliveries import OutgoingNotice

Words = tuple[str, str]
"""Chinese, English."""

NOTICES: Mapping[str, tuple[Words, Words]] = {
    "step_overdue": (
        ("超期提醒", "Step overdue"),
        ("环节“{step}”应于 {due} 前办结，现已超期。", "The step “{step}” was due by {due} and is overdue."),
    ),
    "step_reminded": (
        ("办理提醒", "Reminder"),
        ("环节“{step}”应于 {due} 前办结，请及时办理。", "The step “{step}” is due by {due}; please handle it in time."),
    ),
    "step_at_risk": (
        ("临期督办", "Step soon overdue"),
        ("环节“{step}”应于 {due} 前办结，尚未办理。", "The step “{step}” is due by {due} and not handled yet."),
    ),
    "step_joined": (
        ("上级一并办理", "A superior joins"),
        ("环节“{step}”已请上级一并办理。", "A superior was asked to handle the step “{step}” with you."),
    ),
    "step_handed_over": (
        ("已改由他人办理", "Handled by others now"),
        ("环节“{step}”逾期，已改由他人办理。", "The step “{step}” was late and was given to others."),
    ),
    "step_handed": (
        ("改由您办理", "Given to you"),
        ("环节“{step}”应于 {due} 前办结，现由您办理。", "The step “{step}”, due by {due}, is yours to handle now."),
    ),
    "step_deemed": (
        ("逾期视为已答复", "Deemed answered"),
        (
            "环节“{step}”逾期未答复，按规定视为已作出决定。",
            "The step “{step}” was not answered in time: silence decided it.",
        ),
    ),
    "deemed_objected": (
        ("对“视为同意”提出异议", "Objection to a deemed agreement"),
        (
            "对环节“{step}”的“视为同意”有异议，改为不同意。",
            "The deemed agreement of the step “{step}” no longer stands.",
        ),
    ),
    "step_cancelled": (
        ("环节已取消", "Step cancelled"),
        (
            "{why}，环节“{step}”已取消，无需再办。",
            "{why}: the step “{step}” was cancelled, and nothing is left to do there.",
        ),
    ),
    "step_returned": (
        ("退回办理", "Returned"),
        ("环节“{step}”被退回，请重新办理。", "The step “{step}” was returned: please decide it again."),
    ),
    "material_replaced": (
        ("材料已更新，请重新办理", "Material replaced"),
        (
            "环节“{step}”所看的材料已更新，原决定失效，请重新办理。",
            "A material the step “{step}” was decided on was replaced: please decide it again.",
        ),
    ),
    "case_withdrawn": (
        ("申请已撤销", "Application withdrawn"),
        ("申请人撤销申请，办理结束。", "The applicant withdrew the application; it is no longer handled."),
    ),
    "case_terminated": (
        ("办理已终止", "Handling terminated"),
        ("办理依法终止，理由见链接。", "Handling has ended on legal grounds; the reasons are told under the link."),
    ),
    "case_reopened": (
        ("重新办理", "Opened again"),
        ("原不予决定失效，重新办理。", "The refusal stands no longer; the application is handled again."),
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
    "check_due": (
        ("需要核查承诺", "A promise has to be checked"),
        ("“{item}”以告知承诺方式办理，应于 {due} 前核查。", "“{item}” was decided on a promise: check it by {due}."),
    ),
    "check_reminded": (
        ("请核查承诺", "Please check the promise"),
        ("“{item}”的承诺应于 {due} 前核查，尚未核查。", "The promise for “{item}” is to be checked by {due}."),
    ),
    "check_overdue": (
        ("承诺核查逾期", "Check of a promise overdue"),
        ("“{item}”的承诺应于 {due} 前核查，现已逾期。", "The promise for “{item}” was to be checked by {due}."),
    ),
    "commitment_kept": (
        ("核查结果：符合承诺", "Your promise was found kept"),
        ("“{item}”经核查符合承诺。", "“{item}” was checked: the promise is kept."),
    ),
    "commitment_correctable": (
        ("请限期整改", "Please put it right"),
        (
            "“{item}”经核查需要整改，请于 {due} 前整改，届时再次核查。",
            "“{item}” was checked: please put right what was found by {due}; it is checked again then.",
        ),
    ),
    "commitment_false": (
        ("核查结果：承诺不实", "The promise was found false"),
        (
            "“{item}”经核查承诺不实，将依法处理。",
            "“{item}” was checked: the promise is false; the law takes its course.",
        ),
    ),
    "result_revoked": (
        ("结果已被撤销", "Result revoked"),
        ("“{item}”的结果已被依法撤销，不得继续使用。", "What was issued for “{item}” was revoked and may not be used."),
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
    "step_nudged": (
        ("催办", "Urged to handle a step"),
        (
            "{by}催办环节“{step}”，请尽快办理。",
            "{by} asks for the step “{step}” to be handled soon.",
        ),
    ),
    "escalation_explained": (
        ("督办已有说明", "Escalation explained"),
        ("环节“{step}”的督办已有说明。", "The escalation of the step “{step}” has an explanation."),
    ),
    "escalation_written_off": (
        ("督办已销号", "Escalation written off"),
        ("环节“{step}”的督办已销号。", "The escalation of the step “{step}” was written off."),
    ),
    "step_settled": (
        ("已有结论，无需再办", "Decided without you"),
        ("环节“{step}”已有结论，无需再办。", "The step “{step}” is decided; nothing more is needed of you."),
    ),
    "step_turn": (
        ("轮到您办理", "Your turn"),
        ("环节“{step}”轮到您办理。", "The step “{step}” is yours to decide now."),
    ),
    "step_given": (
        ("已交给您办理", "Given to you"),
        ("环节“{step}”已交给您办理。", "The step “{step}” was given to you."),
    ),
    "step_lent": (
        ("请您提出意见", "Your advice is asked for"),
        ("请您对环节“{step}”提出意见。", "Your advice on the step “{step}” is asked for."),
    ),
    "step_advised": (
        ("受委派人已提出意见", "Advice was given"),
        ("受委派人已对环节“{step}”提出意见，请您决定。", "There is advice on the step “{step}”; please decide it."),
    ),
    "step_got_back": (
        ("委派已收回", "Delegation ended"),
        ("环节“{step}”的委派已收回或退还。", "The delegation of the step “{step}” has ended."),
    ),
    "step_added": (
        ("请您参加会签", "Added as an approver"),
        ("请您一并办理环节“{step}”。", "You were added as an approver of the step “{step}”."),
    ),
    "step_removed": (
        ("已减签，无需再办", "Removed as an approver"),
        ("环节“{step}”不再需要您办理。", "You are no longer needed for the step “{step}”."),
    ),
    "step_freed": (
        ("原办理人回避，由您办理", "Yours to handle"),
        (
            "环节“{step}”的原办理人应当回避，由您办理。",
            "Whoever had the step “{step}” may not take part; it is yours to handle.",
        ),
    ),
    "applicant_decided": (
        ("申请人本人曾参与决定，请处理", "The applicant took part in deciding"),
        (
            "环节“{step}”有申请人本人作出的决定，应当回避。请考虑退回重新办理。",
            "The applicant himself decided in the step “{step}”; consider sending the case back to it.",
        ),
    ),
    "case_copied": (
        ("抄送给您", "A copy for you"),
        ("有一件办件抄送给您，请阅。", "A case was shown to you to read."),
    ),
    "opinion_asked": (
        ("有人征询您的意见", "Your opinion is asked for"),
        ("有人就一件办件征询您的意见。", "Somebody asks for your opinion on a case."),
    ),
    "opinion_given": (
        ("征询已有答复", "An answer to your question"),
        ("您征询的意见已有答复。", "Your question was answered."),
    ),
    "session_arranged": (
        ("已安排特别程序", "Special procedure arranged"),
        ("{kind}安排在 {planned}，{place}。", "{kind}, {planned}, {place}."),
    ),
    "session_changed": (
        ("特别程序有变更", "Special procedure changed"),
        ("{kind}改为 {planned}，{place}。", "{kind}, now {planned}, {place}."),
    ),
    "session_joined": (
        ("有事项加入特别程序", "Another item takes part"),
        ("{kind}（{planned}）有事项加入。", "{kind}, {planned}: another item takes part."),
    ),
    "session_cancelled": (
        ("特别程序取消", "Special procedure cancelled"),
        ("{kind}（{planned}）取消。", "{kind}, {planned}: it is cancelled."),
    ),
    "session_closed": (
        ("特别程序结束", "Special procedure closed"),
        ("{kind}（{planned}）结束。", "{kind}, {planned}: it is closed."),
    ),
    "correction_window": (
        ("有部门要求申请人补正", "A correction was demanded"),
        (
            "{by}要求申请人补正。本部门也有要求的，请在 {due} 前提出，一并通知申请人。",
            "{by} demands corrections of the applicant. What your department wants too should be said by {due}.",
        ),
    ),
    "materials_came": (
        ("补正材料已到，恢复计时", "What was demanded has come"),
        (
            "环节“{step}”要求的材料已补齐，时限恢复计算。",
            "What the step “{step}” demanded has come; its time runs again.",
        ),
    ),
    "correction_unanswered": (
        ("申请人逾期未补正", "The applicant has not answered"),
        (
            "申请人应于 {due} 前补正，没有补齐；计时仍中止。",
            "The applicant should have corrected the materials by {due}; the clocks stand still on.",
        ),
    ),
    "correction_gathered": (
        ("请补正材料", "Materials to be corrected"),
        (
            "您的申请办理中需要补正材料，清单见办理进度。",
            "Your application needs corrections; they are listed under the link.",
        ),
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

CANCELLED_AFTER: Mapping[str, Words] = {
    "StepReturned": ("办件被退回", "The case was sent back"),
    "CaseReturned": ("整案被退回", "The whole case was sent back"),
    "DecisionTakenBack": ("前面的决定被撤回", "An earlier decision was taken back"),
    "CaseReopened": ("办件重新办理", "The case was opened again"),
    "MaterialUploaded": ("材料已更新", "A material was replaced"),
    "CaseMoved": ("办件改用另一版流程", "The case was moved to another version of its diagram"),
}
"""The kind of entry after which a step was cancelled → why it was."""
CANCELLED_BY_FLOW: Words = ("按流程不再需要", "The diagram takes another way")
"""Why a step was cancelled after any other entry."""

APPLICANT_WORDS: Words = ("申请人", "The applicant")
OF_HANDLERS = frozenset({
    "materials_came",
    "step_returned", "material_replaced", "step_turn", "step_given", "step_lent", "step_advised", "step_added",
    "step_freed", "step_overdue", "step_nudged", "step_reminded", "step_at_risk", "step_joined", "step_handed",
})  # fmt: skip
"""Notices that lead to the step itself."""

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
            "kind": self._kind(facts), "place": facts.get("place", ""),
            "planned": self._at(facts.get("planned"), "%Y-%m-%d %H:%M"),
            "since": self._at(facts.get("since"), "%Y-%m-%d"), "by": self._department(facts.get("by")),
            "why": self.say(CANCELLED_AFTER.get(str(facts.get("after")), CANCELLED_BY_FLOW)),
        }  # fmt: skip
        return Worded(
            self.say(title), self.say(text, **values), str(facts.get("number", "")), self.link(notice)
        )  # fmt: skip

    def link(self, notice: OutgoingNotice) -> str:
        """Where the notice leads; without number or name, for addresses end up in logs."""
        if not notice.department:
            return f"{self.public_url}/track"
        if notice.template in OF_HANDLERS:
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

    def _kind(self, facts: Mapping[str, Any]) -> str:
        return self.say(names_of(str(facts["kind"]), len(facts["items"]))) if "planned" in facts else ""

    def _department(self, code: Any) -> str:
        """A department by its name; the applicant, who has none, as such."""
        if code == APPLICANT.id:
            return self.say(APPLICANT_WORDS)
        found = self.catalogue.departments.get(str(code))
        return str(code or "") if found is None else self.say((found.name_zh, found.name_en))

    def _at(self, instant: Any, form: str) -> str:
        return from_text(str(instant)).astimezone(self.zone).strftime(form) if instant else ""
