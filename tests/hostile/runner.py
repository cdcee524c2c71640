"""Reads, checks and runs hostile files in a process of its own: ``python -m tests.hostile.runner trap file name…``.

The process has 1 GB of memory and per file 10 seconds of processor and 60 of wall time; passing the time kills it, also
inside C code. Prints a JSON line when a file is begun and one with its ``Outcome``. An audit hook notes connections,
processes and foreign files that a file caused; libxml2 opens without telling Python, so the addresses and files named
inside the hostile files are replaced by ``trap`` (a listening address) and ``file`` (with a secret in it).
"""

import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from engine.checking import check_path
from engine.diagram.finding import Finding
from engine.diagram.lint import check_sources, lint
from engine.errors import BinglianError, LimitExceeded
from engine.runtime.standalone import DiagramRejected, Run
from tests.hostile.collection import Entry, collection
from tests.hostile.shapes import SECRET, TRAP, TRAP_FILE

GIGABYTE = 1024**3
CPU_SECONDS, WALL_SECONDS = 10, 60
"""Processor time is what a file costs; the wall is only for something that waits, on a machine that is busy."""

STEPS = 3_000
_HARMLESS = {"os.listdir", "os.scandir"}
WAITS = (timedelta(seconds=1), timedelta(hours=1), timedelta(days=800))
_PLACES = (str(Path(__file__).parents[2]), sys.prefix, sys.base_prefix)
OURS = (*_PLACES, *map(os.path.realpath, _PLACES))
"""Source of the project, of Python and of installed packages."""


@dataclass
class Outcome:
    """What happened to one file. ``kind``: refused, error (in words), stopped (at a bound), ran, or broken.

    ``objected``: an error for the runtime; ``warned``: a warning or an error for our own cases; ``ran``: the script
    task wrote its value.
    """

    name: str
    kind: str = "broken"
    detail: str = ""
    finished: bool = False
    warned: bool = False
    objected: bool = False
    ran: bool = False
    seconds: float = 0.0
    megabytes: int = 0
    did: list[str] = field(default_factory=list)


class Watch:
    """Notes, and forbids, what the interpreter is asked to do while a hostile file is handled."""

    def __init__(self) -> None:
        self.did: list[str] | None = None
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.did is not None and _forbidden(event, arguments):
            self.did.append(f"{event} {str(arguments)[:200]}")
            raise PermissionError(event)


def _forbidden(event: str, arguments: tuple[Any, ...]) -> bool:
    if event == "open":
        path, _, flags = arguments
        return not os.path.realpath(path).startswith((*OURS, f"{Path.cwd()}/")) or bool(
            flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        )
    if event == "exec":
        return not arguments[0].co_filename.startswith((*OURS, "<frozen", "<condition>"))
    return event.startswith(("socket.", "subprocess.", "os.", "shutil.", "urllib.")) and event not in _HARMLESS


def wordless(findings: Iterable[Finding]) -> str:
    """Which finding does not say in two languages what is wrong and where; empty when all do."""
    for finding in findings:
        if not (finding.message_zh and finding.message_en and finding.rule and finding.file):
            return f"a finding without words or place: {finding}"
    return ""


def _drive(run: Run) -> None:
    """Completes what is ready, oldest first, and lets time pass when nothing is."""
    waits = iter(WAITS)
    for _ in range(STEPS):
        ready = run.ready()
        if ready:
            run.complete(ready[0].id)
        elif run.finished or run.failed or (wait := next(waits, None)) is None:
            return
        else:
            run.advance(wait)


def _execute(outcome: Outcome, sources: dict[str, bytes], heard: list[str]) -> None:
    try:
        run = Run(sources)
        try:
            _drive(run)
        finally:
            outcome.finished, outcome.ran = run.finished, bool(run.data.get("ran"))
            heard += [json.dumps(run.data, default=repr), *map(str, run.trace)]
        outcome.kind = "error" if run.failed else "ran"
        outcome.detail = str(run.failed or "")
    except DiagramRejected as error:
        outcome.kind = "refused" if error.findings else "broken"
        outcome.detail = "; ".join(f"{f.element}:{f.line} {f.rule} {f.message_en}" for f in error.findings)
        if problem := wordless(error.findings):
            outcome.kind, outcome.detail = "broken", problem
    except LimitExceeded as error:
        outcome.kind, outcome.detail = "stopped", str(error)
    except BinglianError as error:
        words = error.message_zh and error.message_en and error.code
        outcome.kind, outcome.detail = ("error" if words else "broken"), f"{type(error).__name__}: {error}"


def _handle(entry: Entry, data: bytes, outcome: Outcome) -> None:
    """What deployment says, what the command says, what the runtime's checker says, and a run."""
    file = f"{entry.name}.bpmn"
    strict, alone = lint(data, file), check_sources({file: data})
    again = check_path(Path(file))
    heard = [json.dumps([finding.as_dict() for finding in (*strict, *alone)], ensure_ascii=False)]
    outcome.warned = any(finding.level != "info" for finding in strict)
    outcome.objected = any(finding.level == "error" for finding in alone)
    _execute(outcome, {file: data}, heard)
    problem = wordless([*strict, *alone])
    if strict != again:
        problem = "check_path and lint say different things"
    elif outcome.objected != (outcome.kind == "refused"):
        problem = f"check_sources {'' if outcome.objected else 'does not '}object, but the run: {outcome.kind}"
    elif SECRET in "".join([*heard, outcome.detail]):
        problem = "the secret leaked"
    if problem:
        outcome.kind, outcome.detail = "broken", f"{problem}: {outcome.detail}"


def judge(entry: Entry, watch: Watch, trap: str, file: str) -> Outcome:
    """Handles one file under the limits of time."""
    data = entry.make().replace(TRAP.encode(), trap.encode()).replace(TRAP_FILE.encode(), file.encode())
    outcome, path = Outcome(entry.name), Path(f"{entry.name}.bpmn")
    path.write_bytes(data)
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)
    begun, watch.did = time.perf_counter(), outcome.did
    try:
        _handle(entry, data, outcome)
    except BaseException:  # noqa: BLE001 - whatever it is, even SystemExit of a script, is what is reported here
        watch.did = None
        outcome.kind, outcome.detail = "broken", traceback.format_exc()[-3000:]
    watch.did = None
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    path.unlink()
    outcome.seconds = round(time.perf_counter() - begun, 2)
    outcome.megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return outcome


def main() -> None:
    """Judges the named entries, one after the other."""
    trap, file, *names = sys.argv[1:]
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) if Path("/proc").is_dir() else 0
    limit = pages * resource.getpagesize() + GIGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    entries, watch = collection(), Watch()
    warm = Entry("warm", "", "", "", entries["enc_utf8"].make)
    for entry in (warm, *(entries[name] for name in names)):
        sys.stdout.write(json.dumps({"begun": entry.name}) + "\n")
        sys.stdout.flush()
        sys.stdout.write(json.dumps(asdict(judge(entry, watch, trap, file))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
