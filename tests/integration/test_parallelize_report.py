"""The report of ``binglian parallelize --html`` and the budgets of ``--target``, as people ask for them."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from cli.report import write_file
from engine.diagram.xml import read_xml
from engine.errors import BadInput
from engine.parallel.plan import plain_items
from tests.quick import shipped

SERIAL = Path(__file__).parents[1] / "unit" / "serial.bpmn"
VOID = {"meta", "link", "br", "img", "hr", "input"}


def run(*arguments: object) -> Result:
    """The command with its output."""
    return CliRunner().invoke(main, ["parallelize", *map(str, arguments)])


class Page(HTMLParser):
    """What a page consists of; fails when a tag is not closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes a tag that stays open."""
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes a tag."""
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        """Expects the tag that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Notes text."""
        self.words.append(data)

    def values(self, name: str) -> list[str]:
        """Everything an attribute is set to."""
        return [value for attribute, value in self.attributes if attribute == name]


def report_of(path: Path, *arguments: object) -> str:
    """The report that is written."""
    result = run(*arguments, "--html", path / "report.html")
    assert result.exit_code == 0, result.output
    return (path / "report.html").read_text(encoding="utf-8")


def pictures(text: str) -> list[str]:
    """The pictures in a report, each of which has to be XML of its own."""
    found = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    for svg in found:
        read_xml(svg.encode(), "picture.svg")
    return found


@pytest.mark.parametrize("flags", [(), ("--lang", "en", "--joint-visits"), ("--relaxed", "--target", "9")])
@pytest.mark.parametrize("source", ["B02", "B13", "FOOD"])
def test_a_report_needs_nothing_but_itself(source: str, flags: tuple[str, ...], tmp_path: Path) -> None:
    text = report_of(tmp_path, source, *flags)
    page = Page(text)
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & set(page.tags)
    assert all(target.startswith("#") and target[1:] in page.values("id") for target in page.values("href"))
    assert not page.values("src")
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert "http" not in text.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not any(word in text for word in ("url(", "@import"))
    assert len(set(page.values("id"))) == len(page.values("id"))
    assert 4 <= len(pictures(text)) <= 6


def test_every_step_is_there_and_the_critical_ones_are_marked(tmp_path: Path) -> None:
    offering = shipped().offering("B02")
    text = report_of(tmp_path, "B02")
    steps = [step.id for code in plain_items(offering) for step in offering.item(code).steps]
    gantt = next(svg for svg in pictures(text) if 'data-part="bar"' in svg and "data-step" in svg)
    critical = {"LIC_CHECK.review", "FIRECHK.accept", "FIRECHK.inspect", "FIRECHK.decide"}
    assert set(re.findall(r'data-step="([^"]+)"', gantt)) == set(steps)
    assert set(re.findall(r'data-step="([^"]+)" data-critical', gantt)) == critical
    assert set(re.findall(r'<tr data-step="([^"]+)"', text)) == set(steps)
    assert set(re.findall(r'<tr data-step="([^"]+)" class="critical"', text)) == critical
    before, after, whole = (svg for svg in pictures(text) if "bpmn-svg" in svg)
    for step in steps:
        assert f'data-element-id="{step}"' in before
        assert f'data-element-id="{step}"' in after
    assert all(f'data-element-id="{step}"' in whole for step in offering.steps)


ZH = ("开办餐饮店一件事", "缩短 57%", "为什么保留这些先后", "先核验营业执照状态", "S22", "余 3", "可放宽", "证明成立")
EN = (
    "Opening a restaurant", "57% less", "Why this order", "licence status is checked", "S22", "slack 3",
    "may be relaxed", "the proof holds",
)  # fmt: skip


@pytest.mark.parametrize(("language", "words"), [("zh", ZH), ("en", EN)])
def test_a_report_is_in_one_language(language: str, words: tuple[str, ...], tmp_path: Path) -> None:
    text = report_of(tmp_path, "B02", "--lang", language)
    shown = "".join(Page(text).words)
    assert not [word for word in words if word not in shown]
    if language == "en":
        sources = text.index('id="h-sources"')  # titles of documents are not translated
        assert re.findall("[\u4e00-\u9fff]+", text[:sources]) == []


def test_a_file_is_its_own_before(tmp_path: Path) -> None:
    text = report_of(tmp_path, SERIAL)
    before, after = (svg for svg in pictures(text) if "bpmn-svg" in svg)
    for step in ("register", "argue", "review", "survey", "publish", "issue"):
        assert f'data-element-id="{step}"' in before
        assert f'data-element-id="{step}"' in after
    assert before.count("parallelGateway") == 0 < after.count("parallelGateway")
    assert "文件未写明时限" in text


HOSTILE = '</title></style><script>alert("x")</script>&lt;img src=x onerror=y&gt;{{ 7*7 }}'


def hostile(tmp_path: Path, limit: str = "2") -> Path:
    """A serial file whose every name is an attack, and that says its limits."""
    text = SERIAL.read_text(encoding="utf-8")
    escaped = HOSTILE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    text = re.sub(r' name="[^"]*"', lambda _: f' name="{escaped}"', text)
    text = re.sub(r"<userTask([^>]*)/>", r"<userTask\1><extensionElements></extensionElements></userTask>", text)
    step = f'<extensionElements><bl:step act="review" department="d" role="r" limit="{limit}"/>'
    text = re.sub(
        r"(<userTask[^>]*>(?:\s*<documentation>[^<]*</documentation>)?\s*)<extensionElements>", rf"\1{step}", text
    )
    path = tmp_path / "hostile.bpmn"
    path.write_text(text, encoding="utf-8")
    return path


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    text = report_of(tmp_path, hostile(tmp_path))
    page = Page(text)
    assert "script" not in page.tags and "img" not in page.tags
    assert HOSTILE in "".join(page.words)
    assert pictures(text)


def test_limits_in_a_file_make_its_figures(tmp_path: Path) -> None:
    result = run(hostile(tmp_path), "--json", "--target", "5")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    assert found["serial_days"] > found["critical_path_days"] > 5
    assert found["budget"]["feasible"] is True
    assert {step["id"] for step in found["steps"]} >= {"register", "review", "issue"}
    assert all(0.5 <= step["budget"] <= step["days"] for step in found["steps"])


def test_a_target_gives_every_step_its_budget() -> None:
    found = json.loads(run("B02", "--target", "8", "--json").stdout)
    assert (found["budget"]["target"], found["budget"]["feasible"]) == (8, True)
    chain = [step["budget"] for step in found["steps"] if step["id"] in found["critical_steps"]]
    assert 7.99 < sum(chain) <= 8
    assert "消防安全检查 · 现场检查: 10 → 6.1538" in run("B02", "--target", "8").output


def test_a_target_that_cannot_be_met_names_the_chain_and_the_days_over(tmp_path: Path) -> None:
    found = json.loads(run("B02", "--target", "1", "--floor", "2", "--json").stdout)
    assert found["budget"]["feasible"] is False
    assert found["budget"]["over"] == 5
    assert found["budget"]["chain"][0] == "LIC_CHECK.review"
    text = report_of(tmp_path, "B02", "--target", "1", "--floor", "2")
    assert "做不到 1 个工作日" in text and "超出 5 个" in text


@pytest.mark.parametrize("wrong", ["ten", "-1", "NaN", "Infinity", "1e999999999", "0e999999999", "1e-999999999", " "])
@pytest.mark.parametrize("option", ["--target", "--floor"])
def test_a_target_that_is_no_number_is_told_in_words(option: str, wrong: str) -> None:
    result = run("B02", "--target", "8", option, wrong)
    assert result.exit_code == 2
    assert f"{option} takes working days" in result.output


def test_a_file_without_limits_has_nothing_to_share_out() -> None:
    result = run(SERIAL, "--target", "5", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"]["code"] == "parallelize.no_limits"


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")
    (tmp_path / "link.html").symlink_to(path)
    write_file(tmp_path / "link.html", b"new")
    assert path.read_bytes() == b"new"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link.html", "report.html"]
    with pytest.raises(BadInput, match="cannot be written"):
        write_file(tmp_path / "nowhere" / "report.html", b"new")
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadInput, match="cannot be written"):
        write_file(tmp_path / "folder", b"new")
    write_file(Path("/dev/null"), b"new")
    assert Path("/dev/null").is_char_device()


def test_a_report_that_cannot_be_written_is_one_line() -> None:
    result = run("FOOD", "--html", "/nowhere/at/all.html")
    assert result.exit_code == 2
    assert "写不了这个文件" in result.output
