"""Conditions a process designer may write: a small, checked subset of Python expressions.

Comparisons, ``and or not in``, arithmetic without powers and shifts, subscripts, literals, ``a if c else b`` and the
functions of ``FUNCTIONS``. Nothing else compiles: no attributes, comprehensions, lambdas, f-strings, walrus or star
arguments. Numbers and lengths are bounded while running, so a condition can neither hang nor fill the memory.
"""

import ast
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import CodeType
from typing import Any, Literal

from engine.errors import BinglianError, ExpressionError, LimitExceeded

MAX_LENGTH = 2_000
MAX_DEPTH = 60
MAX_BITS = 256
MAX_ITEMS = 100_000
"""Values, and a hundredth of the characters, that one value may hold, counted as if nothing in it were shared."""
MAX_PLACES = 100

_NODES = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd,
    ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod,
    ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot,
    ast.IfExp, ast.Constant, ast.Name, ast.Load, ast.Subscript, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.Call,
)  # fmt: skip


def _text(value: object) -> str:
    return str(value)[:10_000]


def _sum(values: Any, start: Any = 0) -> Any:
    return sum((_number(value) for value in values), _number(start))


def _count_of(values: Any, wanted: Any) -> int:
    return sum(1 for value in values if value == wanted)


def _round(value: Any, places: Any = 0) -> Any:
    return round(_number(value), max(-MAX_PLACES, min(int(places), MAX_PLACES))) if places else round(_number(value))


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": abs, "all": all, "any": any, "bool": bool, "count_of": _count_of, "float": float, "int": int, "len": len,
    "max": max, "min": min, "round": _round, "sorted": sorted, "str": _text, "sum": _sum,
}  # fmt: skip


def _too_large() -> LimitExceeded:
    return LimitExceeded("expression.too_large", "值过大", "the value is too large")


def _sized(value: Any) -> Any:
    """The value itself, unless it is too large to be compared, copied or kept; shared parts count each time."""
    if isinstance(value, bool | float | None) or (isinstance(value, int) and value.bit_length() <= MAX_BITS):
        return value
    left, stack = MAX_ITEMS, [value]
    while stack:
        part = stack.pop()
        left -= 1 + (len(part) // 100 if isinstance(part, str) else 0)
        if left < 0 or (isinstance(part, int) and part.bit_length() > MAX_BITS):
            raise _too_large()
        if isinstance(part, Mapping):
            stack += [*part.keys(), *part.values()]
        elif isinstance(part, list | tuple | set | frozenset):
            stack += part
    return value


def _number(value: Any) -> Any:
    """An operand of ``*``, ``%`` and ``-``: only bounded numbers, so ``'a' * 10**9`` cannot be built."""
    if not isinstance(value, int | float):
        raise ExpressionError("expression.number", "这里只能用数字", "only numbers can be used here")
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise _too_large()
    return value


def _plus(left: Any, right: Any) -> Any:
    return _sized(left + right)


class _Guarded(ast.NodeTransformer):
    """Routes what can build or walk something huge through the guards above."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Add):
            return ast.copy_location(_call("_plus", node.left, node.right), node)
        left, right = _call("_number", node.left), _call("_number", node.right)
        return ast.copy_location(ast.BinOp(left, node.op, right), node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        node.args = [a if isinstance(a, ast.Constant) else _call("_sized", a) for a in node.args]
        return node

    def _literal(self, node: Any) -> ast.AST:
        self.generic_visit(node)
        if all(isinstance(child, ast.Constant | ast.expr_context) for child in ast.iter_child_nodes(node)):
            return node  # type: ignore[no-any-return]
        return ast.copy_location(_call("_sized", node), node)

    visit_List = visit_Tuple = visit_Set = visit_Dict = _literal


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


_GLOBALS: dict[str, Any] = {"__builtins__": {}, "_number": _number, "_plus": _plus, "_sized": _sized, **FUNCTIONS}


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
        except BinglianError:
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


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)
    return isinstance(value, int | float | bool | None)


def _asked_of(node: ast.Compare) -> list[ast.expr]:
    """What is asked whether it contains something."""
    pairs = zip(node.ops, node.comparators, strict=True)
    return [side for op, side in pairs if isinstance(op, ast.In | ast.NotIn)]


def _compares_identity(node: ast.Compare) -> bool:
    singletons = all(isinstance(c, ast.Constant) and isinstance(c.value, bool | None) for c in node.comparators)
    return not singletons and any(isinstance(op, ast.Is | ast.IsNot) for op in node.ops)


def parse_quietly(source: str, mode: Literal["eval", "exec"]) -> Any:
    """The syntax tree of a text a person wrote; what Python would warn of is a SyntaxError."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return ast.parse(source, mode=mode)
        except Warning as error:
            raise SyntaxError(str(error)) from error


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
    if isinstance(node, ast.Constant) and not _is_plain(node.value):
        raise _refuse(text, "不允许这种常量", "this kind of constant is not part of the language")
    if isinstance(node, ast.Compare) and _compares_identity(node):
        raise _refuse(text, "is 只能与 None 比较", "“is” compares with None, True and False only")
    if isinstance(node, ast.Call):
        listed = isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS
        if not listed or node.keywords:
            allowed = ", ".join(sorted(FUNCTIONS))
            raise _refuse(text, f"只能调用:{allowed}", f"only these functions may be called: {allowed}")


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """Checks and compiles a condition; raises ExpressionError saying what is not allowed."""
    source = " ".join(text.split("\n")).strip()
    if not source:
        raise _refuse(text, "条件为空", "the condition is empty")
    if len(source) > MAX_LENGTH:
        raise _refuse(text, f"超过 {MAX_LENGTH} 个字符", f"longer than {MAX_LENGTH} characters")
    try:
        tree = parse_quietly(source, "eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _refuse(text, "语法错误", "this is not a valid expression") from error
    if _depth(tree) > MAX_DEPTH:
        raise _refuse(text, "嵌套过深", "nested too deeply")
    asked = {id(side) for node in ast.walk(tree) if isinstance(node, ast.Compare) for side in _asked_of(node)}
    for node in ast.walk(tree):
        _check_node(text, node)
        if isinstance(node, ast.Set) and id(node) not in asked:
            # Its order is another one in every process.
            raise _refuse(text, "集合只能用在 in 的右边", "a set can only stand on the right side of “in”")
    names = frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id not in FUNCTIONS)
    guarded = ast.fix_missing_locations(_Guarded().visit(tree))
    return Expression(source, compile(guarded, "<condition>", "eval"), names)
