"""Writes the table of docs/approvals.md from the stories the tests play: every act × every state of the other branches.

The words of a cell are made from what its test expects, so they cannot say anything else. What stands around the table
is written by hand.

Usage: python -m tools.approvals_doc [--check]
"""

import re
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SOURCE, TARGET = ROOT / "tests" / "scenarios" / "approvals", ROOT / "docs" / "approvals.md"
BEGIN, END = "<!-- made by tools.approvals_doc -->\n", "<!-- end -->\n"

_SEAT = re.compile(r"(?P<seat>\w+ \d+): (?P<status>\w+), [^,]+(, for (?P<behalf>\w+))?(, (?P<lent>lent))?.*")


def _list(words: Sequence[str]) -> str:
    return ", ".join(words)


def _again(cell: Mapping[str, Any]) -> str:
    """Steps that open again, by whose clock goes on."""
    old = cell.get("old_clock", [])
    anew = [step for step in cell.get("reopened", []) if step not in old]
    told = [f"{_list(old)} again, old clock"] * bool(old) + [f"{_list(anew)} again, new clock"] * bool(anew)
    return "; ".join(told)


def _seats(lines: Sequence[str]) -> str:
    told = []
    for line in lines:
        seat = _SEAT.fullmatch(line)
        if seat is None:
            raise ValueError(f"{line!r} says nothing of a seat")
        behalf, lent = " for the absent" if seat["behalf"] else "", ", lent" if seat["lent"] else ""
        taken = ", what was said kept" if line.endswith("taken_back kept") else ""
        told.append(f"seat {seat['seat']} {seat['status']}{behalf}{lent}{taken}")
    return "; ".join(told)


WORDS: Mapping[str, Callable[[Any], str]] = {
    "decided": lambda said: f"decided: {_list(said)}",
    "changed": lambda said: f"now {_list(said)}",
    "seats": _seats,
    "cancelled": lambda said: f"{_list(said)} cancelled",
    "voided": lambda said: f"{_list(said)} void",
    "opened": lambda said: f"{_list(said)} opened",
    "stopped": lambda said: f"stopped: {_list(said)}",
    "going_on": lambda said: f"go on: {_list(said)}",
    "later": lambda said: f"later: {_list(said)}",
    "earlier": lambda said: f"earlier: {_list(said)}",
    "item": lambda said: f"item {said}",
    "results": lambda said: f"result {_list(said)}",
    "case": lambda said: f"case {said}",
    "kept": lambda said: f"kept: {_list(said)}",
}
"""Key of a cell → its words, in the order of the table."""
_BEFORE = {"decided", "changed", "seats", "cancelled", "voided"}
"""What is said before the steps that open again."""


def words(cell: Mapping[str, Any], says: str = "") -> str:
    """What a cell says; ``says`` stands for its seats. Never empty."""
    if "refused" in cell:
        return f"refused `{cell['refused']}`"
    told = [say(cell[key]) for key, say in WORDS.items() if key in cell and not (says and key == "seats")]
    place = len([key for key in WORDS if key in cell and key in _BEFORE])
    told[place:place] = filter(None, [_again(cell)])
    return "; ".join(filter(None, [says, *told])).replace("_", " ") or "case as it was"


def table() -> str:
    """The table, group by group."""
    layout = tomllib.loads((SOURCE / "states.toml").read_text(encoding="utf-8"))
    states = layout["states"]
    head = f"| act | {' | '.join(state['title'] for state in states.values())} |\n|{'---|' * (len(states) + 1)}\n"
    parts = []
    for group in layout["groups"]:
        rows = [_row(verb, states) for verb in group["verbs"]]
        parts.append(f"### {group['title']}\n\n{head}{''.join(rows)}")
    return "\n".join(parts)


def _row(verb: str, states: Mapping[str, Any]) -> str:
    story = tomllib.loads((SOURCE / f"{verb}.toml").read_text(encoding="utf-8"))
    link = f"[{story['title']}](../tests/scenarios/approvals/{verb}.toml)"
    return f"| {link} | {' | '.join(words(story[state], story.get('says', '')) for state in states)} |\n"


def document(text: str) -> str:
    """The text of docs/approvals.md with the table as the stories are."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def main() -> None:
    """Writes the file, or with --check says whether it is fresh."""
    text = TARGET.read_text(encoding="utf-8")
    if "--check" in sys.argv:
        sys.exit(0 if text == document(text) else "docs/approvals.md is not fresh")
    TARGET.write_text(document(text), encoding="utf-8")


if __name__ == "__main__":
    main()
