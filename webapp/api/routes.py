"""The blueprint, and how a function becomes one of its addresses and an operation of the description."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request
from pydantic import BaseModel

from engine.errors import NotFound
from webapp.api.reading import JSON, body_as, query_as
from webapp.api.sent import NothingAsked

PREFIX = "/api/v1"
KEY = "Idempotency-Key"
api = Blueprint("api", __name__, url_prefix=PREFIX)

View = Callable[..., BaseModel | Response]


@dataclass(frozen=True)
class Operation:
    """One address and method: what it takes (``query``, ``body``, with ``keyed`` an idempotency key) and answers.

    ``rule`` is as Flask has it: ``/cases/<case_id>``. ``public``: without a token.
    """

    method: str
    rule: str
    name: str
    summary: str
    answer: type[BaseModel] | None = None
    status: HTTPStatus = HTTPStatus.OK
    body: type[BaseModel] | None = None
    query: type[BaseModel] = NothingAsked
    keyed: bool = False
    public: bool = False


OPERATIONS: list[Operation] = []
"""Every operation with an address of its own; acts share theirs (``webapp.api.cases``)."""


def operation(method: str, rule: str, **more: Any) -> Callable[[View], View]:
    """Decorator: the view is called with ``body`` and ``query`` as their models, and its model is the answer.

    The first paragraph of its docstring is the summary.
    """

    def decorate(view: View) -> View:
        summary = " ".join((view.__doc__ or "").partition("\n\n")[0].split())
        told = Operation(method, rule, view.__name__, summary, **more)
        OPERATIONS.append(told)

        @wraps(view)
        def answered(**given: Any) -> Response:
            asked = query_as(told.query)
            if told.query is not NothingAsked:
                given["query"] = asked
            if told.body is not None:
                given["body"] = body_as(told.body)
            made = view(**given)
            return made if isinstance(made, Response) else answer(made, told.status)

        api.add_url_rule(rule, told.name, answered, methods=[method])
        return view

    return decorate


def answer(model: BaseModel, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """A model as a response."""
    return Response(model.model_dump_json(), status, mimetype=JSON)


def key() -> str:
    """The idempotency key of the request; empty without one."""
    return request.headers.get(KEY, "").strip()


@api.before_request
def _address_in_letters() -> None:
    """Nothing has an address that no database takes."""
    if not all(str(part).isprintable() for part in (request.view_args or {}).values()):
        raise NotFound("address.unknown", "没有这个地址", "there is no such address")
