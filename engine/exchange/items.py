"""From an item of the data to the tables of its ``item.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from engine.exchange.reading import Entry
from engine.exchange.registers import WINDOW, WINDOW_CLERK, Registers
from engine.exchange.texts import both, chinese, cited, short, slug

Document: TypeAlias = dict[str, Any]
"""The content of a TOML file: keys in the order they are written, lists of dicts are arrays of tables."""

_ACTS = {"accept": "accept", "site": "site", "inspect": "site", "decide": "decide", "issue": "issue"}
_MODES = {"网上办理": "online", "窗口办理": "window"}
_DELIVERY = {"窗口领取": "pickup", "邮寄": "courier", "网上获取": "online", "当场领取": "on_the_spot"}
_DELIVERY_LAW = "S127"
"""行政许可法, of which article 44 gives ten working days for delivery."""


@dataclass(frozen=True)
class World:
    """What an item has to know besides itself: the registers, and result code → the item that makes it."""

    registers: Registers
    makers: Mapping[str, str]
    departments: Mapping[str, str]
    """Item code → what the data calls its department."""


def item_document(item: Entry, world: World) -> Document:
    """The ``item.toml`` of an item; what is empty is left out."""
    registers = world.registers
    document: Document = {
        "schema": 1, "kind": "item", "code": item["code"], **both(item, "name"), **short_names(item),
        "department": registers.department(item["lead_department"]),
        "type": item["kind"], "case_type": item["case_type"], **_fee(item),
        "delivery": [_DELIVERY[word] for word in item["delivery"]],
        "modes": [_MODES[word] for word in item["handling_modes"]],
        **both(item, "note"),
        "materials_basis": item["materials_basis"],
        "materials_source": registers.sources(item["materials_source"]),
        "steps_source": registers.sources(item.get("steps_source", [])),
        "legal_basis": filled({
            "text": chinese(item["legal_basis"]), "basis": item["legal_basis_basis"],
            "source": registers.sources(item["legal_basis_source"]),
        }),
        "limits": filled({kind: _limit(item[f"{kind}_limit"], registers) for kind in ("statutory", "promised")}),
        "materials": [_material(item, material, world) for material in item["materials"]],
        "steps": _steps(item, registers),
        "own_steps": [delivery_step(item["code"], registers, "送达", "Delivery")],
        "results": [
            {"code": result["code"], **both(result, "name"), "type": result["type"]} for result in item["results"]
        ],
    }  # fmt: skip
    registers.sources(cited(item.get("note", "")))
    return filled(document)


def delivery_step(code: str, registers: Registers, zh: str, en: str, after: str = "") -> Document:
    """The last step of an item or bundle: handing over at the single window."""
    return filled({
        "id": f"{code}.deliver", "name_zh": zh, "name_en": en, "department": WINDOW, "role": WINDOW_CLERK,
        "act": "deliver", "limit": Decimal(10), "unit": "working_days", "after": [after] if after else [],
        "basis": "seen", "source": registers.sources([_DELIVERY_LAW]),
    })  # fmt: skip


def short_names(entry: Entry) -> Document:
    """The short names; where the data has none, the names up to their first bracket."""
    return {f"short_{lang}": short(entry.get(f"short_{lang}") or entry[f"name_{lang}"]) for lang in ("zh", "en")}


def _fee(item: Entry) -> Document:
    free = {"fee_en": "free of charge"} if item["fee"] == "不收费" and not item.get("fee_en") else {}
    return both(item, "fee") | free


def _limit(limit: Entry, registers: Registers) -> Document:
    if limit["value"] is None:
        return {}
    registers.sources(cited(limit.get("note", "")))
    return filled({
        "value": limit["value"], "unit": limit["unit"], "basis": limit["basis"],
        "source": registers.sources(limit["source"]), **both(limit, "note"),
    })  # fmt: skip


def _material(item: Entry, material: Entry, world: World) -> Document:
    document: Document = {"code": material["code"], **both(material, "name"), "kind": material["kind"]}
    maker = world.makers.get(material["code"])
    holder = material["shared_from"] or (world.departments.get(material.get("produced_by") or "") or "")
    if maker is not None:
        document |= {"from": "branch", "produced_by": maker, "holder": chinese(holder)}
    elif material["kind"] == "result" or holder:
        document |= {"from": "shared", "holder": chinese(holder)}
    else:
        document |= {"from": "applicant"}
    if material["can_be_deferred"]:
        document["deferrable"] = True
    return filled(document) | _required(item, material)


def _required(item: Entry, material: Entry) -> Document:
    """A condition in words becomes a question with a yes or no."""
    if not material["required_when"]:
        return {}
    words = both(material, "required_when", "words")
    asked = slug(words["words_en"], f"{item['code']}_{material['code']}".lower())
    return {"required_when": {**words, "field": asked, "operator": "==", "value": True}}


def _steps(item: Entry, registers: Registers) -> list[Document]:
    acts = [_act(step) for step in item["steps"]]
    decisive = _decisive(item["steps"], acts)
    return [
        filled({
            "id": step["id"], **both(step, "name"), "department": registers.department(step["department"]),
            "role": registers.role(step["role"]), "act": act, "limit": step["promised_working_days"],
            "unit": "working_days", "after": step["after"], "needs": step["consumes"], "yields": step["produces"],
            "special_procedure": step["special_procedure"], "optional": step["optional"],
            "decisive": step["id"] == decisive, "basis": step["basis"],
            "source": registers.sources(step.get("source", [])),
        })
        for step, act in zip(item["steps"], acts, strict=True)
    ]  # fmt: skip


def _act(step: Entry) -> str:
    return _ACTS.get(step["id"].rpartition(".")[2], "review")


def _decisive(steps: list[Entry], acts: list[str]) -> str:
    """The step that grants or refuses: the decision, else the last that judges, else the last of all."""
    by_act = list(zip(acts, (str(step["id"]) for step in steps), strict=True))
    decisions = [step for act, step in by_act if act == "decide"]
    judging = [step for act, step in by_act if act not in ("accept", "issue")]
    return decisions[0] if decisions else (judging or [step for _, step in by_act])[-1]


def filled(document: Document) -> Document:
    """Without what is empty or false; numbers, even 0, stay."""
    return {key: value for key, value in document.items() if value not in ("", [], {}, False) or _is_number(value)}


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
