"""The offerings that are measured, written as a folder of text like any other: items, forms, diagrams.

Every diagram is ``start → blocks → decision → issue → delivery → end``. A block is a parallel split, some user tasks
and the join; a loop is a task and a check whose refusal sends the case back to the task.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from engine.diagram.xml import BPMN, XSI
from engine.settings import default_processes

DEPARTMENTS = ("market", "police", "tax", "hrss", "medins", "fund", "fire", "health")
"""The branches of a block are spread over these."""
TEXTS = 25
"""Free text fields of every form, each of up to 2,000 characters: together up to 50 kB of case data."""

_ITEM = """schema = 1
kind = "item"
code = "{code}"
name_zh = "测量 {code}"
name_en = "Measured {code}"
short_zh = "{code}"
short_en = "{code}"
department = "market"
type = "公共服务"
case_type = "承诺件"
fee_zh = "不收费"
fee_en = "free of charge"
delivery = ["pickup"]
modes = ["window"]
materials_basis = "assumed"

[legal_basis]
text = "none: made for measuring"
basis = "assumed"

[limits.promised]
value = 10
unit = "working_days"
basis = "assumed"

[[materials]]
code = "F_{code}"
name_zh = "申请表"
name_en = "Application form"
kind = "form"
from = "applicant"

[[results]]
code = "R_{code}"
name_zh = "结果"
name_en = "Result"
type = "证照"
"""
_STEP = """
[[{table}]]
id = "{id}"
name_zh = "环节"
name_en = "Step"
department = "{department}"
role = "{role}"
act = "{act}"
limit = 3
unit = "working_days"
basis = "assumed"
{more}
"""
_FIELD = """
[[fields]]
name = "{name}"
label_zh = "{name}"
label_en = "{name}"
type = "text"
required = {required}
personal = {required}
routing = false
help_zh = "测量用"
help_en = "for measuring"
"""


@dataclass(frozen=True)
class Shape:
    """``blocks`` parallel blocks of ``branches`` user tasks, one after the other; with ``loop`` a rework loop before
    the decision."""

    code: str
    blocks: int = 1
    branches: int = 8
    loop: bool = False

    @property
    def parallel_steps(self) -> list[list[str]]:
        """Ids of the user tasks, block by block."""
        return [[f"{self.code}.b{block}_{branch}" for branch in range(self.branches)] for block in range(self.blocks)]

    @property
    def loop_steps(self) -> list[str]:
        """The task that is done again, and the check that sends it back."""
        return [f"{self.code}.work", f"{self.code}.check"] if self.loop else []

    @property
    def completions(self) -> int:
        """Decisions from acceptance to the certificate, without rework."""
        return self.blocks * self.branches + len(self.loop_steps) + 2


P8 = Shape("P8")
WIDE = Shape("WIDE", branches=200)
ONE_BLOCK = Shape("ONE", branches=16)
THREE_BLOCKS = Shape("THREE", blocks=3, branches=16)
LOOP = Shape("LOOP", blocks=0, loop=True)
SHAPES = (P8, WIDE, ONE_BLOCK, THREE_BLOCKS, LOOP)


def write_offerings(folder: Path) -> Path:
    """A processes folder with every shape, on the shipped calendar and departments; returns it."""
    shipped = default_processes()
    for name in ("departments.toml", "sources.toml"):
        shutil.copy(shipped / name, folder / name)
    shutil.copytree(shipped / "calendars", folder / "calendars")
    for shape in SHAPES:
        target = folder / shape.code
        (target / "forms").mkdir(parents=True)
        (target / "item.toml").write_text(_item(shape), encoding="utf-8")
        (target / "forms" / "application.toml").write_text(_form(), encoding="utf-8")
        (target / "process.bpmn").write_bytes(diagram(shape))
    return folder


def _form() -> str:
    texts = (_FIELD.format(name=f"text_{n}", required="false") for n in range(TEXTS))
    return "schema = 1\n" + _FIELD.format(name="applicant_name", required="true") + "".join(texts)


def _item(shape: Shape) -> str:
    code = shape.code
    work = [step for block in shape.parallel_steps for step in block] + shape.loop_steps
    steps = [
        _STEP.format(
            table="steps", id=step, department=DEPARTMENTS[n % len(DEPARTMENTS)], role="reviewer", act="review",
            more=f'needs = ["F_{code}"]',
        )
        for n, step in enumerate(work)
    ]  # fmt: skip
    closing = (
        ("steps", "decide", "market", "head", "decisive = true"),
        ("steps", "issue", "market", "issuer", f'after = ["{code}.decide"]\nyields = ["R_{code}"]'),
        ("own_steps", "deliver", "window", "window_clerk", ""),
    )
    for table, act, department, role, more in closing:
        steps.append(
            _STEP.format(table=table, id=f"{code}.{act}", department=department, role=role, act=act, more=more)
        )
    return _ITEM.format(code=code) + "".join(steps)


def diagram(shape: Shape) -> bytes:
    """The BPMN file of a shape; the stock library can run it too."""
    nodes = [*_nodes(shape)]
    flows = [
        f'<b:sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{condition}</b:sequenceFlow>'
        for source, target, condition in _flows(shape)
    ]
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><b:definitions xmlns:b="{BPMN}" xmlns:xsi="{XSI}" id="d" '
        f'targetNamespace="t"><b:process id="{shape.code}" isExecutable="true">'
        f"{''.join(nodes + flows)}</b:process></b:definitions>"
    ).encode()


def _nodes(shape: Shape) -> Iterator[str]:
    yield '<b:startEvent id="start"/>'
    for number, block in enumerate(shape.parallel_steps):
        yield f'<b:parallelGateway id="split{number}"/><b:parallelGateway id="join{number}"/>'
        yield from (f'<b:userTask id="{step}"/>' for step in block)
    if shape.loop:
        yield '<b:exclusiveGateway id="merge"/><b:exclusiveGateway id="enough" default="enough-merge"/>'
    for step in [*shape.loop_steps, *(f"{shape.code}.{act}" for act in ("decide", "issue", "deliver"))]:
        yield f'<b:userTask id="{step}"/>'
    yield '<b:endEvent id="end"/>'


def _flows(shape: Shape) -> Iterator[tuple[str, str, str]]:
    before = "start"
    for number, block in enumerate(shape.parallel_steps):
        yield before, f"split{number}", ""
        for step in block:
            yield f"split{number}", step, ""
            yield step, f"join{number}", ""
        before = f"join{number}"
    decide = f"{shape.code}.decide"
    if shape.loop:
        agreed = f'decision["{shape.code}.check"] == "agree"'
        condition = f'<b:conditionExpression xsi:type="b:tFormalExpression">{agreed}</b:conditionExpression>'
        yield from ((a, b, "") for a, b in pairwise([before, "merge", *shape.loop_steps, "enough", "merge"]))
        yield "enough", decide, condition
    else:
        yield before, decide, ""
    yield from ((a, b, "") for a, b in pairwise([decide, f"{shape.code}.issue", f"{shape.code}.deliver", "end"]))
