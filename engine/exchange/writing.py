"""Writes files so that each is the old one or the new one, whatever happens in between."""

import os
from collections.abc import Mapping
from pathlib import Path

from engine.errors import BadInput


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Each file through a temporary one beside it, in the order given; BadInput when the disk refuses."""
    for name, text in files.items():
        path = folder / name
        beside = path.with_name(f".{path.name}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("w", encoding="utf-8", newline="\n") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            beside.replace(path)
        except OSError as error:
            raise BadInput(
                "exchange.write", "写不了这个文件", f"this file cannot be written: {error}", str(path)
            ) from error
