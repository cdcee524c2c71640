"""The escalation record as people read it: what was raised with whom, by which channel, and who answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from engine.case.parts.escalation import Escalation
from engine.errors import BadInput
from engine.journal import Json
from engine.store import escalations as rows
from engine.store.database import Database
from engine.store.escalations import EscalationFilter
from engine.store.records import Records

APP = "app"
HIDDEN = "•••"
_NAMES = tuple(part.name for part in fields(Escalation))
_PEOPLE = ("acknowledged_by", "explained_by", "written_off_by")


@dataclass(frozen=True)
class Told:
    """One notice of an escalation on one channel: ``app``, ``webhook``, ``mail`` or ``apprise``.

    ``receiver`` shows the first letter of an account, or nothing; ``problem`` is the code of the last failure.
    """

    channel: str
    template: str
    department: str
    role: str
    receiver: str
    tries: int
    delivered_at: str | None
    problem: str


@dataclass(frozen=True)
class EscalationLine:
    """One escalation of a case. ``step_open`` is of its step now, ``handled_by`` the account that closed it.

    ``people`` are the names of the accounts in ``record`` that still exist; ``told`` what was sent when it was raised.
    """

    case_id: str
    case_number: str
    offering: str
    version: str
    instance: str
    step_open: bool
    handled_by: str | None
    record: Escalation
    people: Mapping[str, str]
    told: tuple[Told, ...]

    def as_dict(self) -> dict[str, Json]:
        """As ``binglian escalations --json`` prints it, with names beside the accounts."""
        record = asdict(self.record)
        names = {f"{field}_name": self.people.get(record[field], record[field]) for field in _PEOPLE}
        return {
            "case": self.case_id, "case_number": self.case_number, "offering": self.offering, "version": self.version,
            "step_open": self.step_open, "open": self.record.written_off_at is None, **record, **names,
            "told": [asdict(one) for one in self.told],
        }  # fmt: skip


@dataclass(frozen=True)
class EscalationPage:
    """Escalations and the key where the next page begins (None at the end)."""

    lines: tuple[EscalationLine, ...]
    after: Sequence[str] | None


def escalations(
    database: Database, wanted: EscalationFilter, after: Sequence[str] | None, limit: int
) -> EscalationPage:
    """Open ones first, the oldest first; as many queries whatever the size of the page."""
    _require_known(wanted)
    with database.read() as connection:
        found, following = rows.page(connection, wanted, limit, after)
        sent = rows.told(connection, sorted({(row["case_id"], row["entry"]) for row in found}))
    people = Records(database).names({row[field] for row in found for field in _PEOPLE} - {""})
    return EscalationPage(tuple(_line(row, sent, people) for row in found), following)


def escalation_counts(database: Database, wanted: EscalationFilter) -> dict[str, int]:
    """How many there are of each kind: open, unacknowledged, unexplained, ready, written_off, all."""
    with database.read() as connection:
        return rows.counts(connection, wanted)


def _require_known(wanted: EscalationFilter) -> None:
    if wanted.which not in rows.KINDS:
        raise BadInput(
            "escalations.which", "没有这种筛选", f"which is one of {', '.join(rows.KINDS)}", wanted.which[:40]
        )


def _line(row: Mapping[str, Any], sent: Iterable[Mapping[str, Any]], people: Mapping[str, str]) -> EscalationLine:
    entry = (row["case_id"], row["entry"])
    record = Escalation(**{name: row[name] for name in _NAMES})
    mine = {account: people[account] for name in _PEOPLE if (account := row[name]) in people}
    told = tuple(_told(one) for one in sent if (one["case_id"], one["seq"]) == entry)
    return EscalationLine(
        row["case_id"], row["case_number"], row["offering"], row["version"], row["instance"] or "",
        bool(row["step_open"]), row["handled_by"], record, mine, told,
    )  # fmt: skip


def _told(row: Mapping[str, Any]) -> Told:
    receiver = f"{row['recipient'][0]}{HIDDEN}" if row["channel"] == "mail" else ""
    return Told(
        row["channel"] or APP, row["template"], row["department"], row["role"], receiver, row["tries"],
        row["delivered_at"], row["problem"],
    )  # fmt: skip
