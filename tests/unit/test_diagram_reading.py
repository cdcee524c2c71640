"""Files anyone may have written: read safely, or refused with the place and the reason."""

import pytest

from engine.diagram.xml import MAX_BYTES, diagram_version, read_definitions
from engine.errors import DiagramError
from tests.unit.bpmn_text import chain, node, process, users

GOOD = process(node("startEvent", "s") + users("审查") + node("endEvent", "e") + chain("s>审查>e"))
TEXT = GOOD.decode()


@pytest.mark.parametrize(
    ("encoding", "declared", "prefix"),
    [
        ("utf-8", "UTF-8", b""), ("utf-8", "UTF-8", b"\xef\xbb\xbf"), ("utf-16", "UTF-16", b""), ("gbk", "GBK", b""),
        ("gb18030", "GB18030", b""), ("gb2312", "GB2312", b""), ("big5", "BIG5", b""),
    ],
)  # fmt: skip
def test_files_are_read_in_the_encoding_they_declare(encoding: str, declared: str, prefix: bytes) -> None:
    text = TEXT.replace("UTF-8", declared)
    if encoding == "big5":
        text = text.replace("审查", "審查")
    root = read_definitions(prefix + text.encode(encoding), "file.bpmn")
    assert root[0].get("id") == "p"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "diagram.empty"),
        (b"\x00" * 4096, "diagram.empty"),
        (b" \n", "diagram.empty"),
        (b"<html></html>", "diagram.not_bpmn"),
        (b"not xml at all", "diagram.not_xml"),
        (GOOD[:-30], "diagram.not_xml"),
        (b"PK\x03\x04 zip", "diagram.not_xml"),
        (TEXT.replace("UTF-8", "x-unknown").encode(), "diagram.not_xml"),
        (TEXT.replace("<b:definitions", "<!DOCTYPE b:definitions><b:definitions", 1).encode(), "diagram.doctype"),
        (b"<a>" * 5000, "diagram.not_xml"),
        (b"<a>" + b" " * MAX_BYTES + b"</a>", "diagram.too_large"),
    ],
)
def test_what_is_not_a_diagram_is_refused_with_its_reason(data: bytes, code: str) -> None:
    with pytest.raises(DiagramError) as caught:
        read_definitions(data, "file.bpmn")
    assert caught.value.code == code
    assert "file.bpmn" in caught.value.where


BOMB = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><d>&c;</d>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>"""


@pytest.mark.parametrize("data", [BOMB, OUTSIDE])
def test_entities_are_never_expanded(data: bytes) -> None:
    with pytest.raises(DiagramError) as caught:
        read_definitions(data, "file.bpmn")
    assert caught.value.code == "diagram.doctype"


def test_a_version_is_the_same_for_the_same_diagram_however_it_is_written() -> None:
    spaced = TEXT.replace("><b:userTask", ">\n    <b:userTask").replace('"审查"', "'审查'").encode()
    assert diagram_version(spaced, "a") == diagram_version(GOOD, "b")
    assert diagram_version(TEXT.replace("UTF-8", "GBK").encode("gbk"), "c") == diagram_version(GOOD, "b")
    assert diagram_version(TEXT.replace("审查", "审核").encode(), "d") != diagram_version(GOOD, "b")
