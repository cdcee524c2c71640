"""What is wrong with a diagram, all at once: for ``binglian check``, at deployment, and before a diagram runs alone.

The rules are in ``engine/diagram/rules``. ``lint``, ``structure``, ``adopt_and_refuse`` and ``refuse_unsound`` judge
one file for our own cases, which run less than the standard has (``rules/not_in_product.py``); ``check_sources`` and
``prepare_sources`` judge several files together for the standalone runtime, which runs nearly all of it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from lxml import etree

from engine.diagram.calls import callables, tasks_of_persons, with_called
from engine.diagram.concurrent_writes import concurrent_writes
from engine.diagram.decided_twice import decided_twice
from engine.diagram.decision_files import DecisionFiles, decisions_of
from engine.diagram.dmn import Decision
from engine.diagram.extension import read_step
from engine.diagram.finding import Finding, unreadable
from engine.diagram.foreign import adopt
from engine.diagram.rules import broken_rules, told
from engine.diagram.rules.duplicate_process import problems as duplicate_processes
from engine.diagram.rules.identities import give_ids
from engine.diagram.rules.model import Surroundings, kind_of, read_diagram
from engine.diagram.rules.one_executable_process import problem as unclear_process
from engine.diagram.soundness import soundness
from engine.diagram.xml import BL, executable_processes, line_of, read_definitions, schema_errors
from engine.errors import DiagramError

Decisions = Mapping[str, Decision]
_NONE: Decisions = MappingProxyType({})


def is_ours(root: etree._Element) -> bool:
    """Whether a file has an element of our namespace; asked before ``adopt``, which adds some."""
    return next(root.iter(f"{{{BL}}}*"), None) is not None


def structure(root: etree._Element, file: str, decisions: Decisions = _NONE) -> Iterator[Finding]:
    """Findings that would keep our cases from running the one executable process; ``decisions`` are those by id."""
    processes = executable_processes(root)
    unclear = unclear_process(root, processes, None)
    if unclear is not None:
        yield told(unclear, "one-executable-process", file)
        return
    known = callables(root)
    around = Surroundings(known, decisions, product=True, ours=True)
    yield from broken_rules(read_diagram(file, root, with_called(processes, known), around))


def adopt_and_refuse(root: etree._Element, file: str, decisions: Decisions = _NONE) -> None:
    """Reads what other modelers wrote into our form, then raises DiagramError for the first thing that cannot run."""
    _refuse_first((*give_ids(root, file), *adopt(root, file), *structure(root, file, decisions)), file)


def _refuse_first(findings: Iterable[Finding], file: str) -> None:
    for finding in findings:
        if finding.level == "error":
            raise DiagramError(
                f"diagram.{finding.rule.removeprefix('diagram.')}", finding.message_zh, finding.message_en,
                f"{file}:{finding.line} {finding.element}",
            )  # fmt: skip


def lint(data: bytes, file: str, tables: Mapping[str, bytes] | None = None) -> list[Finding]:
    """Every finding of a BPMN file: reading, schema, what other modelers wrote, structure, our own elements.

    ``tables``: the ``.dmn`` files that belong to it, by name.
    """
    known = DecisionFiles.read(tables or {})
    root, found = _read(data, file)
    found += [*known.findings, *known.twice()]
    if root is None:
        return found
    ours = is_ours(root)
    found += _adopted(root, file)
    broken = list(structure(root, file, known.decisions))
    found += broken
    if not any(finding.level == "error" for finding in broken):
        found += unsound(root, file, ours, known.decisions)
    for process in executable_processes(root):
        found += _steps(process, file)
    return found


def _read(data: bytes, file: str) -> tuple[etree._Element | None, list[Finding]]:
    try:
        root = read_definitions(data, file)
    except DiagramError as error:
        return None, [unreadable(error, file)]
    return root, [
        Finding(file, "", line, "schema", "error", f"不符合 BPMN 2.0 模式:{message}", f"not BPMN 2.0: {message}")
        for line, message in schema_errors(root)
    ]


def _adopted(root: etree._Element, file: str) -> list[Finding]:
    return [*give_ids(root, file), *adopt(root, file)]


def _steps(process: etree._Element, file: str) -> Iterator[Finding]:
    for task in dict.fromkeys(said for _, said in tasks_of_persons(process)):
        try:
            read_step(task, file)
        except DiagramError as error:
            yield Finding(
                file, task.get("id", ""), line_of(task), error.code, "error", error.message_zh, error.message_en
            )


def unsound(root: etree._Element, file: str, ours: bool = True, decisions: Decisions = _NONE) -> list[Finding]:
    """Where cases would get stuck, leave work behind or multiply, and where branches would overwrite each other.

    For a diagram whose structure is right; ``ours`` as ``is_ours`` said before it was adopted.
    """
    found = [finding for process in executable_processes(root) for finding in decided_twice(process, file)]
    for process in with_called(executable_processes(root), callables(root)):
        found += [*soundness(process, file), *concurrent_writes(process, file, ours=ours, decisions=decisions)]
    return found


def refuse_unsound(data: bytes, file: str, tables: Mapping[str, bytes] | None = None) -> None:
    """Raises DiagramError for the first way in which a case could get stuck; asked once, when a version is deployed."""
    root, decisions = read_definitions(data, file), decisions_of(tables or {})
    adopt_and_refuse(root, file, decisions)
    _refuse_first(unsound(root, file, decisions=decisions), file)


def check_sources(
    sources: Mapping[str, bytes], process_id: str | None = None, services: Collection[str] = ()
) -> list[Finding]:
    """Every finding of several ``.bpmn`` and ``.dmn`` files that are to run together; see ``prepare_sources``."""
    return prepare_sources(sources, process_id, services)[1]


def prepare_sources(
    sources: Mapping[str, bytes], process_id: str | None = None, services: Collection[str] = ()
) -> tuple[dict[str, etree._Element], list[Finding]]:
    """The readable BPMN files (file → root, adopted, every node with an id), and every finding of all files.

    Judged are the executable processes and whatever they call, in all files. ``process_id`` names the one to run when
    several are executable. ``services`` are the names registered with the runtime: a service task that one of them fits
    needs no implementation of its own. The runtime may run the files when no finding has the level ``error``.
    """
    files = _Files()
    for file, data in sources.items():
        files.add(file, data)
    return files.roots, [*files.findings, *files.tables.findings, *_judged(files, process_id, services)]


@dataclass
class _Files:
    """The files that are to run together."""

    roots: dict[str, etree._Element] = field(default_factory=dict)
    ours: dict[str, bool] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    tables: DecisionFiles = field(default_factory=DecisionFiles)
    callable: dict[str, etree._Element] = field(default_factory=dict)

    def add(self, file: str, data: bytes) -> None:
        """Reads one more file; decisions are in files named ``.dmn``."""
        if file.endswith(".dmn"):
            self.tables.add(file, data)
            return
        root, found = _read(data, file)
        self.findings += found
        if root is not None:
            self.ours[file] = is_ours(root)
            self.findings += _adopted(root, file)
            self.roots[file] = root
            for identity, element in callables(root).items():
                self.callable.setdefault(identity, element)

    def called(self) -> Iterator[tuple[str, str, etree._Element]]:
        """The processes and global tasks of every file: file, id, element."""
        for file, root in self.roots.items():
            for identity, element in callables(root).items():
                yield file, identity, element


def _judged(files: _Files, process_id: str | None, services: Collection[str]) -> Iterator[Finding]:
    processes = [(file, process) for file, root in files.roots.items() for process in executable_processes(root)]
    if not files.roots and not files.findings and not files.tables.findings:
        yield Finding(
            "", "", 0, "no-diagram", "error", "没有可读的 BPMN 文件", "there is no BPMN file that can be read",
            "give at least one .bpmn file",
        )  # fmt: skip
    if files.roots:
        unclear = unclear_process(next(iter(files.roots.values())), [process for _, process in processes], process_id)
        if unclear is not None:
            owner = next((file for file, process in processes if process is unclear.element), next(iter(files.roots)))
            yield told(unclear, "one-executable-process", owner)
    for file, twice in duplicate_processes(files.called()):
        yield told(twice, "duplicate-process", file)
    yield from files.tables.twice()
    chosen = with_called([process for _, process in processes], files.callable)
    decisions = files.tables.decisions
    for file, root in files.roots.items():
        inside = [element for element in chosen if element.getparent() is root]
        around = Surroundings(files.callable, decisions, services, product=False, ours=files.ours[file])
        broken = list(broken_rules(read_diagram(file, root, inside, around)))
        yield from broken
        if not any(finding.level == "error" for finding in broken):
            for process in (element for element in inside if kind_of(element) == "process"):
                yield from concurrent_writes(process, file, ours=files.ours[file], decisions=decisions)
