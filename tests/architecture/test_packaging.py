"""An installed copy carries the data it needs."""

import configparser
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

NOT_DATA = {"__pycache__", "node_modules"}


def _patterns(package: str) -> list[str]:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return config["options.package_data"][package].split()


def _data(folder: Path) -> Iterator[Path]:
    return (
        path for path in folder.rglob("*") if path.is_file() and path.suffix != ".py" and not NOT_DATA & {*path.parts}
    )


@pytest.mark.parametrize(
    ("package", "folder"),
    [
        ("processes", "processes"),
        ("webapp", "webapp/templates"),
        ("webapp", "webapp/static"),
        ("webapp", "webapp/translations"),
        ("cli", "cli/templates"),
        ("engine.exchange", "engine/exchange"),
    ],
)
def test_every_data_file_is_declared_as_package_data(package: str, folder: str) -> None:
    declared = {path for pattern in _patterns(package) for path in (ROOT / package.replace(".", "/")).glob(pattern)}
    assert {*_data(ROOT / folder)} - declared == set()


def test_the_processes_are_found_as_a_resource_of_the_installed_package() -> None:
    assert sorted(entry.name for entry in files("processes").iterdir() if entry.name == "__init__.py")
