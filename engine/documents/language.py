"""The language of templates: a small part of Jinja, checked when it is read and sandboxed when it runs.

A template shows values and rows of lists, chooses (``if``), repeats (``for`` over a list) and builds on a base
(``extends``, ``block``). It cannot call, import, index, compute or reach anything outside the document.
"""

import re
from collections.abc import Iterator, Mapping

from jinja2 import DictLoader, StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.diagram.finding import Finding
from engine.documents.vocabulary import BORROWED, FILTERS, LISTS, VALUES

LONGEST = 100_000
"""Characters of a template."""
_OUTSIDE = re.compile(
    r"<\s*(?:link|img|image|svg|math|script|iframe|frame|object|embed|base|audio|video|input|form)\b"
    r"|\b(?:src|srcset|data|poster|xlink:href)\s*=|url\s*\(|@import|@font-face|\battr\s*\(|-weasy-",
    re.IGNORECASE,
)
"""What would fetch something from elsewhere, or run."""
_LOOP = frozenset({"index", "index0", "first", "last", "length"})
_PLAIN = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand,
    nodes.And, nodes.Or, nodes.Not, nodes.Const, nodes.Concat, nodes.Block, nodes.Extends,
)  # fmt: skip
"""Parts that are allowed wherever they stand; names, lists, fields and filters are looked at one by one."""

Fields = Mapping[str, tuple[str, ...]]


def environment(templates: Mapping[str, str]) -> ImmutableSandboxedEnvironment:
    """Where templates run: no file but the others of the folder, every text escaped, an unknown name an error."""
    made = ImmutableSandboxedEnvironment(
        loader=DictLoader(dict(templates)), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.globals = {}
    made.tests = {}
    made.filters = {name: made.filters[name] for name in BORROWED} | dict(FILTERS)
    return made


def check_template(name: str, templates: Mapping[str, str], file: str) -> Iterator[Finding]:
    """What is wrong with one template; ``file`` is what findings call it."""
    source = templates[name]
    if len(source) > LONGEST:
        yield _finding(file, 0, "template-length", "模板过长", "the template is too long")
        return
    for number, line in enumerate(source.splitlines(), 1):
        if found := _OUTSIDE.search(line):
            yield _finding(
                file, number, "template-outside", f"模板不得引用外部资源：{found.group()}",
                f"a template cannot refer to anything outside: {found.group()}",
            )  # fmt: skip
    try:
        tree = environment(templates).parse(source)
    except TemplateSyntaxError as error:
        yield _finding(file, error.lineno, "template-syntax", f"语法错误：{error.message}", str(error.message))
        return
    yield from (_finding(file, line, rule, zh, en) for line, rule, zh, en in _Reading(templates).of(tree, {}))


def _finding(file: str, line: int, rule: str, zh: str, en: str) -> Finding:
    return Finding(file, "", line, rule, "error", zh, en)


Said = tuple[int, str, str, str]
"""Line, rule, what is wrong in Chinese and English."""


class _Reading:
    """Walks through a template with the rows that are at hand in each place."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        self._templates = templates

    def of(self, node: nodes.Node, rows: Fields) -> Iterator[Said]:
        """Everything in and below a node that is not allowed."""
        if isinstance(node, nodes.For):
            yield from self._loop(node, rows)
        elif isinstance(node, nodes.Getattr):
            yield from self._field(node, rows)
        elif isinstance(node, nodes.Name):
            yield from self._name(node, rows)
        elif isinstance(node, nodes.Filter):
            yield from self._filter(node, rows)
        elif isinstance(node, nodes.Extends):
            yield from self._base(node)
        elif isinstance(node, _PLAIN):
            yield from self._below(node, rows)
        else:
            what = type(node).__name__.lower()
            yield node.lineno, "template-part", f"模板中不能使用 {what}", f"{what} cannot be used in a template"

    def _below(self, node: nodes.Node, rows: Fields) -> Iterator[Said]:
        for inner in node.iter_child_nodes():
            yield from self.of(inner, rows)

    def _loop(self, node: nodes.For, rows: Fields) -> Iterator[Said]:
        over, target = node.iter, node.target
        if not isinstance(over, nodes.Name) or over.name not in LISTS or not isinstance(target, nodes.Name):
            yield (
                node.lineno, "template-list", f"只能循环这些列表：{'、'.join(LISTS)}",
                f"only these lists can be repeated over: {', '.join(LISTS)}",
            )  # fmt: skip
            return
        if node.recursive or target.name in {*VALUES, *LISTS, "loop"}:
            yield node.lineno, "template-list", "循环变量重名", "the name of the row is taken"
            return
        inside = {**rows, target.name: LISTS[over.name][1], "loop": tuple(_LOOP)}
        for part in (*node.body, *([node.test] if node.test else [])):
            yield from self.of(part, inside)
        for part in node.else_:
            yield from self.of(part, rows)

    def _field(self, node: nodes.Getattr, rows: Fields) -> Iterator[Said]:
        known = rows.get(node.node.name, ()) if isinstance(node.node, nodes.Name) else ()
        if node.attr not in known:
            yield (
                node.lineno, "template-field", f"没有字段 .{node.attr}，可用：{'、'.join(sorted(known)) or '无'}",
                f"there is no field .{node.attr}; there are: {', '.join(sorted(known)) or 'none'}",
            )  # fmt: skip

    def _name(self, node: nodes.Name, rows: Fields) -> Iterator[Said]:
        if node.name in rows:
            yield node.lineno, "template-field", "一行只能按字段使用", "a row is used by its fields"
        elif node.name not in {*VALUES, *LISTS}:
            yield (
                node.lineno, "template-value", f"没有这个值：{node.name}",
                f"there is no value {node.name}; docs/documents.md lists them",
            )  # fmt: skip

    def _filter(self, node: nodes.Filter, rows: Fields) -> Iterator[Said]:
        if node.name not in {*BORROWED, *FILTERS}:
            yield node.lineno, "template-filter", f"没有过滤器 {node.name}", f"there is no filter {node.name}"
        yield from self._below(node, rows)

    def _base(self, node: nodes.Extends) -> Iterator[Said]:
        name = node.template.value if isinstance(node.template, nodes.Const) else None
        if name not in self._templates:
            yield node.lineno, "template-base", f"没有模板 {name}", f"there is no template {name}"
