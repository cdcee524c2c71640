"""One timer process as ``binglian timers`` is, on a clock a fixed time away from the machine's, until it is killed."""

import logging
import signal
import sys
from datetime import timedelta
from multiprocessing.connection import Connection

from engine.bootstrap import build_engine
from engine.clock import system_clock
from engine.settings import Settings
from timers.scheduler import Alarm


def main(settings: Settings, ahead: float, ready: "Connection[str, str]") -> None:
    """Fires what is due, ``ahead`` seconds before the machine's time; says on ``ready`` when it has swept once."""
    logging.basicConfig(stream=sys.stderr, level="WARNING", format="%(process)d %(message)s")
    engine = build_engine(settings, lambda: system_clock() + timedelta(seconds=ahead))
    Alarm(engine).start()
    ready.send("ready")
    signal.pause()
