"""The only package that drives SpiffWorkflow: reached tasks only, joins by the token rule, a compact codec.

Public: ``Flow`` (one running diagram), ``OpenTask``, ``FlowSpecs`` (parsed once per version).
"""

from engine.runtime.flow import ArmedTimer, Flow, OpenTask
from engine.runtime.parser import FlowSpecs
from engine.runtime.workflow import Limits

__all__ = ["ArmedTimer", "Flow", "FlowSpecs", "Limits", "OpenTask"]
