"""How a bundle's time was set elsewhere or before, and orders somebody asked for that cannot all be kept.

They are compared with, never run: a regime gives other limits and other orders for the same items.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.catalogue import vocabulary
from engine.catalogue.table import Table

BUNDLE_ORDER, NO_ORDER = "bundle", "none"


@dataclass(frozen=True, kw_only=True)
class ItemOrder:
    """The item ``to`` waits for the item ``from_``; the reason is empty where the regime itself is the reason."""

    from_: str
    to: str
    reason_zh: str = ""
    reason_en: str = ""
    source: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Regime:
    """A way to organise a bundle: ``phase`` (gates between phases), ``commit`` (commitment) or one a place reports.

    ``item_limits``, in working days, replace the promised ones and say which items take part; none means all
    items as they are. ``precedence`` keeps the bundle's orders (``bundle``) or none of them (``none``); then
    ``dropped`` ones go and ``added`` ones come. ``serial`` and ``critical_path`` are the days to be found.
    """

    id: str
    name_zh: str
    name_en: str
    basis: str
    source: tuple[str, ...]
    item_limits: Mapping[str, Decimal]
    precedence: str
    added: tuple[ItemOrder, ...] = ()
    dropped: tuple[ItemOrder, ...] = ()
    serial: Decimal | None = None
    critical_path: Decimal | None = None
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, kw_only=True)
class KnownCycle:
    """Orders that are asked for somewhere and close a cycle together with those of the bundle; and a way out."""

    edges: tuple[ItemOrder, ...]
    resolution_zh: str
    resolution_en: str


def read_item_limits(table: Table, codes: tuple[str, ...]) -> dict[str, Decimal]:
    """``item_limits`` of a bundle or regime: working days by item."""
    limits = table.table_or_none("item_limits")
    if limits is None:
        return {}
    for code in limits.scalars():
        if code not in codes:
            raise limits.wrong(code, "不是本“一件事”的事项", "is not an item of this bundle")
    return {code: limits.number(code) for code in limits.scalars()}


def read_regime(table: Table, codes: tuple[str, ...]) -> Regime:
    """One of ``[[regimes]]`` of a bundle whose items are ``codes``."""
    basis = table.one_of("basis", vocabulary.BASES)
    expect = table.table_or_none("expect")
    regime = Regime(
        id=table.text("id"),
        name_zh=table.text("name_zh"),
        name_en=table.text("name_en"),
        basis=basis,
        source=table.texts("source", () if basis == "assumed" else None),
        item_limits=read_item_limits(table, codes),
        precedence=table.one_of("precedence", (BUNDLE_ORDER, NO_ORDER), BUNDLE_ORDER),
        added=tuple(_order(entry, codes) for entry in table.tables("added")),
        dropped=tuple(_order(entry, codes) for entry in table.tables("dropped")),
        serial=expect.number_or_none("serial") if expect is not None else None,
        critical_path=expect.number_or_none("critical_path") if expect is not None else None,
        note_zh=table.text("note_zh", ""),
        note_en=table.text("note_en", ""),
    )
    if expect is not None:
        expect.done()
    table.done()
    return regime


def read_known_cycle(table: Table, codes: tuple[str, ...]) -> KnownCycle:
    """One of ``[[known_cycles]]`` of a bundle whose items are ``codes``."""
    cycle = KnownCycle(
        edges=tuple(_order(entry, codes) for entry in table.tables("edges")),
        resolution_zh=table.text("resolution_zh"),
        resolution_en=table.text("resolution_en"),
    )
    table.done()
    return cycle


def _order(table: Table, codes: tuple[str, ...]) -> ItemOrder:
    order = ItemOrder(
        from_=table.one_of("from", codes),
        to=table.one_of("to", codes),
        reason_zh=table.text("reason_zh", ""),
        reason_en=table.text("reason_en", ""),
        source=table.texts("source", ()),
    )
    table.done()
    return order
