"""Figures from the read side: what is late and why, and what is likely to be."""

from engine.statistics.calibration import Calibration, table
from engine.statistics.figures import Outlook, lateness, outlook
from engine.statistics.lateness import Late, LateCase, Lateness
from engine.statistics.risk import Risk
from engine.statistics.words import reason

__all__ = ["Calibration", "Late", "LateCase", "Lateness", "Outlook", "Risk", "lateness", "outlook", "reason", "table"]
