"""Checks ``processes/documents``: its file, its templates, and what they say about the catalogue."""

from collections.abc import Iterator
from pathlib import Path

from jinja2 import TemplateError

from engine.catalogue import Catalogue
from engine.diagram.finding import Finding
from engine.documents.language import environment
from engine.documents.load import FILE, FOLDER, read_papers, template_findings
from engine.documents.model import Papers
from engine.documents.sample import nothing_values, sample_values
from engine.errors import CatalogueError


def document_findings(folder: Path, catalogue: Catalogue) -> Iterator[Finding]:
    """Everything wrong with the documents of a processes folder; nothing where there are none."""
    try:
        papers = read_papers(folder)
    except CatalogueError as error:
        yield Finding(error.where, "", 0, error.code, "error", error.message_zh, error.message_en)
        return
    wrong = list(template_findings(folder, papers))
    yield from wrong
    yield from _about_the_catalogue(str(folder / FOLDER / FILE), papers, catalogue)
    if not wrong:
        yield from _tried(folder, papers)


def _about_the_catalogue(file: str, papers: Papers, catalogue: Catalogue) -> Iterator[Finding]:
    named = {"remedies": [r.department for r in papers.remedies if r.department], "authorities": [*papers.authorities]}
    for key, departments in named.items():
        for code in (code for code in departments if code not in catalogue.departments):
            yield _finding(file, key, f"没有部门 {code}", f"there is no department {code}")
    for kind in papers.kinds:
        for code in (code for code in kind.items if code not in catalogue.items):
            yield _finding(file, kind.code, f"没有事项 {code}", f"there is no item {code}")
    for offering in catalogue.offerings.values() if papers.kinds else ():
        if not any(field.name in papers.applicant for field in offering.fields):
            yield _finding(
                file, "applicant", f"{offering.code} 的申请表没有其中任何一个字段",
                f"the form of {offering.code} has none of these fields",
            )  # fmt: skip


def _finding(file: str, element: str, zh: str, en: str) -> Finding:
    return Finding(file, element, 0, "document-data", "error", zh, en)


def _tried(folder: Path, papers: Papers) -> Iterator[Finding]:
    """Each template filled with something, and with nothing."""
    templates = environment(papers.templates)
    for kind in papers.kinds:
        for values in (sample_values(papers, kind), nothing_values(papers, kind)):
            try:
                templates.get_template(kind.template).render(values)
            except (TemplateError, TypeError, ValueError, AttributeError) as error:
                file = str(folder / FOLDER / kind.template)
                yield Finding(file, kind.code, 0, "template-fails", "error", f"模板无法使用：{error}", str(error))
                break
