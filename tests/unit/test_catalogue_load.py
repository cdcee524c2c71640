"""A small catalogue that loads, and every way to break it: each refusal names the file and the key."""

from pathlib import Path

import pytest

from engine.catalogue import Catalogue, load_catalogue, load_demo_accounts
from engine.errors import CatalogueError, NotFound

DEPARTMENTS = """
schema = 1
departments = [{ code = "office", name_zh = "办公室", name_en = "Office" }]
roles = [
  { code = "clerk", name_zh = "受理员", name_en = "Clerk" },
  { code = "head", name_zh = "负责人", name_en = "Head" },
]
"""
SOURCES = """
schema = 1
sources = [{ id = "S1", title = "办事指南", kind = "gov", address = "https://example.org" }]
"""
DEMO = """
schema = 1
[[accounts]]
username = "office1"
name = "赵演示"
department = "office"
roles = ["clerk", "head"]
"""
ITEM = """
schema = 1
kind = "item"
code = "{code}"
name_zh = "事项"
name_en = "Item"
short_zh = "事项"
short_en = "Item"
department = "office"
type = "行政许可"
case_type = "承诺件"
fee_zh = "不收费"
fee_en = "free of charge"
delivery = ["pickup"]
modes = ["window"]
materials_basis = "derived"
materials_source = ["S1"]

[legal_basis]
text = "某法"
basis = "assumed"

[limits.promised]
value = 1.5
unit = "working_days"
basis = "seen"
source = ["S1"]

[[materials]]
code = "F_{code}"
name_zh = "申请表"
name_en = "Form"
kind = "form"
from = "applicant"
{material}
[[steps]]
id = "{code}.accept"
name_zh = "受理"
name_en = "Acceptance"
department = "office"
role = "clerk"
act = "accept"
limit = 0.5
unit = "working_days"
needs = {needs}
basis = "assumed"

[[steps]]
id = "{code}.decide"
name_zh = "决定"
name_en = "Decision"
department = "office"
role = "head"
act = "decide"
limit = 1
unit = "working_days"
after = ["{code}.accept"]
yields = ["R_{code}"]
decisive = true
basis = "assumed"

[[own_steps]]
id = "{code}.deliver"
name_zh = "送达"
name_en = "Delivery"
department = "office"
role = "clerk"
act = "deliver"
limit = 10
unit = "working_days"
basis = "assumed"

[[results]]
code = "R_{code}"
name_zh = "证"
name_en = "Certificate"
type = "证照"
"""
NEEDS_CERTIFICATE = """
[[materials]]
code = "R_ONE"
name_zh = "证"
name_en = "Certificate"
kind = "result"
from = "branch"
produced_by = "ONE"
holder = "办公室"
required_when = { words_zh = "面积大", words_en = "it is large", field = "area", operator = ">", value = 50 }
"""
BUNDLE = """
schema = 1
kind = "bundle"
code = "BOTH"
name_zh = "一件事"
name_en = "Bundle"
short_zh = "一件事"
short_en = "Bundle"
lead_department = "office"
join_policy = "lead_decides"
items = ["ONE", "TWO"]

[[conditions]]
item = "ONE"
field = "wanted"
operator = "=="
value = "yes"
words_zh = "需要"
words_en = "it is wanted"
basis = "assumed"

[[precedence]]
from = "ONE"
to = "TWO"
to_step = "TWO.accept"
strength = "before_start"
carries = "R_ONE"
deferrable = false
relaxable = false
reason_zh = "材料"
reason_en = "material"
basis = "seen"
source = ["S1"]

[[shared_steps]]
id = "BOTH.V1"
kind = "joint_site_visit"
name_zh = "联合"
name_en = "Joint"
lead_department = "office"
replaces = ["ONE.decide", "TWO.decide"]
limit = 1
unit = "working_days"
basis = "assumed"

[[steps]]
id = "BOTH.decide"
name_zh = "汇总"
name_en = "Lead"
department = "office"
role = "head"
act = "lead_decide"
limit = 0
unit = "working_days"
basis = "assumed"

[[steps]]
id = "BOTH.deliver"
name_zh = "送达"
name_en = "Delivery"
department = "office"
role = "clerk"
act = "deliver"
limit = 10
unit = "working_days"
after = ["BOTH.decide"]
basis = "assumed"

[[reported]]
metric = "working_days"
before = 9
unit = "working_days"
place_zh = "某地"
place_en = "somewhere"
source = ["S1"]
"""
FORM = """
schema = 1
[[fields]]
name = "area"
label_zh = "面积"
label_en = "Area"
type = "number"
required = true
personal = false
routing = true
min = 1
max = 100
help_zh = "平方米"
help_en = "square metres"

[[fields]]
name = "wanted"
label_zh = "需要吗"
label_en = "Wanted"
type = "choice"
required = true
personal = false
routing = true
choices = [
  { value = "yes", label_zh = "是", label_en = "yes" },
  { value = "no", label_zh = "否", label_en = "no" },
]
help_zh = "选择"
help_en = "choose"
"""
ONE = ITEM.format(code="ONE", material="", needs='["F_ONE"]')
TWO = ITEM.replace("{material}", NEEDS_CERTIFICATE).replace("{code}", "TWO")
TWO = TWO.replace("{needs}", '["F_TWO", "R_ONE"]')


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A catalogue of two items and a bundle of both."""
    files = {"departments.toml": DEPARTMENTS, "sources.toml": SOURCES, "demo.toml": DEMO}
    for code, text in (("ONE", ONE), ("TWO", TWO), ("BOTH", BUNDLE)):
        files[f"{code}/item.toml"] = text
        files[f"{code}/forms/application.toml"] = FORM
        files[f"{code}/process.bpmn"] = f"<diagram of='{code}'/>"
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def refusal_of(folder: Path) -> CatalogueError:
    """The error loading ends in."""
    with pytest.raises(CatalogueError) as refusal:
        load_catalogue(folder)
    return refusal.value


def change(folder: Path, file: str, old: str, new: str) -> None:
    """Replaces the first ``old`` in a file."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_small_catalogue_loads_with_everything_in_it(folder: Path) -> None:
    catalogue = load_catalogue(folder)
    bundle = catalogue.offering("BOTH")
    assert set(catalogue.offerings) == {"ONE", "TWO", "BOTH"}
    assert set(catalogue.items) == {"ONE", "TWO"}
    assert list(bundle.steps) == [
        "ONE.accept", "ONE.decide", "TWO.accept", "TWO.decide", "BOTH.decide", "BOTH.deliver",
    ]  # fmt: skip
    assert bundle.diagram == b"<diagram of='BOTH'/>"
    assert bundle.applicable_items({"area": 10, "wanted": "no"}) == ("TWO",)
    assert catalogue.offering("ONE").lead_department == "office"
    assert [account.username for account in load_demo_accounts(folder, catalogue)] == ["office1"]


def test_an_offering_that_does_not_exist_is_not_found(folder: Path) -> None:
    with pytest.raises(NotFound):
        load_catalogue(folder).offering("THREE")


def test_a_file_saved_with_a_byte_order_mark_and_windows_line_ends_is_read(folder: Path) -> None:
    path = folder / "ONE" / "item.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_catalogue(folder).items["ONE"].name_zh == "事项"


def test_folders_that_are_not_codes_are_refused_but_calendars_and_caches_are_left_alone(folder: Path) -> None:
    for name in ("calendars", "__pycache__", ".git"):
        (folder / name).mkdir()
    assert isinstance(load_catalogue(folder), Catalogue)
    (folder / "new-item").mkdir()
    assert refusal_of(folder).where == "new-item"


@pytest.mark.parametrize(
    "file",
    [
        "departments.toml",
        "sources.toml",
        "ONE/item.toml",
        "ONE/process.bpmn",
        "BOTH/process.bpmn",
        "TWO/forms/application.toml",
    ],
)
def test_a_missing_or_empty_file_is_named(folder: Path, file: str) -> None:
    (folder / file).write_bytes(b" \n")
    assert (refusal_of(folder).code, refusal_of(folder).where) == ("catalogue.empty_file", file)
    (folder / file).unlink()
    assert (refusal_of(folder).code, refusal_of(folder).where) == ("catalogue.no_file", file)


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    assert refusal_of(tmp_path / "nowhere").code == "catalogue.no_file"


@pytest.mark.parametrize(
    ("content", "code"), [(b"schema = ", "catalogue.not_toml"), ("schema=1 # 表".encode("gbk"), "catalogue.not_utf8")]
)
def test_a_file_that_is_not_toml_or_not_utf8_is_named(folder: Path, content: bytes, code: str) -> None:
    (folder / "ONE" / "item.toml").write_bytes(content)
    assert (refusal_of(folder).code, refusal_of(folder).where) == (code, "ONE/item.toml")


WRONG_KEYS = [
    ("ONE/item.toml", 'name_zh = "事项"', 'nam_zh = "事项"', "name_zh"),
    ("ONE/item.toml", 'fee_zh = "不收费"', 'fee_zh = "不收费"\nfees = 3', "fees"),
    ("ONE/item.toml", 'fee_zh = "不收费"', "fee_zh = 0", "fee_zh"),
    ("ONE/item.toml", 'fee_zh = "不收费"', 'fee_zh = ""', "fee_zh"),
    ("ONE/item.toml", "schema = 1", "schema = 2", "schema"),
    ("ONE/item.toml", 'code = "ONE"', 'code = "TWO"', "code"),
    ("ONE/item.toml", 'kind = "item"', 'kind = "thing"', "kind"),
    ("ONE/item.toml", 'type = "行政许可"', 'type = "行政处罚"', "type"),
    ("ONE/item.toml", 'modes = ["window"]', 'modes = ["post"]', "modes"),
    ("ONE/item.toml", 'modes = ["window"]', 'modes = ["window", "window"]', "modes"),
    ("ONE/item.toml", 'modes = ["window"]', 'modes = "window"', "modes"),
    ("ONE/item.toml", 'modes = ["window"]', "modes = [1]", "modes"),
    ("ONE/item.toml", 'materials_source = ["S1"]', "", "materials_source"),
    ("ONE/item.toml", "value = 1.5", "value = -1", "limits.promised.value"),
    ("ONE/item.toml", "value = 1.5", "value = nan", "limits.promised.value"),
    ("ONE/item.toml", "value = 1.5", "value = 1e999999999", "limits.promised.value"),
    ("ONE/item.toml", "value = 1.5", 'value = "1.5"', "limits.promised.value"),
    ("ONE/item.toml", "value = 1.5", "value = true", "limits.promised.value"),
    ("ONE/item.toml", "[limits.promised]", "[limits.promise]", "limits.promise"),
    ("ONE/item.toml", 'unit = "working_days"', 'unit = "hours"', "limits.promised.unit"),
    ("ONE/item.toml", 'act = "accept"', 'act = "deliver"', "steps[1].act"),
    ("ONE/item.toml", "decisive = true", 'decisive = "yes"', "steps[2].decisive"),
    ("ONE/item.toml", "decisive = true", "decisiv = true", "steps[2].decisiv"),
    ("ONE/item.toml", 'kind = "form"', 'kind = "result"', "materials[1].from"),
    ("ONE/item.toml", 'from = "applicant"', 'from = "applicant"\nholder = "x"', "materials[1].holder"),
    ("ONE/item.toml", 'from = "applicant"', 'from = "shared"', "materials[1].holder"),
    ("ONE/item.toml", 'from = "applicant"', 'from = "branch"', "materials[1].produced_by"),
    ("ONE/item.toml", "[[results]]", "[results]", "results"),
    ("BOTH/item.toml", 'items = ["ONE", "TWO"]', 'items = ["ONE", "SIX"]', "items"),
    ("BOTH/item.toml", 'join_policy = "lead_decides"', 'join_policy = "vote"', "join_policy"),
    ("BOTH/item.toml", 'strength = "before_start"', 'strength = "soon"', "precedence[1].strength"),
    ("BOTH/item.toml", 'operator = "=="', 'operator = "~"', "conditions[1].operator"),
    ("BOTH/item.toml", 'value = "yes"', "value = []", "conditions[1].value"),
    ("BOTH/item.toml", 'basis = "seen"\nsource = ["S1"]', 'basis = "seen"', "precedence[1].source"),
    ("ONE/forms/application.toml", 'name = "area"', 'name = "Area size"', "fields[1].name"),
    ("ONE/forms/application.toml", 'name = "area"', 'name = "wanted"', "fields"),
    ("ONE/forms/application.toml", "max = 100", "max = 0", "fields[1].max"),
    ("ONE/forms/application.toml", "required = true", "required = false", "fields[1].required"),
    ("ONE/forms/application.toml", "personal = false", "personal = true", "fields[1].routing"),
    ("ONE/forms/application.toml", 'type = "number"', 'type = "choice"', "fields[1].choices"),
    ("ONE/forms/application.toml", 'value = "no"', 'value = "yes"', "fields[2].choices"),
    ("ONE/forms/application.toml", 'help_en = "choose"', 'hint = "choose"', "fields[2].help_en"),
    ("departments.toml", 'code = "office"', 'code = "办公室"', "departments[1].code"),
    ("departments.toml", 'code = "clerk"', 'code = "head"', "roles[2].code"),
    ("sources.toml", 'id = "S1"', 'name = "S1"', "sources[1].id"),
]


@pytest.mark.parametrize(("file", "old", "new", "key"), WRONG_KEYS)
def test_a_wrong_key_or_value_is_refused_by_file_and_key(folder: Path, file: str, old: str, new: str, key: str) -> None:
    change(folder, file, old, new)
    error = refusal_of(folder)
    assert error.where == f"{file}: {key}"
    assert error.message_zh
    assert error.message_en


CONTRADICTIONS = [
    ("ONE/item.toml", 'department = "office"', 'department = "other"', "department"),
    ("ONE/item.toml", 'role = "clerk"', 'role = "cook"', "ONE.accept.role"),
    ("ONE/item.toml", 'after = ["ONE.accept"]', 'after = ["ONE.begin"]', "ONE.decide.after"),
    ("ONE/item.toml", 'after = ["ONE.accept"]', 'after = ["ONE.decide"]', "after"),
    ("ONE/item.toml", 'id = "ONE.decide"', 'id = "ONE.accept"', "steps"),
    ("ONE/item.toml", 'id = "ONE.decide"', 'id = "TWO.decide"', "TWO.decide"),
    ("ONE/item.toml", "decisive = true\n", "", "decisive"),
    ("ONE/item.toml", 'needs = ["F_ONE"]', 'needs = ["F_ONE"]\ndecisive = true', "decisive"),
    ("ONE/item.toml", 'act = "decide"', 'act = "accept"', "decisive"),
    ("ONE/item.toml", 'needs = ["F_ONE"]', 'needs = ["F_ONE", "M_ID"]', "ONE.accept.needs"),
    ("ONE/item.toml", 'needs = ["F_ONE"]', "needs = []", "F_ONE"),
    ("ONE/item.toml", 'yields = ["R_ONE"]', 'yields = ["R_ONE", "R_MORE"]', "yields"),
    ("ONE/item.toml", 'yields = ["R_ONE"]\n', "", "R_ONE"),
    ("ONE/item.toml", 'source = ["S1"]', 'source = ["S9"]', "source"),
    ("ONE/item.toml", 'act = "deliver"', 'act = "lead_decide"', "steps"),
    ("ONE/item.toml", 'id = "ONE.deliver"', 'id = "deliver"', "deliver"),
    ("TWO/item.toml", 'produced_by = "ONE"', 'produced_by = "SIX"', "R_ONE.produced_by"),
    ("TWO/item.toml", 'produced_by = "ONE"', 'produced_by = "TWO"', "R_ONE.produced_by"),
    ("TWO/item.toml", 'from = "branch"\nproduced_by = "ONE"', 'from = "shared"', "R_ONE"),
    ("TWO/item.toml", 'yields = ["R_TWO"]', 'yields = ["R_ONE"]', "yields"),
    ("TWO/item.toml", 'field = "area"', 'field = "size"', "conditions"),
    ("TWO/item.toml", "value = 50", "value = true", "area"),
    ("BOTH/item.toml", 'item = "ONE"', 'item = "SIX"', "conditions"),
    ("BOTH/item.toml", 'field = "wanted"', 'field = "wish"', "conditions"),
    ("BOTH/item.toml", 'value = "yes"', 'value = "perhaps"', "wanted"),
    ("BOTH/item.toml", 'operator = "=="', 'operator = ">"', "wanted"),
    ("BOTH/item.toml", 'items = ["ONE", "TWO"]', 'items = ["ONE"]', "conditions"),
    ("BOTH/item.toml", 'from = "ONE"', 'from = "SIX"', "precedence"),
    ("BOTH/item.toml", 'to_step = "TWO.accept"', 'to_step = "ONE.accept"', "precedence ONE → TWO"),
    ("BOTH/item.toml", 'to_step = "TWO.accept"', 'to_step = "TWO.decide"', "precedence ONE → TWO"),
    ("BOTH/item.toml", 'strength = "before_start"', 'strength = "before_step"', "precedence ONE → TWO"),
    ("BOTH/item.toml", 'carries = "R_ONE"', 'carries = "R_TWO"', "precedence ONE → TWO"),
    ("BOTH/item.toml", 'carries = "R_ONE"\n', "", "precedence"),
    ("BOTH/item.toml", 'join_policy = "lead_decides"', 'join_policy = "separate"', "join_policy"),
    ("BOTH/item.toml", 'items = ["ONE"', 'veto_items = ["ONE"]\nitems = ["ONE"', "veto_items"),
    ("BOTH/item.toml", 'after = ["BOTH.decide"]', 'after = ["ONE.decide"]', "BOTH.deliver.after"),
    ("BOTH/item.toml", 'act = "lead_decide"', 'act = "lead_decide"\ndecisive = true', "BOTH.decide"),
    ("BOTH/item.toml", 'lead_department = "office"', 'lead_department = "other"', "lead_department"),
    ("BOTH/item.toml", '"ONE.decide", "TWO.decide"', '"ONE.decide"', "BOTH.V1"),
    ("BOTH/item.toml", '"ONE.decide", "TWO.decide"', '"ONE.decide", "TWO.site"', "BOTH.V1.replaces"),
    ("BOTH/item.toml", "[[conditions]]", "[known_values]\nweather = true\n[[conditions]]", "known_values"),
]


@pytest.mark.parametrize(("file", "old", "new", "key"), CONTRADICTIONS)
def test_what_does_not_agree_is_refused_by_file_and_key(folder: Path, file: str, old: str, new: str, key: str) -> None:
    change(folder, file, old, new)
    error = refusal_of(folder)
    assert error.code in {"catalogue.contradiction", "catalogue.unknown_reference"}
    # A single item's own wrong material condition is found when the item is looked at alone.
    assert error.where.endswith(f"/item.toml: {key}")
    assert error.where.split("/")[0] in {file.split("/")[0], "BOTH"}


def test_two_items_that_wait_for_each_other_are_refused_with_the_circle(folder: Path) -> None:
    edge = BUNDLE[BUNDLE.index("[[precedence]]") : BUNDLE.index("[[shared_steps]]")]
    back = edge.replace('from = "ONE"\nto = "TWO"', 'from = "TWO"\nto = "ONE"')
    back = back.replace("TWO.accept", "ONE.accept").replace('carries = "R_ONE"\n', "")
    change(folder, "BOTH/item.toml", "[[shared_steps]]", f"{back}[[shared_steps]]")
    error = refusal_of(folder)
    assert error.where == "BOTH/item.toml: precedence"
    assert "TWO.decide" in error.message_en
    assert "circular" in error.message_en


def test_one_material_may_not_mean_two_things(folder: Path) -> None:
    for code, name in (("ONE", "身份证"), ("TWO", "户口簿")):
        change(folder, f"{code}/item.toml", f'code = "F_{code}"', 'code = "M_ID"')
        change(folder, f"{code}/item.toml", f'needs = ["F_{code}"', 'needs = ["M_ID"')
        change(folder, f"{code}/item.toml", 'name_zh = "申请表"', f'name_zh = "{name}"')
    assert refusal_of(folder).where == "TWO/item.toml: M_ID"


def test_two_items_may_not_make_the_same_result(folder: Path) -> None:
    change(folder, "TWO/item.toml", 'yields = ["R_TWO"]', 'yields = ["R_ONE"]')
    change(folder, "TWO/item.toml", 'code = "R_TWO"', 'code = "R_ONE"')
    assert refusal_of(folder).where == "TWO/item.toml: R_ONE"


def test_a_value_the_bundle_knows_need_not_be_asked(folder: Path) -> None:
    change(folder, "TWO/item.toml", 'field = "area"', 'field = "size"')
    for code in ("TWO", "BOTH"):
        change(folder, f"{code}/forms/application.toml", 'name = "area"', 'name = "unused"')
    change(folder, "TWO/forms/application.toml", 'name = "unused"', 'name = "size"')
    assert refusal_of(folder).where == "BOTH/item.toml: conditions"
    change(folder, "BOTH/item.toml", "[[conditions]]", "[known_values]\nsize = 60\n[[conditions]]")
    assert load_catalogue(folder).offering("BOTH").known_values == {"size": 60}


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('username = "office1"', 'username = "Office 1"', "accounts[1].username"),
        ('department = "office"', 'department = "other"', "accounts[1].department"),
        ('"clerk"', '"cook"', "accounts[1].roles"),
        ("[[accounts]]", DEMO[DEMO.index("[[") :] + "[[accounts]]", "accounts[2].username"),
        ('name = "赵演示"', 'name = "赵演示"\nphone = "1"', "accounts[1].phone"),
    ],
)
def test_a_wrong_demo_account_is_refused(folder: Path, old: str, new: str, key: str) -> None:
    catalogue = load_catalogue(folder)
    change(folder, "demo.toml", old, new)
    with pytest.raises(CatalogueError) as refusal:
        load_demo_accounts(folder, catalogue)
    assert refusal.value.where == f"demo.toml: {key}"
