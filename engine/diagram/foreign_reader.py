"""What the readers of JUEL and FEEL share: walking along the tokens, operators by rank, and a bound on nesting."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from engine.diagram.foreign_terms import Term
from engine.diagram.foreign_tokens import END, MARK, NAME, Token, cannot
from engine.errors import ExpressionError

MAX_NESTING = 40
Operator = tuple[int, Callable[[Term, Term], Term]]


class Reader:
    """Recursive descent over a list of tokens; every refusal names the part it stopped at."""

    operators: ClassVar[Mapping[str, Operator]] = {}
    """Rank (higher binds tighter) and meaning of each binary operator that groups to the left."""
    instead: ClassVar[Mapping[str, str]] = {}
    """What to write for a mark that this engine does not have."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._index = 0
        self._nesting = 0

    @property
    def token(self) -> Token:
        """The token to read next."""
        return self._tokens[self._index]

    def ahead(self, count: int) -> Token:
        """A later token, or the end."""
        return self._tokens[min(self._index + count, len(self._tokens) - 1)]

    def left(self) -> int:
        """How many tokens are still to be read, with the end."""
        return len(self._tokens) - self._index

    def take(self) -> Token:
        """Reads one token; the end is never passed."""
        token = self.token
        if token.kind != END:
            self._index += 1
        return token

    def is_next(self, *words: str) -> bool:
        """Whether the next token is one of these marks or words (a string never is)."""
        return self.token.kind in (MARK, NAME) and self.token.text in words

    def accept(self, *words: str) -> bool:
        """Reads the next token when it is one of ``words``."""
        found = self.is_next(*words)
        if found:
            self._index += 1
        return found

    def expect(self, word: str) -> None:
        """Reads ``word`` or refuses."""
        if not self.accept(word):
            raise self.unexpected(word)

    def unexpected(self, wanted: str = "") -> ExpressionError:
        """The refusal of the token to read next."""
        part = self.token.text if self.token.kind != END else "(end)"
        if wanted:
            return cannot(part, f"这里应是“{wanted}”", f"{wanted!r} is expected here")
        if part in self.instead:
            return cannot(part, f"请改写为:{self.instead[part]}", f"write {self.instead[part]}")
        return cannot(part, "这里不能这样写", "this is not expected here")

    def expression(self) -> Term:
        """One whole expression; what starts it depends on the language."""
        raise NotImplementedError

    def unary(self) -> Term:
        """One operand with its signs."""
        raise NotImplementedError

    def binary(self, rank: int = 0) -> Term:
        """Operands joined by operators of at least this rank."""
        left = self.nested(self.unary)
        while self.token.kind in (MARK, NAME) and self.token.text in self.operators:
            found, combine = self.operators[self.token.text]
            if found < rank:
                break
            self.take()
            left = combine(left, self.binary(found + 1))
        return left

    def nested(self, read: Callable[[], Term]) -> Term:
        """Reads something inside something else, up to ``MAX_NESTING`` deep."""
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise cannot(self.token.text, "嵌套过深,请拆成几个网关", "nested too deeply; use several gateways")
        term = read()
        self._nesting -= 1
        return term

    def whole(self) -> Term:
        """The expression that all the tokens make."""
        term = self.expression()
        if self.token.kind != END:
            raise self.unexpected()
        return term
