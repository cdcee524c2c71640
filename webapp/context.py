"""What every view needs of the application it runs in."""

from collections.abc import Collection
from typing import cast

from flask import current_app

from engine.catalogue import Department
from engine.engine import Engine

EXTENSION = "binglian"


def engine() -> Engine:
    """The engine this application was made for."""
    return cast(Engine, current_app.extensions[EXTENSION])


def departments() -> Collection[Department]:
    """Everybody who handles something; lanes of diagrams are named after them."""
    return engine().deployments.catalogue.departments.values()
