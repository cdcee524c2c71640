"""The application form of an item or bundle: who applies, and every question its conditions ask."""

from collections.abc import Iterable, Mapping
from typing import Any

from engine.exchange.items import Document
from engine.exchange.texts import NOT_EN, NOT_ZH

_APPLICANT: tuple[Document, ...] = (
    {
        "name": "applicant_name", "label_zh": "申请人姓名", "label_en": "Name of the applicant", "type": "text",
        "required": True, "personal": True, "routing": False, "max": 50,
        "help_zh": "与身份证一致。", "help_en": "As on the identity card.",
    },
    {
        "name": "id_number", "label_zh": "身份证号码", "label_en": "Identity card number", "type": "text",
        "required": True, "personal": True, "routing": False, "min": 18, "max": 18,
        "help_zh": "18 位；用于调取电子证照，不必再交复印件。",
        "help_en": "18 characters; used to fetch the electronic certificate, so no copy is asked for.",
    },
    {
        "name": "phone", "label_zh": "手机号码", "label_en": "Mobile phone", "type": "text",
        "required": True, "personal": True, "routing": False, "min": 7, "max": 20,
        "help_zh": "材料或办理有问题时，工作人员打这个号码与您联系。",
        "help_en": "Officials call this number when something about the application is unclear.",
    },
)  # fmt: skip


def form_document(questions: Iterable[Document]) -> Document:
    """A form for anybody: name, identity, phone, then the questions."""
    return {"schema": 1, "fields": [*_APPLICANT, *questions]}


def missing_questions(
    asked: Iterable[Mapping[str, Any]], form: Mapping[str, Any], elsewhere: Mapping[str, Document]
) -> list[Document]:
    """The questions comparisons need that the form does not ask yet.

    ``asked`` are comparisons (field, value, words); ``elsewhere`` fields of other forms by name, which are asked the
    same way here.
    """
    there = {field["name"] for field in form.get("fields", [])}
    found: dict[str, Document] = {}
    for comparison in asked:
        name = comparison["field"]
        if name not in there and name not in found:
            known = elsewhere.get(name)
            found[name] = {**known, "routing": True, "required": True} if known else _question(comparison)
    return list(found.values())


def _question(comparison: Mapping[str, Any]) -> Document:
    zh, en = comparison["words_zh"].removeprefix(NOT_ZH), comparison["words_en"].removeprefix(NOT_EN)
    value = comparison["value"]
    kind = "boolean" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"
    label_zh, label_en = (f"{zh}？", f"{en}?") if kind == "boolean" else (zh, en)
    return {
        "name": comparison["field"], "label_zh": label_zh, "label_en": label_en, "type": kind,
        "required": True, "personal": False, "routing": True,
        "help_zh": f"影响需办理的事项和材料：{zh}。", "help_en": f"Decides which items and materials are needed: {en}.",
    }  # fmt: skip
