"""Applications as simulated applicants hand them in: a form for the items wanted, and its materials."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import islice, product

from engine.case.intake import RECEIVED
from engine.catalogue import APPLICANT, Field, Offering, materials_checklist
from engine.errors import BadInput

_MOST_TRIED = 20_000


def form_for(offering: Offering, wanted: Iterable[str], answers: Mapping[str, str]) -> dict[str, str]:
    """A form (field name → text) with which exactly the items ``wanted`` apply; ``answers`` fixes some fields.

    BadInput when no answers lead there, or a fixed one cannot be read.
    """
    aim = set(wanted)
    base = {field.name: answers.get(field.name, _plain(field)) for field in offering.fields}
    asked = {condition.field for condition in offering.conditions}
    choices = [(f.name, _answers(offering, f)) for f in offering.fields if f.name in asked and f.name not in answers]
    for picked in islice(product(*(texts for _, texts in choices)), _MOST_TRIED):
        form = base | {name: text for (name, _), text in zip(choices, picked, strict=True)}
        if set(offering.applicable_items(values_of(offering, form))) == aim:
            return form
    raise BadInput(
        "simulate.items",
        f"没有一种填法恰好需要这些事项：{'、'.join(sorted(aim))}；可在 staff 文件的 [answers] 中给出答案",
        f"no answers call for exactly these items: {', '.join(sorted(aim))}; give [answers] in the staff file",
        offering.code,
    )


def values_of(offering: Offering, form: Mapping[str, str]) -> dict[str, object]:
    """The values of a form that are not personal."""
    found = {field.name: field.parse(form.get(field.name, "")) for field in offering.fields if not field.personal}
    return {name: value for name, value in found.items() if value is not None}


def materials_for(offering: Offering, form: Mapping[str, str]) -> dict[str, str]:
    """Everything the applicant has to bring, handed in."""
    lines = materials_checklist(offering, values_of(offering, form))
    return {line.code: RECEIVED for line in lines if line.obtained == APPLICANT}


def one_missing(offering: Offering, form: Mapping[str, str]) -> dict[str, str] | None:
    """The same without the first document; None when the form is all there is."""
    lines = materials_checklist(offering, values_of(offering, form))
    missing = next((line.code for line in lines if line.obtained == APPLICANT and line.kind != "form"), None)
    if missing is None:
        return None
    return {code: status for code, status in materials_for(offering, form).items() if code != missing}


def _plain(field: Field) -> str:
    """Something the field accepts."""
    least = field.minimum or Decimal(0)
    if field.type == "choice":
        return field.choices[0].value
    if field.type == "number":
        return _number(min(max(least, Decimal(1)), least + 1 if field.maximum is None else field.maximum))
    return {"boolean": "否", "date": "2026-01-05"}.get(field.type, "模" * max(1, int(least)))


def _answers(offering: Offering, field: Field) -> list[str]:
    """Answers to a question items depend on, one for each way it can turn out."""
    if field.type == "boolean":
        return ["否", "是"]
    if field.type == "choice":
        return [choice.value for choice in field.choices]
    said = [condition.value for condition in offering.conditions if condition.field == field.name]
    if field.type != "number":
        return [_plain(field), *(str(value) for value in said)]
    edges = [value + by for value in said if isinstance(value, Decimal) for by in (-1, 0, 1)]
    low, high = field.minimum or Decimal(0), field.maximum
    inside = (edge for edge in edges if low <= edge and (high is None or edge <= high))
    return [_plain(field), *map(_number, inside)]


def _number(value: Decimal) -> str:
    return f"{value:f}"
