"""Files by their content: on the disk before anything refers to them, never silently another content."""

import logging
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.documents.code import ALPHABET, derived_code, same_code, verification_code
from engine.documents.files import ContentFiles
from engine.errors import IntegrityError
from engine.settings import Settings


def test_a_content_is_kept_under_its_hash_once_and_nothing_else_is_left(tmp_path: Path) -> None:
    files = ContentFiles(tmp_path / "a" / "b", ".pdf")
    name = files.keep(b"content")
    assert name == sha256(b"content").hexdigest() == files.keep(b"content")
    assert [path for path in (tmp_path / "a").rglob("*") if path.is_file()] == [files.path(name)]
    assert files.path(name).parent.name == name[:2]
    assert files.path(name).stat().st_mode & 0o077 == 0
    assert files.read(name) == b"content"


@pytest.mark.parametrize(
    ("harm", "code"), [(b"contenT", "file.damaged"), (b"", "file.damaged"), (None, "file.missing")]
)
def test_a_damaged_or_missing_file_is_an_error_with_a_line_in_the_log(
    tmp_path: Path, harm: bytes | None, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    files = ContentFiles(tmp_path, ".pdf")
    path = files.path(name := files.keep(b"content"))
    path.unlink() if harm is None else path.write_bytes(harm)
    with caplog.at_level(logging.ERROR), pytest.raises(IntegrityError) as told:
        files.read(name)
    assert told.value.code == code
    assert name in caplog.text
    assert files.keep(b"content") == name  # made again, it is whole again
    assert files.read(name) == b"content"


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "/", "a" * 64 + "\n"])
def test_only_a_hash_names_a_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(IntegrityError):
        ContentFiles(tmp_path, ".pdf").read(name)


@given(st.text(min_size=1), st.text())
def test_codes_are_derived_and_forgive_how_people_type(secret: str, said: str) -> None:
    secret, said = (text.encode("utf-8", "replace").decode() for text in (secret, said))
    code = derived_code(secret, said, 12)
    assert code == derived_code(secret, said, 12)
    assert len(code) == 12 and set(code) <= set(ALPHABET)
    assert same_code(code, f" {code[:4].lower()}-{code[4:8]} {code[8:]} ")
    assert not same_code(code, code[:-1]) and not same_code(code, "")


def test_each_document_has_its_own_code() -> None:
    codes = {verification_code("s", case, one) for case in ("a", "b") for one in ("1.1", "1.2", "11.1")}
    assert len(codes) == 6


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("sqlite:////srv/data/binglian.db", "/srv/data/binglian-files"), ("sqlite:///x.db", "binglian-files"),
        ("sqlite:////srv/a.db?timeout=3", "/srv/binglian-files"), ("sqlite://", "binglian-files"),
        ("postgresql+psycopg://host/base", "binglian-files"),
    ],
)  # fmt: skip
def test_files_are_kept_beside_the_database_unless_a_folder_is_named(url: str, folder: str) -> None:
    assert Settings(database_url=url).files_folder == Path(folder)
    assert Settings(database_url=url, files=Path("/elsewhere")).files_folder == Path("/elsewhere")
