"""Writes docs/commands.md from engine/commands/: every command, its fields, their meaning.

Usage: python -m tools.commands_doc [--check]
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE, TARGET = ROOT / "engine" / "commands", ROOT / "docs" / "commands.md"
FAMILIES = (
    "actor", "window", "deciding", "hands", "asides", "back", "demands", "sessions", "clocks", "lateness",
    "commitment", "machine",
)  # fmt: skip
"""The modules of the package, in the order in which they are read best."""
HEAD = """# Commands

Made from `engine/commands/` by `python -m tools.commands_doc`; do not edit.

A script drives an installation with the engine alone:

```python
from datetime import UTC, datetime
from engine.bootstrap import build_engine
from engine.commands import AcceptCase, Actor
from engine.settings import Settings

engine = build_engine(Settings(database_url="sqlite:///binglian.db"), lambda: datetime.now(UTC))
clerk = Actor("window1", "window", frozenset({"window_clerk"}))
outcome = engine.execute(AcceptCase(case_id="…", key="a key of your own"), clerk)
```

`execute` returns an `Outcome` or raises a `BinglianError` (`engine/errors.py`) and changes nothing.
"""


def document() -> str:
    """The text of docs/commands.md."""
    parts = [HEAD]
    for family in FAMILIES:
        module = ast.parse((SOURCE / f"{family}.py").read_text(encoding="utf-8"))
        parts.append(f"## {(ast.get_docstring(module) or family).rstrip('.')}\n")
        parts += [part for node in module.body if isinstance(node, ast.ClassDef) for part in _described(node)]
    return "\n".join(parts)


def _described(node: ast.ClassDef) -> Iterator[str]:
    yield f"### {node.name}\n\n{ast.get_docstring(node)}\n"
    if rows := _fields(node):
        yield "| field | type | meaning |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def _fields(node: ast.ClassDef) -> list[str]:
    rows = []
    for statement, following in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            said = following.value if isinstance(following, ast.Expr) else None
            meaning = str(said.value) if isinstance(said, ast.Constant) else ""
            kind = ast.unparse(statement.annotation).replace("|", "\\|")
            rows.append(f"| `{statement.target.id}` | `{kind}` | {meaning} |")
    return rows


def main() -> None:
    """Writes the file, or with --check says whether it is fresh."""
    if "--check" in sys.argv:
        sys.exit(0 if TARGET.read_text(encoding="utf-8") == document() else "docs/commands.md is not fresh")
    TARGET.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main()
