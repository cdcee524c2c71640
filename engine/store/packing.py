"""The stored state of a case: canonical JSON as it is while the case goes on, compressed once it has ended."""

import zlib
from typing import Any

from engine.store.change import Row


def packed(case_row: Row) -> dict[str, Any]:
    """The columns of a case row as stored."""
    row = dict(case_row)
    if row.get("closed_at"):
        row["state"] = zlib.compress(row["state"])
    return row


def unpacked(state: bytes) -> bytes:
    """The state in either form. What is neither is given back as it is: nobody can read that as a state either."""
    stream = zlib.decompressobj()
    try:
        plain = stream.decompress(state)
    except zlib.error:
        return state
    return plain if stream.eof and not stream.unused_data else state
