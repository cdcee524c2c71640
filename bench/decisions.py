"""CPU per completed task: this runtime against the stock library's "restore JSON, complete, serialise JSON" cycle.

Both run the same diagram (B parallel branches of S user tasks) and keep their state outside the process's memory after
every completion. A third line adds what the engine does around it: policy, journal, projections, one durable commit.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

from engine.runtime import Flow
from engine.runtime.parser import parse
from tests.builders import opened_office
from tests.unit.bpmn_text import chain, node, process, users

SHAPES = ((8, 1), (32, 3), (64, 3))


def diagram(branches: int, steps: int) -> bytes:
    """``branches`` parallel chains of ``steps`` user tasks."""
    body = node("startEvent", "s") + node("parallelGateway", "g") + node("parallelGateway", "j") + node("endEvent", "e")
    flows = ["s>g; j>e"]
    for i in range(branches):
        names = [f"u{i}_{k}" for k in range(steps)]
        body += users(*names)
        flows.append(">".join(["g", *names, "j"]))
    return process(body + chain(";".join(flows)))


def cpu(work: Callable[[], int]) -> tuple[float, int]:
    """Milliseconds of CPU per completion, and the size of the largest state in bytes."""
    start = time.process_time()
    largest = work()
    return (time.process_time() - start) * 1000, largest


def ours(data: bytes, count: int) -> int:
    """Completes ``count`` tasks, storing and restoring the state around each."""
    spec = parse(data, "bench")
    flow = Flow.start(spec)
    flow.begin(1, {})
    flow.advance()
    stored, largest = flow.dump(), 0
    for entry in range(2, count + 2):
        flow = Flow.restore(stored, spec)
        flow.begin(entry, {})
        flow.complete(flow.open_tasks()[0].id)
        stored = flow.dump()
        largest = max(largest, len(stored))
    return largest


def stock(data: bytes, count: int) -> int:
    """The same with the library as it is."""
    parser = BpmnParser()
    parser.add_bpmn_str(data)
    workflow = BpmnWorkflow(parser.get_spec("p"))
    workflow.do_engine_steps()
    serializer, largest = BpmnWorkflowSerializer(), 0
    stored = serializer.serialize_json(workflow)
    for _ in range(count):
        workflow = serializer.deserialize_json(stored)
        workflow.get_tasks(state=TaskState.READY, manual=True)[0].run()
        workflow.do_engine_steps()
        stored = serializer.serialize_json(workflow)
        largest = max(largest, len(stored))
    return largest


def main(arguments: list[str]) -> None:
    """Prints one line per shape, then the engine's own cost per decision of a real bundle."""
    options = argparse.ArgumentParser(prog="make bench")
    options.add_argument("--count", type=int, default=20, help="completions measured per shape")
    count = options.parse_args(arguments).count
    print("diagram      runtime ms  stock ms  ratio  state bytes ours/stock")
    for branches, steps in SHAPES:
        data, n = diagram(branches, steps), min(count, branches * steps)
        (mine, small), (theirs, large) = cpu(partial(ours, data, n)), cpu(partial(stock, data, n))
        line = f"{branches:3d} × {steps}      {mine / n:9.3f}  {theirs / n:8.2f}  {theirs / mine:5.0f}×"
        print(f"{line}  {small} / {large}")
    with TemporaryDirectory() as folder, opened_office(Path(folder)) as office:
        office.finish(office.accept("B02"))  # warm
        start, cpu_start, decisions = time.perf_counter(), time.process_time(), 0
        for _ in range(count):
            case_id = office.accept("B01")
            while steps_ := sorted(office.open(case_id)):
                office.decide(case_id, steps_[0])
                decisions += 1
        wall, used = time.perf_counter() - start, time.process_time() - cpu_start
        print(f"engine, B01 on SQLite (synchronous=FULL), reads included: {decisions} decisions, "
              f"{wall / decisions * 1000:.2f} ms wall, {used / decisions * 1000:.2f} ms CPU each")  # fmt: skip
