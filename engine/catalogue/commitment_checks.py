"""What an item says about its commitment route must agree with the rest of the catalogue."""

from engine.catalogue.commitment import CommitmentRoute
from engine.catalogue.model import Catalogue, Offering, ServiceItem
from engine.catalogue.rules import known, unique, wrong
from engine.catalogue.vocabulary import APPLICANT
from engine.errors import CatalogueError

REPLACEABLE = ("review", "site")
"""Kinds of steps a promise can stand for: those that find something out."""


def check_commitments(catalogue: Catalogue) -> None:
    """What promises stand for is there, and nothing else waits for it; CatalogueError at the first contradiction."""
    routes = [(item, item.commitment) for item in catalogue.items.values() if item.commitment is not None]
    materials = {material.code for item in catalogue.items.values() for material in item.materials}
    for item, route in routes:
        unique(item.code, "commitment.letter", [route.letter for _, route in routes])
        if route.letter in materials:
            raise _wrong(item, "letter", "承诺书不能同时是材料清单中的材料", "is a material of an item already")
        known(item.code, "commitment.check_department", [route.check_department], catalogue.departments)
        known(item.code, "commitment.check_role", [route.check_role], catalogue.roles)
        known(item.code, "commitment.source", route.source, catalogue.sources)
        if not route.replaces_materials and not route.replaces_steps:
            raise _wrong(item, "replaces_steps", "应至少代替一份材料或一个环节", "stands for nothing")
        _materials(item, route)
        _steps(item, route)


def _materials(item: ServiceItem, route: CommitmentRoute) -> None:
    known(item.code, "commitment.replaces_materials", route.replaces_materials, [one.code for one in item.materials])
    for material in item.materials:
        if material.code in route.replaces_materials and (material.kind == "form" or material.origin != APPLICANT):
            raise _wrong(
                item, "replaces_materials", f"{material.code} 不是由申请人提交的证明材料，不能以承诺代替",
                f"{material.code} is the form, or not brought by the applicant: no promise stands for it",
            )  # fmt: skip


def _steps(item: ServiceItem, route: CommitmentRoute) -> None:
    steps = {step.id: step for step in item.steps}
    known(item.code, "commitment.replaces_steps", route.replaces_steps, steps)
    for step in (steps[code] for code in route.replaces_steps):
        if step.act not in REPLACEABLE or step.decisive:
            raise _wrong(
                item, "replaces_steps", f"{step.id} 不是审查或现场核查环节，或者是决定环节，不能以承诺代替",
                f"{step.id} does not find something out, or decides: no promise stands for it",
            )  # fmt: skip
        if step.yields:
            raise _wrong(
                item, "replaces_steps", f"{step.id} 产生的结果其他环节要用，不能以承诺代替",
                f"{step.id} yields a result others need: no promise stands for it",
            )  # fmt: skip


def check_order(offering: Offering) -> None:
    """No result of another item is carried to a step a promise may stand for: nobody would look at it."""
    replaced = {step for item in offering.items if item.commitment for step in item.commitment.replaces_steps}
    for edge in offering.precedence:
        if edge.carries and edge.to_step in replaced:
            raise wrong(
                offering.code, f"precedence {edge.from_} → {edge.to}",
                f"{edge.to_step} 要用 {edge.carries}，不能以承诺代替",
                f"{edge.to_step} needs {edge.carries}: no promise stands for it",
            )  # fmt: skip


def _wrong(item: ServiceItem, key: str, zh: str, en: str) -> CatalogueError:
    return wrong(item.code, f"commitment.{key}", zh, en)
