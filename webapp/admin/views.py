"""Pages for the department that watches time limits: what is overdue, every case; the addresses of the others."""

from flask import Blueprint, render_template, request

from webapp.admin import escalations, operations, statistics
from webapp.admin.lists import STATUSES, case_list, late_steps
from webapp.auth import is_supervisor, signed_in
from webapp.context import engine
from webapp.portal.search import LONGEST_SEARCH

admin = Blueprint("admin", __name__, url_prefix="/admin")


@admin.get("/")
@signed_in(is_supervisor)
def overdue() -> str:
    """Cases that need an administrator, counters, then every overdue step with its department and who was told."""
    opened, late = engine().read.overdue_counts()
    page = late_steps(request.args.get("after", ""))
    flagged, now = engine().flags.all(), engine().read.now()
    return render_template("admin/overdue.html", flagged=flagged, opened=opened, late=late, page=page, now=now)


@admin.get("/cases")
@signed_in(is_supervisor)
def cases() -> str:
    """All cases; ``status`` and ``q`` (part of a number) narrow them down."""
    status = request.args.get("status", "")
    chosen = (status,) if status in STATUSES else ()
    searched = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    return render_template(
        "admin/cases.html",
        page=case_list(chosen, searched, request.args.get("before", "")),
        statuses=STATUSES,
        status="".join(chosen),
        searched=searched,
    )


admin.add_url_rule("/operations", "operations", operations.page)
admin.add_url_rule("/operations/retry", "retry", operations.retry, methods=["POST"])
admin.add_url_rule("/operations/send", "send", operations.send, methods=["POST"])
admin.add_url_rule("/statistics", "statistics", statistics.page)
admin.add_url_rule("/escalations", "escalations", escalations.page)
