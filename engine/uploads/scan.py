"""The virus scan: a program of the installation, run without a shell, never inside a transaction.

``<command> <path>``: it ends with 0 for a clean file and with 1 for an infected one. Whatever else happens, the file
was not scanned, and is not taken.
"""

import logging
import os
import shlex
import signal
import subprocess
import tempfile
from pathlib import Path

from engine.errors import NotPossible
from engine.uploads.refusal import refused

log = logging.getLogger(__name__)
CLEAN, INFECTED = 0, 1


def scan(content: bytes, folder: Path, command: str, seconds: int) -> None:
    """Lets the program look at the content, as a file in ``folder`` that is gone afterwards.

    BadInput when it is infected, NotPossible when it could not be scanned. Without a command nothing happens.
    """
    if not command:
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".scan-") as file:
        file.write(content)
        file.flush()
        code = _run([*shlex.split(command), file.name], seconds)
    if code == INFECTED:
        log.warning("an upload was refused: the scan says it is infected")
        raise refused("infected", "病毒扫描认为该文件不安全，没有接收", "the virus scan says the file is not safe")
    if code != CLEAN:
        log.error("an upload could not be scanned: the command ended with %s", code)
        raise NotPossible(
            "upload.unscanned", "暂时无法进行病毒扫描，文件没有接收，请稍后再试",
            "the file could not be scanned for viruses and was not taken; please try again later",
        )  # fmt: skip


def _run(arguments: list[str], seconds: int) -> int | str:
    """How it ended; in words when it did not begin or was stopped. Our own settings are not shown to it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BINGLIAN_")}
    try:
        process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=environment, start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        return type(error).__name__
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return "a time limit"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # with whatever it has started
            process.wait()
