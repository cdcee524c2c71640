"""What the entries of the data say about themselves and each other must agree; each error names the place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from engine.exchange.reading import Data, Entry

Problem = tuple[str, str, str]
"""Where inside the entry, and what is wrong in Chinese and English."""

NO_SOURCE = "assumed"
"""Stands in a list of sources where there is none."""


def check_data(data: Data) -> None:
    """All entries; BadInput at the first that contradicts itself or another."""
    seen: dict[str, int] = {}
    for index, item in enumerate(data.items):
        if item["code"] in seen:
            raise data.wrong_item(index, ".code", *_twice(item["code"]))
        seen[item["code"]] = index
        for problem in _item(item):
            raise data.wrong_item(index, *problem)
    _makers(data)
    _materials(data)
    items = {item["code"]: item for item in data.items}
    for index, bundle in enumerate(data.bundles):
        if bundle["id"] in seen:
            raise data.wrong_bundle(index, ".id", *_twice(bundle["id"]))
        seen[bundle["id"]] = index
        for problem in check_bundle(bundle, items):
            raise data.wrong_bundle(index, *problem)


def _item(item: Entry) -> Iterator[Problem]:
    yield from _duplicates(".materials", "code", item["materials"])
    yield from _duplicates(".steps", "id", item["steps"])
    yield from _duplicates(".results", "code", item["results"])
    yield from _sourced("", item, "materials_basis", "materials_source")
    yield from _sourced("", item, "legal_basis_basis", "legal_basis_source")
    for limit in ("statutory_limit", "promised_limit"):
        yield from _sourced(f".{limit}", item[limit])
    yield from _steps(item)
    yield from _used(item)


def _steps(item: Entry) -> Iterator[Problem]:
    ids = [step["id"] for step in item["steps"]]
    materials, results = _codes(item["materials"]), _codes(item["results"])
    for n, step in enumerate(item["steps"]):
        at = f".steps[{n}]"
        if not step["id"].startswith(f"{item['code']}."):
            yield f"{at}.id", f"编号应以 {item['code']}. 开头", f"the id must begin with {item['code']}."
        yield from _known(f"{at}.after", step["after"], ids, "环节", "step")
        yield from _known(f"{at}.consumes", step["consumes"], materials, "材料", "material")
        yield from _known(f"{at}.produces", step["produces"], results, "结果", "result")
    yield from _circle(".steps", [(before, step["id"]) for step in item["steps"] for before in step["after"]])


def _used(item: Entry) -> Iterator[Problem]:
    """Each material is for a step, each result from one."""
    consumed = {code for step in item["steps"] for code in step["consumes"]}
    for n, material in enumerate(item["materials"]):
        if material["code"] not in consumed:
            yield f".materials[{n}].code", "没有环节用到此材料", "no step consumes this material"
        if material["from_applicant"] and (material["shared_from"] or material["kind"] == "result"):
            yield (
                f".materials[{n}].from_applicant", "其他事项的结果和部门已有的材料不向申请人收取",
                "what a department has, or another item yields, is not asked of the applicant",
            )  # fmt: skip
    produced = [code for step in item["steps"] for code in step["produces"]]
    for n, result in enumerate(item["results"]):
        if produced.count(result["code"]) != 1:
            yield f".results[{n}].code", "应有且只有一个环节产生此结果", "exactly one step must produce this result"


def _makers(data: Data) -> None:
    """One item makes a result, and materials say which."""
    maker: dict[str, str] = {}
    for index, item in enumerate(data.items):
        for n, result in enumerate(item["results"]):
            other = maker.setdefault(result["code"], item["code"])
            if other != item["code"]:
                raise data.wrong_item(
                    index, f".results[{n}].code", f"{other} 已产生此结果", f"{other} already produces this result"
                )
    for index, item in enumerate(data.items):
        for n, material in enumerate(item["materials"]):
            said, made_by = material.get("produced_by"), maker.get(material["code"])
            if said is not None and made_by is not None and said != made_by:
                raise data.wrong_item(
                    index, f".materials[{n}].produced_by", f"此结果由 {made_by} 产生", f"{made_by} produces this result"
                )


def _materials(data: Data) -> None:
    """A material is the same thing to every item that needs it."""
    said: dict[str, tuple[Any, ...]] = {}
    for index, item in enumerate(data.items):
        for n, material in enumerate(item["materials"]):
            facts = tuple(material[key] for key in ("name", "kind", "from_applicant", "shared_from"))
            if said.setdefault(material["code"], facts) != facts:
                raise data.wrong_item(
                    index,
                    f".materials[{n}]",
                    "与其他事项中的同一材料写法不同",
                    "differs from the same material elsewhere",
                )


def check_bundle(bundle: Entry, items: Mapping[str, Entry]) -> Iterator[Problem]:
    """One bundle against ``items`` by code."""
    optional = _codes(bundle["optional_items"])
    codes = [*bundle["items"], *optional]
    yield from _known(".items", bundle["items"], items, "事项", "item")
    yield from _known(".optional_items", optional, items, "事项", "item", ".code")
    for n, code in enumerate(optional):
        if codes.index(code) != len(bundle["items"]) + n:
            yield f".optional_items[{n}].code", *_twice(code)
    yield from _known(".item_limits", bundle["item_limits"], codes, "事项", "item")
    for n, rule in enumerate(bundle["decision_rules"]):
        yield from _known(f".decision_rules[{n}].skip", rule["skip"], codes, "事项", "item")
    yield from _precedence(bundle, items, codes)
    steps = {step["id"] for code in codes for step in items[code]["steps"]}
    for n, visit in enumerate(bundle["shared_steps"]):
        yield from _known(f".shared_steps[{n}].replaces", visit["replaces"], steps, "环节", "step")
        yield from _sourced(f".shared_steps[{n}]", visit)
    yield from _regimes(bundle, codes)
    for n, cycle in enumerate(bundle["known_cycles"]):
        yield from _ends(f".known_cycles[{n}].edges", cycle["edges"], codes)


def _precedence(bundle: Entry, items: Mapping[str, Entry], codes: Sequence[str]) -> Iterator[Problem]:
    for n, edge in enumerate(bundle["precedence"]):
        at = f".precedence[{n}]"
        yield from _known(at, (edge["from"],), codes, "事项", "item", ".from")
        yield from _known(at, (edge["to"],), codes, "事项", "item", ".to")
        step = next((step for step in items[edge["to"]]["steps"] if step["id"] == edge["to_step"]), None)
        if step is None:
            yield f"{at}.to_step", f"{edge['to']} 没有环节 {edge['to_step']}", f"{edge['to']} has no such step"
        elif edge["carries"] is not None:
            results = _codes(items[edge["from"]]["results"])
            if edge["carries"] not in results:
                yield f"{at}.carries", f"{edge['from']} 不产生此结果", f"{edge['from']} does not yield this result"
            if edge["carries"] not in step["consumes"]:
                yield f"{at}.carries", f"{edge['to_step']} 用不到此结果", f"{edge['to_step']} does not consume it"
        yield from _sourced(at, edge)
    yield from _circle(".precedence", [(edge["from"], edge["to"]) for edge in bundle["precedence"]])


def _regimes(bundle: Entry, codes: Sequence[str]) -> Iterator[Problem]:
    yield from _duplicates(".regimes", "id", bundle["regimes"])
    declared = {(edge["from"], edge["to"]) for edge in bundle["precedence"]}
    for n, regime in enumerate(bundle["regimes"]):
        at = f".regimes[{n}]"
        yield from _known(f"{at}.item_limits", regime["item_limits"], codes, "事项", "item")
        yield from _ends(f"{at}.extra_precedence", regime["extra_precedence"], codes)
        yield from _ends(f"{at}.drop_precedence", regime["drop_precedence"], codes)
        for m, dropped in enumerate(regime["drop_precedence"]):
            if tuple(dropped) not in declared:
                yield f"{at}.drop_precedence[{m}]", "没有这项前置关系", "there is no such precedence to drop"
        yield from _sourced(at, regime)


def _ends(at: str, edges: Iterable[Sequence[Any]], codes: Sequence[str]) -> Iterator[Problem]:
    for n, edge in enumerate(edges):
        yield from _known(f"{at}[{n}]", edge[:2], codes, "事项", "item")


def _known(at: str, names: Iterable[str], known: Iterable[str], zh: str, en: str, key: str = "") -> Iterator[Problem]:
    """``key`` is where the name stands when it is not the entry of the list itself."""
    there = set(known)
    for n, name in enumerate(names):
        if name not in there:
            by_name = isinstance(names, Mapping)
            spot = f"{at}{key}" if key in (".from", ".to") else f"{at}.{name}" if by_name else f"{at}[{n}]{key}"
            yield spot, f"没有这个{zh}：{name}", f"there is no {en} {name!r} here"


def _duplicates(at: str, key: str, entries: Sequence[Entry]) -> Iterator[Problem]:
    names = [entry[key] for entry in entries]
    for n, name in enumerate(names):
        if names.index(name) != n:
            yield f"{at}[{n}].{key}", *_twice(name)


def _sourced(at: str, entry: Entry, basis: str = "basis", source: str = "source") -> Iterator[Problem]:
    if entry[basis] != "assumed" and not set(entry[source]) - {NO_SOURCE}:
        yield (
            f"{at}.{source}", f"{basis} 为 {entry[basis]} 时必须注明来源",
            f"a {basis} of {entry[basis]} names its source",
        )  # fmt: skip


def _circle(at: str, edges: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for before, after in edges:
        sorter.add(after, before)
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " → ".join(error.args[1])
        yield at, f"先后顺序成环，没有一个能先开始：{circle}", f"the order is circular, none can begin: {circle}"


def _codes(entries: Iterable[Entry]) -> list[str]:
    return [entry["code"] for entry in entries]


def _twice(name: str) -> tuple[str, str]:
    return f"“{name}”出现两次", f"{name!r} appears twice"
