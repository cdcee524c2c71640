"""Templates of documents: what they may say, what is refused and where, what they cannot do when they run."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import TemplateError

from engine.catalogue import load_catalogue
from engine.checking import check_path
from engine.documents.checking import document_findings
from engine.documents.language import LONGEST, check_template, environment
from engine.documents.load import load_papers
from engine.documents.model import Kind
from engine.documents.sample import nothing_values, sample_values
from engine.documents.vocabulary import FILTERS, LISTS, VALUES, hanzi_date, plain_date
from engine.errors import CatalogueError
from engine.settings import default_processes

PROCESSES = default_processes()
PAPERS = load_papers(PROCESSES)
MANUAL = Path(__file__).parents[2] / "docs" / "documents.md"


def found(source: str) -> list[tuple[int, str]]:
    """Line and rule of what is wrong with a template."""
    templates = {**PAPERS.templates, "tried.html": source}
    return [(one.line, one.rule) for one in check_template("tried.html", templates, "tried.html")]


def test_the_templates_that_are_shipped_have_no_findings() -> None:
    assert [finding for name in PAPERS.templates for finding in check_template(name, PAPERS.templates, name)] == []
    assert {kind.code for kind in PAPERS.kinds} == {
        "acceptance", "correction", "non_acceptance", "refusal", "suspension", "extension", "withdrawal", "termination",
        "certificate", "session", "revocation", "put_right",
    }  # fmt: skip


@pytest.mark.parametrize("kind", PAPERS.kinds, ids=lambda kind: kind.code)
def test_every_template_can_be_filled_with_everything_and_with_nothing(kind: Kind) -> None:
    templates = environment(PAPERS.templates)
    for values in (sample_values(PAPERS, kind), nothing_values(PAPERS, kind)):
        assert set(values) == {*VALUES, *LISTS}
        assert "</html>" in templates.get_template(kind.template).render(values)


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("{{ nonsense }}", "template-value"),
        ("{{ number.__class__ }}", "template-field"),
        ("{{ ''.__class__.__mro__ }}", "template-field"),
        ("{{ items[0] }}", "template-part"),
        ("{{ number[0:9] }}", "template-part"),
        ("{{ cycler('a') }}", "template-part"),
        ("{{ number.upper() }}", "template-part"),
        ("{{ 'a' * 99999999 }}", "template-part"),
        ("{{ 9 ** 9 }}", "template-part"),
        ("{{ [1, 2] }}", "template-part"),
        ("{{ number is defined }}", "template-part"),
        ("{% set number = 1 %}", "template-part"),
        ("{% macro a() %}{% endmacro %}", "template-part"),
        ("{% include 'correction.html' %}", "template-part"),
        ("{% import '_base.html' as base %}", "template-part"),
        ("{% from '_base.html' import a %}", "template-part"),
        ("{% filter upper %}a{% endfilter %}", "template-part"),
        ("{% for row in range(9) %}{% endfor %}", "template-list"),
        ("{% for row in number %}{% endfor %}", "template-list"),
        ("{% for a, b in items %}{% endfor %}", "template-list"),
        ("{% for number in items %}{% endfor %}", "template-list"),
        ("{% for row in items %}{{ row.secret }}{% endfor %}", "template-field"),
        ("{% for row in items %}{{ row }}{% endfor %}", "template-field"),
        ("{% for row in items %}{{ loop.cycle }}{% endfor %}", "template-field"),
        ("{% for row in items %}{% else %}{{ row.name }}{% endfor %}", "template-field"),
        ("{{ number|attr('x') }}", "template-filter"),
        ("{{ number|safe }}", "template-filter"),
        ("{% extends '/etc/passwd' %}", "template-base"),
        ("{% extends number %}", "template-base"),
        ("{{ number ", "template-syntax"),
        ("{% if %}{% endif %}", "template-syntax"),
        ("{{ number|nofilter }}", "template-filter"),
        ("<img alt=a src=file:///etc/passwd>", "template-outside"),
        ("<LINK rel=attachment href=x>", "template-outside"),
        ("<p style='background: URL (x)'>", "template-outside"),
        ("<style>@import 'x';</style>", "template-outside"),
        ("<script>1</script>", "template-outside"),
    ],
)
def test_what_a_template_may_not_do_is_told_with_its_line(source: str, rule: str) -> None:
    assert (3, rule) in found(f"{{{{ number }}}}\n<p>\n{source}")


def test_a_template_that_is_too_long_is_refused() -> None:
    assert found("a" * (LONGEST + 1)) == [(0, "template-length")]


def test_what_the_language_has_passes() -> None:
    source = """{% extends "_base.html" %}{% block body %}
    {% if number and not item or deemed %}{{ date|hanzi_date }}{% elif reason == "x" %}{{ "a" ~ number }}{% endif %}
    {% for row in items if row.name %}{{ loop.index }}{{ row.name|trim }}{% else %}{{ number }}{% endfor %}
    {{ "a" if number else "b" }}{{ items|length }}{% endblock %}"""
    assert found(source) == []


@pytest.mark.parametrize(
    "source",
    [
        "{{ number.__class__.__base__ }}", "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ unknown }}",
        "{% include '/etc/passwd' %}", "{% include '../departments.toml' %}", "{{ items.append(1) }}",
        "{{ number|attr('__class__') }}", "{{ range(3) }}", "{{ self.__init__.__globals__ }}",
    ],
)  # fmt: skip
def test_an_unchecked_template_still_runs_in_a_sandbox(source: str) -> None:
    """Belt and braces: the checker refuses these before they ever run."""
    templates = environment({"tried.html": source})
    with pytest.raises(TemplateError):
        templates.get_template("tried.html").render(sample_values(PAPERS, PAPERS.kinds[0]))


@given(st.text(max_size=60))
def test_whatever_is_written_in_a_reason_stays_text(said: str) -> None:
    kind = PAPERS.kind("refusal")
    assert kind is not None
    values = {**sample_values(PAPERS, kind), "reason": f"<img src=x>{said}"}
    html = environment(PAPERS.templates).get_template(kind.template).render(values)
    plain = environment(PAPERS.templates).get_template(kind.template).render({**values, "reason": ""})
    assert html.count("<") == plain.count("<")
    assert "&lt;img src=x&gt;" in html


def test_dates_are_written_as_official_documents_write_them() -> None:
    assert plain_date(date(2026, 3, 2)) == "2026年3月2日"
    assert hanzi_date(date(2026, 3, 2)) == "二〇二六年三月二日"
    assert [hanzi_date(date(2030, m, d)) for m, d in ((10, 10), (11, 20), (12, 31))] == [
        "二〇三〇年十月十日", "二〇三〇年十一月二十日", "二〇三〇年十二月三十一日",
    ]  # fmt: skip
    assert plain_date(None) == hanzi_date(None) == ""


def test_every_value_list_and_filter_is_in_the_manual() -> None:
    manual = MANUAL.read_text(encoding="utf-8")
    fields = {f"row.{name}" for _, names in LISTS.values() for name in names}
    assert [name for name in (*VALUES, *LISTS, *FILTERS, *sorted(fields)) if f"`{name}`" not in manual] == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A processes folder of its own."""
    copied = tmp_path / "processes"
    shutil.copytree(PROCESSES, copied, ignore=shutil.ignore_patterns("__pycache__"))
    return copied


def change(folder: Path, old: str, new: str, name: str = "documents.toml") -> None:
    file = folder / "documents" / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("受字〔{year}〕{sequence}号", "受字〔{year}〕号", "documents[1].number"),
        ("受字〔{year}〕{sequence}号", "受字〔{year}〕{sequence.x}号", "documents[1].number"),
        ("受字〔{year}〕{sequence}号", "受字〔{year!r}〕{sequence}号", "documents[1].number"),
        ("受字〔{year}〕{sequence}号", "受字〔{year}〕{sequence:99d}号", "documents[1].number"),
        ("受字〔{year}〕{sequence}号", "受字〔{year}〕{sequence号", "documents[1].number"),
        ("{area}补字", "{area}受字", "documents[2].number"),
        ('template = "acceptance.html"', 'template = "/etc/passwd"', "documents[1].template"),
        ('on = ["CorrectionRequested", "CorrectionGathered"]', 'on = ["Nonsense"]', "documents[2].on"),
        ('on = ["CorrectionRequested", "CorrectionGathered"]', "on = []", "documents[2].on"),
        ('about = "refusal"', 'about = "refusal"\non = ["ClockExtended"]', "documents[4].on"),
        ('code = "correction"', 'code = "acceptance"', "documents[2].code"),
        ("review_days = 60", "review_days = 0", "remedies[1].review_days"),
        ("review_days = 60", "review_days = 1.5", "remedies[1].review_days"),
        ('authority = "lead"', 'authority = "lead"\nsigned = 1', "documents[1].signed"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_documents_toml_is_told_with_its_place(folder: Path, old: str, new: str, where: str) -> None:
    change(folder, old, new)
    with pytest.raises(CatalogueError) as told:
        load_papers(folder)
    assert told.value.where == f"documents/documents.toml: {where}"


def test_the_checker_finds_mistakes_in_templates_and_data_of_a_folder(folder: Path) -> None:
    assert check_path(folder) == []
    change(folder, "{{ reason }}", "{{ reasons }}", "refusal.html")
    change(folder, 'department = "fire"', 'department = "nobody"')
    change(folder, 'about = "refusal"', 'about = "refusal"\nitems = ["NOTHING"]')
    change(folder, '"company_name", "applicant_name"', '"company_name"')
    told = [(Path(one.file).name, one.line, one.element, one.rule) for one in check_path(folder)]
    line = 1 + (folder / "documents" / "refusal.html").read_text(encoding="utf-8").split("{{ reasons }}")[0].count("\n")
    assert told[:3] == [
        ("refusal.html", line, "", "template-value"), ("documents.toml", 0, "authorities", "document-data"),
        ("documents.toml", 0, "refusal", "document-data"),
    ]  # fmt: skip
    assert {one[2:] for one in told[3:]} == {("applicant", "document-data")}
    with pytest.raises(CatalogueError) as refused:
        load_papers(folder)
    assert refused.value.where.endswith(f"refusal.html:{line}")


def test_a_template_that_fails_with_some_values_is_found(folder: Path) -> None:
    change(folder, "{{ reason }}", "{{ review_days|join }}", "refusal.html")
    papers = load_papers(folder)
    from_checker = document_findings(folder, load_catalogue(folder))
    assert papers.kinds and [(one.element, one.rule) for one in from_checker] == [("refusal", "template-fails")]


def test_a_folder_without_documents_has_none(tmp_path: Path) -> None:
    assert load_papers(tmp_path).kinds == ()
