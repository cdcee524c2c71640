"""What the source must say: types of every function, every setting in the manual, no private places."""

import ast
import configparser
import json
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import ROOT, modules

SETTING = re.compile(r"\bBINGLIAN_[A-Z][A-Z0-9_]*[A-Z0-9]\b")
TEXT = {".py", ".md", ".cfg", ".toml", ".html", ".js", ".mjs", ".css", ".json", ".bpmn", ".sh", ".txt"}
NOT_OURS = {".git", ".hypothesis", "build", "dist", "node_modules", "vendor", "var", "__pycache__"}
PRIVATE_PLACES = re.compile(
    "|".join(
        [
            r"(?<![\w./-])/wor" + r"k/",
            r"/tmp/" + r"w\b",
            r"/opt/(?:pypi|whee" + r"ls)\b",
            r"\.\./shar" + r"ed/",
            r"/(?:home|Users)/\w+/",
        ]
    )
)
"""Places on somebody's machine. Written in halves, so that this file does not match itself."""


def test_every_function_says_what_it_takes_and_gives() -> None:
    assert not [
        module.at(node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not _annotated(node)
    ]


def _annotated(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    variable = [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    takes = [one for one in named if one.arg not in {"self", "cls"}] + variable
    gives = function.returns is not None or function.name == "__init__"
    return gives and all(one.annotation for one in takes)


def test_every_setting_in_the_source_is_in_the_manual_and_the_other_way_round() -> None:
    used = {name for path in _own_text_files() if _reads_settings(path) for name in _settings(path)}
    documented = {match.group() for match in SETTING.finditer(_manual("configuration.md"))}
    assert used - documented == set(), "used, but missing in docs/configuration.md"
    assert documented - used == set(), "in docs/configuration.md, but nothing uses it"


def _reads_settings(path: Path) -> bool:
    """Documents mention settings; programs use them."""
    return path.suffix in {".py", ".sh"} or path.name in {"Makefile", "run"}


def _settings(path: Path) -> Iterator[str]:
    return (match.group() for match in SETTING.finditer(path.read_text(encoding="utf-8")))


def test_every_package_we_depend_on_is_listed_with_its_licence() -> None:
    rows = re.findall(r"^\| ([\w.-]+) \|", _manual("third-party.md"), re.MULTILINE)
    listed = [name for name in rows if name != "package"]
    assert sorted(listed) == sorted({*_required_packages(), *_scripts_shipped(), "setuptools"})


def _manual(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def _required_packages() -> Iterator[str]:
    config = configparser.RawConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    lists = [config["options"]["install_requires"], *config["options.extras_require"].values()]
    for line in "\n".join(lists).split():
        name = re.match(r"[A-Za-z][\w.-]*", line)
        if name:
            yield name.group()


def _scripts_shipped() -> Iterator[str]:
    package = json.loads((ROOT / "webapp" / "frontend" / "package.json").read_text(encoding="utf-8"))
    yield from package["dependencies"]


def test_nothing_mentions_a_place_on_somebodys_machine() -> None:
    found = []
    for path in _own_text_files():
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if PRIVATE_PLACES.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert not found


def _own_text_files() -> Iterator[Path]:
    pending = [ROOT]
    while pending:
        for path in sorted(pending.pop().iterdir()):
            if path.name in NOT_OURS or path.name.startswith(".venv") or path.name.endswith(".egg-info"):
                continue
            if path.is_dir():
                pending.append(path)
            elif path.suffix in TEXT or path.name in {"Makefile", "run", "LICENSE"}:
                yield path
