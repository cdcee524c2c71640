"""Editing a TOML file by its blocks leaves everything else as it was typed."""

import tomllib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.exchange.layout import inline, read_layout
from engine.exchange.merge import merged_text, new_text, read_toml
from engine.exchange.texts import both, chinese, short, slug
from engine.settings import default_processes

FILE = """# head
schema = 1
kind = "item"

# about materials
[[materials]]  # first
code = "A"
# why
name_zh = "甲"
name_en = "First"
kinds = [
  "x",  # a comment inside
  "y",
]

[[materials]]
code = "B"
name_zh = "乙"
name_en = "乙"

# at the end
"""
BASE: dict[str, Any] = {
    "schema": 1, "kind": "item",
    "materials": [
        {"code": "A", "name_zh": "甲", "name_en": "甲", "kinds": ["x", "y"]},
        {"code": "B", "name_zh": "乙", "name_en": "乙"},
    ],
}  # fmt: skip


@pytest.mark.parametrize("path", sorted(default_processes().glob("*/item.toml")), ids=lambda path: path.parent.name)
def test_reading_and_writing_a_shipped_file_gives_the_same_text(path: Any) -> None:
    text = path.read_text(encoding="utf-8")
    assert read_layout(text, path.name).text() == text


def test_the_same_data_leaves_the_file_alone() -> None:
    assert merged_text(FILE, BASE, BASE, "f") == FILE


def test_without_a_record_texts_stay_and_facts_come() -> None:
    new = {**BASE, "materials": [{**BASE["materials"][0], "name_zh": "丙", "kinds": ["z"]}, BASE["materials"][1]]}
    text = merged_text(FILE, None, new, "f")
    assert 'name_zh = "甲"' in text
    assert 'kinds = ["z"]' in text
    assert "# why" in text


def test_an_entry_comes_behind_its_like_and_another_goes_with_its_data() -> None:
    new = {**BASE, "materials": [BASE["materials"][1], {"code": "C", "name_zh": "丁", "name_en": "D"}]}
    text = merged_text(FILE, BASE, new, "f")
    assert [entry["code"] for entry in tomllib.loads(text)["materials"]] == ["B", "C"]
    assert '# about materials\n[[materials]]\ncode = "B"' in text
    assert text.endswith("# at the end\n")


def test_what_is_not_toml_is_refused_by_its_name() -> None:
    with pytest.raises(BadInput) as refusal:
        read_toml("a = ", "B01/item.toml")
    assert refusal.value.where == "B01/item.toml"


VALUES = st.recursive(
    st.text(max_size=12).filter(lambda text: text.isprintable()) | st.booleans() | st.decimals(0, 9999, places=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.from_regex("[a-z]{1,5}", fullmatch=True), inner),
    max_leaves=6,
)


@given(VALUES)
def test_any_value_is_read_back_as_it_was(value: Any) -> None:
    found = tomllib.loads(f"a = {inline(value, 'a')}", parse_float=Decimal)["a"]
    assert found == value


@given(st.text(max_size=60), st.text(alphabet="a\\\"'\n\t\x7f\x01", max_size=10))
def test_any_text_is_read_back_as_it_was(one: str, other: str) -> None:
    document = {"schema": 1, "name_zh": one, "name_en": other}
    assert tomllib.loads(new_text(document)) == document


def test_names() -> None:
    assert chinese("建设工程(含备案); 其他") == "建设工程（含备案）；其他"
    assert chinese("Work (all)") == "Work (all)"
    assert short("税务注销(清税)") == "税务注销"
    assert slug("line length <= 200 m (power)", "x") == "line_length_m"
    assert slug("新建", "x") == "x"
    assert both({"name": "甲"}, "name") == {"name_zh": "甲", "name_en": "甲"}
    assert both({"name": "甲", "name_en": "First"}, "name", "title") == {"title_zh": "甲", "title_en": "First"}
    assert both({}, "note") == {}
