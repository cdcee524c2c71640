"""Running drawings: every scenario runs straight, and again with dump and restore between all calls.

A scenario takes the fixture ``begin`` (``tests/scenarios/conftest.py``), which has the parameters ``straight`` and
``restored``, and starts what it needs with it; several plays at once are fine:

>>> def test_one_task(begin):
...     play = begin(drawing(start(), users("a"), end(), flows("s > a > e")), data={"n": 1})
...     assert play.open == ["a"]
...     play.do("a", n=2)
...     play.ended("s a e", {"n": 2})

``begin`` takes the bytes of one file, or a mapping of file names to bytes, and the keywords of ``Run``. Tasks are named
by their element, an instance of a loop by ``element[number]``.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from engine.errors import BinglianError
from engine.runtime.standalone import Run


class Play:
    """One run; when ``restored`` is set every call is made on a run restored from the dump of the one before."""

    def __init__(self, restored: bool, sources: bytes | Mapping[str, bytes], **keywords: Any) -> None:
        self._restored = restored
        self._sources = {"p.bpmn": sources} if isinstance(sources, bytes) else dict(sources)
        self._run = Run(self._sources, **keywords)
        self._again = {key: value for key, value in keywords.items() if key != "data"}

    @property
    def run(self) -> Run:
        """The run to make the next call on."""
        if self._restored:
            self._run = Run.restore(self._run.dump(), self._sources, **self._again)
        return self._run

    # What is there

    @property
    def open(self) -> list[str]:
        """The tasks that are offered, oldest first."""
        return [t.element if t.instance is None else f"{t.element}[{t.instance}]" for t in self.run.ready()]

    @property
    def sorted(self) -> list[str]:
        """The tasks that are offered, by name: for branches that open at one moment, whose order means nothing."""
        return sorted(self.open)

    @property
    def done(self) -> list[str]:
        """The elements that completed, in the order of happening."""
        return [element for element, event in self.run.trace if event == "completed"]

    @property
    def cancelled(self) -> list[str]:
        """The elements that were cancelled."""
        return [element for element, event in self.run.trace if event == "cancelled"]

    @property
    def data(self) -> dict[str, Any]:
        """The values of the process."""
        return self.run.data

    @property
    def finished(self) -> bool:
        """No live token is left."""
        return self.run.finished

    @property
    def waiting(self) -> list[str]:
        """The elements that wait for an event, by name."""
        return sorted(self.run.waiting())

    def state(self) -> tuple[Any, ...]:
        """Everything that can be seen of the run."""
        run = self.run
        return run.ready(), list(run.trace), run.data, run.finished, run.failed, sorted(run.waiting())

    # What happens

    def id_of(self, label: str) -> str:
        """The id of the oldest offered task with this label (``a``, ``a[2]``)."""
        name, _, number = label.rstrip("]").partition("[")
        instance = int(number) if number else None
        found = [t.id for t in self.run.ready() if t.element == name and (not number or t.instance == instance)]
        assert found, f"{label} is not offered, but {self.open}"
        return found[0]

    def do(self, *labels: str, **data: Any) -> None:
        """Completes the offered tasks one after the other, each with this data."""
        for label in labels:
            task = self.id_of(label)
            self.run.complete(task, data)

    def message(self, name: str, payload: Any = None, correlation: Any = None) -> bool:
        """Sends a message from outside."""
        return self.run.message(name, payload, correlation)

    def signal(self, name: str, payload: Any = None) -> int:
        """Sends a signal from outside."""
        return self.run.signal(name, payload)

    def advance(self, **duration: float) -> None:
        """Moves the clock: ``advance(hours=2)``."""
        self.run.advance(timedelta(**duration))

    # What is claimed

    @contextmanager
    def refused(self, error: type[BinglianError] = BinglianError, text: str = "") -> Iterator[None]:
        """What stands inside must raise the error, in words that hold ``text``, and leave the run as it was."""
        before = self.state()
        with pytest.raises(error) as caught:
            yield
        assert text in str(caught.value)
        assert self.state() == before

    def ended(self, done: str = "", data: Mapping[str, Any] | None = None) -> None:
        """The run has ended normally, after these completions (in this order) and with exactly these values."""
        assert not self.run.ready()
        assert self.finished
        assert self.run.failed is None
        assert not self.waiting
        if done:
            assert self.done == done.split()
        if data is not None:
            assert self.data == data


Begin = Callable[..., Play]
"""The fixture ``begin``: starts a play."""
