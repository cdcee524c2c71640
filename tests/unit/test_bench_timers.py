"""The bench of deadlines, with few of them: every contestant fires each exactly once, and says so."""

from pathlib import Path

import pytest

from bench import timer_contestants, timers
from bench.offerings import LOOP, P8, write_offerings


def test_all_contestants_fire_what_is_due_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (timer_contestants, timers):
        monkeypatch.setattr(module, "DUE", 16)
    processes = tmp_path / "processes"
    processes.mkdir()
    url = f"sqlite:///{tmp_path / 'ours.db'}"
    with timers.site("SQLite", url, write_offerings(processes, (P8, LOOP)), 100) as place:
        figures = {figure.name: figure for figure in timers.firing(place, tmp_path, 1)}
        assert place.engine.due() == timer_contestants.FAR, "the others wait on"
    assert {name for name, figure in figures.items() if figure.met is not None} == {
        f"SQLite, 100: {ours} / {other}"
        for ours in ("ours, 1,000 cases", "ours, 125 cases of 8")
        for other in ("plain", "naive")
    }


def test_what_waiting_costs_is_set_against_the_number_of_deadlines() -> None:
    idles = {10: timers.Idle(0.1, 0.002, 50_000), 1000: timers.Idle(0.3, 0.002, 60_000)}
    met = {figure.name: figure.met for figure in timers.waiting("SQLite", idles) if figure.met is not None}
    assert met == {
        "SQLite: idle CPU, most / fewest deadlines": True,
        "SQLite: memory, most - fewest deadlines": True,
        "SQLite: start, most / fewest deadlines": False,
    }
