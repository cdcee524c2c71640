"""Sessions on the lists people work from: beside their tasks, and those of this week."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any

from engine.commands import Actor
from engine.instants import aware_utc, to_text
from engine.store.special_sessions import of_tasks, planned_until
from webapp.auth import current_actor
from webapp.cases.session_words import kind_words, short_words, when_words
from webapp.context import engine
from webapp.i18n import gettext as _
from webapp.words import local

MOST = 60
"""Rows of the list of this week, one for each item."""


@dataclass(frozen=True)
class Planned:
    """One session in the list of this week; ``past``: its time has come, and somebody has something to record."""

    case_id: str
    number: str
    words: str
    items: str
    place: str
    past: bool


def beside_tasks(rows: Iterable[Any]) -> Mapping[tuple[str, str], str]:
    """What is planned for the items of these rows of the inbox, by case and task."""
    found = of_tasks(engine().store.database, {(row.case_id, row.task_id) for row in rows})
    return {key: short_words(row) for key, row in found.items()}


def this_week() -> list[Planned]:
    """The open sessions of the reader's department until Sunday, and those whose time has come."""
    return week_of(current_actor())


def week_of(actor: Actor) -> list[Planned]:
    """The same of somebody."""
    now, calendar = engine().read.now(), engine().read.calendar
    today = calendar.local_date(now)
    monday = datetime.combine(today + timedelta(days=7 - today.weekday()), time.min, calendar.zone)
    rows = planned_until(engine().store.database, actor.department, actor.id, to_text(aware_utc(monday)), MOST)
    groups = groupby(rows, key=lambda row: (row["case_id"], row["number"]))
    return [_planned(list(group), to_text(now)) for _key, group in groups]


def _planned(rows: list[dict[str, Any]], now: str) -> Planned:
    first = rows[0]
    offering = engine().deployments.get(first["case_version"]).offering
    items = _("、").join(local(offering.item(row["item"]), "short") for row in rows)
    words = f"{when_words(first['planned_at'])} {kind_words(first['kind'], first['items'])}"
    past = first["planned_at"] <= now and not all(row["recorded"] for row in rows)
    return Planned(first["case_id"], first["number"], words, items, first["place"], past)
