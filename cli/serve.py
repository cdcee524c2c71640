"""``binglian serve`` and ``binglian timers``: the two processes of an installation."""

import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

import click
from granian import Granian
from granian.constants import Interfaces

from cli.ports import require_free
from engine.bootstrap import build_engine
from engine.engine import Engine
from engine.errors import BadInput
from engine.settings import settings_from
from timers.channels import channels_of
from timers.delivery import Couriers
from timers.documents import Printer
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
@click.option("--undelivered", is_flag=True, help="List the messages to the outside that failed; exit 1 if any.")
@click.option("--redeliver", metavar="KEY", help="Have those that were set aside tried again: a key, or all.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document (with --set-aside or --undelivered).")
def run_timers(
    aside: bool, retry: tuple[str, str] | None, undelivered: bool, redeliver: str | None, as_json: bool
) -> None:
    """Watch deadlines and send notices until told to stop; or look after what was set aside."""
    logs()
    with closing(build_engine(settings_from())) as engine:
        if retry:
            engine.timers.retry(*retry)
        if redeliver:
            engine.deliveries.retry(redeliver, engine.read.now())
        if aside:
            sys.exit(_show_set_aside(engine, as_json))
        if undelivered:
            sys.exit(_show_undelivered(engine, as_json))
        if not (retry or redeliver):
            _watch(engine)


def _show_set_aside(engine: Engine, as_json: bool) -> int:
    rows = engine.timers.set_aside()
    lines = [f"{row['number']}  {row['case_id']} {row['timer_id']}  {row['due_at']}  {_problem(row)}" for row in rows]
    return _show({"set_aside": rows}, [*lines, f"已搁置 set aside: {len(rows)}"], as_json)


def _show_undelivered(engine: Engine, as_json: bool) -> int:
    rows = engine.deliveries.undelivered()
    lines = []
    for row in rows:
        again = f"{row['next_try_at']} 再试 next try" if row["next_try_at"] else "已搁置 set aside"
        lines.append(f"{row['key']} {row['recipient']}  {row['notices']} 条通知 notices  {_problem(row)}  {again}")
    return _show({"undelivered": rows}, [*lines, f"未送达 undelivered: {len(rows)}"], as_json)


def _problem(row: Mapping[str, Any]) -> str:
    return f"{row['tries']} 次失败 failures: {row['problem']}"


def _show(document: Mapping[str, Sequence[Mapping[str, Any]]], lines: Sequence[str], as_json: bool) -> int:
    """Prints the document or the lines; 1 when the document lists anything."""
    click.echo(json.dumps(document, ensure_ascii=False) if as_json else "\n".join(lines))
    return 1 if any(document.values()) else 0


def _watch(engine: Engine) -> None:
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    alarm, couriers, printer = Alarm(engine), Couriers(engine, channels_of(engine)), Printer(engine)
    alarm.start()
    couriers.start()
    printer.start()
    logging.getLogger(__name__).info("watching deadlines, next due %s", engine.due() or "none")
    try:
        stop.wait()
    finally:
        alarm.stop()
        couriers.stop()
        printer.stop()


COMMANDS = (serve, run_timers)
