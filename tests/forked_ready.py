"""What the process that others are forked from does first: imports the product, reads the shipped processes once."""

from tempfile import TemporaryDirectory

import tests.forked
from engine.bootstrap import build_engine
from engine.settings import Settings

__all__ = ["tests"]

with TemporaryDirectory(prefix="binglian-tests-") as scratch:
    build_engine(Settings(database_url=f"sqlite:///{scratch}/ready.db", secret_key="ready")).close()
