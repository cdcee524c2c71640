"""What others did while a form was open: told to whoever comes second, instead of an error."""

from engine.case.documents import ISSUED_KIND
from engine.journal import Entry
from engine.reader import CaseView
from webapp.cases.history import history, people_of
from webapp.i18n import gettext as _

MOST_TOLD = 5
"""Of what others did meanwhile, so many are told, the newest."""


def entries_shown(given: str) -> int:
    """How many entries the journal had when a form was shown, as the form says; 0 when it does not say."""
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def meanwhile(view: CaseView, entries: int) -> list[str]:
    """What happened since the journal had so many entries, the newest last."""
    new = {one.seq for one in view.entries if one.seq > entries > 0 and one.kind != ISSUED_KIND}
    lines = [line for line in history(view, people_of(view)) if line.seq in new][:MOST_TOLD]
    return [_("%(words)s。", words=line.sentence) for line in reversed(lines)]


def last_word(view: CaseView, task_id: str, reader: str) -> str:
    """What somebody else did last with a task: who, when, what; empty when nobody did anything."""
    about = {entry.seq for entry in view.entries if entry.actor != reader and _is_about(entry, task_id)}
    lines = (line for line in history(view, people_of(view)) if line.seq in about)
    found = next(lines, None)
    return "" if found is None else _("%(words)s。", words=found.sentence)


def _is_about(entry: Entry, task_id: str) -> bool:
    facts = entry.facts
    timer = str(facts.get("timer", "")).rpartition(":")[0]
    return task_id in {facts.get("task"), timer, *(facts.get("tasks") or ())}
