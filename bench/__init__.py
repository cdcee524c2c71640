"""Measurements, as ratios inside one run: the machines are noisy."""
