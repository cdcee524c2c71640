"""``binglian documents``: whether this machine can print, what waits and why, and a look at a template."""

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from engine.bootstrap import build_engine
from engine.documents.language import environment
from engine.documents.load import load_papers
from engine.documents.press import load_press
from engine.documents.sample import sample_values
from engine.engine import Engine
from engine.errors import BadInput, BinglianError, IntegrityError
from engine.settings import settings_from


@click.command("documents")
@click.option("--sample", nargs=2, metavar="CODE FILE", help="Print a kind of document with invented values; no case.")
@click.option("--retry", metavar="NUMBER", help="Have what was set aside made again: a number, or all.")
@click.option("--files", is_flag=True, help="Read every file that was made: missing or damaged ones are told.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def documents(sample: tuple[str, str] | None, retry: str | None, files: bool, as_json: bool) -> None:
    """Say whether documents can be made here and which wait; exit 1 when something is wrong."""
    if sample:
        _print_sample(*sample)
        return
    with closing(build_engine(settings_from())) as engine:
        if retry:
            engine.paperwork.rows.retry(retry, engine.read.now())
        sys.exit(_show(engine, list(_damaged(engine)) if files else [], as_json))


def _print_sample(code: str, file: str) -> None:
    papers = load_papers(settings_from().processes)
    kind = papers.kind(code)
    if kind is None:
        known = "、".join(one.code for one in papers.kinds)
        raise BadInput(
            "document.kind", f"没有文书 {code}，可用：{known}", f"there is no {code}; there are: {known}", code
        )
    html = environment(papers.templates).get_template(kind.template).render(sample_values(papers, kind))
    Path(file).write_bytes(load_press().print(html))
    click.echo(file)


def _press() -> tuple[str, str]:
    """The press of this machine, or what it lacks."""
    try:
        press = load_press()
    except BinglianError as error:
        return "", f"{error.message_zh} / {error.message_en}"
    return f"WeasyPrint {press.version}, {press.font}", ""


def _damaged(engine: Engine) -> Iterator[dict[str, str]]:
    """Files that are not there, or not what the journal says."""
    after = ""
    while made := engine.paperwork.rows.made(after):
        for number, sha256 in made:
            try:
                engine.paperwork.files.read(sha256)
            except IntegrityError as error:
                yield {"number": number, "sha256": sha256, "code": error.code}
        after = made[-1][0]


def _show(engine: Engine, damaged: list[dict[str, str]], as_json: bool) -> int:
    rows = engine.paperwork.rows
    press, problem = _press()
    unmade: list[dict[str, Any]] = rows.unmade()
    told = {"press": press, "problem": problem, "waiting": rows.waiting(), "unmade": unmade, "damaged": damaged}
    status = 1 if problem or unmade or damaged else 0
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return status
    click.echo(press or problem)
    for row in unmade:
        again = f"{row['next_try_at']} 再试 next try" if row["next_try_at"] else "已搁置 set aside"
        click.echo(f"{row['number']}  {row['case_number']}  {row['tries']} 次失败 failures: {row['problem']}  {again}")
    for one in damaged:
        click.echo(f"{one['number']}  {one['code']}  {one['sha256']}")
    click.echo(f"待制作 waiting: {rows.waiting()}")
    return status


COMMANDS = (documents,)
