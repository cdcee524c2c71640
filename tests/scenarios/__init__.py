"""Scenarios: what the BPMN 2.0.2 standard says, drawn with ``drawing`` and run with ``playing``, straight and restored."""
