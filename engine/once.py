"""A property that is worked out once and kept: ``functools.cached_property`` as of Python 3.12, without a lock.

What it gives must not depend on when it is asked, so two threads that ask at once get equal values.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

Value = TypeVar("Value")


class once(Generic[Value]):
    """Keeps the value in the ``__dict__`` of the object, under the name of the property."""

    def __init__(self, work: Callable[[Any], Value]) -> None:
        self._work = work
        self._name = work.__name__
        self.__doc__ = work.__doc__

    @overload
    def __get__(self, of: None, kind: type) -> "once[Value]": ...

    @overload
    def __get__(self, of: object, kind: type) -> Value: ...

    def __get__(self, of: object | None, kind: type) -> "once[Value] | Value":
        if of is None:
            return self
        value = of.__dict__[self._name] = self._work(of)
        return value
