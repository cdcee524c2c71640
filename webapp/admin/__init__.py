"""Supervision: what is late, with whom, since when, and who was told."""
