"""Seats of a step as pure rules: what they are, when their votes settle it, how they are told."""
