"""The tables. The first word of each comment says what a table is:

*journal* – append only; *projection* – rebuildable from the journal; *operational* – leases, retries, outbox state;
*record* – users, sessions and personal data, not part of a case. ``rebuild`` touches projections only.
Every table of a case has ``case_id`` first in its key. Instants are text in UTC (engine.instants), which sorts.
"""

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)  # fmt: skip

metadata = MetaData()

ID = String(32)
CODE = String(80)
INSTANT = String(27)
HASH = LargeBinary(32)


def _only(condition: str) -> dict[str, Any]:
    """An index of these rows alone; a query uses it when it says the same condition with the value in its text."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


# journal; what an entry links to is the hash of the one before, which is not said twice
journal_entry = Table(
    "journal_entry", metadata,
    Column("case_id", ID), Column("seq", Integer), Column("instant", INSTANT, nullable=False),
    Column("kind", CODE, nullable=False), Column("actor", CODE, nullable=False),
    Column("facts", Text, nullable=False), Column("answers", Text, nullable=False),
    Column("state", HASH, nullable=False), Column("hash", HASH, nullable=False),
    PrimaryKeyConstraint("case_id", "seq"),
)  # fmt: skip

# journal: deployed versions are immutable; the files they were made of are kept with them
deployment = Table(
    "deployment", metadata,
    Column("version", String(64), primary_key=True), Column("code", CODE, nullable=False),
    Column("deployed_at", INSTANT, nullable=False), Column("files", LargeBinary, nullable=False),
)  # fmt: skip

# projection; the state is canonical JSON (engine.store.packing)
case_row = Table(
    "case_row", metadata,
    Column("case_id", ID, primary_key=True), Column("revision", Integer, nullable=False),
    Column("instant", INSTANT, nullable=False), Column("head", HASH, nullable=False),
    Column("version", String(64), nullable=False), Column("number", CODE, nullable=False, unique=True),
    Column("offering", CODE, nullable=False),
    Column("status", CODE, nullable=False), Column("outcome", CODE, nullable=False),
    Column("submitted_at", INSTANT, nullable=False), Column("accepted_at", INSTANT),
    Column("promised_due_at", INSTANT), Column("statutory_due_at", INSTANT),
    Column("promised_provisional", Boolean, nullable=False),
    Column("statutory_provisional", Boolean, nullable=False), Column("closed_at", INSTANT),
    Column("applicant", CODE, nullable=False, server_default=""),
    Column("state", LargeBinary, nullable=False), Column("flow", LargeBinary, nullable=False),
    Index("case_row_recent", "submitted_at", "case_id"),
    Index("case_row_status", "status", "submitted_at"),
    Index("case_row_applicant", "applicant", **_only("applicant <> ''")),
)  # fmt: skip

# projection
case_item = Table(
    "case_item", metadata,
    Column("case_id", ID), Column("item", CODE), Column("status", CODE, nullable=False),
    Column("cause", CODE, nullable=False), Column("due_at", INSTANT), Column("ended_at", INSTANT),
    PrimaryKeyConstraint("case_id", "item"),
    sqlite_with_rowid=False,
)  # fmt: skip

# projection
task = Table(
    "task", metadata,
    Column("case_id", ID), Column("task_id", CODE), Column("step", CODE, nullable=False),
    Column("item", CODE, nullable=False), Column("act", CODE, nullable=False),
    Column("department", CODE, nullable=False), Column("role", CODE, nullable=False),
    Column("limit_value", CODE, nullable=False), Column("limit_unit", CODE, nullable=False),
    Column("status", CODE, nullable=False), Column("opened_at", INSTANT, nullable=False), Column("due_at", INSTANT),
    Column("provisional", Boolean, nullable=False), Column("closed_at", INSTANT), Column("actor", CODE),
    Column("decision", CODE), Column("opinion", Text, nullable=False), Column("escalation", Integer, nullable=False),
    Column("instance", Text, nullable=False, server_default=""),
    Column("stage", Integer, nullable=False, server_default="0"),
    Column("also", Text, nullable=False, server_default=""),
    Column("deemed", Text, nullable=False, server_default=""),
    Column("voided", Integer, nullable=False, server_default="0"),
    Column("seen", Text, nullable=False, server_default=""),
    Column("seats", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("case_id", "task_id"),
    Index("task_inbox", "department", "role", "due_at", **_only("status = 'open' AND seats = ''")),
    Index("task_due", "due_at", **_only("status = 'open'")),
    Index("task_done", "actor", "closed_at", **_only("actor IS NOT NULL")),
    sqlite_with_rowid=False,
)  # fmt: skip

# projection: who may handle a task beside the department and role it belongs to
task_helper = Table(
    "task_helper", metadata,
    Column("case_id", ID), Column("task_id", CODE), Column("department", CODE), Column("role", CODE),
    Column("waiting", Boolean, nullable=False),
    PrimaryKeyConstraint("case_id", "task_id", "department", "role"),
    Index("task_helper_inbox", "department", "role", **_only("waiting")),
    sqlite_with_rowid=False,
)  # fmt: skip

# projection: who decides tasks that keep seats; ``status`` is ``closed`` once the task is no longer open; ``shared``:
# whoever holds the role sees it, be it claimed by one of them or not
seat = Table(
    "seat", metadata,
    Column("case_id", ID), Column("task_id", CODE), Column("seat", CODE), Column("department", CODE, nullable=False),
    Column("role", CODE, nullable=False), Column("person", CODE, nullable=False),
    Column("lent_from", CODE, nullable=False), Column("shared", Boolean, nullable=False),
    Column("status", CODE, nullable=False), Column("decided_by", CODE, nullable=False),
    PrimaryKeyConstraint("case_id", "task_id", "seat"),
    Index("seat_role", "department", "role", **_only("status = 'open'")),
    Index("seat_person", "person", "status", **_only("person <> ''")),
    Index("seat_decided", "decided_by", **_only("decided_by <> ''")),
    Index("seat_lent", "lent_from", "status", **_only("lent_from <> ''")),
    sqlite_with_rowid=False,
)  # fmt: skip

# projection: copies of a case and questions about it
aside = Table(
    "aside", metadata,
    Column("case_id", ID), Column("number", CODE), Column("kind", CODE, nullable=False),
    Column("by", CODE, nullable=False), Column("to", CODE, nullable=False), Column("at", INSTANT, nullable=False),
    Column("answered_at", INSTANT),
    PrimaryKeyConstraint("case_id", "number"),
    Index("aside_to", "to", "at"),
    sqlite_with_rowid=False,
)  # fmt: skip

# projection: checks whether a promise is kept
promise_check = Table(
    "promise_check", metadata,
    Column("case_id", ID), Column("number", CODE), Column("item", CODE, nullable=False),
    Column("department", CODE, nullable=False), Column("role", CODE, nullable=False),
    Column("opened_at", INSTANT, nullable=False), Column("due_at", INSTANT, nullable=False),
    Column("status", CODE, nullable=False), Column("follows", CODE, nullable=False), Column("at", INSTANT),
    PrimaryKeyConstraint("case_id", "number"),
    Index("promise_check_due", "department", "role", "due_at", **_only("status = 'due'")),
    sqlite_with_rowid=False,
)  # fmt: skip

# projection
timer = Table(
    "timer", metadata,
    Column("case_id", ID), Column("timer_id", CODE), Column("level", Integer, nullable=False),
    Column("due_at", INSTANT, nullable=False),
    PrimaryKeyConstraint("case_id", "timer_id"),
    Index("timer_due", "due_at"),
    sqlite_with_rowid=False,
)  # fmt: skip

# projection: late steps as they were raised, and who answered for them
escalation = Table(
    "escalation", metadata,
    Column("case_id", ID), Column("number", CODE), Column("task", CODE, nullable=False),
    Column("step", CODE, nullable=False), Column("item", CODE, nullable=False),
    Column("department", CODE, nullable=False), Column("role", CODE, nullable=False),
    Column("level", Integer, nullable=False), Column("does", CODE, nullable=False),
    Column("to_department", CODE, nullable=False), Column("to_role", CODE, nullable=False),
    Column("due_at", INSTANT, nullable=False),
    Column("raised_at", INSTANT, nullable=False), Column("entry", Integer, nullable=False),
    Column("acknowledged_at", INSTANT), Column("acknowledged_by", CODE, nullable=False),
    Column("explanation", Text, nullable=False), Column("explained_at", INSTANT),
    Column("explained_by", CODE, nullable=False), Column("remark", Text, nullable=False),
    Column("written_off_at", INSTANT), Column("written_off_by", CODE, nullable=False),
    PrimaryKeyConstraint("case_id", "number"),
    Index("escalation_open", "raised_at", "case_id", **_only("written_off_at IS NULL")),
    Index("escalation_settled", "raised_at", "case_id", **_only("written_off_at IS NOT NULL")),
    Index("escalation_told", "to_department", "to_role", "raised_at"),
    sqlite_with_rowid=False,
)  # fmt: skip

# operational: who is firing a due timer, until when
timer_lease = Table(
    "timer_lease", metadata,
    Column("case_id", ID), Column("timer_id", CODE), Column("until", INSTANT, nullable=False),
    Column("tries", Integer, nullable=False), Column("problem", Text, nullable=False),
    PrimaryKeyConstraint("case_id", "timer_id"),
    sqlite_with_rowid=False,
)  # fmt: skip

# operational: notices written with the change, delivered after it
outbox = Table(
    "outbox", metadata,
    Column("case_id", ID), Column("seq", Integer), Column("ordinal", Integer),
    Column("written_at", INSTANT, nullable=False), Column("template", CODE, nullable=False),
    Column("department", CODE, nullable=False), Column("role", CODE, nullable=False),
    Column("task_id", CODE, nullable=False), Column("facts", Text, nullable=False), Column("delivered_at", INSTANT),
    Column("person", CODE, nullable=False, server_default=""),
    PrimaryKeyConstraint("case_id", "seq", "ordinal"),
    Index("outbox_waiting", "delivered_at", "written_at"),
    sqlite_with_rowid=False,
)  # fmt: skip

# operational: notices on their way out of the application, one row for each channel and recipient; ``message`` is the
# key of the message a row went into, ``next_try_at`` when it is to be sent (or a lease ends), NULL when never again
delivery = Table(
    "delivery", metadata,
    Column("case_id", ID), Column("seq", Integer), Column("ordinal", Integer), Column("channel", CODE),
    Column("recipient", CODE), Column("message", CODE, nullable=False), Column("tries", Integer, nullable=False),
    Column("next_try_at", INSTANT), Column("problem", Text, nullable=False), Column("delivered_at", INSTANT),
    PrimaryKeyConstraint("case_id", "seq", "ordinal", "channel", "recipient"),
    Index("delivery_due", "channel", "next_try_at", **_only("next_try_at IS NOT NULL")),
    Index("delivery_waiting", "channel", "recipient", "message", **_only("delivered_at IS NULL")),
    sqlite_with_rowid=False,
)  # fmt: skip

# operational: documents an entry made due, with their numbers; made later, then ``sha256`` names the file;
# ``next_try_at`` when one is to be made (or a lease ends), NULL when never again; ``about`` what it stands with
document = Table(
    "document", metadata,
    Column("case_id", ID), Column("seq", Integer), Column("ordinal", Integer), Column("kind", CODE, nullable=False),
    Column("about", CODE, nullable=False), Column("item", CODE, nullable=False), Column("result", CODE, nullable=False),
    Column("number", CODE, nullable=False), Column("made_at", INSTANT, nullable=False),
    Column("state", CODE, nullable=False), Column("tries", Integer, nullable=False), Column("next_try_at", INSTANT),
    Column("problem", Text, nullable=False), Column("sha256", String(64)), Column("issued_at", INSTANT),
    PrimaryKeyConstraint("case_id", "seq", "ordinal"),
    Index("document_number", "number", unique=True),
    Index("document_next", "next_try_at", **_only("next_try_at IS NOT NULL")),
    Index("document_due", "made_at", "number", **_only("state = 'due'")),
    sqlite_with_rowid=False,
)  # fmt: skip

# operational: what a command with a key did, so a repeated one gets the same answer
command_key = Table(
    "command_key", metadata,
    Column("actor", CODE), Column("key", String(120)), Column("mark", HASH, nullable=False),
    Column("case_id", ID, nullable=False), Column("revision", Integer, nullable=False),
    Column("opened", Text, nullable=False), Column("closed", Text, nullable=False),
    Column("notices", Integer, nullable=False),
    PrimaryKeyConstraint("actor", "key"),
    sqlite_with_rowid=False,
)  # fmt: skip

# operational: cases a person has to look at, because their state is lost and their journal replays to another one
case_flag = Table(
    "case_flag", metadata,
    Column("case_id", ID, primary_key=True), Column("problem", CODE, nullable=False),
    Column("flagged_at", INSTANT, nullable=False),
)  # fmt: skip

# operational
counter = Table("counter", metadata, Column("name", CODE, primary_key=True), Column("value", Integer, nullable=False))

# record: personal fields of the applicant, by case; the journal holds salted commitments only
applicant = Table(
    "applicant", metadata, Column("case_id", ID, primary_key=True), Column("fields", Text, nullable=False)
)

# record
account = Table(
    "account", metadata,
    Column("id", CODE, primary_key=True), Column("name", String(200), nullable=False),
    Column("department", CODE, nullable=False), Column("roles", Text, nullable=False),
    Column("password_hash", String(200), nullable=False), Column("active", Boolean, nullable=False),
    Column("email", String(254), nullable=False, server_default=""),
)  # fmt: skip

# record: a session can be ended here; the cookie holds the token, this table only its hash
session = Table(
    "session", metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account", CODE, ForeignKey("account.id"), nullable=False),
    Column("created_at", INSTANT, nullable=False), Column("expires_at", INSTANT, nullable=False),
    Column("ended_at", INSTANT),
    Index("session_account", "account"),
)  # fmt: skip

# record: files of materials that were checked and kept, with the names people gave them; a journal entry makes one a
# version of a material
upload = Table(
    "upload", metadata,
    Column("case_id", ID), Column("material", CODE), Column("sha256", String(64)),
    Column("size", Integer, nullable=False), Column("type", CODE, nullable=False),
    Column("name", Text, nullable=False), Column("account", CODE, nullable=False),
    Column("kept_at", INSTANT, nullable=False),
    PrimaryKeyConstraint("case_id", "material", "sha256"),
)  # fmt: skip

# record: an opinion being written, kept until the task is decided
draft = Table(
    "draft", metadata,
    Column("case_id", ID), Column("task_id", CODE), Column("account", CODE), Column("text", Text, nullable=False),
    Column("saved_at", INSTANT, nullable=False),
    PrimaryKeyConstraint("case_id", "task_id", "account"),
)  # fmt: skip

# record: a notice delivered in the application
inbox_notice = Table(
    "inbox_notice", metadata,
    Column("case_id", ID), Column("seq", Integer), Column("ordinal", Integer),
    Column("department", CODE, nullable=False), Column("role", CODE, nullable=False),
    Column("template", CODE, nullable=False), Column("task_id", CODE, nullable=False),
    Column("facts", Text, nullable=False), Column("written_at", INSTANT, nullable=False),
    Column("person", CODE, nullable=False, server_default=""),
    PrimaryKeyConstraint("case_id", "seq", "ordinal"),
    Index("inbox_notice_for", "department", "role", "written_at"),
    Index("inbox_notice_person", "person", "written_at", **_only("person <> ''")),
)  # fmt: skip

# record: who stands in for whom, on which local days (ISO), for which items and bundles (none: all), on what basis
absence = Table(
    "absence", metadata,
    Column("id", CODE, primary_key=True), Column("person", CODE, nullable=False),
    Column("substitute", CODE, nullable=False), Column("first_day", CODE, nullable=False),
    Column("last_day", CODE, nullable=False), Column("scope", Text, nullable=False),
    Column("basis", Text, nullable=False), Column("set_by", CODE, nullable=False),
    Column("set_at", INSTANT, nullable=False), Column("ended_by", CODE, nullable=False),
    Column("ended_at", INSTANT),
    Index("absence_person", "person"), Index("absence_substitute", "substitute"),
)  # fmt: skip

# projection: hearings, site visits, expert reviews and tests, one row for each item that takes part; ``status`` is
# ``left`` for an item that takes part no longer
special_session = Table(
    "special_session", metadata,
    Column("case_id", ID), Column("number", CODE), Column("item", CODE), Column("department", CODE, nullable=False),
    Column("kind", CODE, nullable=False), Column("planned_at", INSTANT, nullable=False),
    Column("place", Text, nullable=False), Column("chair", CODE, nullable=False),
    Column("items", Integer, nullable=False), Column("recorded", Boolean, nullable=False),
    Column("status", CODE, nullable=False),
    PrimaryKeyConstraint("case_id", "number", "item"),
    Index("special_session_department", "department", "planned_at", **_only("status = 'open'")),
    Index("special_session_chair", "chair", "planned_at", **_only("status = 'open'")),
    sqlite_with_rowid=False,
)  # fmt: skip

PROJECTIONS = (timer, task, task_helper, seat, aside, promise_check, special_session, case_item, escalation, case_row)
