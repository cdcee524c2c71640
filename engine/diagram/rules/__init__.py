"""The rules a diagram must obey before it may run, one in each file.

The name of a rule is the name of its file with dashes; the first sentence of the file says what is refused, and
``SECTION`` where BPMN 2.0.2 says so (``-``: only our own cases ask for it). ``check`` yields every problem of one kind
in a diagram and never fails, whatever the diagram holds.
"""

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Protocol

from engine.diagram.finding import Finding
from engine.diagram.rules import (
    ad_hoc,
    always_interrupting,
    boundary_attached,
    business_rule,
    called_element,
    cancel_in_transaction,
    compensation,
    complex_gateway,
    condition_missing,
    condition_place,
    conditional_event,
    data_reference,
    dead_end,
    decisive_in_loop,
    default_condition,
    default_flow,
    duplicate_decision,
    duplicate_id,
    duplicate_process,
    empty_scope,
    end_leaves,
    event_based_gateway,
    event_place,
    event_reference,
    event_sub_process,
    expression,
    flow_crosses_border,
    flow_end,
    gateway_direction,
    gateway_flows,
    instance_decision,
    joint_visit,
    lane_reference,
    link_source,
    link_target,
    loop_data,
    loop_place,
    message_task,
    missing_trigger,
    multi_instance,
    not_in_product,
    one_executable_process,
    one_none_start,
    one_start,
    parallel_multiple,
    quantity,
    read_only_value,
    script_task,
    self_call,
    service_implementation,
    some_end,
    standard_loop,
    start_entered,
    start_leads_nowhere,
    timer,
    unknown_element,
    unreachable,
)
from engine.diagram.rules.model import Diagram, Problem, kind_of
from engine.diagram.xml import line_of


class Rule(Protocol):
    """A module of this package that judges one diagram."""

    __name__: str
    __doc__: str | None
    SECTION: str

    def check(self, diagram: Diagram, /) -> Iterator[Problem]:
        """Every problem of this kind."""


def _name(module: str) -> str:
    return module.rpartition(".")[2].replace("_", "-")


def _named(*rules: Rule) -> Mapping[str, Rule]:
    return {_name(rule.__name__): rule for rule in rules}


RULES: Mapping[str, Rule] = _named(
    not_in_product, one_start, some_end, dead_end, duplicate_id, unknown_element, empty_scope, flow_end,
    flow_crosses_border, start_entered, start_leads_nowhere, end_leaves, one_none_start, unreachable,
    event_place, event_reference, missing_trigger, parallel_multiple, timer, conditional_event, link_target,
    link_source, boundary_attached, always_interrupting, event_sub_process, cancel_in_transaction, compensation,
    expression, condition_place, condition_missing, default_flow, default_condition, gateway_flows,
    gateway_direction, event_based_gateway, complex_gateway, ad_hoc, loop_place, multi_instance, loop_data,
    standard_loop, quantity, decisive_in_loop, instance_decision, read_only_value,
    called_element, self_call, script_task, service_implementation, message_task, business_rule,
    data_reference, lane_reference, joint_visit,
)  # fmt: skip
"""The rules for one diagram by name, in the order in which their findings are told."""

AMONG_FILES: Mapping[str, ModuleType] = {
    _name(rule.__name__): rule for rule in (one_executable_process, duplicate_process, duplicate_decision)
}
"""The rules for files that run together; ``lint.py`` asks them itself."""


_LONGEST = 400
"""Characters of a message: what a diagram says is quoted, however long it is."""


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def told(problem: Problem, rule: str, file: str) -> Finding:
    """A problem as the finding of a rule in a file."""
    element = problem.element
    return Finding(
        file, element.get("id") or kind_of(element), line_of(element), rule, problem.level,
        _short(problem.zh), _short(problem.en), _short(problem.hint),
    )  # fmt: skip


def broken_rules(diagram: Diagram) -> Iterator[Finding]:
    """What every rule finds in a diagram."""
    for name, rule in RULES.items():
        for problem in rule.check(diagram):
            yield told(problem, name, diagram.file)
