"""Kinds of documents as ``processes/documents/documents.toml`` says them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from string import Formatter

CASE, RESULT, REFUSAL = "case", "result", "refusal"
"""What a document is about: an entry of the whole case, a result that was issued, an item that is refused for good."""
OF_ITEM, OF_LEAD = "item", "lead"
"""Who signs: the department of the item it is about (of the whole case: the lead department), or always the latter."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of document: which entries make it due, which template words it, how it is numbered.

    ``number`` is a pattern of ``{area}``, ``{year}`` and ``{sequence}`` (or ``{sequence:04d}``). ``items`` narrows it
    to these items; a kind that names the item goes before one that names none.
    """

    code: str
    name_zh: str
    name_en: str
    about: str
    template: str
    number: str
    authority: str
    on: tuple[str, ...] = ()
    items: tuple[str, ...] = ()

    def numbered(self, area: str, year: int, sequence: int) -> str:
        """The number of one document."""
        return self.number.format(area=area, year=year, sequence=sequence)

    def series(self, area: str, year: int) -> str:
        """What is counted by itself: numbers of one pattern, area and year."""
        parts = [text for text, *_ in Formatter().parse(self.number)]
        return f"document:{'|'.join(parts)}:{area}:{year}"


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """Where a decision is contested: the authority of reconsideration within ``review_days`` (行政复议法 20), the court
    within ``litigation_months`` (行政诉讼法 46). ``department`` is empty for all without a remedy of their own."""

    department: str
    review_authority: str
    review_days: int
    court: str
    litigation_months: int


@dataclass(frozen=True)
class Papers:
    """Everything in ``processes/documents``: kinds in order, remedies, templates by file name; empty without it.

    ``applicant`` names the fields of a form that say who applies, the first that is filled in counts; ``authorities``
    is what departments sign as, in Chinese and English, where that is not their name.
    """

    kinds: tuple[Kind, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    applicant: tuple[str, ...] = ()
    authorities: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict, repr=False)

    def kind(self, code: str) -> Kind | None:
        """The kind with this code."""
        return next((kind for kind in self.kinds if kind.code == code), None)

    def due(self, about: str, entry: str, items: Iterable[str]) -> Kind | None:
        """What an entry makes due about something of these items, if anything."""
        chosen = set(items)
        fitting = [k for k in self.kinds if k.about == about and (about != CASE or entry in k.on)]
        named = [kind for kind in fitting if chosen.intersection(kind.items)]
        return next(iter(named or [kind for kind in fitting if not kind.items]), None)

    def remedy(self, department: str) -> Remedy:
        """Where a decision of a department is contested."""
        return next((one for one in self.remedies if one.department == department), self.remedies[0])
