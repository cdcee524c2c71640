"""Figures from the read side: what is late and why, and what is likely to be."""

from engine.statistics.calibration import Calibration, table
from engine.statistics.figures import Outlook, Overview, lateness, outlook, overview
from engine.statistics.lateness import Late, LateCase, Lateness
from engine.statistics.risk import Risk
from engine.statistics.words import reason

__all__ = [
    "Calibration", "Late", "LateCase", "Lateness", "Outlook", "Overview", "Risk", "lateness", "outlook", "overview",
    "reason", "table",
]  # fmt: skip
