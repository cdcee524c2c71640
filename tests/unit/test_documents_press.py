"""The press itself: nothing from outside, the font embedded, the same bytes again."""

import re
from datetime import date

import pytest

from engine.documents.language import environment
from engine.documents.load import load_papers
from engine.documents.model import Kind
from engine.documents.press import FONTS, WeasyPress, load_press
from engine.documents.sample import sample_values
from engine.errors import BadInput
from engine.settings import default_processes
from tests.papers import pdf_words

pytestmark = pytest.mark.pdf
PAPERS = load_papers(default_processes())


@pytest.fixture(scope="module")
def press() -> WeasyPress:
    return load_press()


def test_the_press_has_a_font_that_may_be_embedded(press: WeasyPress) -> None:
    assert press.font in FONTS


@pytest.mark.parametrize(
    "reference",
    [
        "<img src='file:///etc/passwd'>", "<img src='data:image/png;base64,AAAA'>", "<img src='http://127.0.0.1:9/x'>",
        "<style>@import url(http://127.0.0.1:9/x);</style>", "<p style='background:url(file:///etc/passwd)'>x",
        "<link rel=attachment href='file:///etc/passwd'>", "<link rel=stylesheet href='file:///etc/passwd'>",
        "<style>@font-face{font-family:a;src:url(file:///etc/passwd)}</style>", "<object data='file:///etc/passwd'>",
        "<embed src='ftp://127.0.0.1/x'>",
    ],
)  # fmt: skip
def test_whatever_refers_to_the_outside_ends_the_printing(press: WeasyPress, reference: str) -> None:
    with pytest.raises(BadInput) as refused:
        press.print(f"<html><body><p>文书</p>{reference}</body></html>")
    assert refused.value.code == "documents.outside"
    assert "passwd" not in str(refused.value)


@pytest.mark.parametrize("kind", PAPERS.kinds, ids=lambda kind: str(kind.code))
def test_a_template_becomes_a_page_with_its_words_and_is_the_same_again(press: WeasyPress, kind: Kind) -> None:
    html = environment(PAPERS.templates).get_template(kind.template).render(sample_values(PAPERS, kind))
    content = press.print(html)
    assert content == press.print(html)
    assert content.startswith(b"%PDF-") and len(content) < 500_000
    text = pdf_words(content)
    assert re.search("第1页，共[12]页", text)
    for said in (kind.name_en.replace(" ", ""), "〔2026〕1号", "2026年3月2日", "（印章）", "ABCDEFGHJKMN"):
        assert said in text, said


@pytest.mark.parametrize(
    ("accepted_on", "end"),
    [(None, "作出是否受理的决定"), (date(2026, 3, 1), "法定办理期限不因此中止")],
    ids=["before", "after"],
)
def test_long_documents_count_their_pages_and_the_signature_never_stands_alone(
    press: WeasyPress, accepted_on: date | None, end: str
) -> None:
    kind = PAPERS.kind("correction")
    assert kind is not None
    for rows in range(10, 22, 2):
        values = sample_values(PAPERS, kind) | {"materials": [{"name": "材料" * 9, "note": "更正" * 9}] * rows}
        values["accepted_on"] = accepted_on
        text = pdf_words(press.print(environment(PAPERS.templates).get_template(kind.template).render(values)))
        pages = re.findall(r"第(\d)页，共(\d)页", text)
        assert [int(page) for page, _ in pages] == list(range(1, int(pages[-1][1]) + 1))
        last = text.partition(f"第{len(pages) - 1}页，共{len(pages)}页")[2] if len(pages) > 1 else text
        assert end in last
