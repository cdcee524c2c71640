"""What every office would do anew, done once in a process: a database laid out and deployed.

Nothing is left out: each test starts from a copy of a database the product made.
"""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import event
from sqlalchemy.engine import make_url

from engine.bootstrap import build_engine
from engine.catalogue import Catalogue, load_catalogue
from engine.clock import Clock
from engine.engine import Engine
from engine.settings import Settings, default_processes
from engine.store import Store
from tests.standing import STANDING


@cache
def shipped() -> Catalogue:
    """The catalogue of the product, read once in a process."""
    return load_catalogue(default_processes())


def quick_engine(settings: Settings, clock: Clock) -> Engine:
    """An engine of the product, over a copy if its database is a new SQLite file; it does not wait for the disk.

    Nothing in a test has to survive a power failure; what has to survive the end of a process still does.
    """
    _lay_out(settings)
    engine = build_engine(settings, clock)
    pool = engine.store.database.engine
    if engine.store.database.is_sqlite:
        event.listen(pool, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF").close())
        pool.dispose()
    return engine


def _lay_out(settings: Settings) -> None:
    named = make_url(settings.database_url)
    if named.get_backend_name() != "sqlite" or not named.database or Path(named.database).exists():
        return
    standing = settings.processes in STANDING
    limits = settings.diagram_elements, settings.expression_length
    Path(named.database).write_bytes(_deployed(settings.processes, *limits) if standing else _empty())


@cache
def _deployed(processes: Path, elements: int, characters: int) -> bytes:
    """A database file with these processes deployed under these limits of diagrams."""
    with TemporaryDirectory(prefix="binglian-tests-") as folder:
        url = f"sqlite:///{folder}/binglian.db"
        settings = Settings(
            database_url=url, secret_key="copied", processes=processes, diagram_elements=elements,
            expression_length=characters,
        )  # fmt: skip
        build_engine(settings).close()
        return Path(folder, "binglian.db").read_bytes()


@cache
def _empty() -> bytes:
    """A database file with all tables."""
    with TemporaryDirectory(prefix="binglian-tests-") as folder:
        store = Store(f"sqlite:///{folder}/binglian.db")
        store.create()
        store.close()
        return Path(folder, "binglian.db").read_bytes()
