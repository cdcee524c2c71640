"""One timer process as ``binglian timers`` is, on a clock a fixed time away from the machine's, until it is killed.

Usage: python -m tests.chaos.timekeeper DATABASE_URL PROCESSES SECONDS_AHEAD
"""

import logging
import signal
import sys
from datetime import timedelta
from pathlib import Path

from engine.bootstrap import build_engine
from engine.clock import system_clock
from engine.settings import Settings
from tests.builders import SECRET
from timers.scheduler import Alarm


def main() -> None:
    url, processes, ahead = sys.argv[1:]
    logging.basicConfig(stream=sys.stderr, level="WARNING", format="%(process)d %(message)s")
    settings = Settings(database_url=url, processes=Path(processes), secret_key=SECRET, lease_seconds=2, timer_batch=40)
    engine = build_engine(settings, lambda: system_clock() + timedelta(seconds=float(ahead)))
    Alarm(engine).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    signal.pause()


main()
