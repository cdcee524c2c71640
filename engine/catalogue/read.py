"""From the tables of ``item.toml`` to items and bundles; what they say about each other is checked later."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from engine.catalogue import conditions, evidence, model, vocabulary
from engine.catalogue.commitment import read_commitment
from engine.catalogue.correction import read_correction
from engine.catalogue.fields import Field
from engine.catalogue.regimes import read_item_limits, read_known_cycle, read_regime
from engine.catalogue.seat_rules import read_approvers
from engine.catalogue.table import Table

_LONGEST_DEFERRAL = Decimal(250)
"""About a year."""


def read_item(table: Table) -> model.ServiceItem:
    """The service item of an ``item.toml`` of kind ``item``; its ``own_steps`` are left for the offering."""
    basis = table.one_of("materials_basis", vocabulary.BASES)
    limits = table.table_or_none("limits")
    item = model.ServiceItem(
        code=table.text("code"),
        name_zh=table.text("name_zh"),
        name_en=table.text("name_en"),
        short_zh=table.text("short_zh"),
        short_en=table.text("short_en"),
        department=table.text("department"),
        type=table.one_of("type", vocabulary.ITEM_TYPES.keys()),
        case_type=table.one_of("case_type", vocabulary.CASE_TYPES.keys()),
        legal_basis=_legal_basis(table.table("legal_basis")),
        statutory=_limit(limits, "statutory"),
        promised=_limit(limits, "promised"),
        materials=tuple(_material(entry) for entry in table.tables("materials")),
        materials_basis=basis,
        materials_source=_source(table, basis, "materials_source"),
        steps=tuple(_step(entry, table.text("code"), vocabulary.ITEM_ACTS) for entry in table.tables("steps")),
        steps_source=table.texts("steps_source", ()),
        results=tuple(_result(entry) for entry in table.tables("results")),
        fee_zh=table.text("fee_zh"),
        fee_en=table.text("fee_en"),
        delivery=table.some_of("delivery", vocabulary.DELIVERY),
        modes=table.some_of("modes", vocabulary.MODES),
        note_zh=table.text("note_zh", ""),
        note_en=table.text("note_en", ""),
        policy=table.text("policy", ""),
        commitment=read_commitment(table, table.text("department")),
        site_visit_stops=_site_visit(table.table_or_none("site_visit")),
    )
    if limits is not None:
        limits.done()
    return item


def read_offering_of_item(
    table: Table, item: model.ServiceItem, fields: tuple[Field, ...], diagram: bytes
) -> model.Offering:
    """The item as something to apply for alone."""
    return model.Offering(
        code=item.code,
        kind=vocabulary.ITEM,
        name_zh=item.name_zh,
        name_en=item.name_en,
        short_zh=item.short_zh,
        short_en=item.short_en,
        lead_department=item.department,
        join_policy=vocabulary.SEPARATE,
        items=(item,),
        own_steps=tuple(_step(entry, "", vocabulary.OWN_ACTS) for entry in table.tables("own_steps")),
        fields=fields,
        diagram=diagram,
        notes_zh=item.note_zh,
        notes_en=item.note_en,
        policy=item.policy,
        **read_correction(table),
    )


def read_bundle(
    table: Table, items: Mapping[str, model.ServiceItem], fields: tuple[Field, ...], diagram: bytes
) -> model.Offering:
    """The bundle of an ``item.toml`` of kind ``bundle``."""
    codes = table.some_of("items", items.keys())
    known = table.table_or_none("known_values")
    return model.Offering(
        code=table.text("code"),
        kind=vocabulary.BUNDLE,
        name_zh=table.text("name_zh"),
        name_en=table.text("name_en"),
        short_zh=table.text("short_zh"),
        short_en=table.text("short_en"),
        lead_department=table.text("lead_department"),
        join_policy=table.one_of("join_policy", vocabulary.JOIN_POLICIES),
        items=tuple(items[code] for code in codes),
        own_steps=tuple(_step(entry, "", vocabulary.OWN_ACTS) for entry in table.tables("steps")),
        fields=fields,
        diagram=diagram,
        conditions=tuple(_condition(entry) for entry in table.tables("conditions")),
        precedence=tuple(_precedence(entry) for entry in table.tables("precedence")),
        shared_steps=tuple(_shared_step(entry) for entry in table.tables("shared_steps")),
        veto_items=table.some_of("veto_items", codes, ()),
        known_values=known.scalars() if known is not None else {},
        reported=tuple(_reported(entry) for entry in table.tables("reported")),
        optional_items=table.some_of("optional_items", codes, ()),
        item_limits=read_item_limits(table, codes),
        regimes=tuple(read_regime(entry, codes) for entry in table.tables("regimes")),
        known_cycles=tuple(read_known_cycle(entry, codes) for entry in table.tables("known_cycles")),
        lead_source=table.texts("lead_source", ()),
        notes_zh=table.text("notes_zh", ""),
        notes_en=table.text("notes_en", ""),
        policy=table.text("policy", ""),
        **read_correction(table),
    )


def _site_visit(table: Table | None) -> str:
    """``[site_visit]`` of an item: 勘验 is not in 行政许可法 45, so a local rule stops the promised clocks at most."""
    if table is None:
        return ""
    stops = table.one_of("stops", ("promised",))
    basis = table.one_of("basis", vocabulary.BASES)
    _source(table, basis)
    table.text("ground")
    table.done()
    return stops


def _source(table: Table, basis: str, key: str = "source") -> tuple[str, ...]:
    """The sources of a fact; what is seen or derived must name one."""
    source = table.texts(key, ())
    if basis != "assumed" and not source:
        raise table.wrong(key, f"basis 为 {basis} 时必须注明来源", f"a basis of {basis} names its source")
    return source


def _legal_basis(table: Table) -> evidence.LegalBasis:
    basis = table.one_of("basis", vocabulary.BASES)
    law = evidence.LegalBasis(text=table.text("text"), basis=basis, source=_source(table, basis))
    table.done()
    return law


def _limit(limits: Table | None, kind: str) -> evidence.Limit | None:
    table = limits.table_or_none(kind) if limits is not None else None
    if table is None:
        return None
    basis = table.one_of("basis", vocabulary.BASES)
    limit = evidence.Limit(
        value=table.number("value"),
        unit=table.one_of("unit", vocabulary.UNITS),
        basis=basis,
        source=_source(table, basis),
        note_zh=table.text("note_zh", ""),
        note_en=table.text("note_en", ""),
    )
    table.done()
    return limit


def _material(table: Table) -> model.Material:
    when = table.table_or_none("required_when")
    material = model.Material(
        code=table.text("code"),
        name_zh=table.text("name_zh"),
        name_en=table.text("name_en"),
        kind=table.one_of("kind", vocabulary.MATERIAL_KINDS),
        origin=table.one_of("from", vocabulary.ORIGINS),
        holder=table.text("holder", ""),
        produced_by=table.text("produced_by", ""),
        deferrable=table.flag("deferrable", False),
        defer_days=_defer_days(table),
        required_when=_comparison(when) if when is not None else None,
        files=table.some_of("files", vocabulary.FILE_KINDS, vocabulary.FILE_KINDS),
    )
    table.done()
    _check_origin(table, material)
    return material


def _defer_days(table: Table) -> Decimal:
    """How long a deferred material may take; only one that may follow later has it."""
    days = table.number_or_none("defer_days")
    if days is None:
        return model.DEFER_DAYS
    if not table.flag("deferrable", False):
        raise table.wrong("defer_days", "只有可容缺的材料才有补交期限", "only what is deferrable may follow later")
    if days > _LONGEST_DEFERRAL or days != round(days, 2):
        raise table.wrong("defer_days", "补交期限过长或过细", "at most 250 working days, in hundredths")
    return days


def _check_origin(table: Table, material: model.Material) -> None:
    """``from`` decides which of ``holder`` and ``produced_by`` are there."""
    if material.kind == "result" and material.origin == vocabulary.APPLICANT:
        raise table.wrong("from", "其他事项的结果不向申请人收取", "a result of another item is not asked for")
    if (material.origin == vocabulary.BRANCH) != bool(material.produced_by):
        raise table.wrong("produced_by", "from 为 branch 时必填，否则不填", "belongs to from = branch, and only there")
    if material.origin == vocabulary.SHARED and not material.holder:
        raise table.wrong("holder", "应写明哪个部门已有此材料", "must say which department has it")
    if material.origin == vocabulary.APPLICANT and material.holder:
        raise table.wrong("holder", "由申请人提交的材料没有持有部门", "what the applicant brings has no holder")


def _comparison(table: Table) -> conditions.Comparison:
    comparison = conditions.Comparison(
        field=table.text("field"),
        operator=table.one_of("operator", conditions.OPERATORS),
        value=table.scalar("value"),
        words_zh=table.text("words_zh"),
        words_en=table.text("words_en"),
    )
    table.done()
    return comparison


def _condition(table: Table) -> conditions.Condition:
    basis = table.one_of("basis", vocabulary.BASES)
    condition = conditions.Condition(
        item=table.text("item"),
        field=table.text("field"),
        operator=table.one_of("operator", conditions.OPERATORS),
        value=table.scalar("value"),
        words_zh=table.text("words_zh"),
        words_en=table.text("words_en"),
        basis=basis,
        source=_source(table, basis),
    )
    table.done()
    return condition


def _step(table: Table, item: str, acts: Collection[str]) -> model.Step:
    step = model.Step(
        id=table.text("id"),
        item=item,
        name_zh=table.text("name_zh"),
        name_en=table.text("name_en"),
        department=table.text("department"),
        role=table.text("role"),
        act=table.one_of("act", acts),
        limit=table.number("limit"),
        unit=table.one_of("unit", vocabulary.UNITS),
        basis=table.one_of("basis", vocabulary.BASES),
        after=table.texts("after", ()),
        needs=table.texts("needs", ()),
        yields=table.texts("yields", ()),
        special_procedure=table.flag("special_procedure", False),
        optional=table.flag("optional", False),
        decisive=table.flag("decisive", False),
        source=table.texts("source", ()),
        policy=table.text("policy", ""),
        approvers=read_approvers(table),
    )
    table.done()
    return step


def _result(table: Table) -> model.Result:
    result = model.Result(
        code=table.text("code"),
        name_zh=table.text("name_zh"),
        name_en=table.text("name_en"),
        type=table.text("type"),
    )
    table.done()
    return result


def _precedence(table: Table) -> model.Precedence:
    basis = table.one_of("basis", vocabulary.BASES)
    edge = model.Precedence(
        from_=table.text("from"),
        to=table.text("to"),
        to_step=table.text("to_step"),
        strength=table.one_of("strength", vocabulary.STRENGTHS),
        carries=table.text("carries", ""),
        deferrable=table.flag("deferrable"),
        relaxable=table.flag("relaxable"),
        relax_source=table.texts("relax_source", ()),
        reason_zh=table.text("reason_zh"),
        reason_en=table.text("reason_en"),
        basis=basis,
        source=_source(table, basis),
    )
    table.done()
    return edge


def _shared_step(table: Table) -> model.SharedStep:
    basis = table.one_of("basis", vocabulary.BASES)
    step = model.SharedStep(
        id=table.text("id"),
        kind=table.text("kind"),
        name_zh=table.text("name_zh"),
        name_en=table.text("name_en"),
        lead_department=table.text("lead_department"),
        replaces=table.texts("replaces"),
        limit=table.number("limit"),
        unit=table.one_of("unit", vocabulary.UNITS),
        basis=basis,
        source=_source(table, basis),
    )
    table.done()
    return step


def _reported(table: Table) -> model.Reported:
    figure = model.Reported(
        metric=table.text("metric"),
        unit=table.text("unit"),
        place_zh=table.text("place_zh"),
        place_en=table.text("place_en"),
        before=table.number_or_none("before"),
        after=table.number_or_none("after"),
        source=table.texts("source"),
    )
    table.done()
    return figure
