"""What an item says about its own steps, materials and results, and items about each other, must agree."""

from engine.catalogue.model import Catalogue, Material, ServiceItem
from engine.catalogue.rules import acyclic, known, unique, wrong


def check_items(catalogue: Catalogue) -> None:
    """All items; CatalogueError at the first contradiction."""
    for item in catalogue.items.values():
        known(item.code, "department", [item.department], catalogue.departments)
        _steps(item)
        _decision(item)
        _materials(catalogue, item)
        _results(item)
    _one_maker_each(catalogue)
    _one_meaning_each(catalogue)


def _steps(item: ServiceItem) -> None:
    ids = [step.id for step in item.steps]
    unique(item.code, "steps", ids)
    for step in item.steps:
        known(item.code, f"{step.id}.after", step.after, ids)
        if not step.id.startswith(f"{item.code}."):
            raise wrong(item.code, step.id, f"编号应以 {item.code}. 开头", f"the id must begin with {item.code}.")
    acyclic(item.code, "after", [(before, step.id) for step in item.steps for before in step.after])


def _decision(item: ServiceItem) -> None:
    decisive = [step for step in item.steps if step.decisive]
    judging = [step for step in item.steps if step.act not in ("accept", "issue")]
    # A utility's item may consist of a survey and the connection alone: then the connection decides.
    allowed = judging or [step for step in item.steps if step.act == "issue"]
    if len(decisive) != 1 or decisive[0] not in allowed:
        raise wrong(
            item.code, "decisive", "应有且只有一个决定环节，且不是受理或出证",
            "exactly one step is decisive, and it neither accepts nor issues",
        )  # fmt: skip


def _materials(catalogue: Catalogue, item: ServiceItem) -> None:
    codes = [material.code for material in item.materials]
    unique(item.code, "materials", codes)
    for step in item.steps:
        known(item.code, f"{step.id}.needs", step.needs, codes)
    needed = {need for step in item.steps for need in step.needs}
    for material in item.materials:
        if material.code not in needed:
            raise wrong(item.code, material.code, "没有环节用到此材料", "no step needs this material")
        if material.produced_by:
            key = f"{material.code}.produced_by"
            known(item.code, key, [material.produced_by], catalogue.items)
            known(item.code, key, [material.code], _results_of(catalogue.items[material.produced_by]))


def _results(item: ServiceItem) -> None:
    codes = _results_of(item)
    unique(item.code, "results", codes)
    yields = [code for step in item.steps for code in step.yields]
    known(item.code, "yields", yields, codes)
    unique(item.code, "yields", yields)
    for code in codes:
        if code not in yields:
            raise wrong(item.code, code, "没有环节产生此结果", "no step yields this result")


def _results_of(item: ServiceItem) -> list[str]:
    return [result.code for result in item.results]


def _one_maker_each(catalogue: Catalogue) -> None:
    """A result has one maker, and whoever needs it says so."""
    maker: dict[str, str] = {}
    for item in catalogue.items.values():
        for code in _results_of(item):
            other = maker.setdefault(code, item.code)
            if other != item.code:
                raise wrong(item.code, code, f"{other} 已产生此结果", f"{other} already makes this result")
    for item in catalogue.items.values():
        for material in item.materials:
            made_by = maker.get(material.code, material.produced_by)
            if made_by != material.produced_by:
                zh, en = f"由 {made_by} 产生，from 应为 branch", f"made by {made_by}: from = branch"
                raise wrong(item.code, material.code, zh, en)


def _one_meaning_each(catalogue: Catalogue) -> None:
    """A material is the same thing, from the same place, to every item that needs it."""
    meaning: dict[str, tuple[str, ...]] = {}
    for item in catalogue.items.values():
        for material in item.materials:
            if meaning.setdefault(material.code, _meaning(material)) != _meaning(material):
                zh, en = "与其他事项中的同一材料写法不同", "differs from the same material elsewhere"
                raise wrong(item.code, material.code, zh, en)


def _meaning(m: Material) -> tuple[str, ...]:
    return (m.name_zh, m.name_en, m.kind, m.origin, m.holder, m.produced_by, *m.files)
