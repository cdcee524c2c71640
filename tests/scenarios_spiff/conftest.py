"""The fixture of the other scenarios: each runs straight, and again with dump and restore between all calls."""

from tests.scenarios.conftest import begin

__all__ = ["begin"]
