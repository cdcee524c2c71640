"""Reads ``processes/documents``: ``documents.toml`` and the templates beside it."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from string import Formatter

from engine.catalogue.table import Table, new_code, read_bytes, read_table
from engine.diagram.finding import Finding
from engine.documents.language import check_template
from engine.documents.model import CASE, OF_ITEM, OF_LEAD, REFUSAL, RESULT, Kind, Papers, Remedy
from engine.documents.vocabulary import ENTRIES
from engine.errors import CatalogueError

FOLDER, FILE = "documents", "documents.toml"
LONGEST_NUMBER = 40
"""Characters of a pattern of numbers."""
MOST_PERIOD = 1000
PLACES = frozenset({"area", "year", "sequence"})


def load_papers(folder: Path) -> Papers:
    """What ``folder/documents`` says, nothing when there is none; CatalogueError names the file and what is wrong."""
    papers = read_papers(folder)
    for finding in _findings(folder, tuple(sorted(papers.templates.items()))):
        raise CatalogueError(
            f"documents.{finding.rule}", finding.message_zh, finding.message_en, f"{finding.file}:{finding.line}"
        )
    return papers


def read_papers(folder: Path) -> Papers:
    """The same without a look into the templates."""
    if not (folder / FOLDER / FILE).is_file():
        return Papers()
    table = read_table(folder, f"{FOLDER}/{FILE}")
    templates = {path.name: _text(folder, path.name) for path in sorted((folder / FOLDER).glob("*.html"))}
    kinds: dict[str, Kind] = {}
    for entry in table.tables("documents"):
        kind = _kind(entry, kinds, templates)
        kinds[kind.code] = kind
    remedies = tuple(_remedy(entry) for entry in table.tables("remedies"))
    if not remedies or sum(not remedy.department for remedy in remedies) != 1:
        raise table.wrong("remedies", "应有且只有一个不写 department 的条目", "exactly one has no department")
    papers = Papers(
        tuple(kinds.values()), tuple(sorted(remedies, key=lambda one: one.department)), table.texts("applicant"),
        dict(_authority(entry) for entry in table.tables("authorities")), templates,
    )  # fmt: skip
    table.done()
    return papers


def template_findings(folder: Path, papers: Papers) -> Iterator[Finding]:
    """Everything wrong with the templates."""
    yield from _findings(folder, tuple(sorted(papers.templates.items())))


@lru_cache(maxsize=8)
def _findings(folder: Path, templates: tuple[tuple[str, str], ...]) -> tuple[Finding, ...]:
    """The same; the same texts are read once in a process."""
    texts = dict(templates)
    return tuple(one for name in texts for one in check_template(name, texts, str(folder / FOLDER / name)))


def _text(folder: Path, name: str) -> str:
    try:
        return read_bytes(folder, f"{FOLDER}/{name}").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CatalogueError(
            "catalogue.not_utf8", "文件不是 UTF-8 编码", "the file is not UTF-8", f"{FOLDER}/{name}"
        ) from error


def _kind(table: Table, taken: dict[str, Kind], templates: dict[str, str]) -> Kind:
    kind = Kind(
        code=new_code(table, "code", taken),
        name_zh=table.text("name_zh"),
        name_en=table.text("name_en"),
        about=table.one_of("about", (CASE, RESULT, REFUSAL), CASE),
        template=table.one_of("template", templates.keys()),
        number=table.text("number"),
        authority=table.one_of("authority", (OF_ITEM, OF_LEAD)),
        on=table.some_of("on", ENTRIES, ()),
        items=table.texts("items", ()),
    )
    table.done()
    if (kind.about == CASE) != bool(kind.on):
        raise table.wrong("on", "about 为 case 时必填，否则不填", "belongs to about = case, and only there")
    _check_number(table, kind, taken)
    return kind


def _check_number(table: Table, kind: Kind, taken: dict[str, Kind]) -> None:
    try:
        parts = list(Formatter().parse(kind.number))
    except ValueError as error:
        raise table.wrong("number", "花括号不成对", "its braces do not match") from error
    places = [name for _, name, _, _ in parts if name is not None]
    plain = all(not turned and _is_format(name, form) for _, name, form, turned in parts if name is not None)
    if not plain or len(kind.number) > LONGEST_NUMBER or set(places) - PLACES:
        raise table.wrong(
            "number", "只能使用 {area}、{year}、{sequence}，不超过 40 字", "may use {area}, {year} and {sequence} only"
        )
    if not {"year", "sequence"} <= set(places):
        raise table.wrong("number", "应含 {year} 和 {sequence}", "must have {year} and {sequence}")
    if any(kind.number == other.number for other in taken.values()):
        raise table.wrong("number", "与另一种文书的编号格式相同", "is the pattern of another kind")


def _is_format(name: str, form: str | None) -> bool:
    digits = (form or "").removeprefix("0").removesuffix("d")
    return not form or (name == "sequence" and form == f"0{digits}d" and digits in set("23456789"))


def _remedy(table: Table) -> Remedy:
    remedy = Remedy(
        department=table.text("department", ""),
        review_authority=table.text("review_authority"),
        review_days=_whole(table, "review_days"),
        court=table.text("court"),
        litigation_months=_whole(table, "litigation_months"),
    )
    table.done()
    return remedy


def _authority(table: Table) -> tuple[str, tuple[str, str]]:
    said = table.text("department"), (table.text("name_zh"), table.text("name_en"))
    table.done()
    return said


def _whole(table: Table, key: str) -> int:
    value = table.number(key)
    if value != int(value) or not 0 < value <= MOST_PERIOD:
        raise table.wrong(key, "应为正整数", "must be a positive whole number")
    return int(value)
