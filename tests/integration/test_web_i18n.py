"""Two languages: every text has an English one, the compiled catalogues are fresh, the choice is kept."""

import gettext
import re
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from engine.diagram.svg import SVG_CSS
from tests.builders import Office
from tests.web import Visitor, site_of, texts
from webapp.i18n import local_path
from webapp.portal.wording import time_limit
from webapp.words import limit_words

WEBAPP = Path(__file__).parents[2] / "webapp"
FOLDER = WEBAPP / "translations" / "en" / "LC_MESSAGES"
DOMAINS = ("messages", "public")
METHODS = [
    ("static/**", "ignore"),
    ("frontend/**", "ignore"),
    ("**.py", "python"),
    ("**.html", "jinja2.ext:babel_extract"),
]
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)
}  # fmt: skip
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


def translated(domain: str) -> list[Message]:
    """The messages of one file of English texts."""
    with (FOLDER / f"{domain}.po").open("rb") as file:
        return [message for message in read_po(file) if message.id]


def key(message: object) -> str:
    """The id a message is looked up by."""
    return str(message[0] if isinstance(message, tuple | list) else message)


def test_every_text_of_the_application_has_an_english_one() -> None:
    used = {key(found[2]) for found in extract_from_dir(WEBAPP, METHODS, keywords=KEYWORDS)}
    known = {key(m.id): m for domain in DOMAINS for m in translated(domain)}
    assert used - known.keys() == set()
    assert len(used) > 150


@pytest.mark.parametrize("domain", DOMAINS)
def test_english_texts_are_complete_and_use_the_same_names(domain: str) -> None:
    for message in translated(domain):
        sources = message.id if isinstance(message.id, tuple | list) else (message.id,)
        targets = message.string if isinstance(message.string, tuple | list) else (message.string,)
        for target in targets:
            assert target, message.id
            assert not CHINESE.search(target), message.id
            assert set(re.findall(r"%\((\w+)\)", target)) == set(re.findall(r"%\((\w+)\)", sources[0])), message.id
        assert not message.fuzzy, message.id


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_compiled_catalogue_is_fresh(domain: str) -> None:
    """After a change: ``pybabel compile -d webapp/translations -D messages`` (and public)."""
    with (FOLDER / f"{domain}.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in translated(domain):
        if isinstance(message.id, tuple | list):
            one, many = message.id
            assert tuple(compiled.ngettext(one, many, n) for n in (1, 2)) == tuple(message.string or ()), one
        else:
            assert compiled.gettext(str(message.id)) == message.string


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"), ("zh-TW", "zh-CN"), ("en-GB,en;q=0.9", "en"), ("fr,en;q=0.5", "en"),
        ("fr", "zh-CN"), ("", "zh-CN"), ("en;q=0", "zh-CN"), ("*", "zh-CN"),
    ],
)  # fmt: skip
def test_the_language_is_what_the_browser_asks_for_and_chinese_otherwise(
    office: Office, asked: str, language: str
) -> None:
    assert f'<html lang="{language}">' in Visitor(site_of(office.engine), language=asked).get("/signin").text


def test_a_chosen_language_is_kept_and_stands_above_the_browsers(office: Office) -> None:
    visitor = Visitor(site_of(office.engine), "market1")
    there = re.search(r'href="(/language/en[^"]*)"', visitor.get("/inbox/?which=today").text)
    assert there
    answer = visitor.get(there[1].replace("&amp;", "&"))
    assert answer.headers["Location"] == "/inbox/?which=today"
    assert "My tasks" in visitor.get("/inbox/").text


def test_the_switch_leads_to_no_other_site(office: Office) -> None:
    visitor = Visitor(site_of(office.engine))
    for elsewhere in ("https://example.com", "//example.com", "/\\example.com", "/a%0Ab"):
        assert visitor.get(f"/language/en?next={elsewhere}").headers["Location"] == "/"
    assert local_path("/inbox/?q=1") == "/inbox/?q=1"


def test_english_pages_hold_no_chinese_but_names_and_what_people_wrote(office: Office) -> None:
    case_id = office.accept("B02", {"shop_name": "Noodles", "address": "1 Main St"})
    office.decide(case_id, "LIC_CHECK.review", "agree", "fine")
    app = site_of(office.engine)
    people = office.engine.records.names(["market1", "window1"]).values()
    task = office.open(case_id)["FOOD.site"]
    visitor = Visitor(app, "market1", language="en")
    for path in ("/inbox/", "/inbox/done", "/inbox/notices", f"/inbox/{case_id}/{task.id}", f"/cases/{case_id}"):
        said = " ".join(texts(visitor.get(path).text))
        for allowed in (*people, "演示示例"):
            said = said.replace(allowed, "")
        assert CHINESE.findall(said) == [], path


def test_the_stylesheet_of_diagrams_is_the_one_the_drawing_was_made_for() -> None:
    assert (WEBAPP / "static" / "diagram.css").read_text(encoding="utf-8") == SVG_CSS


def test_a_page_that_answers_a_form_offers_no_other_language_because_the_form_would_be_lost(office: Office) -> None:
    visitor = Visitor(site_of(office.engine))
    assert "/language/en" in visitor.get("/track").text
    assert "/language/" not in visitor.post("/track", number="1", code="AAAAAAAA").text
    clerk = Visitor(site_of(office.engine), "window1")
    assert "/language/en" in clerk.get("/intake/new/FOOD").text
    wrong = clerk.post("/intake/new/FOOD/materials")
    assert wrong.status_code == 400
    assert "/language/" not in wrong.text


@pytest.mark.parametrize("unit", ["working_days", "calendar_days", "months"])
@pytest.mark.parametrize(("language", "said"), [("zh-CN", "当日"), ("en", "same day")])
def test_no_time_at_all_is_the_same_day(office: Office, unit: str, language: str, said: str) -> None:
    app = site_of(office.engine)
    with app.test_request_context(headers={"Accept-Language": language}):
        assert limit_words("0", unit) == limit_words(Decimal("0.0"), unit) == time_limit(Decimal(0), unit) == said
