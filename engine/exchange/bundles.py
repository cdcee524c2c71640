"""From a bundle of the data to the tables of its ``item.toml``."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from engine.exchange.items import Document, World, delivery_step, filled, short_names
from engine.exchange.reading import Entry
from engine.exchange.texts import NOT_EN, NOT_ZH, both, chinese, slug

_RULE = re.compile(r"([A-Za-z ]+?)\s*(<=|<|>=|>)\s*([0-9]+(?:\.[0-9]+)?)\s*([^\s0-9()]*[23]?)")
_OPPOSITE = {"<=": ">", "<": ">=", ">=": "<", ">": "<="}
_UNITS = {"m2": "㎡", "m3": "m³"}


def bundle_document(bundle: Entry, items: Mapping[str, Entry], world: World) -> Document:
    """The ``item.toml`` of a bundle; what is empty is left out. ``items``: its items as the data has them."""
    registers = world.registers
    optional = [entry["code"] for entry in bundle["optional_items"]]
    return filled({
        "schema": 1, "kind": "bundle", "code": bundle["id"], **both(bundle, "name"), **short_names(bundle),
        "lead_department": registers.department(bundle["lead_department"]),
        "lead_source": registers.sources(bundle["lead_source"]),
        "join_policy": "separate",
        "items": [*bundle["items"], *optional],
        "optional_items": optional,
        "item_limits": bundle["item_limits"],
        **both(bundle, "notes"),
        "conditions": _conditions(bundle, world),
        "precedence": [*_declared(bundle, world), *_implied(bundle, items, world)],
        "shared_steps": [_shared(visit, world) for visit in bundle["shared_steps"]],
        "steps": [delivery_step(bundle["id"], registers, "统一送达", "Delivery at the single window")],
        "regimes": [_regime(regime, world) for regime in bundle["regimes"]],
        "known_cycles": [_cycle(cycle, world) for cycle in bundle["known_cycles"]],
        "reported": [_reported(figure, world) for figure in bundle["reported"]],
    })  # fmt: skip


def _conditions(bundle: Entry, world: World) -> list[Document]:
    """When optional items are part of the case, and when rules leave an item out."""
    found: dict[str, Document] = {}
    for entry in bundle["optional_items"]:
        words = both(entry, "condition", "words")
        asked = slug(words["words_en"], f"with_{entry['code'].lower()}")
        found[entry["code"]] = {"item": entry["code"], **_asked(asked, "==", True, words), "basis": "assumed"}
    for rule in bundle["decision_rules"]:
        sources = world.registers.sources(rule["source"])
        grounds = {"basis": "seen", "source": sources} if sources else {"basis": "assumed"}
        for code in rule["skip"]:
            found.setdefault(code, {"item": code, **_unless(code, rule), **grounds})
    return list(found.values())


def _unless(code: str, rule: Entry) -> Document:
    """The opposite of a rule: when the item is needed after all."""
    words = both(rule, "if", "words")
    simple = _RULE.fullmatch(words["words_en"].strip())
    if simple is None:
        refused = {"words_zh": f"{NOT_ZH}{words['words_zh']}", "words_en": f"{NOT_EN}{words['words_en']}"}
        return _asked(slug(words["words_en"], f"without_{code.lower()}"), "==", False, refused)
    name, sign, number, unit = simple.groups()
    told = f"{name} {_OPPOSITE[sign]} {number} {_UNITS.get(unit, unit)}".strip()
    said = {"words_zh": told, "words_en": told}
    return _asked(slug(name, "size"), _OPPOSITE[sign], Decimal(number), said)


def _asked(field: str, operator: str, value: Any, words: Document) -> Document:
    return {"field": field, "operator": operator, "value": value, **words}


def _declared(bundle: Entry, world: World) -> list[Document]:
    return [
        _edge(
            edge, edge["strength"], both(edge, "reason"), edge["basis"], world.registers.sources(edge["source"]),
            world.registers.sources(edge["relax_source"]),
        )
        for edge in bundle["precedence"]
    ]  # fmt: skip


def _implied(bundle: Entry, items: Mapping[str, Entry], world: World) -> list[Document]:
    """Orders that follow from the lists of materials alone: a result of the same case is waited for."""
    codes = [*bundle["items"], *(entry["code"] for entry in bundle["optional_items"])]
    said = {(edge["from"], edge["to"], edge["carries"]) for edge in bundle["precedence"]}
    found = []
    for code in codes:
        for material in items[code]["materials"]:
            maker = world.makers.get(material["code"])
            if maker in codes and maker != code and (maker, code, material["code"]) not in said:
                found.append(_waits(str(maker), items[code], material, world))
    return found


def _waits(maker: str, item: Entry, material: Entry, world: World) -> Document:
    step = next(step for step in item["steps"] if material["code"] in step["consumes"])
    issues = step["id"].endswith(".issue")
    strength = "before_step" if step["after"] else "before_start"
    edge = {
        "from": maker, "to": item["code"], "to_step": step["id"], "carries": material["code"],
        "can_be_deferred": material["can_be_deferred"], "relaxable": False,
    }  # fmt: skip
    reason = {
        "reason_zh": f"材料中有{chinese(material['name'])}，由同一件中的事项产生",
        "reason_en": f"{material['name']} is among the materials, and another item of the case yields it",
    }
    source = world.registers.sources(item["materials_source"])
    basis = "derived" if source else "assumed"
    return _edge(edge, "before_issue" if issues and step["after"] else strength, reason, basis, source, [])


def _edge(
    edge: Entry, strength: str, reason: Document, basis: str, source: Sequence[str], relax: Sequence[str]
) -> Document:
    document = {"from": edge["from"], "to": edge["to"], "to_step": edge["to_step"], "strength": strength}
    document |= {"carries": edge["carries"]} if edge["carries"] else {}
    document |= {"deferrable": edge["can_be_deferred"], "relaxable": edge["relaxable"]}
    document |= {"relax_source": relax} if relax else {}
    return document | reason | {"basis": basis} | ({"source": source} if source else {})


def _shared(visit: Entry, world: World) -> Document:
    return filled({
        "id": visit["id"], "kind": visit["kind"], **both(visit, "name"),
        "lead_department": world.registers.department(visit["lead_department"]), "replaces": visit["replaces"],
        "limit": visit["working_days"], "unit": "working_days", "basis": visit["basis"],
        "source": world.registers.sources(visit["source"]),
    })  # fmt: skip


def _regime(regime: Entry, world: World) -> Document:
    expect = {key: value for key, value in regime["expect"].items() if key in ("serial", "critical_path")}
    why = both(regime["expect"], "why", "note")
    note = both(regime, "note")
    notes = {key: "; ".join(filter(None, (why.get(key), note.get(key)))) for key in ("note_zh", "note_en")}
    return filled({
        "id": regime["id"], **both(regime, "name"), "item_limits": regime["item_limits"],
        "precedence": regime["precedence"] if regime["precedence"] != "bundle" else "",
        "added": [{"from": edge[0], "to": edge[1]} for edge in regime["extra_precedence"]],
        "dropped": [{"from": edge[0], "to": edge[1]} for edge in regime["drop_precedence"]],
        "basis": regime["basis"], "source": world.registers.sources(regime["source"]), "expect": expect, **notes,
    })  # fmt: skip


def _cycle(cycle: Entry, world: World) -> Document:
    edges = [
        filled({
            "from": edge[0], "to": edge[1], "reason_zh": chinese(edge[2]), "reason_en": edge[2],
            "source": world.registers.sources(edge[3]),
        })
        for edge in cycle["edges"]
    ]  # fmt: skip
    return {"edges": edges, **both(cycle, "resolution")}


def _reported(figure: Entry, world: World) -> Document:
    numbers = {key: figure[key] for key in ("before", "after") if figure[key] is not None}
    return {
        "metric": figure["metric"], **numbers, "unit": figure["unit"], **both(figure, "place"),
        "source": world.registers.sources(figure["source"]),
    }  # fmt: skip
