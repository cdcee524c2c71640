"""``binglian demo``: a working installation on embedded SQLite with accounts and cases to look at."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import textwrap
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

import click

from cli.demo_cases import PASSWORD, seed
from cli.ports import require_free
from engine.catalogue import load_catalogue, load_demo_accounts
from engine.errors import BadInput
from engine.settings import Settings

START_SECONDS = 60
SIGNALS = (signal.SIGINT, signal.SIGTERM)


@click.command("demo")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--data", default="var/demo", show_default=True, help="Folder of the demonstration's database.")
@click.option("--reset", is_flag=True, help="Start over: throw the demonstration's data away.")
@click.option("--json", "as_json", is_flag=True, help="Print address and accounts as one JSON document.")
def demo(port: int, data: str, reset: bool, as_json: bool) -> None:
    """Open a working parallel approval on this machine; Ctrl-C ends it."""
    folder = Path(data).resolve()
    require_free("127.0.0.1", port)
    if reset:
        _throw_away(folder)
    environment = _prepare(folder)
    program = [sys.executable, "-m", "cli"]
    children = [
        subprocess.Popen([*program, "serve", "--port", str(port)], env=environment),
        subprocess.Popen([*program, "timers"], env=environment),
    ]
    try:
        _supervise(children, port, as_json)
    finally:
        _end(children)


def _throw_away(folder: Path) -> None:
    """Only a folder this command made is removed."""
    if folder.exists() and not (folder / "secret.key").is_file():
        raise BadInput("demo.reset", "这不是演示数据文件夹", "this is not a folder of the demonstration", str(folder))
    shutil.rmtree(folder, ignore_errors=True)


def _prepare(folder: Path) -> dict[str, str]:
    folder.mkdir(parents=True, exist_ok=True)
    key_file = folder / "secret.key"
    if not key_file.is_file():
        key_file.touch(mode=0o600)
        key_file.write_text(secrets.token_hex(32))
    key, url = key_file.read_text().strip(), f"sqlite:///{folder / 'binglian.db'}"
    seed(Settings(database_url=url, secret_key=key))
    return {
        **os.environ,
        "BINGLIAN_DATABASE_URL": url,
        "BINGLIAN_SECRET_KEY": key,
        "BINGLIAN_INSECURE_COOKIES": "1",  # plain http on the loopback address only
    }


def _supervise(children: list[subprocess.Popen[bytes]], port: int, as_json: bool) -> None:
    """Says where to open once it answers, then waits; a child that ends takes the demonstration with it."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        for name in SIGNALS:  # make sends a second one; it must not keep the children from being ended
            signal.signal(name, signal.SIG_IGN)
        raise KeyboardInterrupt

    for name in SIGNALS:  # SIGINT is ignored by default when started in the background
        signal.signal(name, interrupt)
    try:
        _wait_until_it_answers(children, port)
        _announce(port, as_json)
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        raise BadInput("demo.ended", "演示进程意外结束", "a process of the demonstration ended unexpectedly")
    except KeyboardInterrupt:
        click.echo("演示结束 the demonstration has ended", err=True)


def _wait_until_it_answers(children: list[subprocess.Popen[bytes]], port: int) -> None:
    for _ in range(START_SECONDS * 10):
        if any(child.poll() is not None for child in children):
            break
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise BadInput("demo.start", "演示未能启动,请看上面的日志", "the demonstration did not start; see the log above")


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()


def _announce(port: int, as_json: bool) -> None:
    settings = Settings()
    catalogue = load_catalogue(settings.processes)
    accounts = load_demo_accounts(settings.processes, catalogue)
    url = f"http://127.0.0.1:{port}"
    if as_json:
        people = [
            {"username": a.username, "password": PASSWORD, "department": a.department, "roles": list(a.roles)}
            for a in accounts
        ]
        click.echo(json.dumps({"url": url, "accounts": people}, ensure_ascii=False))
        sys.stdout.flush()
        return
    click.echo(f"\n  并联 Binglian 已启动 is running:  {url}\n\n  密码 password for every account: {PASSWORD}\n")
    heads = [account for account in accounts if account.roles == ("section_head",)]
    directors = [account for account in accounts if account.roles == ("department_head",)]
    alone = [account for account in accounts if "section_head" in account.roles and account not in heads]
    for account in accounts:
        if account not in (*heads, *directors, *alone):
            department = catalogue.departments[account.department]
            click.echo(f"    {account.username:<13} {department.name_zh} {department.name_en}")
    names = ", ".join(account.username for account in heads[:3])
    click.echo(f"    {names}, …  科室负责人,收到超期通知 section heads, told what is overdue")
    names = ", ".join(account.username for account in directors[:3])
    click.echo(f"    {names}, …  部门负责人,督办第二级 heads of departments, told next")
    click.echo("    其他部门各一个账号 one account for each of the other departments:")
    others = ", ".join(f"{account.username} {catalogue.departments[account.department].name_zh}" for account in alone)
    click.echo(textwrap.fill(others, 100, initial_indent="      ", subsequent_indent="      "))
    click.echo(
        "\n  试一试 what to try:\n"
        "    1. window1: 窗口受理 → 新申请 → “开办餐饮店” → 受理。 Take in a restaurant and accept it.\n"
        "    2. market1, fire1, …: 待办 → 办理意见 → 同意/不同意。 Decide in any order, side by side.\n"
        "    3. super1: 效能监督。 See what is overdue and who was told.\n"
        "    4. 首页“查办理进度”:用回执上的编号和查询码。 Follow the case with number and query code.\n\n"
        "  Ctrl-C 结束 ends it.  make demo ARGS=--reset 重新开始 starts over.\n"
    )


COMMANDS = (demo,)
