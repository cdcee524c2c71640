"""Conditions of Camunda 8 (Zeebe): FEEL, the expression language of the DMN standard, after a leading ``=``."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from engine.diagram import foreign_terms as terms
from engine.diagram.foreign_reader import Operator, Reader
from engine.diagram.foreign_terms import Term
from engine.diagram.foreign_tokens import END, FEEL, MARK, NAME, NUMBER, TEXT, Token, cannot, scan

_CONSTANTS = {"true": terms.TRUE, "false": terms.FALSE, "null": terms.NOTHING}
_ORDER = ("<", "<=", ">", ">=")
_WORDS = frozenset({"and", "or", "in", "between", "then", "else"})
_REFUSED = frozenset({"if", "some", "every", "for", "function", "return", "satisfies", "instance"})


def _arithmetic(mark: str) -> Callable[[Term, Term], Term]:
    return lambda left, right: terms.arithmetic(left, mark, right)


class _FeelReader(Reader):
    operators: ClassVar[Mapping[str, Operator]] = {
        "+": (1, _arithmetic("+")),
        "-": (1, _arithmetic("-")),
        "*": (2, _arithmetic("*")),
        "/": (2, _arithmetic("/")),
    }

    instead: ClassVar[Mapping[str, str]] = {
        "==": "=",
        "**": "a product",
        "[": "a.b instead of filters",
        "instance": "a comparison with a value",
        "?": "the name of the field",
    }

    def expression(self) -> Term:
        if not self.accept("if"):
            return self._any()
        condition = self.nested(self.expression)
        self.expect("then")
        yes = self.nested(self.expression)
        self.expect("else")
        return terms.choice(condition, yes, self.nested(self.expression))

    def _any(self) -> Term:
        left = self._all()
        while self.accept("or"):
            left = terms.either(left, self._all())
        return left

    def _all(self) -> Term:
        left = self._comparison()
        while self.accept("and"):
            left = terms.both(left, self._comparison())
        return left

    def _comparison(self) -> Term:
        left = self.binary()
        if self.is_next("=", "!=", *_ORDER):
            mark = self.take().text
            return terms.compared(left, "==" if mark == "=" else mark, self.binary())
        if self.accept("between"):
            low = self.binary()
            self.expect("and")
            return terms.between(left, low, self.binary())
        return self._tests(left) if self.accept("in") else left

    def _tests(self, left: Term) -> Term:
        """What follows ``in``: a list, a range, a comparison, or several of them in parentheses."""
        ranged = self._is_range()
        if self.is_next("[") and not ranged:
            self.take()
            found = terms.one_of(left, self._list())
            self.expect("]")
            return found
        if not self.is_next("(") or ranged:
            return self._test(left)
        self.take()
        found = self._test(left)
        while self.accept(","):
            found = terms.either(found, self._test(left))
        self.expect(")")
        return found

    def _test(self, left: Term) -> Term:
        """One range, one comparison, or constants in a row."""
        if self.is_next(*_ORDER):
            mark = self.take().text
            return terms.compared(left, mark, self.binary())
        if self.is_next("[", "]", "("):
            return self._range(left)
        return terms.one_of(left, self._list())

    def _list(self) -> list[Term]:
        """Constants until something else follows the comma."""
        found = [self._option()]
        while self.is_next(",") and self.ahead(1).text not in ("[", "]", "(", *_ORDER):
            self.take()
            found.append(self._option())
        return found

    def _option(self) -> Term:
        value = self.binary()
        if value.base:
            raise cannot(
                f"in {value.text}", "请写出列表或区间,如 in (1, 2) 或 in [1..5]",
                "write the list or range itself, such as in (1, 2) or in [1..5]",
            )  # fmt: skip
        return value

    def _is_range(self) -> bool:
        """Whether the bracket ahead holds ``..`` before it closes."""
        depth = 0
        for count in range(self.left()):
            token = self.ahead(count)
            if token.kind != MARK:
                continue
            if depth == 1 and token.text == "..":
                return True
            depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
            if depth <= 0:
                return count == 0 and token.text == "]"
        return False

    def _range(self, left: Term) -> Term:
        opening = self.take().text
        low = self.binary()
        self.expect("..")
        high = self.binary()
        if not self.is_next("]", ")", "["):
            raise self.unexpected("]")
        closing = self.take().text
        marks = ("<=" if opening == "[" else "<", "<=" if closing == "]" else "<")
        return terms.between(left, low, high, marks)

    def unary(self) -> Term:
        if self.accept("-"):
            return terms.minus(self.nested(self.unary))
        if self.accept("not"):
            return terms.negated(self._inside())
        if self.is_next("("):
            return self._inside()
        token = self.take()
        if token.kind == TEXT:
            return terms.literal_text(token.text)
        if token.kind == NUMBER:
            return terms.literal_number(token.text)
        if token.kind == NAME and token.text not in _WORDS | _REFUSED:
            return self._named(token)
        raise self._not_a_value(token)

    def _inside(self) -> Term:
        self.expect("(")
        inside = self.nested(self.expression)
        self.expect(")")
        return inside

    def _not_a_value(self, token: Token) -> Exception:
        if token.text in ("[", "{", "@", *_REFUSED):
            return cannot(
                token.text, "不支持列表、上下文、日期和循环;列表只能写在 in 之后",
                "lists, contexts, dates and loops are not supported; a list may only follow in",
            )  # fmt: skip
        return cannot(
            token.text or "(end)", "这里应是字段、数字、文字或括号",
            "a field, a number, a text or a parenthesis is expected here",
        )  # fmt: skip

    def _named(self, token: Token) -> Term:
        if token.text in _CONSTANTS:
            return _CONSTANTS[token.text]
        if self.is_next("("):
            raise cannot(
                f"{token.text}(...)", "不能调用函数;直接写字段名比较,如 floor_area > 50",
                "functions cannot be called; compare fields by name, such as floor_area > 50",
            )  # fmt: skip
        if self.token.kind == NAME and self.token.text not in _WORDS | _REFUSED:
            raise cannot(
                f"{token.text} {self.token.text}", "字段名不能有空格,请改名",
                "a field's name has no spaces; rename the field and write it as one word",
            )  # fmt: skip
        term = terms.name(token)
        while self.accept("."):
            term = self._property(term)
        if self.is_next("["):
            raise cannot(f"{term.text}[", "不支持筛选", "filters are not supported; compare fields by name")
        return term

    def _property(self, term: Term) -> Term:
        key = self.take()
        if key.kind != NAME:
            raise cannot(key.text or "(end)", "点号后应是属性名", "the name of a property is expected after the dot")
        return terms.item(term, terms.literal_text(key.text))


def read_feel(source: str) -> Term:
    """The meaning of a FEEL expression, with or without its leading ``=``."""
    tokens = scan(source, 1 if source.startswith("=") else 0, FEEL)
    if tokens[0].kind == END:
        raise cannot(source, "条件为空", "the condition is empty")
    return _FeelReader(tokens).whole()
