"""``binglian import`` as people type it: the same again changes nothing, wrong data is refused with its place."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from engine.catalogue import load_catalogue
from engine.checking import check_path
from engine.exchange import Request, import_data
from engine.parallel.figures import as_json, figures
from engine.settings import default_processes

BUNDLE = "B16"
IMPORTED = default_processes() / "imported"


class Given:
    """The two files of one bundle, and the folder they go to."""

    def __init__(self, folder: Path) -> None:
        bundles = json.loads((IMPORTED / "bundles.json").read_text(encoding="utf-8"))
        items = json.loads((IMPORTED / "items.json").read_text(encoding="utf-8"))
        self.bundles: list[dict[str, Any]] = [entry for entry in bundles if entry["id"] == BUNDLE]
        self.items: list[dict[str, Any]] = [item for item in items if item["code"] in self.bundles[0]["items"]]
        self.folder = folder
        self.into = folder / "processes"
        self.save()

    def save(self) -> None:
        """Writes the data as it is now."""
        for name, entries in (("items.json", self.items), ("bundles.json", self.bundles)):
            (self.folder / name).write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")

    def item(self, code: str) -> dict[str, Any]:
        return next(item for item in self.items if item["code"] == code)

    def run(self, *options: str) -> Result:
        """The command with its output."""
        files = [str(self.folder / "items.json"), str(self.folder / "bundles.json")]
        return CliRunner().invoke(main, ["import", *files, "--into", str(self.into), *options])

    def report(self, *options: str) -> dict[str, Any]:
        """What it says it did."""
        result = self.run(*options, "--json")
        assert result.exit_code == 0, result.output
        document: dict[str, Any] = json.loads(result.stdout)
        return document

    def refused(self) -> dict[str, str]:
        """The error of data that is wrong."""
        self.save()
        result = self.run("--json")
        assert result.exit_code == 2, result.output
        error: dict[str, str] = json.loads(result.stdout)["error"]
        return error

    def edit(self, name: str, old: str, new: str) -> None:
        """Somebody changes a file of the folder."""
        path = self.into / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def text(self, name: str) -> str:
        return (self.into / name).read_text(encoding="utf-8")

    def contents(self) -> dict[str, str]:
        """Every file of the folder but temporary ones."""
        files = [path for path in self.into.rglob("*") if path.is_file() and not path.name.startswith(".")]
        return {path.relative_to(self.into).as_posix(): path.read_text(encoding="utf-8") for path in sorted(files)}


@pytest.fixture
def given(tmp_path: Path) -> Given:
    return Given(tmp_path)


def test_a_bundle_and_its_items_become_a_catalogue_that_is_checked(given: Given) -> None:
    found = given.report()
    assert found["new"] == ["HOUSETAX", "REALTY_TR", "TR_POWER", "TR_WATER", "TR_GAS", BUNDLE]
    assert (found["changed"], found["unchanged"], found["written"]) == ([], [], True)
    assert [finding for finding in check_path(given.into) if finding.level == "error"] == []
    days = as_json(figures(load_catalogue(given.into).offering(BUNDLE)))
    assert (days["serial_days"], days["critical_path_days"], days["relaxed_days"]) == (4.5, 2.25, 2)


def test_the_same_again_changes_nothing_and_touches_no_file(given: Given) -> None:
    given.report()
    before = {path: path.stat().st_mtime_ns for path in given.into.rglob("*")}
    found = given.report()
    assert (found["new"], found["changed"], found["files"]) == ([], [], [])
    assert len(found["unchanged"]) == 6
    assert {path: path.stat().st_mtime_ns for path in given.into.rglob("*")} == before
    assert "未变 unchanged 6" in given.run().output


def test_the_shipped_catalogue_is_what_its_data_says() -> None:
    request = Request(IMPORTED / "items.json", IMPORTED / "bundles.json", default_processes(), dry_run=True)
    report = import_data(request)
    assert report.codes("new") == report.codes("changed") == []
    assert len(report.codes("unchanged")) == 91
    assert report.files == ()


def test_a_dry_run_says_the_same_and_writes_nothing(given: Given) -> None:
    dry = given.report("--dry-run")
    assert not given.into.exists()
    assert dry | {"written": True} == given.report()


def test_items_no_bundle_uses_are_left_out_unless_asked_for(given: Given) -> None:
    given.bundles[0]["items"].remove("TR_GAS")
    given.bundles[0]["precedence"] = [e for e in given.bundles[0]["precedence"] if e["to"] != "TR_GAS"]
    given.save()
    assert given.report()["left_out"] == ["TR_GAS"]
    assert not (given.into / "TR_GAS").exists()
    assert given.report("--all-items")["new"] == ["TR_GAS"]


def test_what_people_added_to_a_file_stays_while_facts_follow_the_data(given: Given) -> None:
    given.report()
    given.edit("HOUSETAX/item.toml", 'name_en = "核税缴税"', '# 请核对译文\nname_en = "Tax assessed and paid"')
    given.edit("HOUSETAX/item.toml", 'short_en = "Deed tax declaration"', 'short_en = "Deed tax"')
    given.edit("HOUSETAX/forms/application.toml", 'label_zh = "手机号码"', 'label_zh = "联系电话"')
    assert given.report()["changed"] == []
    given.item("HOUSETAX")["steps"][1]["promised_working_days"] = 1
    given.item("HOUSETAX")["promised_limit"]["value"] = 1
    given.save()
    found = given.report()
    assert found["changed"] == ["HOUSETAX", BUNDLE]
    text = given.text("HOUSETAX/item.toml")
    for kept in ("# 请核对译文\n", 'name_en = "Tax assessed and paid"', 'short_en = "Deed tax"'):
        assert kept in text
    assert "联系电话" in given.text("HOUSETAX/forms/application.toml")
    catalogue = load_catalogue(given.into)
    assert catalogue.offering(BUNDLE).step("HOUSETAX.review").limit == 1
    assert 'limit="1"' in given.text("HOUSETAX/process.bpmn")
    assert given.report()["files"] == []


def test_a_translation_of_a_text_that_changed_is_replaced(given: Given) -> None:
    given.report()
    given.edit("HOUSETAX/item.toml", 'name_en = "核税缴税"', 'name_en = "Tax assessed and paid"')
    given.item("HOUSETAX")["steps"][1] |= {"name": "核定税额", "name_en": "Tax assessed"}
    given.save()
    given.report()
    text = given.text("HOUSETAX/item.toml")
    assert 'name_zh = "核定税额"' in text
    assert 'name_en = "Tax assessed"' in text


def test_facts_changed_by_hand_are_put_back_and_orders_the_data_gave_up_go(given: Given) -> None:
    given.report()
    given.edit("TR_GAS/item.toml", "limit = 1\n", "limit = 2\n")
    assert given.report()["changed"] == ["TR_GAS"]
    assert "limit = 2\n" not in given.text("TR_GAS/item.toml")
    given.bundles[0]["precedence"][0]["relaxable"] = False
    given.bundles[0]["precedence"][0]["relax_source"] = []
    given.bundles[0]["reported"] = []
    given.save()
    assert given.report()["changed"] == [BUNDLE]
    (edge, *_) = load_catalogue(given.into).offering(BUNDLE).precedence
    assert (edge.relaxable, edge.relax_source) == (False, ())
    assert "[[reported]]" not in given.text(f"{BUNDLE}/item.toml")


def test_a_diagram_that_is_missing_is_drawn_again(given: Given) -> None:
    given.report()
    drawn = given.text(f"{BUNDLE}/process.bpmn")
    (given.into / BUNDLE / "process.bpmn").unlink()
    assert given.report()["files"] == [f"{BUNDLE}/process.bpmn"]
    assert given.text(f"{BUNDLE}/process.bpmn") == drawn


def _twice(given: Given) -> None:
    given.items.append(dict(given.items[0]))


def _unknown_material(given: Given) -> None:
    given.item("TR_GAS")["steps"][0]["consumes"][0] = "M_NOWHERE"


def _unknown_step(given: Given) -> None:
    given.item("REALTY_TR")["steps"][2]["after"] = ["REALTY_TR.nowhere"]


def _negative(given: Given) -> None:
    given.item("REALTY_TR")["steps"][1]["promised_working_days"] = -1


def _unknown_item(given: Given) -> None:
    given.bundles[0]["items"].append("NOBODY")


def _misspelt(given: Given) -> None:
    given.item("HOUSETAX")["lead_departement"] = "税务"


def _missing(given: Given) -> None:
    del given.bundles[0]["precedence"][1]["reason"]


def _wrong_word(given: Given) -> None:
    given.item("HOUSETAX")["promised_limit"]["unit"] = "weeks"


def _no_source(given: Given) -> None:
    given.bundles[0]["precedence"][0]["source"] = []


def _not_carried(given: Given) -> None:
    given.bundles[0]["precedence"][1]["carries"] = "R_DEEDTAX"


def _circle_of_steps(given: Given) -> None:
    given.item("HOUSETAX")["steps"][0]["after"] = ["HOUSETAX.review"]


def _circle_of_items(given: Given) -> None:
    back = dict(given.bundles[0]["precedence"][1])
    back |= {"from": "TR_POWER", "to": "HOUSETAX", "to_step": "HOUSETAX.accept", "carries": None}
    given.bundles[0]["precedence"].append(back)


def _two_makers(given: Given) -> None:
    given.item("TR_GAS")["results"][0]["code"] = "R_DEEDTAX"
    given.item("TR_GAS")["steps"][0]["produces"] = ["R_DEEDTAX"]


@pytest.mark.parametrize(
    ("spoil", "where", "word"),
    [
        (_twice, "items.json: items[5].code", "appears twice"),
        (_unknown_material, "items.json: items[4].steps[0].consumes[0]", "M_NOWHERE"),
        (_unknown_step, "items.json: items[1].steps[2].after[0]", "REALTY_TR.nowhere"),
        (_negative, "items.json: items[1].steps[1].promised_working_days", "at least 0"),
        (_unknown_item, "bundles.json: bundles[0].items[5]", "NOBODY"),
        (_misspelt, "items.json: items[0]", "lead_departement"),
        (_missing, "bundles.json: bundles[0].precedence[1]", "reason"),
        (_wrong_word, "items.json: items[0].promised_limit.unit", "weeks"),
        (_no_source, "bundles.json: bundles[0].precedence[0].source", "names its source"),
        (_not_carried, "bundles.json: bundles[0].precedence[1].carries", "does not"),
        (_circle_of_steps, "items.json: items[0].steps", "HOUSETAX.accept → HOUSETAX.review"),
        (_circle_of_items, "bundles.json: bundles[0].precedence", "circular"),
        (_two_makers, "items.json: items[4].results[0].code", "HOUSETAX"),
    ],
)
def test_wrong_data_is_refused_with_its_place_and_nothing_is_written(
    given: Given, spoil: Callable[[Given], None], where: str, word: str
) -> None:
    spoil(given)
    error = given.refused()
    assert error["where"] == where
    assert word in error["message_en"]
    assert not given.into.exists()


@pytest.mark.parametrize(
    ("content", "code", "where"),
    [
        (b"[{]", "exchange.not_json", "items.json: 1:3"),
        (b'[{"code": NaN}]', "exchange.not_json", "items.json"),
        (b'[{"code": "A", "code": "B"}]', "exchange.not_json", "items.json"),
        (b"\xff\xfe", "exchange.not_utf8", "items.json"),
        (b"{}", "exchange.schema", "items.json: items"),
        (b'["\\ud800"]', "exchange.not_json", "items.json"),
        (b"[" * 100_000, "exchange.not_json", "items.json"),
        (b"[" + b"1" * 5_000 + b"]", "exchange.not_json", "items.json"),
    ],
)
def test_a_file_that_is_not_the_format_is_refused(given: Given, content: bytes, code: str, where: str) -> None:
    (given.folder / "items.json").write_bytes(content)
    result = given.run("--json")
    assert result.exit_code == 2
    error = json.loads(result.stdout)["error"]
    assert (error["code"], error["where"]) == (code, where)


def test_what_does_not_go_with_the_folder_is_refused_and_nothing_is_written(given: Given) -> None:
    given.report()
    given.edit("HOUSETAX/item.toml", "schema = 1", "schema = ")
    before = given.contents()
    error = given.refused()
    assert (error["code"], error["where"]) == ("exchange.target", "HOUSETAX/item.toml")
    assert given.contents() == before


def test_a_break_in_the_middle_leaves_whole_files_and_the_next_import_completes_them(
    given: Given, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given.report()
    whole = given.contents()
    given.into = tmp_path / "broken"
    really, calls = os.fsync, 0

    def breaks(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls % 7 == 0:
            raise KeyboardInterrupt
        really(descriptor)

    monkeypatch.setattr(os, "fsync", breaks)
    broken = 0
    while given.run().exit_code != 0:
        broken += 1
        assert broken < 30
        assert given.contents().items() <= whole.items()
    assert broken
    monkeypatch.undo()
    assert given.report()["files"] == []
    assert given.contents() == whole
