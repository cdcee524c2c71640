"""Input cells of decision tables: unary tests of FEEL (DMN 1.3, section 7.3.1, grammar rules 7 to 18).

Each test is said as a condition on one value, in words ``foreign_feel`` reads. Null and truth values pass neither
``< 5`` nor ``not(< 5)``: in FEEL they have no order, so both are null, and null is not true.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from itertools import accumulate
from typing import Any

from engine.diagram import foreign_terms as terms
from engine.diagram.expression import Expression, compile_expression
from engine.diagram.foreign_feel import read_feel
from engine.diagram.foreign_terms import Term
from engine.diagram.foreign_tokens import MARK, NAME, TEXT, Token, cannot
from engine.errors import ExpressionError

INPUT = "cellInput"
"""What a cell calls the value it tests (``?`` in FEEL); Camunda's name, so JUEL cells may use it."""

_INPUT = Term(INPUT, base=INPUT)
_THERE = Term(f"{INPUT} is not None", terms.COMPARE)
_NO_TRUTH = Term(f"{INPUT} is not True and {INPUT} is not False", terms.AND)
_ORDER = ("<", "<=", ">", ">=")
_CONSTANT, _ORDERED, _PLAIN = "constant", "ordered", "plain"


@dataclass(frozen=True)
class Test:
    """A compiled input cell.

    ``constants`` are the values it compares with, in the order written; ``listed`` says that it is nothing but a list
    of them; ``null`` that it asks for an absent value.
    """

    expression: Expression
    constants: tuple[Any, ...] = ()
    listed: bool = False
    null: bool = False

    def holds(self, scope: Mapping[str, Any]) -> bool:
        """Whether the value that ``scope`` has as ``INPUT`` passes; ExpressionError when that cannot be said."""
        found = self.expression.evaluate(scope)
        if not isinstance(found, bool):
            text = self.expression.text
            raise ExpressionError("dmn.not_truth", f"“{text}”的结果不是真或假", f"{text!r} is neither true nor false")
        return found


@dataclass(frozen=True)
class _Option:
    """What stands between two commas: a constant to be equal to, a test of order, or any other test."""

    kind: str
    term: Term
    constants: tuple[Any, ...] = ()


def written(tokens: list[Token]) -> str:
    """Tokens as FEEL text again."""
    return " ".join(terms.literal_text(t.text).text if t.kind == TEXT else t.text for t in tokens)


def unary_tests(tokens: list[Token]) -> Test:
    """The meaning of an input cell; raises ExpressionError naming the part that cannot be translated."""
    # A question mark is only a mark; as a name it can be read like any other.
    tokens = [replace(token, kind=NAME, text=INPUT) if _is(token, "?") else token for token in tokens]
    opposite = _is_opposite(tokens)
    options = [_option(part) for part in _parts(tokens[2:-1] if opposite else tokens)]
    term = _none_of(options) if opposite else _any_of(options)
    constants = [value for option in options for value in option.constants]
    null = None in constants
    return Test(
        compile_expression(term.text),
        tuple(value for value in constants if value is not None),
        listed=not opposite and not null and len(constants) == len(options),
        null=null,
    )


def _is(token: Token, *marks: str) -> bool:
    return token.kind == MARK and token.text in marks


def _deeper(token: Token) -> int:
    return _is(token, "(") - _is(token, ")")


def _is_opposite(tokens: list[Token]) -> bool:
    """Whether ``not(…)`` encloses everything, and not just the first of several things."""
    if len(tokens) < 3 or tokens[0].text != "not" or not _is(tokens[1], "(") or not _is(tokens[-1], ")"):
        return False
    for part in _parts(tokens[2:-1]):
        rest = part[_range_end(part, 0) :]
        if min(accumulate(map(_deeper, rest), initial=0)) < 0:
            return False
    return True


def _range_end(tokens: list[Token], start: int) -> int:
    """After the range that begins at ``start``; ``start`` when none does. Brackets may point outward: ``]1..5[``."""
    dots, depth = False, 0
    for at in range(start + 1, len(tokens) if _is(tokens[start], "[", "]", "(") else 0):
        token = tokens[at]
        if depth == 0 and _is(token, "]", "[", ")", ","):
            return at + 1 if dots and token.text != "," else start
        dots = dots or (depth == 0 and _is(token, ".."))
        depth += _deeper(token)
    return start


def _parts(tokens: list[Token]) -> Iterator[list[Token]]:
    """The tests between the commas."""
    start = 0
    while start <= len(tokens):
        end, depth = _range_end(tokens, start) if start < len(tokens) else start, 0
        while end < len(tokens) and not (depth == 0 and _is(tokens[end], ",")):
            depth += _deeper(tokens[end])
            end += 1
        if end == start:
            raise cannot(",", "逗号前后应各有一个条件", "a test is expected before and after a comma")
        yield tokens[start:end]
        start = end + 1


def _option(part: list[Token]) -> _Option:
    text = written(part)
    if _is(part[0], *_ORDER) or _range_end(part, 0):
        return _Option(_ORDERED, read_feel(f"{INPUT} in ({text})"))
    if any(token.kind == NAME and token.text == INPUT for token in part):
        return _Option(_PLAIN, _condition(part, text))
    if len(part) == 1 and part[0].kind == TEXT:
        return _Option(_CONSTANT, terms.literal_text(part[0].text), (part[0].text,))
    term = read_feel(text)
    if term.kind == terms.NULL:
        return _Option(_PLAIN, Term(f"{INPUT} is None", terms.COMPARE), (None,))
    if term.kind == terms.BOOLEAN:
        return _Option(_PLAIN, Term(f"{INPUT} is {term.text}", terms.COMPARE), (term.text == "True",))
    if term.is_truth:
        return _Option(_PLAIN, term)
    expression = compile_expression(term.text)
    if expression.names:
        return _Option(_PLAIN, terms.compared(_INPUT, "==", term))
    return _Option(_CONSTANT, term, (expression.evaluate({}),))


def _condition(part: list[Token], text: str) -> Term:
    """A test that says ``?`` itself."""
    if any(token.kind == NAME and token.text == "null" for token in part):
        raise cannot("? = null", "请写成 null 或 not(null)", "write null or not(null) as a test of its own")
    term = read_feel(text)
    if not term.is_truth and term.level != terms.ATOM:
        raise cannot(text, "这里应是能判断真假的条件", "something that is true or false is expected here")
    return term


def _terms(options: list[_Option], kind: str) -> list[Term]:
    return [option.term for option in options if option.kind == kind]


def _has_numbers(options: list[_Option]) -> bool:
    """Whether a constant is a number: Python would take ``True`` for 1."""
    return any(not isinstance(option.constants[0], str) for option in options if option.kind == _CONSTANT)


def _any_of(options: list[_Option]) -> Term:
    found, ordered, values = (_terms(options, kind) for kind in (_PLAIN, _ORDERED, _CONSTANT))
    if values:
        row = terms.one_of(_INPUT, values)
        found.append(terms.both(_NO_TRUTH, row) if _has_numbers(options) else row)
    if ordered:
        found.append(terms.both(terms.both(_THERE, _NO_TRUTH), reduce(terms.either, ordered)))
    return reduce(terms.either, found)


def _none_of(options: list[_Option]) -> Term:
    found, ordered, values = (_terms(options, kind) for kind in (_PLAIN, _ORDERED, _CONSTANT))
    found += [*([terms.one_of(_INPUT, values)] if values else []), *ordered]
    term = terms.negated(reduce(terms.either, found))
    if ordered or _has_numbers(options):
        term = terms.both(_NO_TRUTH, term)
    return terms.both(_THERE, term) if ordered else term
