"""What every view needs of the application it runs in."""

from typing import cast

from flask import current_app

from engine.engine import Engine

EXTENSION = "binglian"


def engine() -> Engine:
    """The engine this application was made for."""
    return cast(Engine, current_app.extensions[EXTENSION])
