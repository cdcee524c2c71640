"""Sends what waits to leave the application: lease in a short transaction, call outside without one, record what came.

Killed between the call and its record, the message is sent again when the lease is over, under the same key.
"""

import logging
from collections.abc import Mapping
from threading import Event, Thread

from engine.engine import Engine
from engine.store.deliveries import Message
from timers.channels import Channel
from timers.channels_errors import Undelivered, Withdrawn

log = logging.getLogger(__name__)

POLL_SECONDS = 1
END_SECONDS = 5
"""How long a call that is going on may hold up the end of the process; it is sent again then."""


def send_next(engine: Engine, name: str, channel: Channel) -> bool:
    """Sends the message of a channel that is due longest and records what became of it; False when none is due."""
    deliveries = engine.deliveries
    message = deliveries.lease(name, engine.read.now())
    if message is None:
        return False
    try:
        channel.send(message, engine.read.now())
    except Withdrawn:
        log.info("%s is sent to nobody any more", message.key)
        deliveries.withdrawn(message)
    except Undelivered as error:
        _failed(engine, message, str(error))
    except Exception as error:  # a defect in one channel must not end the others, and is tried again like a failure
        log.exception("sending %s failed", message.key)
        _failed(engine, message, type(error).__name__)
    else:
        deliveries.delivered(message, engine.read.now())
    return True


def _failed(engine: Engine, message: Message, problem: str) -> None:
    aside = engine.deliveries.failed(message, problem, engine.read.now())
    log.warning("%s %s: %s", message.key, "was set aside" if aside else "will be tried again", problem)


class Couriers:
    """One thread for each channel: a receiver that is slow holds up neither the others nor the deadlines."""

    def __init__(self, engine: Engine, channels: Mapping[str, Channel]) -> None:
        self._engine = engine
        self._stopped = Event()
        self._threads = [
            Thread(target=self._run, args=(name, channel), name=f"notices by {name}", daemon=True)
            for name, channel in channels.items()
        ]

    def start(self) -> None:
        """Begins to send."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends, after ``END_SECONDS`` at the latest."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(END_SECONDS / len(self._threads))

    def _run(self, name: str, channel: Channel) -> None:
        while not self._stopped.is_set():
            try:
                if send_next(self._engine, name, channel):
                    continue
            except Exception:
                log.exception("sending by %s failed and will be tried again", name)
            self._stopped.wait(POLL_SECONDS)
