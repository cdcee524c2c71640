"""Words and marks of conditions written for other engines, one scanner for JUEL and FEEL.

The scanner looks at each character once and knows nothing of meaning; what it cannot read it refuses by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import ExpressionError

NAME, NUMBER, TEXT, MARK, END = "name", "number", "text", "mark", "end"
_DIGITS = frozenset("0123456789")
_HEX = frozenset("0123456789abcdefABCDEF")


@dataclass(frozen=True)
class Dialect:
    """How a language writes its marks (longest first), its strings and what a backslash may stand before."""

    name: str
    marks: tuple[str, ...]
    quotes: str
    escapes: Mapping[str, str]


JUEL = Dialect(
    "JUEL",
    ("&&", "||", "==", "!=", "<=", ">=", "->", "+=", *"<>!+-*/%?:()[].,{}=;"),
    "'\"",
    {"\\": "\\", "'": "'", '"': '"'},
)
FEEL = Dialect(
    "FEEL",
    ("**", "..", "==", "!=", "<=", ">=", "->", *"<>=+-*/()[].,{}:@?|;"),
    '"',
    {"\\": "\\", "'": "'", '"': '"', "n": "\n", "r": "\r", "t": "\t"},
)


@dataclass(frozen=True)
class Token:
    """One word or mark; ``text`` is what was written, for a string what it means."""

    kind: str
    text: str
    at: int


def cannot(part: str, zh: str, en: str) -> ExpressionError:
    """The refusal of one part of a condition, saying what to write instead."""
    shown = part if len(part) <= 60 else part[:57] + "..."
    return ExpressionError("expression.foreign", f"无法翻译“{shown}”:{zh}", f"{shown!r} cannot be translated: {en}")


def scan(source: str, at: int, dialect: Dialect) -> list[Token]:
    """The tokens of ``source`` from ``at`` on, with an end token; for JUEL up to its closing brace only."""
    scanner = _Scanner(source, at, dialect)
    while scanner.step():
        pass
    scanner.add(END, "", scanner.at)
    return scanner.tokens


class _Scanner:
    def __init__(self, source: str, at: int, dialect: Dialect) -> None:
        self.source, self.at, self.dialect = source, at, dialect
        self.tokens: list[Token] = []

    def add(self, kind: str, text: str, end: int) -> None:
        self.tokens.append(Token(kind, text, self.at))
        self.at = end

    def step(self) -> bool:
        """Reads one token; False at the end."""
        while self.source[self.at : self.at + 1].isspace():
            self.at += 1
        first = self.source[self.at : self.at + 1]
        if not first:
            return False
        if self._number_starts(first):
            self._number()
        elif first == "$" or first.isidentifier():
            self._name()
        elif first in self.dialect.quotes:
            self._text(first)
        else:
            return self._mark(first)
        return True

    def _number_starts(self, first: str) -> bool:
        if first in _DIGITS:
            return True
        last = self.tokens[-1] if self.tokens else Token(MARK, "(", 0)
        follows_value = last.kind in (NAME, NUMBER, TEXT) or last.text in ")]"
        return first == "." and self.source[self.at + 1 : self.at + 2] in _DIGITS and not follows_value

    def _digits(self, at: int) -> int:
        while self.source[at : at + 1] in _DIGITS:
            at += 1
        return at

    def _number(self) -> None:
        end = self._digits(self.at)
        if self.source[end : end + 1] == "." and self.source[end + 1 : end + 2] in _DIGITS:
            end = self._digits(end + 1)
        if self.source[end : end + 1] in ("e", "E"):
            sign = 1 if self.source[end + 1 : end + 2] in ("+", "-") else 0
            power = self._digits(end + 1 + sign)
            end = power if power > end + 1 + sign else end
        self.add(NUMBER, self.source[self.at : end], end)

    def _name(self) -> None:
        end = self.at + 1
        while self.source[end : end + 1] and (self.source[end] == "$" or ("a" + self.source[end]).isidentifier()):
            end += 1
        self.add(NAME, self.source[self.at : end], end)

    def _text(self, quote: str) -> None:
        pieces: list[str] = []
        end = self.at + 1
        while (here := self.source[end : end + 1]) != quote:
            if not here:
                raise cannot(self.source[self.at :], "字符串没有结束", "the string does not end")
            piece, end = self._escape(end) if here == "\\" else (here, end + 1)
            pieces.append(piece)
        self.add(TEXT, "".join(pieces), end + 1)

    def _escape(self, at: int) -> tuple[str, int]:
        letter = self.source[at + 1 : at + 2]
        if letter in self.dialect.escapes:
            return self.dialect.escapes[letter], at + 2
        code = self.source[at + 2 : at + 6]
        if self.dialect is FEEL and letter == "u" and len(code) == 4 and _HEX.issuperset(code):
            return chr(int(code, 16)), at + 6
        raise cannot("\\" + letter, "不认识这种转义", "this escape is not known; write the character itself")

    def _mark(self, first: str) -> bool:
        if first == "{" and self.dialect is JUEL:
            # Refused here, so that the next closing brace is always the condition's own.
            raise cannot("{", "不支持集合和映射", "sets and maps are not supported; compare with one value at a time")
        for mark in self.dialect.marks:
            if self.source.startswith(mark, self.at):
                self.add(MARK, mark, self.at + len(mark))
                return not (mark == "}" and self.dialect is JUEL)
        raise cannot(first, "不认识这个符号", f"this character is not part of {self.dialect.name}")
