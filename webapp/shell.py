"""What surrounds every page: navigation by position, addresses of static files with a digest."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, request, url_for

from engine.absences import is_above
from engine.store.records import Account
from engine.store.urging import unacknowledged
from webapp.auth import current_account, is_supervisor, is_window_clerk
from webapp.context import engine
from webapp.i18n import gettext as _
from webapp.i18n import language


@dataclass(frozen=True)
class Link:
    """One entry of the navigation; ``count`` None shows no number."""

    label: str
    address: str
    here: bool
    key: str = ""
    count: int | None = None
    urgent: bool = False


def install(app: Flask) -> None:
    """Navigation for templates; a digest in the address of every static file."""
    app.context_processor(lambda: {
        "navigation": navigation, "switch_language": switch_language,
        "may_hand_over": lambda account: is_above(account.actor),
    })  # fmt: skip
    app.url_defaults(_with_digest(Path(app.static_folder or "")))


def navigation() -> list[Link]:
    """The links of the signed-in person, in order; empty for the public."""
    account = current_account()
    if account is None:
        return []
    links = []
    if not is_supervisor(account):
        links += _inbox_links(account)
    if is_window_clerk(account):
        links.append(_link(_("窗口受理"), "/intake/", "intake", engine().read.waiting_count(account.actor)))
    links += _check_links(account)
    links.append(_late_link(account))
    if is_supervisor(account):
        links.append(_link(_("效能监督"), "/admin/", "admin"))
        links.append(_link(_("流程库"), "/admin/processes/", "processes"))
    return links


def _inbox_links(account: Account) -> list[Link]:
    counts = engine().read.inbox_counts(account.actor)
    unread = engine().read.asides_unread(account.actor)
    here = request.endpoint or ""
    done, notices = here == "inbox.done", here == "inbox.notices"
    todo = request.blueprint == "inbox" and not done and not notices
    return [
        Link(_("待办"), url_for("inbox.todo"), todo, "todo", counts.all, counts.overdue > 0),
        Link(_("已办"), url_for("inbox.done"), done, "done"),
        Link(_("抄送征询"), url_for("hands.received"), here == "hands.received", "received", unread or None),
        Link(_("通知"), url_for("inbox.notices"), notices, "notices"),
    ]


def _check_links(account: Account) -> list[Link]:
    """承诺核查, for those who make checks."""
    routes = (item.commitment for item in engine().deployments.catalogue.items.values())
    desks = {(route.check_department, route.check_role) for route in routes if route is not None}
    total, late = engine().read.check_counts(account.actor) if account.department in dict(desks) else (0, 0)
    if not total and not any(account.actor.holds(*desk) for desk in desks):
        return []
    here = request.blueprint == "commitment"
    return [Link(_("承诺核查"), url_for("commitment.checks"), here, "checks", total or None, late > 0)]


def _late_link(account: Account) -> Link:
    """督办, with how many of them nobody has acknowledged, if any."""
    count = unacknowledged(engine().store.database, account.department, account.roles)
    here = request.blueprint == "escalations"
    return Link(_("督办"), url_for("escalations.mine"), here, "escalations", count or None, urgent=True)


def _link(label: str, address: str, key: str, count: int | None = None) -> Link:
    return Link(label, address, request.blueprint == key, key, count)


def switch_language() -> str:
    """Address that shows this page in the other language; an answer to a form has none of its own."""
    other = "zh" if language() == "en" else "en"
    return url_for("language.choose", code=other, next=request.full_path.rstrip("?"))


def _with_digest(folder: Path) -> Any:
    @lru_cache(maxsize=256)
    def digest(filename: str) -> str:
        path = folder / filename
        return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else ""

    def add(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values:
            values.setdefault("v", digest(str(values["filename"])) or None)

    return add
