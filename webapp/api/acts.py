"""Which commands the API offers, and the name of each in addresses: all but those only the machine sends."""

import re
from collections.abc import Mapping
from typing import Any, get_args

from engine.commands import Command, FireTimer, IssueDocument, SubmitCase, UploadMaterial

OF_THE_MACHINE = frozenset({FireTimer, IssueDocument})
"""Only ``SYSTEM`` may send these."""
ELSEWHERE = frozenset({SubmitCase, UploadMaterial})
"""These have an address of their own: ``POST /cases``, and the files of a material."""


def name_of(command: type[Any]) -> str:
    """``DecideStep`` → ``decide-step``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", command.__name__).lower()


ACTS: Mapping[str, type[Any]] = {
    name_of(command): command for command in get_args(Command) if command not in OF_THE_MACHINE | ELSEWHERE
}
"""Name → command, in the order of ``Command``; a new command is offered by itself."""
