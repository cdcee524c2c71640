"""Walking through a DMN file: what stands where, and the refusal by name of everything that would not be run."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from engine.diagram.dmn_cells import Cells, aliases_of, refuse
from engine.diagram.dmn_types import ItemDefinition, Types
from engine.diagram.xml import line_of, local_name, place, read_xml

NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",  # 1.1
        "http://www.omg.org/spec/DMN/20151101/dmn11.xsd",  # 1.1, as early tools wrote it
        "http://www.omg.org/spec/DMN/20180521/MODEL/",  # 1.2
        "https://www.omg.org/spec/DMN/20191111/MODEL/",  # 1.3
        "https://www.omg.org/spec/DMN/20211108/MODEL/",  # 1.4
        "https://www.omg.org/spec/DMN/20230324/MODEL/",  # 1.5
    }
)
FEEL_LANGUAGE = "feel"

_NOTES = frozenset({"description", "extensionElements"})
_CHILDREN = {
    "definitions": {
        "itemDefinition", "decision", "inputData", "knowledgeSource", "textAnnotation", "association", "group",
        "elementCollection", "performanceIndicator", "organizationUnit", "DMNDI",
    },
    "decision": {
        "question", "allowedAnswers", "variable", "informationRequirement", "authorityRequirement",
        "supportedObjective", "impactedPerformanceIndicator", "decisionMaker", "decisionOwner", "usingProcess",
        "usingTask", "decisionTable", "literalExpression",
    },
    "informationRequirement": {"requiredDecision", "requiredInput"},
    "decisionTable": {"input", "output", "annotation", "rule"},
    "input": {"inputExpression", "inputValues"},
    "output": {"outputValues", "defaultOutputEntry"},
    "rule": {"inputEntry", "outputEntry", "annotationEntry"},
    "itemDefinition": {"typeRef", "allowedValues", "itemComponent", "functionItem"},
    "text": set(), "typeRef": set(),
}  # fmt: skip
"""What these elements may hold and what becomes of it is known; of every other element only its text is read."""
_TEXTS = {"text"}
_LEAVES = frozenset({"text", "typeRef"})
_EXPRESSIONS = frozenset(
    {"literalExpression", "inputExpression", "inputValues", "outputValues", "defaultOutputEntry", "inputEntry",
     "outputEntry", "allowedValues"}
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """One file: its root, the language of its expressions, and what compiles them."""

    file: str
    root: etree._Element
    cells: Cells
    types: Types
    aliases: dict[str, str]

    def at(self, element: etree._Element) -> str:
        """``file:line id``."""
        return place(self.file, element)

    def language(self, element: etree._Element) -> str:
        """The language of one expression."""
        return element.get("expressionLanguage") or self.root.get("expressionLanguage") or FEEL_LANGUAGE


def children(element: etree._Element, *names: str) -> list[etree._Element]:
    """The children of these local names, in document order."""
    return [child for child in element if local_name(child) in names]


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The only child of this name, or None."""
    return next(iter(children(element, name)), None)


def text_of(element: etree._Element | None) -> str:
    """What is written in the ``text`` of an expression; empty without one."""
    text = child(element, "text") if element is not None else None
    return (text.text or "").strip() if text is not None else ""


def open_source(data: bytes, file: str) -> Source:
    """Reads a file and checks every element; DiagramError for what is no DMN or would not be run."""
    root = read_xml(data, file)
    name = etree.QName(root)
    if name.localname != "definitions" or name.namespace not in NAMESPACES:
        raise refuse(
            "not_dmn", f"根元素是 {root.tag},应为 DMN 1.1 至 1.5 的 definitions",
            f"the root is {root.tag}, expected the definitions of DMN 1.1 to 1.5", f"{file}:{line_of(root)}",
        )  # fmt: skip
    for element in _read(root):
        _check_children(element, name.namespace or "", file)
    aliases = aliases_of(_names(root))
    cells = Cells(aliases)
    items = {item.get("name", ""): _item(item, root) for item in children(root, "itemDefinition")}
    return Source(file, root, cells, Types(items, cells), aliases)


def _read(root: etree._Element) -> Iterator[etree._Element]:
    """The elements whose content decides anything: from the root down, past notes and drawings."""
    left = [root]
    while left:
        element = left.pop()
        yield element
        left += [inner for inner in element if local_name(inner) in _CHILDREN.keys() | _EXPRESSIONS]


def _check_children(element: etree._Element, namespace: str, file: str) -> None:
    name = local_name(element)
    allowed = _CHILDREN.get(name, _TEXTS) | (frozenset() if name in _LEAVES else _NOTES)
    seen = set()
    for inner in element:
        kind = local_name(inner)
        foreign = etree.QName(inner).namespace != namespace and kind != "DMNDI"
        if foreign or kind not in allowed:
            where = place(file, inner)
            raise refuse("unsupported", f"不支持 {kind}(在 {name} 中)", f"{kind} is not supported in {name}", where)
        if kind in seen and kind in _TEXTS | _EXPRESSIONS - {"inputEntry", "outputEntry"}:
            where = place(file, inner)
            raise refuse("twice", f"{name} 中有两个 {kind}", f"there are two {kind} in {name}", where)
        seen.add(kind)


def _names(root: etree._Element) -> Iterator[str]:
    """Every name an expression may read."""
    for element in root.iter():
        if local_name(element) in ("inputData", "decision", "variable", "output") and element.get("name"):
            yield element.get("name", "")


def _item(item: etree._Element, root: etree._Element) -> ItemDefinition:
    base, allowed = child(item, "typeRef"), child(item, "allowedValues")
    language = (allowed.get("expressionLanguage") if allowed is not None else None) or root.get("expressionLanguage")
    structure = children(item, "itemComponent", "functionItem")
    not_simple = local_name(structure[0]) if structure else ""
    if item.get("isCollection") == "true":
        not_simple = "isCollection"
    written = (base.text or "").strip() if base is not None else ""
    return ItemDefinition(written, language or FEEL_LANGUAGE, text_of(allowed), not_simple)
