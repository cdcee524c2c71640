"""The processes of the oracle: two shipped bundles and one made for it, each in two versions.

The made one (``ORC``) has every way of deciding together, silence that decides, a veto, and materials to upload.
"""

import re
import shutil
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from engine.diagram.xml import BL, BPMN
from engine.settings import default_processes

SHIPPED = ("B01", "B02")
MADE = "ORC"
BUNDLES = (*SHIPPED, MADE)

_ITEM = """schema = 1
kind = "item"
code = "{code}"
name_zh = "事项{code}"
name_en = "Item {code}"
short_zh = "{code}"
short_en = "{code}"
department = "{department}"
type = "行政许可"
case_type = "承诺件"
fee_zh = "不收费"
fee_en = "free of charge"
delivery = ["pickup"]
modes = ["window"]
materials_basis = "assumed"

[legal_basis]
text = "none: made for tests"
basis = "assumed"

[limits.statutory]
value = {statutory}
unit = "{unit}"
basis = "assumed"

[limits.promised]
value = {promised}
unit = "working_days"
basis = "assumed"

[[materials]]
code = "F_{code}"
name_zh = "申请表"
name_en = "Application form"
kind = "form"
from = "applicant"

[[materials]]
code = "M_{code}"
name_zh = "材料"
name_en = "Material"
kind = "doc"
from = "applicant"
{deferrable}
{needed}
{more}
[[results]]
code = "R_{code}"
name_zh = "结果"
name_en = "Result"
type = "证照"
"""
_NEEDED = """
[[materials]]
code = "R_QA"
name_zh = "结果"
name_en = "Result"
kind = "result"
from = "branch"
produced_by = "QA"
holder = "市场监管"
"""
_STEP = """
[[steps]]
id = "{id}"
name_zh = "环节{label}"
name_en = "Step"
department = "{department}"
role = "{role}"
act = "{act}"
limit = {limit}
unit = "working_days"
basis = "assumed"
{more}
"""
_VISIT = """
[site_visit]
stops = "promised"
ground = "none: made for tests"
basis = "assumed"
"""
_PROMISE = """
[commitment]
letter = "M_QB_PROMISE"
letter_zh = "承诺书"
letter_en = "Letter of commitment"
promise_zh = "符合条件"
promise_en = "It meets the conditions."
replaces_materials = ["M_QB"]
replaces_steps = ["QB.consult"]
decide_days = 2
check_days = 4
check_role = "checker"
correct_days = 2
recheck_days = 1
basis = "assumed"
"""
_BUNDLE = """schema = 1
kind = "bundle"
code = "ORC"
name_zh = "测试一件事"
name_en = "Bundle of the oracle"
short_zh = "测试"
short_en = "Oracle"
lead_department = "market"
lead_source = ["S22"]
join_policy = "veto"
veto_items = ["QB"]
items = ["QA", "QB", "QC"]
correction_window = 2
correction_answer_days = 3

[[precedence]]
from = "QA"
to = "QC"
to_step = "QC.opinion"
strength = "before_start"
carries = "R_QA"
deferrable = false
relaxable = false
reason_zh = "先办"
reason_en = "comes first"
basis = "assumed"

[[steps]]
id = "ORC.deliver"
name_zh = "统一送达"
name_en = "Delivery"
department = "window"
role = "window_clerk"
act = "deliver"
limit = 10
unit = "working_days"
basis = "assumed"
"""
_FORM = """schema = 1

[[fields]]
name = "applicant_name"
label_zh = "申请人"
label_en = "Applicant"
type = "text"
required = true
personal = true
routing = false
help_zh = "测试用"
help_en = "for tests"
"""

_ALL = """after = ["QA.first"]
[steps.approvers]
rule = "all_sign"
may_remove = true
[[steps.approvers.seats]]
times = 2
[[steps.approvers.seats]]
department = "police"
role = "reviewer"
"""
_ANY = _ALL.replace('"all_sign"', '"any_signs"')
_VOTE = """after = ["QA.review"]
decisive = true
[steps.approvers]
rule = "vote"
more_than = "1/2"
of = "votes"
quorum = 2
may_add = true
[[steps.approvers.seats]]
times = 2
[[steps.approvers.seats]]
role = "head"
department = "market"
weight = 2
casting = true
[[steps.approvers.seats]]
department = "tax"
role = "reviewer"
veto = true
"""
_ORDER = """after = ["QB.consult"]
yields = ["R_QB"]
decisive = true
[steps.approvers]
rule = "in_order"
[[steps.approvers.seats]]
[[steps.approvers.seats]]
role = "head"
department = "police"
"""
_ONE = """after = ["QC.opinion"]
yields = ["R_QC"]
decisive = true
[steps.approvers]
rule = "any_signs"
refusal = "all"
[[steps.approvers.seats]]
[[steps.approvers.seats]]
department = "tax"
role = "head"
"""

_MORE = {"QA": _VISIT, "QB": _PROMISE}
"""What an item has beside the usual."""
_STEPS = (
    ("QA.first", "market", "reviewer", "review", 2, 'needs = ["F_QA", "M_QA"]'),
    ("QA.review", "market", "reviewer", "review", 5, _ALL),
    ("QA.decide", "market", "reviewer", "decide", 4, _VOTE),
    ("QA.issue", "market", "issuer", "issue", 1, 'after = ["QA.decide"]\nyields = ["R_QA"]'),
    ("QB.consult", "police", "reviewer", "review", 3, 'needs = ["F_QB", "M_QB"]\npolicy = "consult_consent"'),
    ("QB.decide", "police", "reviewer", "decide", 3, _ORDER),
    ("QC.opinion", "tax", "reviewer", "review", 2, 'needs = ["F_QC", "M_QC", "R_QA"]\npolicy = "consult_refuse"'),
    ("QC.decide", "tax", "reviewer", "decide", 2.5, _ONE),
)
_BRANCHES = (
    ("start", "fork", "QA.first", "QA.review", "QA.decide", "QA.issue", "QC.opinion", "QC.decide", "join"),
    ("fork", "QB.consult", "QB.decide", "join", "ORC.deliver", "end"),
)  # fmt: skip
_FLOWS = [pair for branch in _BRANCHES for pair in pairwise(branch)]
_ITEMS = (
    ("QA", "market", 20, "working_days", 12),
    ("QB", "police", 30, "days", 6),
    ("QC", "tax", 10, "working_days", 5),
)


def write_processes(folder: Path, second: bool = False) -> Path:
    """A folder with the bundles; ``second``: their second versions, other names and in ORC another rule."""
    shipped = default_processes()
    folder.mkdir(parents=True)
    for name in ("departments.toml", "sources.toml", "policies.toml"):
        shutil.copy(shipped / name, folder / name)
    for name in ("calendars", "documents"):
        shutil.copytree(shipped / name, folder / name)
    wanted = list(SHIPPED)
    while wanted:
        code = wanted.pop()
        if (folder / code).exists():
            continue
        shutil.copytree(shipped / code, folder / code)
        text = (folder / code / "item.toml").read_text(encoding="utf-8")
        found = re.search(r"^items = \[(.*)\]", text, re.M)
        wanted += re.findall(r'"(\w+)"', found.group(1)) if found else []
        wanted += re.findall(r'^produced_by = "(\w+)"', text, re.M)
    _write_made(folder, second)
    if second:
        for code in BUNDLES:
            file = folder / code / "item.toml"
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace('name_en = "', 'name_en = "2: ', 1), encoding="utf-8")
    return folder


def _write_made(folder: Path, second: bool) -> None:
    for code, department, statutory, unit, promised in _ITEMS:
        told = {
            "code": code, "department": department, "statutory": statutory, "unit": unit, "promised": promised,
            "deferrable": "deferrable = true\ndefer_days = 8" if code == "QC" else "",
            "needed": _NEEDED if code == "QC" else "", "more": _MORE.get(code, ""),
        }  # fmt: skip
        (folder / code).mkdir()
        text = _ITEM.format(**told) + "".join(_step(step, second) for step in _STEPS if step[0].startswith(code))
        (folder / code / "item.toml").write_text(text, encoding="utf-8")
        _write_alone(folder / code, code)
    (folder / MADE / "forms").mkdir(parents=True)
    (folder / MADE / "item.toml").write_text(_BUNDLE, encoding="utf-8")
    (folder / MADE / "forms" / "application.toml").write_text(_FORM, encoding="utf-8")
    (folder / MADE / "process.bpmn").write_text(_diagram(MADE, _FLOWS), encoding="utf-8")


def _write_alone(folder: Path, code: str) -> None:
    """What the item is when it is applied for alone."""
    own = _STEP.replace("[[steps]]", "[[own_steps]]")
    told = {"label": "送达", "department": "window", "role": "window_clerk", "act": "deliver", "limit": 10, "more": ""}
    file = folder / "item.toml"
    file.write_text(file.read_text(encoding="utf-8") + own.format(id=f"{code}.deliver", **told), encoding="utf-8")
    (folder / "forms").mkdir()
    (folder / "forms" / "application.toml").write_text(_FORM, encoding="utf-8")
    line = ["start", *(step[0] for step in _STEPS if step[0].startswith(code)), f"{code}.deliver", "end"]
    (folder / "process.bpmn").write_text(_diagram(code, list(pairwise(line))), encoding="utf-8")


def _step(step: tuple[str, str, str, str, float, str], second: bool) -> str:
    name, department, role, act, limit, more = step
    if second and name == "QA.review":
        more = _ANY
    told = {"id": name, "label": name, "department": department, "role": role, "act": act, "limit": limit}
    return _STEP.format(**told, more=more)


def _diagram(code: str, flows: Sequence[tuple[str, str]]) -> str:
    """The BPMN file of an offering."""
    nodes = dict.fromkeys(name for flow in flows for name in flow)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><b:definitions xmlns:b="{BPMN}" xmlns:bl="{BL}" id="d" '
        f'targetNamespace="t"><b:process id="{code}" isExecutable="true">'
        f'<b:extensionElements><bl:offering code="{code}"/></b:extensionElements>'
        f"{''.join(map(_node, nodes))}{''.join(_drawn(a, b) for a, b in flows)}</b:process></b:definitions>"
    )


def _drawn(source: str, target: str) -> str:
    return f'<b:sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}"/>'


def _node(name: str) -> str:
    kinds = {"start": "startEvent", "end": "endEvent", "fork": "parallelGateway", "join": "parallelGateway"}
    return f'<b:{kinds.get(name, "userTask")} id="{name}"/>'
