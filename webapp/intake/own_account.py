"""回避 at the window: the account of an applicant who works here, named at the registration or when it is found out."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.case.together.recusal import require_other
from engine.commands import Actor, NameApplicant
from engine.errors import AlreadyDone, BadInput, BinglianError, NotFound, NotPermitted, NotPossible
from engine.store.records import Account
from webapp.auth import current_actor
from webapp.context import engine
from webapp.errors import message_of, status_of
from webapp.intake.page import case_page, view_of

OWN, CHOSEN = "own-account", "own-account-chosen"
"""Names of form inputs: what was typed, a name or an account, and the account chosen of those that are like it."""
LONGEST = 60
MOST = 8
"""So many people like what was typed are offered."""


def typed_account(sent: Mapping[str, str]) -> str:
    """The account that was chosen, else what was typed."""
    return (sent.get(CHOSEN) or sent.get(OWN, "")).strip()[:LONGEST]


def people_like(typed: str) -> list[Account]:
    """Who may be meant: the one with this account, else those with this in their name."""
    found = engine().records.people(typed, (), MOST) if typed else []
    return [one for one in found if one.id == typed] or found


def account_error(typed: str, actor: Actor) -> BinglianError | None:
    """What is wrong with an account that was typed; None when nothing is, or nothing was typed."""
    like = people_like(typed)
    if like and like[0].id != typed:
        return BadInput(
            "applicant.choose", "没有这个账号；按姓名找到的列在下面，请选择",
            "there is no such account; whoever has such a name is listed below to be chosen", OWN,
        )  # fmt: skip
    if typed and not like:
        return BadInput(
            "applicant.unknown",
            "没有这个账号，也没有人叫这个名字",
            "there is no such account, and nobody of that name",
            OWN,
        )
    try:
        require_other(typed, actor)
    except NotPermitted as error:
        return error
    return None


def name_applicant(case_id: str) -> str | tuple[str, int] | Response:
    """``own-account``, ``reason``: the applicant works here; an empty account takes that back."""
    typed, actor = typed_account(request.form), current_actor()
    reason = request.form.get("reason", "")
    command = NameApplicant(case_id, typed, reason, request.form.get("key", ""))
    try:
        if (error := account_error(typed, actor)) is not None:
            raise error
        engine().execute(command, actor)
    except (AlreadyDone, BadInput, NotFound, NotPermitted, NotPossible) as error:
        view = view_of(case_id)
        told = {"own_error": message_of(error), "own_typed": typed, "own_reason": reason, "like": people_like(typed)}
        return case_page("intake/case.html", view, **told), status_of(error)
    flash(_("已登记：申请人本人不参与本件办理。") if typed else _("已更正：申请人不是本系统工作人员。"))
    return redirect(url_for("intake.case", case_id=case_id), HTTPStatus.SEE_OTHER)
