"""A deployed version: the item or bundle and its diagram as they stood, parsed once, never changed."""

from dataclasses import dataclass

from engine.catalogue import Offering
from engine.runtime.specs import FlowSpec


@dataclass(frozen=True)
class Deployment:
    """``version`` is the hash of every file it is made of; running cases keep theirs."""

    version: str
    offering: Offering
    spec: FlowSpec
