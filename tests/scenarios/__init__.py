"""Scenarios: what the BPMN 2.0.2 standard says, drawn with ``drawing``, played by ``runs`` straight and restored."""
