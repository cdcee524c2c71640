"""No hostile file gets past the checker and the runtime with anything but what is wanted of it."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.source import ROOT
from tests.hostile.collection import Entry, collection
from tests.hostile.shapes import SECRET

CLEAN = {"refused", "error", "stopped"}
WANTED = {
    "refuse": {"refused"},
    "clear-error": {"refused", "error"},
    "stop-at-limit": CLEAN,
    "contain": CLEAN,
    "refuse-or-contain": CLEAN,
    "refuse-or-stop": CLEAN,
    "refuse-or-run": CLEAN | {"ran"},
    "warn-or-refuse": CLEAN | {"ran"},
    "accept-or-refuse": CLEAN | {"ran"},
    "accept-or-refuse, no read": CLEAN | {"ran"},
    "accept-or-clear-error": CLEAN | {"ran"},
    "accept": {"ran"},
    "accept, no fetch": {"ran"},
    "accept-norun": {"ran"},
}

GROUPS = {
    "documents": ("xml", "encoding", "notbpmn", "diagram"),
    "sizes": ("size", "deep", "blowup"),
    "code": ("code",),
    "repeated": ("timer", "multi-instance", "loop", "flow"),
    "structure": ("structure",),
}
"""Each group is one child process, and one test, so that two workers share the work."""


@pytest.fixture
def trap() -> Iterator[socket.socket]:
    """Listens where the hostile files point to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def _child(names: list[str], trap: socket.socket, folder: Path) -> tuple[list[dict[str, Any]], str]:
    """The outcomes of one child process; a file that killed it is the last one, and broken."""
    secret = folder / "secret.dtd"
    secret.write_text(f'<!ENTITY leak "{SECRET}">', encoding="utf-8")
    empty = folder / "empty"
    empty.mkdir(exist_ok=True)
    address = "{}:{}".format(*trap.getsockname())
    command = [sys.executable, "-m", "tests.hostile.runner", address, str(secret), *names]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "HOSTILE": SECRET}
    done = subprocess.run(
        command, cwd=empty, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    outcomes = [line for line in lines if "kind" in line]
    if done.returncode:
        begun = [line["begun"] for line in lines if "begun" in line]
        assert begun, done.stderr
        detail = f"the process ended with {done.returncode} (-27: 10 s passed): {done.stderr[-3000:]}"
        outcomes.append({"name": begun[-1], "kind": "broken", "detail": detail})
        (empty / f"{begun[-1]}.bpmn").unlink(missing_ok=True)
    return outcomes, ", ".join(path.name for path in empty.iterdir())


def _judged(names: list[str], trap: socket.socket, folder: Path) -> Iterator[dict[str, Any]]:
    """Every name's outcome, in a fresh process after each one that died."""
    while names:
        outcomes, written = _child(names, trap, folder)
        assert not written, f"files were written: {written}"
        yield from (outcome for outcome in outcomes if outcome["name"] != "warm")
        seen = {outcome["name"] for outcome in outcomes}
        assert seen & {*names}, outcomes
        names = [name for name in names if name not in seen]


def complaint(entry: Entry, outcome: dict[str, Any]) -> str:
    """What is wrong with an outcome; empty when it is as wanted."""
    if outcome["kind"] not in WANTED[entry.want]:
        return f"wanted {entry.want}, was {outcome['kind']}"
    if outcome["did"]:
        return f"did {outcome['did']}"
    checks = {
        "the checker did not object": entry.want == "refuse" and not outcome["objected"],
        "no warning": entry.want == "warn-or-refuse" and outcome["kind"] == "ran" and not outcome["warned"],
        "it never finished": WANTED[entry.want] == {"ran"} and not outcome["finished"],
        "its script ran": entry.want == "accept-norun" and outcome["ran"],
    }
    return "; ".join(name for name, wrong in checks.items() if wrong)


def test_every_want_and_every_category_is_known() -> None:
    entries = collection().values()
    assert {entry.want for entry in entries} == {*WANTED}
    assert {entry.category for entry in entries} == {name for group in GROUPS.values() for name in group}
    assert len(entries) >= 150


@pytest.mark.parametrize("group", GROUPS)
def test_a_hostile_file_does_what_is_wanted_and_nothing_else(group: str, trap: socket.socket, tmp_path: Path) -> None:
    entries = {name: entry for name, entry in collection().items() if entry.category in GROUPS[group]}
    outcomes = list(_judged(list(entries), trap, tmp_path))
    assert {outcome["name"] for outcome in outcomes} == {*entries}
    with pytest.raises(BlockingIOError):
        trap.accept()
    wrong = [
        f"{outcome['name']} ({entries[outcome['name']].what}): {words}\n    {outcome['detail'][-1500:]}"
        for outcome in outcomes
        if (words := complaint(entries[outcome["name"]], outcome))
    ]
    assert not wrong, "\n".join([f"{len(wrong)} of {len(entries)}", *wrong])
