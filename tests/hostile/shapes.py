"""Builders of hostile diagrams: what the entries of the collection are made of."""

import io
import zipfile
from collections.abc import Iterable

from tests.unit.bpmn_text import chain, flow, node, process

TRAP = "127.0.0.1:18765"
"""Stands in the files for an address; the runner writes its own listening address instead."""

TRAP_FILE = "/nowhere/hostile.dtd"
"""Stands for a file nobody may read; the runner writes the path of a real one instead."""

SECRET = "canary-5c1f"
"""Stands in the environment and in the trap file; no finding and no value may hold it."""

START, END = node("startEvent", "s"), node("endEvent", "e")
RAN = "<b:script>ran=1</b:script>"
LINE = chain("s>t>e")
NAME = "规划局并联审批"
XMLNS = '<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"'


def script(identity: str, attributes: str = "", inner: str = RAN) -> str:
    """A script task; unless told otherwise it writes the value ``ran``."""
    return node("scriptTask", identity, attributes, inner)


def line(task: str, more: str = "", identity: str = "t") -> str:
    """Start, one node, end."""
    flows = flow("s", identity, identity="in") + flow(identity, "e", identity="out")
    return START + task + END + flows + more


PLAIN = line(script("t"))


def around(data: bytes, old: str, new: str, count: int = 1) -> bytes:
    """``data`` with one thing said differently."""
    assert old.encode() in data
    return data.replace(old.encode(), new.encode(), count)


def with_doctype(doctype: str, inner: str) -> bytes:
    """A plain diagram with a DOCTYPE; ``inner`` is the task's documentation."""
    body = line(script("t", inner=f"<b:documentation>{inner}</b:documentation>{RAN}"))
    return around(process(body), "?>", f"?><!DOCTYPE b:definitions {doctype}>")


def encoded(codec: str, declared: str, name: str = NAME) -> bytes:
    """A plain diagram whose bytes are ``codec`` and whose declaration says ``declared`` (nothing when empty)."""
    text = process(line(script("t", f'name="{name}"'))).decode()
    declaration = f' encoding="{declared}"' if declared else ""
    return text.replace(' encoding="UTF-8"', declaration, 1).encode(codec)


def nested(depth: int) -> bytes:
    """Sub-processes inside each other; the innermost runs a script."""
    body = START + script("t") + END + LINE
    for level in range(depth):
        start, inside, end = f"s{level}", f"n{level}", f"e{level}"
        body = node("subProcess", inside, inner=body) + node("startEvent", start) + node("endEvent", end)
        body += flow(start, inside) + flow(inside, end)
    return process(body)


def sequence(length: int) -> bytes:
    """A chain of script tasks."""
    tasks = "".join(script(f"t{n}") for n in range(length))
    return process(START + tasks + END + chain(">".join(["s", *(f"t{n}" for n in range(length)), "e"])))


def wide(branches: int) -> bytes:
    """One parallel split and join."""
    gateways = node("parallelGateway", "g") + node("parallelGateway", "j")
    tasks = "".join(script(f"t{n}") + chain(f"g>t{n}>j") for n in range(branches))
    return process(START + gateways + tasks + END + chain("s>g; j>e"))


def diamonds(kind: str, count: int) -> bytes:
    """Splits and joins of two branches, one after the other; every condition is true."""
    condition = "" if kind == "parallelGateway" else "True"
    parts = [START, END]
    for n in range(count):
        split, join, before = f"a{n}", f"b{n}", f"b{n - 1}" if n else "s"
        parts += [node(kind, split), node(kind, join), script(f"l{n}"), script(f"r{n}"), flow(before, split)]
        parts += [flow(split, side, condition) + flow(side, join) for side in (f"l{n}", f"r{n}")]
    return process("".join(parts) + flow(f"b{count - 1}", "e"))


def scripted(text: str) -> bytes:
    """One script task with this script."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return process(line(script("x", inner=f"<b:script>{escaped}</b:script>"), identity="x"))


def conditional(text: str) -> bytes:
    """An exclusive gateway that runs a script when the condition holds, and ends otherwise."""
    nodes = START + node("exclusiveGateway", "g", 'default="d"') + script("t") + END + node("endEvent", "e2")
    data = process(nodes + chain("s>g; t>e2") + flow("g", "t", "?", "c") + flow("g", "e", identity="d"))
    return around(data, ">?<", f">{text.replace('&', '&amp;').replace('<', '&lt;')}<")


def timed(kind: str, text: str) -> bytes:
    """An intermediate timer before a script."""
    timer = f"<b:timerEventDefinition><b:{kind}>{text}</b:{kind}></b:timerEventDefinition>"
    return process(START + node("intermediateCatchEvent", "w", inner=timer) + script("t") + END + chain("s>w>t>e"))


def repeated(loop: str) -> bytes:
    """One script task with loop characteristics."""
    return process(line(script("t", inner=loop + RAN)))


def multi(cardinality: str, sequential: bool = False) -> bytes:
    """One multi-instance script task."""
    count = f"<b:loopCardinality>{cardinality}</b:loopCardinality>" if cardinality else ""
    name = "b:multiInstanceLoopCharacteristics"
    return repeated(f'<{name} isSequential="{str(sequential).lower()}">{count}</{name}>')


def drawn(element: str, x: str) -> bytes:
    """A plain diagram with one shape at a strange place."""
    spaces = "".join(
        f' xmlns:{prefix}="http://www.omg.org/spec/{rest}"'
        for prefix, rest in (("di", "BPMN/20100524/DI"), ("dc", "DD/20100524/DC"))
    )
    shape = f'<dc:Bounds x="{x}" y="{x}" width="1" height="1"/>'
    diagram = f'<di:BPMNDiagram{spaces} id="D"><di:BPMNPlane id="P" bpmnElement="p"><di:BPMNShape id="h" '
    diagram += f'bpmnElement="{element}">{shape}</di:BPMNShape></di:BPMNPlane></di:BPMNDiagram>'
    return around(process(PLAIN), "</b:definitions>", diagram + "</b:definitions>")


def processes(*bodies: tuple[str, str]) -> bytes:
    """A file with several executable processes, each ``(id, body)``."""
    inner = "".join(f'<b:process id="{name}" isExecutable="true">{body}</b:process>' for name, body in bodies)
    return f'<?xml version="1.0" encoding="UTF-8"?>{XMLNS}>{inner}</b:definitions>'.encode()


def zipped(name: str, chunks: Iterable[bytes]) -> bytes:
    """A zip archive with one file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as member:
        for chunk in chunks:
            member.write(chunk)
    return buffer.getvalue()
