"""Expressions of decision tables, compiled to ours when the file is read.

The language is FEEL as ``foreign_feel`` reads it, with names of several words and ``date("…")``; JUEL where the file
says so; of script languages only a name or a constant, which mean the same everywhere.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date

from engine.diagram.dmn_unary import Test, unary_tests, written
from engine.diagram.expression import MAX_LENGTH, Expression, compile_expression
from engine.diagram.foreign_condition import translate_condition
from engine.diagram.foreign_feel import read_feel
from engine.diagram.foreign_tokens import FEEL, MARK, NAME, NUMBER, TEXT, Token, cannot, scan
from engine.errors import DiagramError, ExpressionError, LimitExceeded

MAX_NAME_WORDS = 20
"""Words and marks of a name that expressions can read."""
_OURS = frozenset({"binglian", "urn:binglian:bpmn:1"})
_MARKERS = ("${", "#{")
_Words = tuple[tuple[str, str], ...]


def refuse(code: str, zh: str, en: str, where: str) -> DiagramError:
    """The refusal of a decision, when it is read or when it runs: code ``dmn.…``."""
    return DiagramError(f"dmn.{code}", zh, en, where)


@contextmanager
def placed(where: str) -> Iterator[None]:
    """Says where the expression stands that cannot be compiled or computed."""
    try:
        yield
    except (ExpressionError, LimitExceeded) as error:
        raise type(error)(error.code, error.message_zh, error.message_en, error.where or where) from error


def is_date(text: str) -> bool:
    """Whether this is a day written as ``2026-01-02``."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def aliases_of(names: Iterable[str]) -> dict[str, str]:
    """The names that are not one word, each with the identifier that stands for it."""
    known = set(names)
    taken = set(known)
    found: dict[str, str] = {}
    for name in sorted(known):
        alias = re.sub(r"\W+", "_", name.strip())
        if alias == name:
            continue
        while alias in taken:
            alias += "_"
        taken.add(alias)
        found[name] = alias
    return found


def _words(tokens: list[Token]) -> _Words:
    return tuple((token.kind, token.text) for token in tokens)


def _is_feel(language: str) -> bool:
    return "feel" in re.split(r"[/:#]", language.lower())


def _juel(source: str) -> str:
    text = source.strip()
    return translate_condition(text if text.startswith(_MARKERS) else f"${{{text}}}", None)


class Cells:
    """Compiles the expressions and tests of one file; ``aliases`` are its names of several words."""

    def __init__(self, aliases: Mapping[str, str]) -> None:
        self._names: dict[_Words, str] = {}
        for name, alias in aliases.items():
            try:
                words = scan(name[:MAX_LENGTH], 0, FEEL)[:-1]
            except ExpressionError:
                continue  # no FEEL text can hold this name either
            if 1 < len(words) <= MAX_NAME_WORDS:
                self._names[_words(words)] = alias
        self._lengths: dict[str, list[int]] = {}
        for length, first in sorted({(len(words), words[0][1]) for words in self._names}, reverse=True):
            self._lengths.setdefault(first, []).append(length)

    def value(self, source: str, language: str) -> Expression:
        """An input expression, an output entry or a literal expression; ExpressionError when it cannot be run."""
        if language in _OURS:
            return compile_expression(source)
        feel = _is_feel(language)
        if language.lower() == "juel" or (feel and source.strip().startswith(_MARKERS)):
            return compile_expression(_juel(source))
        tokens = self._tokens(source)
        if not feel and not _is_trivial(tokens):
            raise cannot(language, "不运行脚本;请用 FEEL", "scripts are not run; write the expression in FEEL")
        return compile_expression(read_feel(written(tokens)).text)

    def test(self, source: str, language: str) -> Test | None:
        """An input entry; None when everything passes (``-`` or nothing); ExpressionError when it cannot be run."""
        text = source.strip()
        if text in ("", "-"):
            return None
        if _is_feel(language) and not text.startswith(_MARKERS):
            return unary_tests(self._tokens(text))
        if language in _OURS:
            return Test(compile_expression(text))
        if _is_feel(language) or language.lower() == "juel":
            return Test(compile_expression(_juel(text)))
        raise cannot(language, "不运行脚本;请用 FEEL", "scripts are not run; write the test in FEEL")

    def _tokens(self, source: str) -> list[Token]:
        """The words of a FEEL text; names of several words and dates become one word each."""
        if len(source) > MAX_LENGTH:
            raise cannot(source, f"超过 {MAX_LENGTH} 个字符", f"longer than {MAX_LENGTH} characters")
        left = scan(source, 0, FEEL)[:-1]
        if not left:
            raise cannot("(empty)", "表达式为空", "the expression is empty")
        found: list[Token] = []
        while left:
            property_name = bool(found) and found[-1].kind == MARK and found[-1].text == "."
            length, token = (1, left[0]) if property_name else self._merged(left)
            found.append(token)
            del left[:length]
        return found

    def _merged(self, left: list[Token]) -> tuple[int, Token]:
        """How many tokens the next word takes, and the word."""
        for length in self._lengths.get(left[0].text, []):
            alias = self._names.get(_words(left[:length]))
            if alias is not None:
                return length, Token(NAME, alias, left[0].at)
        if _words(left[:1]) != ((NAME, "date"),) or [token.text for token in left[1:4:2]] != ["(", ")"]:
            return 1, left[0]
        if left[2].kind != TEXT or not is_date(left[2].text):
            raise cannot(f"date({left[2].text})", '请写成 date("2026-01-02")', 'write date("2026-01-02")')
        return 4, left[2]


def _is_trivial(tokens: list[Token]) -> bool:
    """Whether this is one name or constant, which every language writes alike."""
    negative = len(tokens) == 2 and tokens[0].text == "-" and tokens[1].kind == NUMBER
    return negative or (len(tokens) == 1 and tokens[0].kind in (NAME, NUMBER, TEXT))
