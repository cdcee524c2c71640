"""The acts of these pages: what each asks for, and the command that makes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from engine.case.offers.hand_choices import ADD, ASSIGN, CLAIM, DELEGATE, GET_BACK, RELEASE, REMOVE, TRANSFER
from engine.commands import (
    AddApprover,
    AskSomeone,
    AssignTask,
    ClaimTask,
    Command,
    CopyTo,
    DelegateTask,
    GetBackTask,
    ReleaseTask,
    RemoveApprover,
    TransferTask,
)  # fmt: skip
from webapp.hands.picker import Receiver

COPY, ASK = "copy", "ask"
TO, PLACED, REASON, TEXT = "to", "placed", "reason", "text"


@dataclass(frozen=True)
class Asked:
    """What a form says: the case, the task and seat it is about (empty for the whole case), what is typed, whom it
    names, the idempotency key."""

    case_id: str
    task_id: str
    seat: str
    values: Mapping[str, str]
    to: Receiver
    key: str


@dataclass(frozen=True)
class Kind:
    """One act: its name, its fields in order, how they become a command. ``desks``: the receiver may be a role."""

    name: str
    fields: tuple[str, ...]
    command: Callable[[Asked], Command]
    desks: bool = False

    @property
    def picks(self) -> bool:
        """Whether somebody is chosen."""
        return TO in self.fields


def _given(asked: Asked) -> tuple[str, str, str, str, str]:
    return asked.case_id, asked.task_id, asked.to.department, asked.to.role, asked.to.person


SEAT_KINDS: Mapping[str, Kind] = {
    one.name: one
    for one in (
        Kind(CLAIM, (), lambda a: ClaimTask(a.case_id, a.task_id, a.seat, a.key)),
        Kind(RELEASE, (), lambda a: ReleaseTask(a.case_id, a.task_id, a.seat, a.key)),
        Kind(GET_BACK, (), lambda a: GetBackTask(a.case_id, a.task_id, a.seat, a.key)),
        Kind(
            TRANSFER, (TO, REASON),
            lambda a: TransferTask(*_given(a), a.values[REASON], a.seat, a.key), desks=True,
        ),
        Kind(
            ASSIGN, (TO, REASON), lambda a: AssignTask(*_given(a), a.values[REASON], a.seat, a.key), desks=True,
        ),
        Kind(
            DELEGATE, (TO, REASON),
            lambda a: DelegateTask(a.case_id, a.task_id, a.to.person, a.values[REASON], a.seat, a.key),
        ),
        Kind(
            ADD, (TO, PLACED, REASON),
            lambda a: AddApprover(
                a.case_id, a.task_id, a.values[PLACED], a.to.department, a.to.role, a.to.person, a.values[REASON],
                a.seat, a.key,
            ),
            desks=True,
        ),
        Kind(REMOVE, (REASON,), lambda a: RemoveApprover(a.case_id, a.task_id, a.seat, a.values[REASON], a.key)),
    )
}  # fmt: skip
"""About a seat of a task, by name."""
ASIDE_KINDS: Mapping[str, Kind] = {
    one.name: one
    for one in (
        Kind(COPY, (TO, TEXT), lambda a: CopyTo(a.case_id, a.to.person, a.values[TEXT], a.key)),
        Kind(ASK, (TO, TEXT), lambda a: AskSomeone(a.case_id, a.to.person, a.values[TEXT], a.key)),
    )
}
"""About the whole case, by name."""

TITLES: Mapping[str, Any] = {
    TRANSFER: _l("转办"), ASSIGN: _l("指派"),
    DELEGATE: _l("委派"), ADD: _l("加签"), REMOVE: _l("减去该席位"), COPY: _l("抄送"), ASK: _l("征询"),
}  # fmt: skip
MEANS: Mapping[str, Any] = {
    TRANSFER: _l("交给别人办理，以后由其决定，您不再办理。"),
    ASSIGN: _l("把该席位交给另一人办理。已写的意见都保留在记录里。"),
    DELEGATE: _l("请一个人先提出意见。意见留在记录里，最后仍由您决定；可以随时收回。"),
    ADD: _l("增加一名办理人，其同意与否和其他席位一样算数。只想听意见的，请用委派或征询。"),
    REMOVE: _l("该席位不再参加本环节。其已提出的意见保留在记录里。"),
    COPY: _l("请对方阅读本件，不影响办理。对方看过会有回执。"),
    ASK: _l("请对方回答一个问题，不影响办理，也不停止计时。"),
}
WORDS: Mapping[str, Any] = {
    TO: _l("交给谁"), REASON: _l("理由（可以不写）"), TEXT: _l("附言（可以不写）"), PLACED: _l("加在哪里"),
    "to.help": _l("可以按姓名或部门查找。"), "reason.help": _l("对方会看到。不要写个人信息。"),
    "text.help": _l("对方会看到。不要写个人信息。"),
}  # fmt: skip
OF_ASK: Mapping[str, Any] = {TEXT: _l("想问什么")}
PLACES: Mapping[str, Any] = {
    "before": _l("前加签：对方先办，然后轮到您"), "beside": _l("并加签：同时办理"),
    "after": _l("后加签：您先办，然后轮到对方"),
}  # fmt: skip


def words_of(act: str) -> Mapping[str, Any]:
    """Names of the fields of an act, and their help."""
    to = {DELEGATE: _l("请谁提意见"), ADD: _l("加谁"), COPY: _l("抄送给谁"), ASK: _l("问谁")}
    return {**WORDS, **(OF_ASK if act == ASK else {}), **({TO: to[act]} if act in to else {})}
