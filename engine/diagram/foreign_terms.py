"""Pieces of a translated condition: text in our expression language together with how tightly it binds.

Each function builds a larger piece from smaller ones and puts parentheses exactly where ours needs them. What would
mean something else in our language than in the one it came from is refused here.
"""

import json
import unicodedata
from dataclasses import dataclass, replace
from keyword import iskeyword
from math import isfinite

from engine.diagram.expression import FUNCTIONS, MAX_LENGTH
from engine.diagram.foreign_tokens import NUMBER, TEXT, Token, cannot

CHOICE, OR, AND, NOT, COMPARE, SUM, PRODUCT, SIGN, ATOM = range(9)
"""How tightly a piece binds, loosest first."""
NULL, BOOLEAN = "null", "boolean"
_LITERALS = frozenset({TEXT, NUMBER, BOOLEAN})
_OBJECTS = frozenset({"execution", "delegateExecution", "caseExecution", "authenticatedUserId"})
_LEVELS = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT}


@dataclass(frozen=True)
class Term:
    """A piece: ``kind`` tells literals apart, ``value`` is a string literal's meaning, ``keys`` the path of a name.

    ``opposite`` is what a negated piece negates, so that nothing is negated twice.
    """

    text: str
    level: int = ATOM
    kind: str = ""
    value: str = ""
    base: str = ""
    keys: tuple[str, ...] = ()
    opposite: "Term | None" = None

    def within(self, level: int) -> str:
        """The text as an operand that must bind at least as tightly as ``level``."""
        return self.text if self.level >= level else f"({self.text})"

    @property
    def is_truth(self) -> bool:
        """Whether this can only be true or false."""
        return self.kind == BOOLEAN or self.level in (OR, AND, NOT, COMPARE)


TRUE, FALSE = Term("True", kind=BOOLEAN), Term("False", kind=BOOLEAN)
NOTHING = Term("None", kind=NULL)


def _made(text: str, level: int) -> Term:
    if len(text) > 2 * MAX_LENGTH:
        raise cannot(text, "翻译后过长,请拆成几个网关", "it becomes too long; use several gateways")
    return Term(text, level)


def literal_text(value: str) -> Term:
    """A string; JSON's escapes are also ours."""
    return Term(json.dumps(value, ensure_ascii=False), kind=TEXT, value=value)


def literal_number(written: str) -> Term:
    """A number without leading zeros, which ours does not allow."""
    if written.isdigit():
        return Term(str(int(written)), kind=NUMBER)
    if not isfinite(float(written)):
        raise cannot(written, "数字过大", "the number is too large")
    return Term(repr(float(written)), kind=NUMBER)


def name(token: Token) -> Term:
    """A value by name; names our language uses itself or cannot write are refused."""
    written = token.text
    if written in _OBJECTS:
        raise cannot(
            written, "这里没有引擎对象,条件只读表单字段和 decision",
            'there are no engine objects; conditions read form fields by name and decision["STEP"]',
        )  # fmt: skip
    usable = written.isidentifier() and not iskeyword(written) and not written.startswith("_")
    if not usable or written in FUNCTIONS or unicodedata.normalize("NFKC", written) != written:
        raise cannot(written, "表单字段不能用这个名称,请改名", "a form field cannot have this name; rename the field")
    return Term(written, base=written)


def item(of: Term, key: Term) -> Term:
    """``a.b`` and ``a["b"]`` of a named value."""
    if not of.base:
        raise cannot(of.text, "只有命名的值才有属性", "only a named value has properties")
    return Term(f"{of.text}[{key.text}]", base=of.base, keys=(*of.keys, key.text if key.kind == TEXT else ""))


def _truth_wanted(*terms: Term) -> None:
    for term in terms:
        if term.kind in (TEXT, NUMBER, NULL) or term.level in (SUM, PRODUCT, SIGN):
            raise cannot(term.text, "这里应是能判断真假的条件", "something that is true or false is expected here")


def both(left: Term, right: Term) -> Term:
    """``left and right``."""
    _truth_wanted(left, right)
    return _made(f"{left.within(AND)} and {right.within(NOT)}", AND)


def either(left: Term, right: Term) -> Term:
    """``left or right``."""
    _truth_wanted(left, right)
    return _made(f"{left.within(OR)} or {right.within(AND)}", OR)


def negated(term: Term) -> Term:
    """``not term``."""
    _truth_wanted(term)
    if term.opposite is not None:
        return term.opposite
    made = _made(f"not {term.within(NOT)}", NOT)
    return replace(made, opposite=term) if term.is_truth else made


def choice(condition: Term, yes: Term, no: Term) -> Term:
    """``yes if condition else no``."""
    _truth_wanted(condition)
    return _made(f"{yes.within(OR)} if {condition.within(OR)} else {no.within(CHOICE)}", CHOICE)


def _number_wanted(term: Term, mark: str) -> None:
    if term.kind in (NULL, BOOLEAN) or term.is_truth:
        raise cannot(f"{term.text} {mark}", "这里应是数字", "a number is expected here")


def minus(term: Term) -> Term:
    """``-term``."""
    _number_wanted(term, "-")
    if term.kind == TEXT:
        raise cannot(f"-{term.text}", "这里应是数字", "a number is expected here; write it without quotes")
    return _made(f"-{term.within(SIGN)}", SIGN)


def arithmetic(left: Term, mark: str, right: Term) -> Term:
    """``+ - * /``."""
    for term in (left, right):
        _number_wanted(term, mark)
    level = _LEVELS[mark]
    return _made(f"{left.within(level)} {mark} {right.within(level + 1)}", level)


def remainder(left: Term, right: Term) -> Term:
    """Java's ``%``, whose sign is the left side's; Python's is the right side's."""
    for term in (left, right):
        _number_wanted(term, "%")
    below = right.text if right.kind == NUMBER else f"abs({right.text})"
    sign = f"(1 if {left.within(SUM)} >= 0 else -1)"
    return _made(f"abs({left.text}) % {below} * {sign}", PRODUCT)


def compared(left: Term, mark: str, right: Term) -> Term:
    """``== != < <= > >=``; never a chain, and a comparison with null is a test of presence."""
    if NULL in (left.kind, right.kind):
        return _null_test(left, mark, right)
    if mark not in ("==", "!=") and (left.is_truth or right.is_truth):
        raise cannot(f"{left.text} {mark} {right.text}", "是与否不分大小", "true and false have no order")
    if left.kind in _LITERALS and right.kind in _LITERALS and left.kind != right.kind:
        raise cannot(f"{left.text} {mark} {right.text}", "比较的是两个常量", "this compares two constants")
    return _made(f"{left.within(SUM)} {mark} {right.within(SUM)}", COMPARE)


def one_of(term: Term, options: list[Term]) -> Term:
    """``term in (a, b)``; a single option is an equality."""
    if any(option.kind == NULL for option in options):
        raise cannot("null", *_NO_NULL)
    if len(options) == 1:
        return compared(term, "==", options[0])
    return _made(f"{term.within(SUM)} in ({', '.join(option.text for option in options)})", COMPARE)


def between(term: Term, low: Term, high: Term, marks: tuple[str, str] = ("<=", "<=")) -> Term:
    """``low <= term <= high``."""
    for bound in (low, term, high):
        if bound.is_truth or bound.kind == NULL:
            raise cannot(bound.text, "是与否不分大小", "only numbers and texts have an order")
    return _made(f"{low.within(SUM)} {marks[0]} {term.within(SUM)} {marks[1]} {high.within(SUM)}", COMPARE)


_NO_NULL = (
    "未填写的字段在这里没有值,也无法判断有无;请在 forms/application.toml 中设为必填(或增加“无”选项)后再比较",
    "a blank field has no value here and cannot be tested for; make it required in forms/application.toml (or give it "
    'a choice such as "none") and compare with that',
)


def _null_test(left: Term, mark: str, right: Term) -> Term:
    other = right if left.kind == NULL else left
    if mark not in ("==", "!="):
        raise cannot(f"{mark} null", "null 不分大小", "null has no order")
    there = present(other)
    return there if mark == "!=" else negated(there)


def present(term: Term) -> Term:
    """Whether ``a["b"]`` is there and not null. Only a path can be asked: a missing name stops every condition."""
    if not term.keys or not all(term.keys):
        raise cannot(f"{term.text} == null", *_NO_NULL)
    tests, prefix = [], term.base
    for key in term.keys:
        tests.append(f"{key} in {prefix}")
        prefix += f"[{key}]"
        tests.append(f"{prefix} is not None")
    return _made(" and ".join(tests), AND)


def empty(term: Term) -> Term:
    """JUEL's ``empty``: null, the empty text, list or map; only of a path, like ``present``."""
    if not term.keys or not all(term.keys):
        raise cannot(f"empty {term.text}", *_NO_NULL)
    there = present(term)
    return negated(_made(f'{there.text} and {term.text} not in ("", [], {{}})', AND))
