"""Conditions a process designer may write: a small, checked subset of Python expressions.

Comparisons, ``and or not in``, arithmetic without powers and shifts, subscripts, literals, ``a if c else b`` and the
functions of ``FUNCTIONS``. Nothing else compiles: no attributes, comprehensions, lambdas, f-strings, walrus or star
arguments. Numbers and lengths are bounded while running, so a condition can neither hang nor fill the memory.
"""

import ast
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import CodeType
from typing import Any

from engine.errors import ExpressionError

MAX_LENGTH = 2_000
MAX_DEPTH = 60
MAX_BITS = 256
MAX_ITEMS = 100_000

_NODES = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd,
    ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod,
    ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot,
    ast.IfExp, ast.Constant, ast.Name, ast.Load, ast.Subscript, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.Call,
)  # fmt: skip


def _text(value: object) -> str:
    return str(value)[:10_000]


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": abs, "all": all, "any": any, "bool": bool, "float": float, "int": int, "len": len,
    "max": max, "min": min, "round": round, "sorted": sorted, "str": _text, "sum": sum,
}  # fmt: skip


def _number(value: Any) -> Any:
    """An operand of ``*``, ``%`` and ``-``: only bounded numbers, so ``'a' * 10**9`` cannot be built."""
    if not isinstance(value, int | float):
        raise ExpressionError("expression.number", "这里只能用数字", "only numbers can be used here")
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise ExpressionError("expression.too_large", "数字过大", "the number is too large")
    return value


def _plus(left: Any, right: Any) -> Any:
    result = left + right
    if hasattr(result, "__len__") and len(result) > MAX_ITEMS:
        raise ExpressionError("expression.too_large", "值过长", "the value is too long")
    return result


class _Guarded(ast.NodeTransformer):
    """Routes the operators that can build something huge through the guards above."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Add):
            return ast.copy_location(_call("_plus", node.left, node.right), node)
        left, right = _call("_number", node.left), _call("_number", node.right)
        return ast.copy_location(ast.BinOp(left, node.op, right), node)


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


_GLOBALS: dict[str, Any] = {"__builtins__": {}, "_number": _number, "_plus": _plus, **FUNCTIONS}


class Expression:
    """A condition that passed the check; ``names`` are the values it reads."""

    __slots__ = ("_code", "names", "text")

    def __init__(self, text: str, code: CodeType, names: frozenset[str]) -> None:
        self.text = text
        self.names = names
        self._code = code

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """The value of the expression over ``values``; raises ExpressionError in words, never a bare Python error."""
        try:
            # The code object was compiled from a tree of whitelisted nodes only, with no builtins to reach.
            return eval(self._code, _GLOBALS, values)  # noqa: S307
        except ExpressionError:
            raise
        except NameError as error:
            raise ExpressionError(
                "expression.unknown_name",
                f"条件“{self.text}”用到了没有的值:{error.name}",
                f"the condition {self.text!r} uses a value that is not there: {error.name}",
            ) from error
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise ExpressionError(
                "expression.failed",
                f"条件“{self.text}”无法计算:{error}",
                f"the condition {self.text!r} cannot be computed: {error}",
            ) from error


def _refuse(text: str, zh: str, en: str) -> ExpressionError:
    return ExpressionError("expression.not_allowed", f"条件“{text[:80]}”:{zh}", f"condition {text[:80]!r}: {en}")


def _depth(node: ast.AST) -> int:
    """Nesting of the tree, without recursion (the input is not trusted yet)."""
    deepest, level = 0, [node]
    while level:
        deepest += 1
        level = [child for parent in level for child in ast.iter_child_nodes(parent)]
    return deepest


def _check_node(text: str, node: ast.AST) -> None:
    if not isinstance(node, _NODES):
        name = type(node).__name__
        raise _refuse(text, f"不允许使用 {name}", f"{name} is not part of the language")
    if isinstance(node, ast.Name) and (node.id.startswith("_") or not node.id.isidentifier()):
        raise _refuse(text, f"名称 {node.id} 不可用", f"the name {node.id} cannot be used")
    if isinstance(node, ast.Constant) and not isinstance(node.value, str | int | float | bool | None):
        raise _refuse(text, "不允许这种常量", "this kind of constant is not part of the language")
    if isinstance(node, ast.Call):
        listed = isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS
        if not listed or node.keywords:
            allowed = ", ".join(sorted(FUNCTIONS))
            raise _refuse(text, f"只能调用:{allowed}", f"only these functions may be called: {allowed}")


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """Checks and compiles a condition; raises ExpressionError saying what is not allowed."""
    source = text.strip()
    if not source:
        raise _refuse(text, "条件为空", "the condition is empty")
    if len(source) > MAX_LENGTH:
        raise _refuse(text, f"超过 {MAX_LENGTH} 个字符", f"longer than {MAX_LENGTH} characters")
    try:
        tree = ast.parse(source, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _refuse(text, "语法错误", "this is not a valid expression") from error
    if _depth(tree) > MAX_DEPTH:
        raise _refuse(text, "嵌套过深", "nested too deeply")
    for node in ast.walk(tree):
        _check_node(text, node)
    names = frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id not in FUNCTIONS)
    guarded = ast.fix_missing_locations(_Guarded().visit(tree))
    return Expression(source, compile(guarded, "<condition>", "eval"), names)
