"""Scripts of script tasks: assignments only, in the expression language of conditions.

One assignment a line or separated by ``;``: ``name = expression``, ``name += expression`` (any operator of the
language) and ``name[key] = expression``. No calls but the listed functions, no loops, no imports: a script can
neither hang nor reach outside.
"""

import ast
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.diagram.expression import Expression, compile_expression, parse_quietly
from engine.errors import ExpressionError

MAX_LENGTH = 20_000
MAX_LINES = 500

_OPERATORS: Mapping[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
}  # fmt: skip


@dataclass(frozen=True)
class _Line:
    target: str
    keys: tuple[Expression, ...]
    value: Expression


class Script:
    """A script that passed the check; ``targets`` are the values it writes, ``names`` those it reads."""

    def __init__(self, lines: tuple[_Line, ...]) -> None:
        self._lines = lines
        self.targets = tuple(dict.fromkeys(line.target for line in lines))
        self.names = frozenset(name for line in lines for name in line.value.names)

    def run(self, read: Mapping[str, Any], write: Callable[[str, Any], None]) -> None:
        """Runs the lines in order; each sees what the ones before it wrote. Raises ExpressionError in words."""
        for line in self._lines:
            value = line.value.evaluate(read)
            if line.keys:
                keys = [key.evaluate(read) for key in line.keys]
                value = _put(line.target, deepcopy(read.get(line.target)), keys, value)
            write(line.target, value)


def _put(name: str, whole: Any, keys: list[Any], value: Any) -> Any:
    try:
        holder = whole
        for key in keys[:-1]:
            holder = holder[key]
        holder[keys[-1]] = value
    except (TypeError, LookupError, ValueError) as error:
        shown = name + "".join(f"[{key!r}]" for key in keys)
        raise ExpressionError("script.target", f"不能写入 {shown}:{error}", f"cannot write {shown}: {error}") from error
    return whole


def _refuse(text: str, zh: str, en: str) -> ExpressionError:
    return ExpressionError("script.not_allowed", f"脚本“{text[:80]}”:{zh}", f"script {text[:80]!r}: {en}")


@lru_cache(maxsize=1024)
def compile_script(text: str) -> Script:
    """Checks and compiles a script; raises ExpressionError saying what is not allowed."""
    source = text.strip()
    if not source:
        raise _refuse(text, "脚本为空", "the script is empty")
    if len(source) > MAX_LENGTH:
        raise _refuse(text, f"超过 {MAX_LENGTH} 个字符", f"longer than {MAX_LENGTH} characters")
    try:
        body = parse_quietly("\n".join(part.strip() for part in source.splitlines()), "exec").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _refuse(text, "语法错误", "this is not a list of assignments") from error
    if len(body) > MAX_LINES:
        raise _refuse(text, f"超过 {MAX_LINES} 行", f"more than {MAX_LINES} lines")
    return Script(tuple(_line(text, statement) for statement in body))


def _line(text: str, statement: ast.stmt) -> _Line:
    match statement:
        case ast.Assign(targets=[target], value=value):
            return _Line(*_target(text, target), _expression(text, value))
        case ast.AugAssign(target=target, op=op, value=value) if type(op) in _OPERATORS:
            name, keys = _target(text, target)
            joined = f"({_text(text, target)}) {_OPERATORS[type(op)]} ({_text(text, value)})"
            return _Line(name, keys, compile_expression(joined))
    raise _only_assignments(text)


def _target(text: str, target: ast.expr) -> tuple[str, tuple[Expression, ...]]:
    keys: list[Expression] = []
    while isinstance(target, ast.Subscript):
        keys.insert(0, _expression(text, target.slice))
        target = target.value
    if not isinstance(target, ast.Name):
        raise _only_assignments(text)
    return _name(text, target.id), tuple(keys)


def _only_assignments(text: str) -> ExpressionError:
    return _refuse(text, "只允许“名称 = 表达式”,每行一个", "only lines of the form name = expression are allowed")


def _name(text: str, name: str) -> str:
    if name.startswith("_"):
        raise _refuse(text, f"名称 {name} 不可用", f"the name {name} cannot be used")
    return name


def _expression(text: str, node: ast.expr) -> Expression:
    return compile_expression(_text(text, node))


def _text(text: str, node: ast.expr) -> str:
    try:
        return ast.unparse(node)
    except RecursionError as error:
        raise _refuse(text, "嵌套过深", "nested too deeply") from error
