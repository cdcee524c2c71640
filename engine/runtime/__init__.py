"""The only package that drives SpiffWorkflow: reached tasks only, joins by the token rule, a compact codec.

Public: ``Flow`` (one running diagram), ``OpenTask``, ``FlowSpecs`` (parsed once per version).
"""

from engine.runtime.flow import ArmedTimer, Flow, OpenTask, WaitingEvent, WorkingTimer
from engine.runtime.parser import FlowSpecs
from engine.runtime.position import behind_joins
from engine.runtime.workflow import Limits

__all__ = ["ArmedTimer", "Flow", "FlowSpecs", "Limits", "OpenTask", "WaitingEvent", "WorkingTimer", "behind_joins"]
