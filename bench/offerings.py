"""The offerings that are measured, written as a folder of text like any other: items, forms, diagrams.

Every diagram is ``start → blocks → decision → issue → delivery → end``. A block is a parallel split, some user tasks
and the join; a loop is a task and a check whose refusal sends the case back to the task.
"""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from engine.diagram.xml import BL, BPMN, XSI
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
limit = {limit}
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
    limit: str = "3"
    """Of every step, in working days; a part of a day ends at the exact instant, whole days at close of business."""

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


def write_offerings(folder: Path, shapes: Sequence[Shape] = SHAPES) -> Path:
    """A processes folder with these shapes, on the shipped calendar and departments; returns it."""
    shipped = default_processes()
    for name in ("departments.toml", "sources.toml"):
        shutil.copy(shipped / name, folder / name)
    shutil.copytree(shipped / "calendars", folder / "calendars")
    for shape in shapes:
        target = folder / shape.code
        (target / "forms").mkdir(parents=True)
        (target / "item.toml").write_text(_item(shape), encoding="utf-8")
        (target / "forms" / "application.toml").write_text(_form(), encoding="utf-8")
        (target / "process.bpmn").write_bytes(diagram(shape))
    return folder


def _form() -> str:
    texts = (_FIELD.format(name=f"text_{n}", required="false") for n in range(TEXTS))
    return "schema = 1\n" + _FIELD.format(name="applicant_name", required="true") + "".join(texts)


@dataclass(frozen=True)
class _Step:
    """A step as both the item and its diagram say it."""

    id: str
    department: str
    role: str
    act: str
    needs: str = ""
    after: str = ""
    yields: str = ""
    decisive: bool = False

    @property
    def own(self) -> bool:
        """Whether it belongs to the case and to no item."""
        return self.act == "deliver"

    def in_item(self, limit: str) -> str:
        """Its table in item.toml."""
        lists = {name: getattr(self, name) for name in ("needs", "after", "yields") if getattr(self, name)}
        more = [f'{name} = ["{one}"]' for name, one in lists.items()] + ["decisive = true"] * self.decisive
        return _STEP.format(table="own_steps" if self.own else "steps", limit=limit, more="\n".join(more), **vars(self))

    def in_diagram(self, item: str, limit: str) -> str:
        """Its user task."""
        said = {
            "item": "" if self.own else item, "act": self.act, "department": self.department, "role": self.role,
            "limit": limit, "unit": "working_days", "decisive": "true" if self.decisive else None,
        }  # fmt: skip
        more = [f'<bl:{name} ref="{one}"/>' for name, one in (("needs", self.needs), ("yields", self.yields)) if one]
        attributes = " ".join(f'{name}="{value}"' for name, value in said.items() if value is not None)
        elements = f"<bl:step {attributes}/>{''.join(more)}"
        return f'<b:userTask id="{self.id}"><b:extensionElements>{elements}</b:extensionElements></b:userTask>'


def _steps(shape: Shape) -> list[_Step]:
    code = shape.code
    work = [step for block in shape.parallel_steps for step in block] + shape.loop_steps
    return [
        *(
            _Step(step, DEPARTMENTS[n % len(DEPARTMENTS)], "reviewer", "review", f"F_{code}")
            for n, step in enumerate(work)
        ),
        _Step(f"{code}.decide", "market", "head", "decide", decisive=True),
        _Step(f"{code}.issue", "market", "issuer", "issue", after=f"{code}.decide", yields=f"R_{code}"),
        _Step(f"{code}.deliver", "window", "window_clerk", "deliver"),
    ]


def _item(shape: Shape) -> str:
    return _ITEM.format(code=shape.code) + "".join(step.in_item(shape.limit) for step in _steps(shape))


def diagram(shape: Shape) -> bytes:
    """The BPMN file of a shape; the stock library can run it too."""
    nodes = [*_nodes(shape)]
    flows = [
        f'<b:sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{condition}</b:sequenceFlow>'
        for source, target, condition in _flows(shape)
    ]
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><b:definitions xmlns:b="{BPMN}" xmlns:xsi="{XSI}" id="d" '
        f'xmlns:bl="{BL}" targetNamespace="t"><b:process id="{shape.code}" isExecutable="true">'
        f'<b:extensionElements><bl:offering code="{shape.code}"/></b:extensionElements>'
        f"{''.join(nodes + flows)}</b:process></b:definitions>"
    ).encode()


def _nodes(shape: Shape) -> Iterator[str]:
    yield '<b:startEvent id="start"/>'
    for number in range(shape.blocks):
        yield f'<b:parallelGateway id="split{number}"/><b:parallelGateway id="join{number}"/>'
    if shape.loop:
        yield '<b:exclusiveGateway id="merge"/><b:exclusiveGateway id="enough" default="enough-merge"/>'
    yield from (step.in_diagram(shape.code, shape.limit) for step in _steps(shape))
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
