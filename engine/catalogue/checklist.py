"""材料清单: what one application needs, each thing once, and where it comes from."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from engine.catalogue.commitment import CommitmentRoute
from engine.catalogue.model import DEFER_DAYS, Material, Offering
from engine.catalogue.vocabulary import APPLICANT, BRANCH, FILE_KINDS, SHARED

COMMITTED = "committed"
"""How a material is obtained that the applicant promises instead of bringing it (告知承诺)."""


@dataclass(frozen=True, kw_only=True)
class ChecklistLine:
    """One distinct material.

    ``obtained``: ``applicant`` (asked for), ``shared`` (``holder`` has it), ``branch`` (the item
    ``from_item`` of the same case yields it) or ``committed`` (promised instead, by every item that
    needs it). ``needed_by`` are item codes; ``deferrable`` when every one of
    them lets it follow later, then within ``defer_days`` working days. ``files``: the kinds it can be uploaded as.
    """

    code: str
    name_zh: str
    name_en: str
    kind: str
    obtained: str
    needed_by: tuple[str, ...]
    deferrable: bool
    defer_days: Decimal = DEFER_DAYS
    holder: str = ""
    from_item: str = ""
    files: tuple[str, ...] = FILE_KINDS


def materials_checklist(
    offering: Offering, values: Mapping[str, object], committed: Collection[str] = ()
) -> tuple[ChecklistLine, ...]:
    """The materials these routing values call for, each once; ``committed`` are items that go by commitment.

    First the one application form, ``F_<offering>``, which stands for the forms of all items; then what the
    applicant brings, what departments share, what other items of the case yield. CatalogueError when a
    condition lacks its value.
    """
    applicable = offering.applicable_items(values)
    forms: list[str] = []
    needed: dict[str, list[tuple[str, Material]]] = {}
    for code, material in _needed(offering, applicable, offering.with_known(values)):
        if material.kind == "form":
            forms.append(code)
        else:
            needed.setdefault(material.code, []).append((code, material))
    routes = {
        item.code: item.commitment
        for item in offering.items if item.commitment and item.code in committed and item.code in applicable
    }  # fmt: skip
    lines = [_line(uses, applicable) for uses in needed.values()]
    lines = [_promised(line, routes) for line in lines] + [_letter(code, route) for code, route in routes.items()]
    order = (APPLICANT, SHARED, BRANCH, COMMITTED)
    return (*_form(offering, forms), *sorted(lines, key=lambda line: order.index(line.obtained)))


def _promised(line: ChecklistLine, routes: Mapping[str, CommitmentRoute]) -> ChecklistLine:
    """A line the applicant need not bring when every item that needs it takes a promise instead."""
    replaced = (code in routes and line.code in routes[code].replaces_materials for code in line.needed_by)
    return replace(line, obtained=COMMITTED, deferrable=False) if all(replaced) else line


def _letter(item: str, route: CommitmentRoute) -> ChecklistLine:
    return ChecklistLine(
        code=route.letter, name_zh=route.letter_zh, name_en=route.letter_en, kind="doc", obtained=APPLICANT,
        needed_by=(item,), deferrable=False,
    )  # fmt: skip


def _needed(
    offering: Offering, applicable: tuple[str, ...], values: Mapping[str, object]
) -> Iterator[tuple[str, Material]]:
    for item in offering.items:
        for material in item.materials if item.code in applicable else ():
            if material.required_when is None or material.required_when.applies(values):
                yield item.code, material


def _form(offering: Offering, needed_by: list[str]) -> tuple[ChecklistLine, ...]:
    if not needed_by:
        return ()
    line = ChecklistLine(
        code=f"F_{offering.code}",
        name_zh=f"{offering.short_zh}申请表",
        name_en=f"Application form: {offering.short_en}",
        kind="form",
        obtained=APPLICANT,
        needed_by=tuple(needed_by),
        deferrable=False,
    )
    return (line,)


def _line(uses: list[tuple[str, Material]], applicable: tuple[str, ...]) -> ChecklistLine:
    material = uses[0][1]
    obtained, holder, from_item = _origin(material, applicable)
    return ChecklistLine(
        code=material.code,
        name_zh=material.name_zh,
        name_en=material.name_en,
        kind=material.kind,
        obtained=obtained,
        needed_by=tuple(code for code, _ in uses),
        deferrable=all(use.deferrable for _, use in uses),
        defer_days=min(use.defer_days for _, use in uses),
        holder=holder,
        from_item=from_item,
        files=material.files,
    )


def _origin(material: Material, applicable: tuple[str, ...]) -> tuple[str, str, str]:
    """How it is obtained, who holds it, which item of the case makes it."""
    if material.produced_by in applicable:
        return BRANCH, "", material.produced_by
    if material.holder:
        return SHARED, material.holder, ""
    return APPLICANT, "", ""
