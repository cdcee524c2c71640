"""Folders of processes that stay as they are while the tests run: what is read of them is read once in a process."""

from pathlib import Path

from engine.settings import default_processes

STANDING: set[Path] = {default_processes()}
