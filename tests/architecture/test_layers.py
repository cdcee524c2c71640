"""Imports point one way (setup.cfg, ``[importlinter]``), and they all stand at the top of a module."""

import ast
import subprocess
import sys
from collections.abc import Iterator

from tests.architecture.source import ROOT, calls, modules

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
LOADER = "engine/settings.py"
"""The one module that may import by name: optional parts (extras) are loaded there."""


def test_every_import_contract_of_setup_cfg_holds() -> None:
    """In a process of its own: the checker disables every logger that exists where it runs."""
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    arguments = ["--config", "setup.cfg", "--no-cache"]
    run = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_no_import_stands_inside_a_function() -> None:
    """It hides a cycle, and its failure waits for a user. Optional parts go through the settings."""
    assert not [
        where
        for module in modules()
        for function in ast.walk(module.tree)
        if isinstance(function, FUNCTIONS)
        for where in map(module.at, _imports(function))
    ]


def _imports(function: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    return (node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom))


def test_only_the_settings_import_by_name() -> None:
    by_name = {"import_module", "importlib.import_module", "__import__"}
    assert not [module.at(node) for module, node, name in calls() if name in by_name and module.path != LOADER]
