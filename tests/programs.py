"""Programs in front of the API: they sign in, read, act."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Flask
from werkzeug.datastructures import FileStorage, Headers
from werkzeug.test import encode_multipart

from engine.catalogue import load_demo_accounts
from engine.engine import Engine
from engine.settings import default_processes
from tests.web import PASSWORD

BASE = "/api/v1"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status_code: int
    mimetype: str
    headers: Headers
    data: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.data.decode()

    @property
    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.data)


class Program:
    """One program with the token of an account; keeps no cookies."""

    def __init__(self, app: Flask, username: str = "", language: str = "zh-CN") -> None:
        self.app = app
        self.headers = {"Accept-Language": language}
        if username:
            answer = self.post("/tokens", {"username": username, "password": PASSWORD})
            assert answer.status_code == 201, answer.text
            self.headers["Authorization"] = f"Bearer {answer.json['token']}"

    def send(self, method: str, path: str, key: str = "", **more: Any) -> Answer:
        """A request to an address of the application, under an idempotency key if one is given."""
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        client = self.app.test_client(use_cookies=False)
        with client.open(path, method=method, headers=headers, buffered=True, **more) as response:
            return Answer(response.status_code, response.mimetype or "", response.headers, response.data)

    def get(self, path: str) -> Answer:
        """A GET below ``/api/v1``."""
        return self.send("GET", BASE + path)

    def post(self, path: str, body: Mapping[str, Any] | None = None, key: str = "") -> Answer:
        """A POST of JSON below it."""
        return self.send("POST", BASE + path, key, json=body or {})

    def act(self, case_id: str, name: str, body: Mapping[str, Any] | None = None, key: str = "") -> Answer:
        """An act on a case."""
        return self.post(f"/cases/{case_id}/acts/{name}", body, key)

    def upload(self, case_id: str, material: str, file: tuple[bytes, str], key: str = "") -> Answer:
        """A file (content, name) for a material."""
        sent = {"file": FileStorage(BytesIO(file[0]), file[1])}
        boundary, body = encode_multipart(sent)  # in memory: the client leaves open what it keeps in files
        kind = f"multipart/form-data; boundary={boundary}"
        return self.send("POST", f"{BASE}/cases/{case_id}/materials/{material}", key, data=body, content_type=kind)


def username_of(engine: Engine, department: str, role: str) -> str:
    """An invented person of the demonstration who holds a role."""
    people = load_demo_accounts(default_processes(), engine.deployments.catalogue)
    return next(one.username for one in people if one.department == department and role in one.roles)
