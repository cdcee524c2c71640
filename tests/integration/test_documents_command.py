"""``binglian documents`` and ``binglian check``: can it print, what waits, what is damaged, a look at a template."""

import json
import shutil
from pathlib import Path

import pytest

from engine.settings import default_processes
from tests.builders import SECRET, Office
from tests.forked import binglian
from tests.papers import make_all, pdf_words


def environment(office: Office) -> dict[str, str]:
    return {"BINGLIAN_DATABASE_URL": office.engine.settings.database_url, "BINGLIAN_SECRET_KEY": SECRET}


def test_what_waits_and_what_is_damaged_is_one_document_and_exit_1(office: Office) -> None:
    case_id = office.accept("FOOD")
    make_all(office)
    office.accept("FOOD")
    office.engine.paperwork.rows.explain("documents.font: no font")
    sha256 = office.case(case_id).documents["2.1"]
    content = office.engine.paperwork.files.read(sha256)
    office.engine.paperwork.files.path(sha256).unlink()
    ran = binglian("documents", "--files", "--json", **environment(office))
    told = json.loads(ran.stdout)
    assert ran.returncode == 1 and told["waiting"] == 1
    assert [row["problem"] for row in told["unmade"]] == ["documents.font: no font"]
    assert told["damaged"] == [{"number": "330100受字〔2026〕1号", "sha256": sha256, "code": "file.missing"}]
    plain = binglian("documents", "--files", **environment(office))
    assert "330100受字〔2026〕2号" in plain.stdout and "待制作 waiting: 1" in plain.stdout
    unknown = binglian("documents", "--retry", "x", "--json", **environment(office))
    assert unknown.returncode == 2 and json.loads(unknown.stdout)["error"]["code"] == "document.not_aside"
    office.engine.paperwork.files.keep(content)


@pytest.mark.pdf
def test_a_machine_that_can_print_says_with_what(office: Office) -> None:
    ran = binglian("documents", "--json", **environment(office))
    told = json.loads(ran.stdout)
    assert ran.returncode == 0 and "CJK" in told["press"]
    assert told | {"press": ""} == {"press": "", "problem": "", "waiting": 0, "unmade": [], "damaged": []}


@pytest.mark.pdf
def test_a_designer_looks_at_a_template_of_a_folder_of_their_own(tmp_path: Path) -> None:
    folder = tmp_path / "processes"
    shutil.copytree(default_processes(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    template = folder / "documents" / "refusal.html"
    template.write_text(template.read_text(encoding="utf-8").replace("理由如下", "理由在此"), encoding="utf-8")
    ran = binglian("documents", "--sample", "refusal", str(tmp_path / "a.pdf"), BINGLIAN_PROCESSES=str(folder))
    assert ran.returncode == 0, ran.stderr
    assert "理由在此" in pdf_words((tmp_path / "a.pdf").read_bytes())
    assert binglian("documents", "--sample", "nonsense", str(tmp_path / "b.pdf")).returncode == 2
    template.write_text("\n\n{{ nonsense }}", encoding="utf-8")
    ran = binglian("check", str(folder), "--json")
    found = json.loads(ran.stdout)
    assert ran.returncode == 1
    assert [(one["file"], one["line"], one["rule"]) for one in found] == [(str(template), 3, "template-value")]
