"""Files people hand in: kinds by content, names, what is refused, and the scan."""

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue.vocabulary import FILE_KINDS
from engine.errors import BadInput, BinglianError, NotPossible
from engine.settings import settings_from
from engine.uploads import packages, pdf
from engine.uploads.kinds import KINDS, check_file, kind_of
from engine.uploads.names import checked_name, extension
from engine.uploads.scan import scan
from tests import uploads
from tests.uploads import GOOD, docx, jpeg, object_stream, package, png, tiff

MOST = 1_000_000


def refusal(name: str, content: bytes, allowed: tuple[str, ...] = FILE_KINDS, most: int = MOST) -> str:
    """Why a file is refused; its name and content are not repeated."""
    with pytest.raises(BadInput) as caught:
        check_file(name, content, allowed, most)
    assert caught.value.message_zh and caught.value.message_en and caught.value.where == "file"
    return caught.value.code.removeprefix("upload.")


def test_the_kinds_of_the_catalogue_are_those_that_can_be_checked() -> None:
    assert tuple(KINDS) == FILE_KINDS


@pytest.mark.parametrize("name", GOOD)
def test_a_file_is_known_by_its_content_and_its_name_has_to_agree(name: str) -> None:
    code, content = GOOD[name]
    plain, kind = check_file(name, content, FILE_KINDS, MOST)
    assert (plain, kind.code) == (name, code)
    assert refusal(name, content, tuple(one for one in FILE_KINDS if one != code)) == "kind"
    assert refusal("a", content) == refusal(f"{name}.exe", content) == refusal(".pdf", content) == "extension"
    assert refusal(name, content[: len(content) * 2 // 3]) == "broken"
    assert refusal(name, content, most=len(content) - 1) == "too_large"
    assert refusal(name, b"") == "empty"


@pytest.mark.parametrize(
    "content", [b"MZ\x90\0", b"\x7fELF", b"#!/bin/sh\n", b"<html><script>", b"<svg xmlns='x'/>", b"GIF89a", b"{\\rtf1",
                b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b" %PDF-1.7", package("a.txt"), package("word/document.xml")],
)  # fmt: skip
def test_what_is_not_on_the_list_is_refused(content: bytes) -> None:
    assert refusal("a.pdf", content) == "kind"


@pytest.mark.parametrize(
    ("inside", "why"),
    [
        (b"2 0 obj <</S/JavaScript/JS(app.alert(1))>> endobj", "active"),
        (b"<</S/J#61vaScript>>", "active"),
        (b"<</S /#4aava#53cript>>", "active"),
        (b"<</S/Launch/F(cmd.exe)>>", "active"),
        (b"<</S/Rendition>>", "active"),
        (b"<</AcroForm<</XFA 5 0 R>>>>", "active"),
        (b"9 0 obj<</Length 30>>stream\n7 0 obj<</S/JavaScript>>endobj\nendstream endobj", "active"),
        (object_stream(b"1 0 <</S/JavaScript>>"), "active"),
        (object_stream(b"1 0 <</S/JavaScript>>", b"", packed=False), "active"),
        (object_stream(b"1 0 <</S/JavaScript>>", b"/Filter[/ASCIIHexDecode/FlateDecode]"), "unreadable"),
        (object_stream(b"\x021 0 <</S/Page>>"), "unreadable"),
        (object_stream(b"not packed", packed=False), "broken"),
        (b"<</Type/Obj#53tm>>" + b" " * 9000 + b"stream\nxx\nendstream", "unreadable"),
        (b"<</Encrypt 5 0 R>>", "encrypted"),
    ],
)
def test_a_pdf_that_runs_something_or_is_locked_is_refused(inside: bytes, why: str) -> None:
    assert refusal("a.pdf", uploads.pdf(inside)) == why


def test_a_pdf_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_UNPACKED", 5000)
    assert refusal("a.pdf", uploads.pdf(object_stream(b"1 0 " + b" " * 5000))) == "bomb"
    assert refusal("a.pdf", uploads.pdf(object_stream(b"1 0 " + b" " * 3000) * 2)) == "bomb"
    check_file("a.pdf", uploads.pdf(object_stream(b"1 0 " + b" " * 4000)), FILE_KINDS, MOST)


def test_a_page_may_speak_of_scripts_and_have_links_and_attachments() -> None:
    """An electronic invoice has its data attached; a link opens a page."""
    inside = b"<</S/URI/URI(https://example.org/JavaScript)>> <</EmbeddedFiles 3 0 R/OpenAction[1 0 R/Fit]>>"
    check_file("a.pdf", uploads.pdf(inside.replace(b"org/Java", b"org/#")), FILE_KINDS, MOST)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (docx("word/vbaProject.bin"), "active"),
        (docx("../evil.sh"), "broken"),
        (docx("/etc/passwd"), "broken"),
        (docx("c:\\windows\\x"), "broken"),
    ],
)
def test_a_package_with_macros_or_strange_parts_is_refused(content: bytes, why: str) -> None:
    assert refusal("a.docx", content) == why


def test_a_package_is_unpacked_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = package("OFD.xml", bomb=bytes(900_000))
    assert len(bomb) < 2000
    check_file("a.ofd", bomb, FILE_KINDS, MOST)
    monkeypatch.setattr(packages, "MOST_UNPACKED", 800_000)
    assert refusal("a.ofd", bomb) == "bomb"
    monkeypatch.setattr(packages, "MOST_PARTS", 1)
    assert refusal("a.ofd", package("OFD.xml", "b")) == "bomb"


def test_a_locked_or_changed_package_is_refused() -> None:
    content = bytearray(package("OFD.xml"))
    content[content.index(b"PK\1\2") + 16] ^= 1  # the check sum of its part
    assert refusal("a.ofd", bytes(content)) == "broken"
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    assert refusal("a.ofd", bytes(content)) == "encrypted"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.png", png(0), "broken"), ("a.png", png(50_000, 50_000), "bomb"), ("a.png", png() + b"more", "broken"),
        ("a.jpg", jpeg(0), "broken"), ("a.jpg", jpeg(60_000, 60_000), "bomb"), ("a.tif", tiff("<", 8), "broken"),
        ("a.tif", b"II*\0\0\0\0\0", "broken"), ("a.png", png().replace(b"IDAT", b"IDOT"), "broken"),
    ],
)  # fmt: skip
def test_a_picture_is_one_from_its_beginning_to_its_end(name: str, content: bytes, why: str) -> None:
    assert refusal(name, content) == why


@pytest.mark.parametrize(
    "name", ["", "  ", "..", ". .", "a/b.pdf", "..\\a.pdf", "C:\\Users\\张三\\a.pdf", "a\0.pdf", "a\n.pdf", "a\x7f.pdf",
             "a\u202efdp.exe", "a\u200b.pdf", "x" * 121, "\ud800.pdf"],
)  # fmt: skip
def test_a_name_is_no_path_and_hides_nothing(name: str) -> None:
    assert refusal(name, GOOD["a.pdf"][1]) == "name"


def test_a_name_is_kept_in_normal_form() -> None:
    assert checked_name(" 营业执照 (1).pdf ") == "营业执照 (1).pdf"
    assert checked_name("e\u0301.pdf") == "é.pdf"
    assert (extension("A.B.PDF"), extension("pdf"), extension(".pdf")) == ("pdf", "", "")


STARTS = st.sampled_from([content for _, content in GOOD.values()] + [bytes(uploads.pdf(b"/ObjStm stream\n"))])


@given(st.binary(max_size=300), STARTS, st.integers(0, 400), st.sampled_from([*GOOD, "a.exe"]))
def test_whatever_the_bytes_there_is_an_answer_in_words(noise: bytes, start: bytes, at: int, name: str) -> None:
    for content in (noise, start[:at] + noise, start[:at] + noise + start[at:], start[:at] + noise + start[at + 4 :]):
        try:
            check_file(name, content, FILE_KINDS, MOST)
        except BadInput as error:
            assert error.code.startswith("upload.")
        else:
            assert kind_of(content) is not None


@given(st.text(max_size=200))
def test_whatever_the_name_there_is_an_answer_in_words(name: str) -> None:
    try:
        plain = checked_name(name)
    except BadInput:
        return
    assert checked_name(plain) == plain and plain.isprintable() and plain.encode()


def program(tmp_path: Path, text: str) -> str:
    """A command that runs these lines; ``path`` is the file to scan."""
    file = tmp_path / "scan ner.py"
    file.write_text(f"import os, sys, time\npath = sys.argv[-1]\n{text}\n", encoding="utf-8")
    return f"{sys.executable} '{file}' --quiet"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("sys.exit('BINGLIAN_SECRET_KEY' in os.environ)", None),
        ("sys.exit(b'evil' in open(path, 'rb').read())", "upload.infected"),
        ("sys.exit(2)", "upload.unscanned"),
        ("os.kill(os.getpid(), 9)", "upload.unscanned"),
        ("time.sleep(60)", "upload.unscanned"),
    ],
)
def test_a_file_is_taken_only_when_the_scan_says_it_is_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, answer: str | None
) -> None:
    monkeypatch.setenv("BINGLIAN_SECRET_KEY", "not for scanners")
    found = None
    try:
        scan(b"evil", tmp_path / "in", program(tmp_path, text), 1 if "sleep" in text else 30)
    except BinglianError as error:
        found = error.code
    assert found == answer
    assert list((tmp_path / "in").iterdir()) == []


def test_a_scanner_that_is_not_there_takes_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotPossible, match="could not be scanned"):
        scan(b"x", tmp_path, "/no/such/scanner --now; rm -rf x", 5)
    scan(b"x", tmp_path / "never", "", 5)
    assert not (tmp_path / "never").exists()


def test_settings_of_uploads() -> None:
    plain = settings_from({}).uploads
    assert (plain.most_bytes, plain.scan_command, plain.scan_seconds) == (20_000_000, "", 60)
    told = settings_from({"BINGLIAN_UPLOAD_MEGABYTES": "5", "BINGLIAN_SCAN_COMMAND": " clamdscan --fdpass "}).uploads
    assert (told.most_bytes, told.scan_command) == (5_000_000, "clamdscan --fdpass")
    for wrong in (
        {"BINGLIAN_UPLOAD_MEGABYTES": "0"},
        {"BINGLIAN_SCAN_SECONDS": "x"},
        {"BINGLIAN_SCAN_COMMAND": "a 'b"},
    ):
        with pytest.raises(BadInput):
            settings_from(wrong)
