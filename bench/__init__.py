"""Measurements, as ratios inside one run: the machines are noisy. Not part of the product."""
