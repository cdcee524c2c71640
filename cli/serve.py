"""``binglian serve`` and ``binglian timers``: the two processes of an installation."""

import json
import logging
import os
import signal
import sys
import threading
from contextlib import closing

import click
from granian import Granian
from granian.constants import Interfaces

from cli.ports import require_free
from engine.bootstrap import build_engine
from engine.engine import Engine
from engine.errors import BadInput
from engine.settings import settings_from
from timers.scheduler import Alarm
from webapp.app import create_app


def logs() -> None:
    """Logs go to stderr, one line each, without personal data."""
    level = os.environ.get("BINGLIAN_LOG_LEVEL", "INFO").upper()
    if level not in logging.getLevelNamesMapping():
        raise BadInput(
            "settings", f"BINGLIAN_LOG_LEVEL 没有级别 {level}", f"BINGLIAN_LOG_LEVEL: there is no level {level}",
            "BINGLIAN_LOG_LEVEL",
        )  # fmt: skip
    logging.basicConfig(stream=sys.stderr, level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


_ON_STDERR = {
    "handlers": {
        name: {"class": "logging.StreamHandler", "formatter": formatter, "stream": "ext://sys.stderr"}
        for name, formatter in (("console", "generic"), ("access", "access"))
    }
}
"""The server's own log: stdout is for documents."""


def application() -> object:
    """The web application of this process (a WSGI callable), from the environment."""
    logs()
    secure = os.environ.get("BINGLIAN_INSECURE_COOKIES", "") != "1"
    return create_app(build_engine(settings_from()), secure_cookies=secure)


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Threads per process.")
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the pages (behind a TLS proxy in earnest)."""
    if not os.environ.get("BINGLIAN_SECRET_KEY"):
        raise BadInput(
            "serve.secret",
            "请设置 BINGLIAN_SECRET_KEY(至少 32 个随机字符),否则重启后登录和查询码都会失效",
            "set BINGLIAN_SECRET_KEY (at least 32 random characters), or sessions and query codes end with a restart",
            "BINGLIAN_SECRET_KEY",
        )
    require_free(host, port)
    build_engine(settings_from()).close()  # what is wrong with settings, data or database is said here, in one line
    server = Granian(
        "cli.serve:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=workers,
        blocking_threads=threads,
        log_access=False,
        log_dictconfig=_ON_STDERR,
        websockets=False,
    )
    server.serve()


@click.command("timers")
@click.option("--set-aside", "aside", is_flag=True, help="List the timers that failed too often; exit 1 if any.")
@click.option("--retry", nargs=2, metavar="CASE TIMER", help="Have one of those tried again.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document (with --set-aside).")
def run_timers(aside: bool, retry: tuple[str, str] | None, as_json: bool) -> None:
    """Watch deadlines and deliver notices until told to stop; or look after the timers that were set aside."""
    logs()
    with closing(build_engine(settings_from())) as engine:
        if retry:
            engine.timers.retry(*retry)
        if aside:
            sys.exit(_show_set_aside(engine, as_json))
        if not retry:
            _watch(engine)


def _show_set_aside(engine: Engine, as_json: bool) -> int:
    rows = engine.timers.set_aside()
    if as_json:
        click.echo(json.dumps({"set_aside": rows}, ensure_ascii=False))
    else:
        for row in rows:
            problem = f"{row['tries']} 次失败 failures: {row['problem']}"
            click.echo(f"{row['number']}  {row['case_id']} {row['timer_id']}  {row['due_at']}  {problem}")
        click.echo(f"已搁置 set aside: {len(rows)}")
    return 1 if rows else 0


def _watch(engine: Engine) -> None:
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    alarm = Alarm(engine)
    alarm.start()
    logging.getLogger(__name__).info("watching deadlines, next due %s", engine.due() or "none")
    try:
        stop.wait()
    finally:
        alarm.stop()


COMMANDS = (serve, run_timers)
