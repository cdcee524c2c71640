"""The deployed processes: who may look, what is listed, the file byte by byte, every name in English too."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import main
from engine.catalogue import BUNDLE
from engine.diagram.xml import local_name, read_definitions
from engine.drawing import draw_offering, english_names
from engine.settings import default_processes
from tests.builders import Office, opened_office
from tests.clock import ManualClock
from tests.quick import shipped
from tests.web import Visitor, site_of, texts
from webapp.security import HEADERS

CATALOGUE = shipped()
BUNDLES = sorted(code for code, offering in CATALOGUE.offerings.items() if offering.kind == BUNDLE)
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


@pytest.mark.parametrize("path", ["", "B02/", "B02/process.bpmn"])
def test_only_supervision_may_look(office: Office, path: str) -> None:
    app = site_of(office.engine)
    for username in ("market1", "window1", "market_head"):
        assert Visitor(app, username).get(f"/admin/processes/{path}").status_code == 403
    assert Visitor(app, "super1").get(f"/admin/processes/{path}").status_code == 200


def row(html: str, code: str) -> str:
    """The text of one row of the list."""
    found = re.search(rf'<tr data-process="{code}">.*?</tr>', html, re.DOTALL)
    assert found, code
    return " ".join(texts(found[0]))


def test_every_process_is_listed_with_its_version_and_running_cases_the_bundles_first(office: Office) -> None:
    for code in ("B02", "B02", "FOOD"):
        office.accept(code)
    office.finish(office.accept("FOOD"))
    office.submit("B13")
    page = Visitor(site_of(office.engine), "super1").get("/admin/processes/").text
    listed = re.findall(r'data-process="(\w+)"', page)
    assert sorted(listed) == sorted(CATALOGUE.offerings)
    assert listed[: len(BUNDLES)] == BUNDLES
    version = office.engine.deployments.current("B02").version[:12]
    assert row(page, "B02") == f"B02 开办餐饮店一件事 一件事 市场监管 {version} 2"
    assert row(page, "FOOD").endswith(" 1")
    assert row(page, "B13").endswith(" 0")


def test_cases_on_earlier_versions_are_counted_apart(tmp_path: Path, clock: ManualClock) -> None:
    with opened_office(tmp_path, clock) as office:
        office.accept("FOOD")
    folder = tmp_path / "processes"
    shutil.copytree(default_processes(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / "FOOD" / "process.bpmn"
    path.write_text(path.read_text("utf-8").replace("申请已受理", "受理了"), "utf-8")
    with opened_office(tmp_path, clock, processes=folder) as office:
        office.accept("FOOD")
        supervisor = Visitor(site_of(office.engine), "super1")
        assert row(supervisor.get("/admin/processes/").text, "FOOD").endswith(" 2 其中旧版本 1")
        page = supervisor.get("/admin/processes/FOOD/").text
        assert 'data-running="1"' in page
        assert "另有 1 件在旧版本上" in page


def test_the_file_comes_byte_by_byte_and_is_kept_only_when_asked_for(office: Office) -> None:
    supervisor = Visitor(site_of(office.engine), "super1")
    shown = supervisor.client.get("/admin/processes/B02/process.bpmn")
    kept = supervisor.client.get("/admin/processes/B02/process.bpmn?download=1")
    assert shown.data == kept.data == CATALOGUE.offering("B02").diagram
    assert (shown.mimetype, shown.headers["X-Content-Type-Options"]) == ("application/xml", "nosniff")
    assert "Content-Disposition" not in shown.headers
    assert kept.headers["Content-Disposition"] == "attachment; filename=B02.bpmn"


def test_a_process_nobody_deployed_is_not_found(office: Office) -> None:
    supervisor = Visitor(site_of(office.engine), "super1")
    for path in ("NONE/", "NONE/process.bpmn"):
        assert supervisor.get(f"/admin/processes/{path}").status_code == 404


@pytest.mark.parametrize("code", ["B02", "SIGN"])
def test_the_table_has_every_step_and_the_page_keeps_the_strict_policy(office: Office, code: str) -> None:
    answer = Visitor(site_of(office.engine), "super1").get(f"/admin/processes/{code}/")
    assert re.findall(r'data-step="([\w.]+)"', answer.text) == list(CATALOGUE.offering(code).steps)
    assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=", answer.text)


def test_in_english_no_chinese_is_left(office: Office) -> None:
    supervisor = Visitor(site_of(office.engine), "super1", language="en")
    for path in ("", "B01/", "B02/", "SIGN/"):
        said = " ".join(texts(supervisor.get(f"/admin/processes/{path}").text)).replace("水监督", "")
        assert CHINESE.findall(said) == [], path


@pytest.mark.parametrize("code", BUNDLES)
def test_every_name_in_a_produced_diagram_has_an_english_one(code: str, tmp_path: Path) -> None:
    out = tmp_path / "out.bpmn"
    made = CliRunner().invoke(main, ["parallelize", code, "--joint-visits", "-o", str(out)])
    assert made.exit_code == 0, made.output
    offering = replace(CATALOGUE.offering(code), diagram=out.read_bytes())
    departments = CATALOGUE.departments.values()
    names = english_names(offering, departments)
    shown = [e for e in read_definitions(offering.diagram, code).iter() if e.get("name") and local_name(e) != "process"]
    assert [e.get("name") for e in shown if not names[e.get("id", "")]] == []
    assert not CHINESE.search(draw_offering(offering, "en", departments))
