"""Cases on a simulated clock, through the real engine in memory: how long, how late, where the queues are."""

from engine.simulation.assumptions import Assumptions, Durations, Rates, read_assumptions
from engine.simulation.history import read_history
from engine.simulation.scenarios import Progress, Request, Scenario, Simulation, simulate

__all__ = [
    "Assumptions", "Durations", "Progress", "Rates", "Request", "Scenario", "Simulation", "read_assumptions",
    "read_history", "simulate",
]  # fmt: skip
