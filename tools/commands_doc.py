"""Writes docs/commands.md from engine/commands.py: every command, its fields, their meaning.

Usage: python -m tools.commands_doc [--check]
"""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE, TARGET = ROOT / "engine" / "commands.py", ROOT / "docs" / "commands.md"
HEAD = """# Commands

Made from `engine/commands.py` by `python -m tools.commands_doc`; do not edit.

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
    for node in ast.parse(SOURCE.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            parts.append(f"## {node.name}\n\n{ast.get_docstring(node)}\n")
            rows = _fields(node)
            if rows:
                parts.append("| field | type | meaning |\n|---|---|---|\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


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
