"""Processes of their own that do not begin with nothing: forked from one that has imported and read what is needed.

To start Python, import the product and read ``processes/`` takes seconds each time. Here one process has done so
(see ``forked_ready``); each further one is a fork of it: with its own memory, connections, environment and end.
"""

import multiprocessing
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory
from typing import Any

from cli.main import main

ROOT = Path(__file__).parents[1]
SECONDS = 100
"""How long a command may take."""


def _server() -> ForkServerContext:
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(["tests.forked_ready"])
    return server


def forked(work: Callable[..., Any], *arguments: object, said: Path) -> ForkServerProcess:
    """A process that does this work; what it prints goes to the file ``said``, errors to the same with ``.err``.

    ``pid``, ``kill``, ``join`` and ``exitcode`` as of any other.
    """
    process = _server().Process(target=_begin, args=(work, arguments, str(said)))
    process.start()
    return process


def errors_of(said: Path) -> Path:
    """Where a process prints its errors that prints to ``said``."""
    return said.with_name(f"{said.name}.err")


@dataclass(frozen=True)
class Forked:
    """A process whose work has as its last argument where to say ``ready``; it goes on until it is killed."""

    process: ForkServerProcess
    ready: "Connection[str, str]"
    said: Path

    @classmethod
    def start(cls, work: Callable[..., Any], *arguments: object, said: Path) -> "Forked":
        """Begins; ``said`` is where it prints."""
        ready, tell = Pipe(duplex=False)
        process = forked(work, *arguments, tell, said=said)
        tell.close()
        return cls(process, ready, said)

    def wait(self) -> None:
        """Until it is ready."""
        try:
            assert self.ready.recv() == "ready"
        except EOFError:
            raise AssertionError(errors_of(self.said).read_text(encoding="utf-8")) from None

    def end(self) -> None:
        """``kill -9``; what it had is gone."""
        self.process.kill()
        self.process.join()
        self.ready.close()


def binglian(*arguments: str, **environment: str) -> CompletedProcess[str]:
    """``binglian ARGUMENTS`` in a process of its own, with what it printed and its exit status."""
    with TemporaryDirectory(prefix="binglian-tests-") as folder:
        said = Path(folder) / "said"
        process = forked(_command, arguments, {**os.environ, **environment}, said=said)
        process.join(SECONDS)
        process.kill()
        process.join()
        printed = said.read_text(encoding="utf-8"), errors_of(said).read_text(encoding="utf-8")
    assert process.exitcode is not None
    return CompletedProcess(["binglian", *arguments], process.exitcode, *printed)


def _begin(work: Callable[..., Any], arguments: tuple[object, ...], said: str) -> None:
    for name, stream in ((Path(said), sys.stdout), (errors_of(Path(said)), sys.stderr)):
        with name.open("wb") as file:
            os.dup2(file.fileno(), stream.fileno())
    work(*arguments)


def _command(arguments: tuple[str, ...], environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv = ["binglian", *arguments]
    main()
