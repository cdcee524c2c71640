"""The words of the acts that take a case back or end it: names, questions of the forms, what they mean."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

Words = Mapping[str, Any]

ACTS: Words = {
    "return_step": _l("退回"), "return_case": _l("整案退回"), "take_back": _l("撤回决定"),
    "withdraw": _l("撤销申请"), "terminate": _l("终止办理"), "reopen": _l("重新办理本件"),
}  # fmt: skip
DO: Words = {
    "return_step": _l("确定退回"), "return_case": _l("确定整案退回"), "take_back": _l("确定撤回"),
    "withdraw": _l("确定撤销申请"), "terminate": _l("确定终止办理"), "reopen": _l("确定重新办理"),
}  # fmt: skip
FIELDS: Words = {
    "to_step": _l("退回到哪个环节"), "reason": _l("理由"), "evidence": _l("凭证"), "ground": _l("法律依据"),
    "to_step.help": _l("只能退回到实际办理过、并且在本环节之前的环节。"),
    "evidence.help": _l("能证明申请人要求撤销的文书，例如：撤销申请书 2026-3 号。不要写个人信息。"),
    "ground.help": _l("写明法律、法规或者规章的名称和条款。申请人会看到。"),
    "reason.help": _l("办理记录里会看到；不要写个人信息。"),
}  # fmt: skip
"""Questions of the forms, and the help of each."""
REASONS: Words = {
    "return_step": _l("重新办理的部门会看到；不要写个人信息。"),
    "return_case": _l("重新办理的部门会看到；不要写个人信息。"),
    "withdraw": _l("申请人为什么不办了；不要写个人信息。"),
    "terminate": _l("出现了什么情形。申请人会看到；不要写个人信息。"),
    "reopen": _l("为什么要重新办理；不要写个人信息。"),
}  # fmt: skip
"""What the reasons are read for, by act."""
MEANS: Words = {
    "return_step": _l("作废的决定仍留在办理记录里。重新办理的部门会收到通知，该环节的时限重新计算，全件的时限不停。"),
    "return_case": _l("作废的决定仍留在办理记录里。重新办理的部门会收到通知，全件的时限不停。"),
    "take_back": _l("您的决定作废，但仍留在办理记录里。该环节重新待办，原来的时限继续计算。"),
    "withdraw": _l("办件就此结束，不作决定。申请人和有待办环节的部门会收到通知。结束后不能恢复，可以重新申请。"),
    "terminate": _l("办件就此结束，不作决定。申请人和有待办环节的部门会收到通知。结束后不能恢复。"),
    "reopen": _l("不予许可的决定作废，但仍留在办理记录里。申请人和重新办理的部门会收到通知。"),
}  # fmt: skip
"""What an act means besides what the preview lists."""

CANCELLED_AFTER: Words = {
    "StepReturned": _l("办件被退回"), "CaseReturned": _l("整案被退回"), "DecisionTakenBack": _l("前面的决定被撤回"),
    "CaseReopened": _l("办件重新办理"), "MaterialUploaded": _l("材料已更新"), "CaseMoved": _l("办件改用另一版流程"),
}  # fmt: skip
"""The kind of entry after which a step was cancelled → why it was."""
CANCELLED_BY_FLOW = _l("按流程不再需要")


def words_of(act: str) -> dict[str, Any]:
    """All words of the pages of one act, as the parts of forms take them."""
    return {**FIELDS, "act": ACTS[act], "do": DO[act], "means": MEANS[act], "reason.help": REASONS.get(act, "")}
