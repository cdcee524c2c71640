"""The description of the API (OpenAPI 3.1), made from the operations, the acts and their models."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from http import HTTPStatus
from inspect import getdoc
from typing import Any

from flask import Response
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from engine.uploads.kinds import KINDS
from webapp.api import given, sent
from webapp.api.acts import ACTS
from webapp.api.cases import FORM
from webapp.api.reading import JSON
from webapp.api.routes import KEY, OPERATIONS, PREFIX, Operation, api

Json = dict[str, Any]
PROBLEM = "application/problem+json"
REFERENCE = "#/components/schemas/{model}"
ABOUT = """What an approver or a clerk does in the browser, for another system (docs/api.md).
One act, one entry of the journal: it is done whole, or refused and nothing has changed."""
WRONG = (400, 401, 403, 404, 409, 413, 415, 422, 429, 500)
"""What any operation may answer instead."""
FILE_FORM = {
    "type": "object", "required": ["file"], "additionalProperties": False,
    "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
}  # fmt: skip


@api.get("/openapi.json")
def openapi() -> Response:
    """The description itself; it holds no data, so it is for everybody."""
    return Response(_text(), mimetype=JSON)


@cache
def _text() -> str:
    return json.dumps(document(), ensure_ascii=False)


def document() -> Json:
    """The whole description."""
    operations = [*OPERATIONS, *_acts()]
    paths: dict[str, Json] = {}
    for one in operations:
        paths.setdefault(_path(one.rule), {})[one.method.lower()] = _operation(one)
    problems = {str(status): _problem(status) for status in WRONG}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Binglian", "version": "1", "description": ABOUT},
        "paths": paths,
        "security": [{"session": []}],
        "components": {
            "securitySchemes": {"session": {"type": "http", "scheme": "bearer", "description": "From POST /tokens"}},
            "responses": problems, "schemas": _schemas(operations),
        },
    }  # fmt: skip


def _acts() -> Iterator[Operation]:
    """Each act at its own address, and its preview."""
    for name, command in ACTS.items():
        rule, said = f"/cases/<case_id>/acts/{name}", " ".join((getdoc(command) or "").partition("\n\n")[0].split())
        body = sent.BODIES[name]
        yield Operation("POST", rule, name, said, given.Outcome, body=body, query=sent.Foreseen, keyed=True)
        yield Operation("POST", f"{rule}/preview", f"preview-{name}", f"Preview: {said}", given.Preview, body=body)


def _path(rule: str) -> str:
    return PREFIX + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


def _operation(one: Operation) -> Json:
    told: Json = {
        "operationId": one.name, "summary": one.summary, "parameters": [*_parameters(one)],
        "responses": {
            str(int(one.status)): _answered(one),
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in WRONG},
        },
    }  # fmt: skip
    if one.body is not None:
        told["requestBody"] = {"required": True, "content": {JSON: {"schema": _reference(one.body)}}}
    elif one.name == "upload":
        told["requestBody"] = {"required": True, "content": {FORM: {"schema": FILE_FORM}}}
    if one.public:
        told["security"] = []
    return told


def _parameters(one: Operation) -> Iterator[Json]:
    for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", one.rule):
        schema = {"type": "integer", "minimum": 0} if kind == "int" else {"type": "string", "minLength": 1}
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    for name, schema in one.query.model_json_schema()["properties"].items() if one.query.model_fields else ():
        yield {"name": name, "in": "query", "required": False, "schema": schema}
    if one.keyed:
        said = "The same request sent again under the same key is done once, and answered alike"
        schema = {"type": "string", "maxLength": sent.LONGEST}
        yield {"name": KEY, "in": "header", "required": False, "description": said, "schema": schema}


def _answered(one: Operation) -> Json:
    if one.status == HTTPStatus.NO_CONTENT:
        return {"description": "Done"}
    if one.answer is None:
        return {"description": "The file", "content": {kind.mime: {} for kind in KINDS.values()}}
    return {"description": "Done", "content": {JSON: {"schema": _reference(one.answer)}}}


def _problem(status: int) -> Json:
    return {"description": HTTPStatus(status).phrase, "content": {PROBLEM: {"schema": _reference(given.Problem)}}}


def _reference(model: type[BaseModel]) -> Json:
    return {"$ref": REFERENCE.format(model=model.__name__)}


def _schemas(operations: list[Operation]) -> Mapping[str, Json]:
    """Every model by its name; names are unique, or the references would not say which is meant."""
    bodies = {one.body for one in operations if one.body is not None}
    answers = {one.answer for one in operations if one.answer is not None} | {given.Problem}
    wanted = [(model, "validation") for model in bodies] + [(model, "serialization") for model in answers]
    wanted.sort(key=lambda pair: pair[0].__name__)
    _references, schemas = models_json_schema(wanted, ref_template=REFERENCE)  # type: ignore[arg-type]
    definitions: Mapping[str, Json] = schemas["$defs"]
    return definitions
