"""Where facts come from.

``basis`` is ``seen`` (a source states it), ``derived`` (it follows from one) or ``assumed`` (a typical value,
never one city's rule); ``source`` are keys of ``Catalogue.sources``.
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Source:
    """A page or document a fact was taken from; ``address`` is empty when it was not recorded."""

    id: str
    title: str
    kind: str
    address: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A time limit: ``value`` in ``unit`` (working_days, days or months)."""

    value: Decimal
    unit: str
    basis: str
    source: tuple[str, ...] = ()
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, kw_only=True)
class LegalBasis:
    """The law an item rests on, in the words of the law's own language."""

    text: str
    basis: str
    source: tuple[str, ...] = ()
