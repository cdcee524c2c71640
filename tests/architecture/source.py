"""The project's own source, parsed once, for the rules in this folder."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("engine", "timers", "webapp", "cli")


@dataclass(frozen=True)
class Module:
    """One module: its path from the root of the project, its text and its tree."""

    path: str
    text: str
    tree: ast.Module

    def at(self, node: ast.expr | ast.stmt) -> str:
        """``path:line`` of a node, for messages."""
        return f"{self.path}:{node.lineno}"


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the packages, in a stable order."""
    paths = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return tuple(_read(path) for path in paths if "node_modules" not in path.parts)


def _read(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    return Module(path.relative_to(ROOT).as_posix(), text, ast.parse(text, str(path)))


def calls() -> Iterator[tuple[Module, ast.Call, str]]:
    """Every call in the project with the dotted name called: ``datetime.now``, ``eval``, ``session.commit``.

    A part of the name that is itself an expression is written ``?``: ``?.commit`` for ``connect().commit()``.
    """
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call):
                yield module, node, dotted(node.func)


def dotted(node: ast.expr) -> str:
    """``a.b.c`` for attribute chains, with ``?`` where a part is not a plain name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return "?"
