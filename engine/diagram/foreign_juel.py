"""Conditions of Camunda 7, Operaton, Flowable and Activiti: ``${…}`` in JUEL, the expression language of Jakarta EE."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from engine.diagram import foreign_terms as terms
from engine.diagram.foreign_reader import Operator, Reader
from engine.diagram.foreign_terms import Term
from engine.diagram.foreign_tokens import END, JUEL, MARK, NAME, NUMBER, TEXT, Token, cannot, scan

_CONSTANTS = {"true": terms.TRUE, "false": terms.FALSE, "null": terms.NOTHING}
_METHODS = {
    "equals": "a == b",
    "contains": "b in a",
    "size": "len(a)",
    "length": "len(a)",
    "isEmpty": "len(a) == 0",
}
"""What to write in our language instead of the methods people call most."""


def _compare(mark: str) -> Callable[[Term, Term], Term]:
    return lambda left, right: terms.compared(left, mark, right)


def _readings(term: Term) -> str:
    """Both readings of a quoted number or truth value: JUEL turns it into what it is compared with."""
    if term.value in ("true", "false"):
        return f"({term.text}, {term.value.capitalize()})"
    whole, _, fraction = term.value.partition(".")
    digits = (whole.removeprefix("-") + fraction).isascii() and (whole.removeprefix("-") + fraction).isdigit()
    if not digits or not whole.removeprefix("-") or term.value.endswith("."):
        return ""
    number = terms.literal_number(term.value.removeprefix("-")).text
    return f"({term.text}, {'-' if term.value.startswith('-') else ''}{number})"


def _equal(mark: str, word: str) -> Callable[[Term, Term], Term]:
    def combine(left: Term, right: Term) -> Term:
        quoted, other = (left, right) if left.kind == TEXT else (right, left)
        readings = _readings(quoted) if quoted.kind == TEXT and not other.kind else ""
        if readings:
            return Term(f"{other.within(terms.SUM)} {word} {readings}", terms.COMPARE)
        return terms.compared(left, mark, right)

    return combine


def _arithmetic(mark: str) -> Callable[[Term, Term], Term]:
    def combine(left: Term, right: Term) -> Term:
        for term in (left, right):
            if term.kind == TEXT:
                raise cannot(
                    f"{mark} {term.text}", "JUEL 不用它连接文字;数字不要加引号",
                    "JUEL does not join texts with it; write a number without quotes",
                )  # fmt: skip
        return terms.remainder(left, right) if mark == "%" else terms.arithmetic(left, mark, right)

    return combine


class _JuelReader(Reader):
    operators: ClassVar[Mapping[str, Operator]] = {
        **dict.fromkeys(("||", "or"), (1, terms.either)),
        **dict.fromkeys(("&&", "and"), (2, terms.both)),
        **dict.fromkeys(("==", "eq"), (3, _equal("==", "in"))),
        **dict.fromkeys(("!=", "ne"), (3, _equal("!=", "not in"))),
        **dict.fromkeys(("<", "lt"), (4, _compare("<"))),
        **dict.fromkeys(("<=", "le"), (4, _compare("<="))),
        **dict.fromkeys((">", "gt"), (4, _compare(">"))),
        **dict.fromkeys((">=", "ge"), (4, _compare(">="))),
        "+": (5, _arithmetic("+")),
        "-": (5, _arithmetic("-")),
        "*": (6, _arithmetic("*")),
        **dict.fromkeys(("/", "div"), (6, _arithmetic("/"))),
        **dict.fromkeys(("%", "mod"), (6, _arithmetic("%"))),
    }

    instead: ClassVar[Mapping[str, str]] = {
        "=": "==",
        "+=": "==",
        "->": "a comparison of fields",
        ";": "&&",
        "instanceof": "a comparison with a value",
    }

    def expression(self) -> Term:
        condition = self.binary()
        if not self.accept("?"):
            return condition
        yes = self.nested(self.expression)
        self.expect(":")
        return terms.choice(condition, yes, self.nested(self.expression))

    def unary(self) -> Term:
        if self.accept("!", "not"):
            return terms.negated(self.nested(self.unary))
        if self.accept("-"):
            return terms.minus(self.nested(self.unary))
        if self.accept("empty"):
            return terms.empty(self.nested(self.unary))
        return self._path(self._atom())

    def _atom(self) -> Term:
        if self.accept("("):
            inside = self.nested(self.expression)
            self.expect(")")
            return inside
        token = self.take()
        if token.kind == TEXT:
            return terms.literal_text(token.text)
        if token.kind == NUMBER:
            return terms.literal_number(token.text)
        if token.kind == NAME:
            return self._named(token)
        raise cannot(
            token.text or "(end)", "这里应是字段、数字、文字或括号",
            "a field, a number, a text or a parenthesis is expected here",
        )  # fmt: skip

    def _named(self, token: Token) -> Term:
        if token.text in _CONSTANTS:
            return _CONSTANTS[token.text]
        if token.text in self.operators or token.text == "instanceof":
            raise cannot(token.text, "这里应是字段或值", "a field or a value is expected here")
        if self.is_next("("):
            raise self._function(token.text)
        if self.is_next(":") and self.ahead(1).kind == NAME and self.ahead(2).text == "(":
            raise self._function(f"{token.text}:{self.ahead(1).text}")
        if token.text == "execution" and self._reads_variable():
            return self._variable()
        return terms.name(token)

    def _function(self, called: str) -> Exception:
        return cannot(
            f"{called}(...)", "不能调用函数;直接写字段名比较,如 floor_area > 50",
            "functions cannot be called; compare fields by name, such as floor_area > 50",
        )  # fmt: skip

    def _reads_variable(self) -> bool:
        shape = [self.ahead(n) for n in range(5)]
        wanted = [".", "getVariable", "(", None, ")"]
        return shape[3].kind == TEXT and all(w in (None, t.text) for w, t in zip(wanted, shape, strict=True))

    def _variable(self) -> Term:
        token = self.ahead(3)
        for _ in range(5):
            self.take()
        return terms.name(Token(NAME, token.text, token.at))

    def _path(self, term: Term) -> Term:
        while True:
            if self.accept("."):
                term = self._property(term)
            elif self.accept("["):
                key = self.nested(self.expression)
                self.expect("]")
                term = terms.item(term, key)
            else:
                return term

    def _property(self, term: Term) -> Term:
        key = self.take()
        if key.kind != NAME:
            raise cannot(key.text or "(end)", "点号后应是属性名", "the name of a property is expected after the dot")
        if self.is_next("("):
            instead = _METHODS.get(key.text, "a comparison of fields")
            raise cannot(
                f".{key.text}(...)", f"不能调用方法;改写为 {instead}", f"methods cannot be called; write {instead}"
            )
        return terms.item(term, terms.literal_text(key.text))


def read_juel(source: str) -> Term:
    """The meaning of ``${…}`` or ``#{…}`` around a whole condition."""
    tokens = scan(source, 2, JUEL)
    closing = tokens[-2] if len(tokens) > 1 else tokens[-1]
    if closing.kind != MARK or closing.text != "}":
        raise cannot(source, "缺少结尾的“}”", "the closing '}' is missing")
    if tokens[-1].at < len(source):
        rest = source[tokens[-1].at :].strip()
        raise cannot(rest, "整个条件只能写在一个 ${…} 里", "write the whole condition inside one ${...}")
    return _JuelReader([*tokens[:-2], Token(END, "", closing.at)]).whole()
