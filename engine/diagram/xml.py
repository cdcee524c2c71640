"""Reading BPMN files that anyone may have written: no entities, no network, bounded, always by bytes.

Files are read by bytes because the encoding is the file's own declaration; text mode breaks GBK and UTF-16 files.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lxml import etree

from engine.errors import DiagramError

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BL = "urn:binglian:bpmn:1"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
NAMESPACES = {"bpmn": BPMN, "bl": BL}

MAX_BYTES = 4 * 1024 * 1024
MAX_ELEMENTS = 80_000
MAX_ATTRIBUTES = 500
ENCODINGS = frozenset(
    {
        "UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "UTF-32BE", "US-ASCII", "ASCII", "ISO-8859-1",
        "GB18030", "GBK", "GB2312", "BIG5", "UCS-4", "UCS-4LE", "UCS-4BE", "UCS-2",
    }
)  # fmt: skip
MAX_SCHEMA_ERRORS = 200


def bpmn(name: str) -> str:
    """The qualified tag of a BPMN element: ``bpmn("userTask")``."""
    return f"{{{BPMN}}}{name}"


def local_name(element: etree._Element) -> str:
    """The tag without its namespace: ``userTask``."""
    return etree.QName(element).localname


def line_of(element: etree._Element) -> int:
    """The line of an element in its file, 0 when unknown."""
    line: Any = element.sourceline  # the stubs give it an impossible type
    return line or 0


def place(file: str, element: etree._Element) -> str:
    """``file:line id``, for errors."""
    identity = element.get("id") or local_name(element)
    return f"{file}:{line_of(element)} {identity}"


def _refuse(code: str, zh: str, en: str, where: str) -> DiagramError:
    return DiagramError(f"diagram.{code}", zh, en, where)


def read_xml(data: bytes, file: str) -> etree._Element:
    """The root of any XML file.

    Refuses (DiagramError with file and line): empty and oversized files, anything that is not well-formed XML, and any
    DOCTYPE (and so every entity).
    """
    if not data.strip(b"\x00 \t\r\n"):
        raise _refuse("empty", "文件是空的", "the file is empty", file)
    if len(data) > MAX_BYTES:
        raise _refuse("too_large", f"文件超过 {MAX_BYTES} 字节", f"the file is larger than {MAX_BYTES} bytes", file)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", None) or 0
        raise _refuse(
            "not_xml", f"不是格式良好的 XML:{error}", f"this is not well-formed XML: {error}", f"{file}:{line}"
        ) from error
    tree: Any = root.getroottree()
    if tree.docinfo.doctype:
        raise _refuse("doctype", "不允许 DOCTYPE", "a DOCTYPE is not allowed", file)
    if (tree.docinfo.encoding or "UTF-8").upper() not in ENCODINGS:
        shown = tree.docinfo.encoding
        raise _refuse("encoding", f"不支持的编码 {shown}", f"the encoding {shown} is not supported", file)
    for count, element in enumerate(root.iter(), start=1):
        if count > MAX_ELEMENTS or len(element.attrib) > MAX_ATTRIBUTES:
            raise _refuse(
                "too_many_elements", f"元素超过 {MAX_ELEMENTS} 个,或一个元素的属性超过 {MAX_ATTRIBUTES} 个",
                f"more than {MAX_ELEMENTS} elements, or {MAX_ATTRIBUTES} attributes on one", file,
            )  # fmt: skip
    return root


def read_definitions(data: bytes, file: str) -> etree._Element:
    """The ``bpmn:definitions`` root of a BPMN file; refuses what ``read_xml`` refuses, and any other root."""
    root = read_xml(data, file)
    if root.tag != bpmn("definitions"):
        raise _refuse(
            "not_bpmn",
            f"根元素是 {root.tag},应为 bpmn:definitions",
            f"the root is {root.tag}, expected bpmn:definitions",
            file,
        )
    return root


@cache
def _schema() -> etree.XMLSchema:
    # The OMG schema files are shipped by SpiffWorkflow; building the validator takes about 20 ms, once.
    package = find_spec("SpiffWorkflow")
    locations = package.submodule_search_locations if package else None
    if not locations:
        raise _refuse("no_schema", "缺少 BPMN 模式文件", "the BPMN schema files are not installed", "SpiffWorkflow")
    path = Path(next(iter(locations))) / "bpmn" / "parser" / "schema" / "BPMN20.xsd"
    return etree.XMLSchema(etree.parse(str(path)))


def schema_errors(root: etree._Element) -> Iterator[tuple[int, str]]:
    """Every violation of the BPMN 2.0 XML schema as ``(line, message)``."""
    schema = _schema()
    if not schema.validate(root):
        found = list(schema.error_log)  # type: ignore[call-overload]
        for entry in found[:MAX_SCHEMA_ERRORS]:
            yield entry.line, entry.message
        if len(found) > MAX_SCHEMA_ERRORS:
            yield 0, f"… {len(found) - MAX_SCHEMA_ERRORS} more"


def executable_processes(root: etree._Element) -> list[etree._Element]:
    """The processes marked executable, in document order."""
    return [p for p in root.iterfind(bpmn("process")) if p.get("isExecutable", "").strip() in {"true", "1"}]


def diagram_version(data: bytes, file: str) -> str:
    """A stable hash (hex, 64 characters) of a diagram: canonical XML, so white space in tags does not matter."""
    writer: Any = etree.tostring  # the stubs do not know C14N 2.0
    canonical: bytes = writer(read_definitions(data, file), method="c14n2", strip_text=True)
    return hashlib.sha256(canonical).hexdigest()
