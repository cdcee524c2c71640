"""Reading what a program sent: JSON against a model, or an error that says where it does not fit, never the value."""

from collections.abc import Mapping
from typing import TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from engine.errors import BadInput
from webapp.errors import Invalid
from webapp.i18n import language

JSON = "application/json"
Sent = TypeVar("Sent", bound=BaseModel)

MALFORMED = "json_invalid"
WORDS: Mapping[str, str] = {
    "missing": "必填", "extra_forbidden": "没有这一项", "string_type": "应为文字", "int_parsing": "应为整数",
    "string_too_long": "不能超过 {max_length} 个字符", "string_pattern_mismatch": "格式有误",
    "literal_error": "应为以下之一：{expected}", "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}", "mapping_type": "应为对象", "dict_type": "应为对象",
    "model_type": "应为对象", "model_attributes_type": "应为对象",
}  # fmt: skip
"""What pydantic says in English, by its type of error; of other types only that it does not fit."""
OTHERWISE = "不符合要求"


def body_as(model: type[Sent]) -> Sent:
    """The body of the request. UnsupportedMediaType, BadInput for what is no JSON, Invalid for another shape."""
    if request.mimetype != JSON:
        raise UnsupportedMediaType
    try:
        return model.model_validate_json(request.get_data())
    except ValidationError as error:
        if error.errors(include_url=False, include_input=False)[0]["type"] == MALFORMED:
            raise BadInput("request.json", "内容不是有效的 JSON", "the body is not valid JSON") from None
        raise _invalid(error) from None


def query_as(model: type[Sent]) -> Sent:
    """The query of the request; Invalid. A parameter given twice has no meaning, so it is told as one of a wrong
    type."""
    given = {name: values[0] if len(values) == 1 else values for name, values in request.args.lists()}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise _invalid(error) from None


def _invalid(error: ValidationError) -> Invalid:
    english = language() == "en"
    return Invalid([
        {
            "loc": list(one["loc"]), "type": one["type"],
            "msg": one["msg"] if english else WORDS.get(one["type"], OTHERWISE).format(**one.get("ctx", {})),
        }
        for one in error.errors(include_url=False, include_input=False)
    ])  # fmt: skip
