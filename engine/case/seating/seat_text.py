"""Seats as a task keeps them: canonical JSON text, without what has its default."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields
from functools import lru_cache
from typing import Any

from engine.case.seating.seats import Seat, Seats
from engine.journal import canonical_text

_FIELDS = fields(Seat)


def seats_text(seats: Seats) -> str:
    """The text ``seats_from`` reads."""
    return canonical_text([_told(seat) for seat in seats])


@lru_cache(maxsize=512)
def seats_from(text: str) -> Seats:
    """The seats of a text; of an empty one none."""
    return tuple([Seat(**told) for told in json.loads(text)]) if text else ()


def _told(seat: Seat) -> Mapping[str, Any]:
    values = ((field, getattr(seat, field.name)) for field in _FIELDS)
    return {field.name: value for field, value in values if field.default is MISSING or value != field.default}
