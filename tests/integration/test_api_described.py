"""The description of the API (OpenAPI 3.1): complete, public, without data; and requests made from it at random."""

import json
import re
import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.builders import Office, opened_office
from tests.programs import BASE, Program
from tests.rounds import Rounds
from tests.web import site_of
from webapp.api.acts import ACTS
from webapp.api.views import document

Request = schemathesis.Case[Any]
DOCS = Path(__file__).parents[2] / "docs" / "api.md"
CHECKS = [
    schemathesis.checks.not_a_server_error, content_type_conformance, ignored_auth, missing_required_header,
    negative_data_rejection, response_headers_conformance, response_schema_conformance, status_code_conformance,
    unsupported_method,
]  # fmt: skip
"""Not ``positive_data_acceptance``: most of what has the right shape is about no task there is, and is refused."""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office for all requests; whatever they did to it must verify."""
    with opened_office(tmp_path_factory.mktemp("described")) as office:
        yield office


def test_requests_made_from_the_description_are_answered_as_it_says(shared: Office, rounds: Rounds) -> None:
    case_id, examples = shared.accept("B02"), rounds(test=2, long=60)
    task = shared.open(case_id)["LIC_CHECK.review"].id
    schema = schemathesis.openapi.from_wsgi(f"{BASE}/openapi.json", site_of(shared.engine))
    tried = 0

    def answered(case: Request, real: bool) -> None:
        """About the case and task there are, if ``real``; else about made-up ones."""
        nonlocal tried
        tried += 1
        if real and "case_id" in case.path_parameters:
            case.path_parameters["case_id"] = case_id
        if real and isinstance(case.body, dict) and "task_id" in case.body:
            case.body["task_id"] = task
        case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {_token(shared)}"})

    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        _sent_at_random(found.ok(), examples, answered)
    assert tried >= examples * len(document()["paths"])


def _sent_at_random(operation: Any, examples: int, send: Callable[[Request, bool], None]) -> None:
    """Requests as described, and some that are not; the same ones each time."""
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    bounded = settings(
        max_examples=examples, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    bounded(given(st.one_of([operation.as_strategy(mode) for mode in modes]), st.booleans())(send))()


def _token(office: Office) -> str:
    """A session of its own: some requests end theirs."""
    now, token = office.clock(), secrets.token_hex()
    office.engine.records.start_session("window1", token, now, now + timedelta(hours=1))
    return token


def test_the_description_is_public_and_itself_as_it_should_be(shared: Office) -> None:
    answer = Program(site_of(shared.engine)).get("/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    told = answer.json
    assert told == json.loads(json.dumps(document()))
    assert told["openapi"] == "3.1.0"
    assert told["components"]["securitySchemes"]["session"]["scheme"] == "bearer"
    names = [one["operationId"] for path in told["paths"].values() for one in path.values()]
    assert len(set(names)) == len(names) > 2 * len(ACTS)
    for schema in told["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    public = {path for path, methods in told["paths"].items() for one in methods.values() if one.get("security") == []}
    assert public == {f"{BASE}/tokens"}


def test_every_address_of_the_application_is_described(shared: Office) -> None:
    app = site_of(shared.engine)
    ours = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules() if rule.rule.startswith(BASE)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }  # fmt: skip
    told = {(path, method) for path, methods in document()["paths"].items() for method in methods}
    acts = {one for one in told if "/acts/" in one[0]}
    by_one_rule = {(f"{BASE}/cases/{{case_id}}/acts/{{act}}{end}", "post") for end in ("", "/preview")}
    assert ours - by_one_rule == (told - acts) | {(f"{BASE}/openapi.json", "get")}
    assert by_one_rule <= ours


def test_the_manual_lists_every_address_and_act_as_the_description_says() -> None:
    paths = document()["paths"]
    rows = {
        f"| `{method.upper()} {path.removeprefix(BASE)}` | {one['summary']} |"
        for path, methods in paths.items() for method, one in methods.items() if "/acts/" not in path
    }  # fmt: skip
    rows |= {f"| `{name}` | {paths[f'{BASE}/cases/{{case_id}}/acts/{name}']['post']['summary']} |" for name in ACTS}
    rows.add("| `GET /openapi.json` | The description of all this. |")
    manual = DOCS.read_text(encoding="utf-8").splitlines()
    assert rows == {line for line in manual if re.match(r"\| `(?:[A-Z]+ /|[a-z-]+`)", line)}


def test_the_example_of_the_manual_does_what_it_says(shared: Office) -> None:
    """What is sent in it, in its order; the answers as far as they are written out."""
    app, manual = site_of(shared.engine), DOCS.read_text(encoding="utf-8").partition("## Addresses")[0]
    bodies = [json.loads(one) for one in re.findall(r"--json '({.*})'", manual)]
    application = json.loads(manual.partition("<<'EOF'\n")[2].partition("EOF")[0])
    assert [one["username"] for one in bodies if "username" in one] == ["window1", "window1", "urban1"]
    clerk, urban = Program(app, "window1"), Program(app, "urban1")
    made = clerk.post("/cases", application, key="2026-0042").json
    case_id = made["case_id"]
    assert clerk.act(case_id, "accept-case", {}).json["opened"] == ["2.3"]
    [task] = urban.get(f"/tasks?search={made['case_number']}").json["tasks"]
    assert (task["id"], task["step"], task["case_id"]) == ("2.3", "SIGN.review", case_id)
    decision = bodies[-1]
    assert bodies[-2] == decision
    seen = urban.act(case_id, "decide-step/preview", decision).json
    assert seen["refused"] is None and seen["mark"]
    assert urban.act(case_id, "decide-step", decision, key="d-77").json["closed"] == ["2.3"]
