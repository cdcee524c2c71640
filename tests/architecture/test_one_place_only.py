"""Things that happen in one place: reading the clock, committing, evaluating, reading XML."""

import ast

from tests.architecture.source import Module, calls, modules

CLOCK = "engine/clock.py"
CLOCK_READS = {
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "time.strftime",
    "func.now",
    "func.current_timestamp",
}
"""Calls whose answer depends on the machine's date; ``time.monotonic`` and ``perf_counter`` do not."""

EVALUATOR = "engine/diagram/expression.py"
UNSAFE_MODULES = {"pickle", "cPickle", "dill", "marshal", "shelve", "jsonpickle", "cloudpickle"}
UNSAFE_XML = ("xml.etree", "xml.dom", "xml.parsers", "xml.sax.make_parser", "xml.sax.expatreader")


def test_only_the_clock_module_reads_the_clock() -> None:
    readers = {
        module.path: module.at(node) for module, node, name in calls() if ".".join(name.split(".")[-2:]) in CLOCK_READS
    }
    assert set(readers) == {CLOCK}, readers


def test_no_module_imports_a_clock_function_under_a_bare_name() -> None:
    """``from time import time`` would hide a reading of the clock from the rule above."""
    assert not [
        module.at(node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.module == "time"
        if {alias.name for alias in node.names} & {"time", "time_ns", "localtime", "gmtime", "strftime"}
    ]


def test_there_is_one_commit_and_the_store_makes_it() -> None:
    """Handlers never commit: a decision is written whole, or not at all."""
    commits = [module.at(node) for module, node, name in calls() if name.endswith(".commit")]
    assert len(commits) == 1, commits
    assert commits[0].startswith("engine/store/")


def test_only_the_expression_language_evaluates_code() -> None:
    """Conditions come from files people upload; they run after a whitelist of syntax, and nowhere else."""
    builtin = {"eval", "exec", "compile", "builtins.eval", "builtins.exec", "builtins.compile"}
    users = {module.path for module, _, name in calls() if name in builtin}
    assert users <= {EVALUATOR}


def test_nothing_is_unpickled() -> None:
    """A pickle from a database or a file runs the code of whoever wrote it; state has its own codec."""
    assert not [where for module in modules() for where, name in _imported(module) if name in UNSAFE_MODULES]


def test_xml_is_never_read_with_the_unguarded_standard_parsers() -> None:
    """They expand entities. ``xml.sax.saxutils``, which only writes, is allowed."""
    assert not [where for module in modules() for where, name in _imported(module) if name.startswith(UNSAFE_XML)]


def _imported(module: Module) -> list[tuple[str, str]]:
    """(place, full name) of everything a module imports."""
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found += [(module.at(node), alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [(module.at(node), name) for name in _from(node.module, node.names)]
    return found


def _from(origin: str, names: list[ast.alias]) -> list[str]:
    return [origin, *(f"{origin}.{alias.name}" for alias in names)]
