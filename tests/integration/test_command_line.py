"""The `binglian` command as scripts use it: one JSON document on stdout, exit codes, errors in words."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from engine.bootstrap import build_engine
from engine.settings import default_processes
from tests.builders import Office, settings_for
from tests.clock import ManualClock
from tests.forked import ROOT, binglian
from tests.ports import free_port


def test_workdays_prints_the_due_date_and_its_derivation() -> None:
    found = json.loads(binglian("workdays", "2026-01-30", "20", "--json").stdout)
    assert found["due"] == "2026-03-05T17:30:00+08:00"
    assert found["provisional"] is False
    assert sum(day["counted"] for day in found["days"]) == 20
    assert {"date", "counted", "why"} <= set(found["days"][0])
    plain = binglian("workdays", "2026-01-30", "20")
    assert "2026-03-05T17:30:00+08:00" in plain.stdout


@pytest.mark.parametrize("arguments", [("2026-02-30", "5"), ("2026-01-30", "-1"), ("2026-01-30", "many")])
def test_bad_input_is_one_error_document_and_exit_2(arguments: tuple[str, str]) -> None:
    ran = binglian("workdays", "--json", "--", *arguments)
    assert ran.returncode == 2
    error = json.loads(ran.stdout)["error"]
    assert set(error) == {"code", "message_zh", "message_en", "where"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BINGLIAN_DATABASE_URL", "nonsense"),
        ("BINGLIAN_DATABASE_URL", "sqlite:////nowhere/at/all.db"),
        ("BINGLIAN_LEASE_SECONDS", "²"),
        ("BINGLIAN_STEP_LIMIT", "99999999999999"),
        ("BINGLIAN_AREA", "３３０１００"),
        ("BINGLIAN_PROCESSES", "/nowhere"),
    ],
)
def test_a_wrong_setting_is_named_and_is_bad_input_not_a_finding(name: str, value: str) -> None:
    ran = binglian("verify", "--json", **{"BINGLIAN_DATABASE_URL": "sqlite://", name: value})
    assert ran.returncode == 2, ran.stderr
    assert json.loads(ran.stdout)["error"]["where"] == name


def test_verify_and_rebuild_report_counts_and_differences(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    office = Office(build_engine(settings, ManualClock()), ManualClock())
    office.finish(office.accept("B13"))
    office.engine.close()
    for command in ("verify", "rebuild", "verify"):
        ran = binglian(command, "--json", BINGLIAN_DATABASE_URL=settings.database_url)
        assert ran.returncode == 0, ran.stderr
        report = json.loads(ran.stdout)
        assert (report["cases"], report["differences"]) == (1, [])
        assert report["entries"] > 5


def test_check_finds_nothing_in_our_processes_and_everything_in_a_broken_folder(tmp_path: Path) -> None:
    clean = binglian("check", str(default_processes()), "--json")
    assert (clean.returncode, json.loads(clean.stdout)) == (0, [])
    (tmp_path / "process.bpmn").write_text("<not-bpmn/>")
    broken = binglian("check", str(tmp_path), "--json")
    assert broken.returncode == 1
    assert {"file", "element", "line", "rule", "level", "message_zh", "message_en", "hint"} == set(
        json.loads(broken.stdout)[0]
    )
    assert binglian("check", str(tmp_path / "nothing"), "--json").returncode == 2


def test_a_step_limit_that_no_longer_adds_up_to_the_promise_is_pointed_out(tmp_path: Path) -> None:
    folder = tmp_path / "processes"
    shutil.copytree(default_processes(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    item = folder / "SIGN" / "item.toml"
    told = item.read_text()
    item.write_text(told.replace("[limits.promised]\nvalue = 2", "[limits.promised]\nvalue = 3"))
    assert item.read_text() != told
    ran = binglian("check", str(folder), "--json")
    assert (ran.returncode, [f["rule"] for f in json.loads(ran.stdout)]) == (0, ["promised-sum"])


def test_a_taken_port_is_said_at_once_and_never_shared(tmp_path: Path) -> None:
    # Two servers with different databases once answered on one port, in turn.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port, url = str(taken.getsockname()[1]), f"sqlite:///{tmp_path / 'x.db'}"
        ran = binglian("serve", "--port", port, BINGLIAN_DATABASE_URL=url, BINGLIAN_SECRET_KEY="k" * 32)
    assert ran.returncode == 2
    assert port in ran.stderr
    assert "Traceback" not in ran.stderr


def test_demo_serves_prints_accounts_and_ends_both_processes_when_interrupted(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "cli", "demo", "--port", str(port), "--data", str(tmp_path / "demo"), "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as demo:
        try:
            assert demo.stdout is not None
            printed = json.loads(demo.stdout.readline())
            assert printed["url"] == f"http://127.0.0.1:{port}"
            assert {"username", "password"} <= set(printed["accounts"][0])
            with urllib.request.urlopen(f"{printed['url']}/healthz", timeout=20) as answer:
                assert answer.status == 200
        finally:
            demo.send_signal(signal.SIGINT)
            demo.send_signal(signal.SIGTERM)  # as make does when it is interrupted itself
            try:
                status = demo.wait(timeout=60)
            finally:
                demo.kill()
    assert status == 0
    with pytest.raises(OSError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)
    url = f"sqlite:///{tmp_path / 'demo' / 'binglian.db'}"
    assert json.loads(binglian("verify", "--json", BINGLIAN_DATABASE_URL=url).stdout)["differences"] == []
