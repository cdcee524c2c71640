"""Corrections after the acceptance: the form of a step, what is still owed, the notice sent early."""
