"""Every deployed and every produced diagram in the viewer of the browser: no warning, everything shown, usable without.

With BINGLIAN_PICTURES set, each diagram is photographed.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from playwright.sync_api import Page, expect

from cli.main import main
from engine.catalogue import BUNDLE
from engine.diagram.xml import read_definitions
from tests.browser.conftest import DESK, PHONE, LiveApp, send
from tests.browser.test_restaurant import photograph
from tests.quick import shipped
from tests.rounds import Rounds

pytestmark = pytest.mark.browser

CHINESE = re.compile(r"[\u4e00-\u9fff]")
SHOWN = re.compile(r'<g\b[^>]*\sdata-element-id="([^"]+)"')
"""The elements the viewer drew, in its SVG; asking the browser for one after the other takes seconds."""
CATALOGUE = shipped()
BUNDLES = sorted(code for code, offering in CATALOGUE.offerings.items() if offering.kind == BUNDLE)
WAYS = ("", "--relaxed --joint-visits", "--relaxed", "--joint-visits")
ITEMS = sorted(set(CATALOGUE.offerings) - set(BUNDLES))


def shown(page: Page, code: str, diagram: bytes = b"") -> None:
    """Opens the page of a process; its diagram, or this one instead, is there, whole and without a warning."""
    if diagram:
        page.route("**/process.bpmn", lambda route: route.fulfill(body=diagram, content_type="application/xml"))
    page.goto(f"/admin/processes/{code}/")
    box = page.locator("#viewer")
    expect(box).to_have_attribute("data-ready", "1")
    expect(box).to_have_attribute("data-warnings", "0")
    expect(page.locator("#drawing")).to_be_hidden()
    root = read_definitions(diagram or CATALOGUE.offering(code).diagram, code)
    drawn = {shape.get("bpmnElement", "") for shape in root.iter("{*}BPMNShape", "{*}BPMNEdge")}
    there = set(SHOWN.findall(box.inner_html()))
    assert drawn <= there
    page.unroute_all()


def test_every_deployed_diagram_opens_without_a_warning(live: LiveApp, rounds: Rounds) -> None:
    page = live.page("super1")
    for code in [*BUNDLES, *ITEMS[: rounds(test=3, long=len(ITEMS))]]:
        shown(page, code)
        photograph(page, f"viewer-{code}", "#viewer")


def produced(folder: Path, code: str, ways: Sequence[str] = WAYS) -> dict[str, bytes]:
    """What the command makes of a bundle, each diagram once: options → file."""
    found: dict[str, bytes] = {}
    for options in ways:
        out = folder / "out.bpmn"
        made = CliRunner().invoke(main, ["parallelize", code, *options.split(), "-o", str(out)])
        assert made.exit_code == 0, made.output
        if out.read_bytes() not in found.values():
            found[options] = out.read_bytes()
    return found


def test_every_produced_diagram_opens_without_a_warning(live: LiveApp, tmp_path: Path, rounds: Rounds) -> None:
    page = live.page("super1")
    for code in BUNDLES:
        for options, diagram in produced(tmp_path, code, WAYS[: rounds(test=1, sample=4, long=4)]).items():
            shown(page, code, diagram)
            photograph(page, f"viewer-{code}-produced{options.replace(' ', '')}", "#viewer")


def test_the_buttons_zoom_and_show_the_whole_diagram(live: LiveApp) -> None:
    page = live.page("super1")
    shown(page, "B02")
    task = page.locator("#viewer g[data-element-id='LIC_CHECK.review'] .djs-visual").first
    widths = []
    for button in ("fit", "in", "in", "out", "fit"):
        page.click(f"[data-zoom={button}]")
        found = task.bounding_box()
        assert found
        widths.append(round(found["width"]))
    assert widths[0] == widths[4] < widths[1] < widths[2] > widths[3]


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_the_mark_of_its_makers_stays_in_sight_and_the_page_is_accessible(
    live: LiveApp, viewport: dict[str, int]
) -> None:
    page = live.page("super1", viewport=viewport, color_scheme="dark")
    shown(page, "B02")
    mark = page.locator("#viewer .bjs-powered-by")
    mark.click(trial=True)  # visible, and nothing lies over it
    found, box = mark.bounding_box(), page.locator("#viewer").bounding_box()
    assert found
    assert box
    assert found["x"] + found["width"] <= box["x"] + box["width"]
    assert found["y"] + found["height"] <= box["y"] + box["height"]
    for path in ("/admin/processes/", "/admin/processes/B02/", "/admin/"):
        page.goto(path)
        problems = Axe().run(page)
        assert problems.violations_count == 0, problems.generate_report()


def test_in_english_the_names_are_english(live: LiveApp) -> None:
    page = live.page("super1", locale="en")
    for code in BUNDLES:
        shown(page, code)
        said = " ".join(page.locator("#viewer text").all_text_contents())
        assert not CHINESE.search(said), code
        assert "closed" in said


def test_without_scripts_the_drawing_of_the_server_is_there(live: LiveApp) -> None:
    page = live.page(java_script_enabled=False)
    page.goto("/signin")
    page.fill("#username", "super1")
    page.fill("#password", "the password of the tests")
    send(page, "[data-action=sign-in]")
    page.goto("/admin/processes/B02/")
    expect(page.locator("#drawing svg")).to_be_visible()
    expect(page.locator("#viewer-tools")).to_be_hidden()


def test_a_viewer_that_does_not_come_leaves_the_drawing_of_the_server(live: LiveApp) -> None:
    page = live.page("super1")
    page.route("**/vendor/bpmn-viewer.js*", lambda route: route.abort())
    page.goto("/admin/processes/B02/")
    expect(page.locator("#viewer-failed")).to_be_visible()
    expect(page.locator("#drawing svg")).to_be_visible()
    expect(page.locator("#viewer")).to_be_hidden()
    live.complaints.clear()
