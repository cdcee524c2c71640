"""Documents made from the source are the ones that were made from this source."""

from tests.architecture.source import ROOT
from tools.commands_doc import TARGET, document


def test_the_list_of_commands_is_the_one_in_the_source() -> None:
    assert TARGET.read_text(encoding="utf-8") == document(), "run: python -m tools.commands_doc"


def test_every_row_of_what_runs_of_bpmn_points_to_a_test_that_exists() -> None:
    told = (ROOT / "docs" / "bpmn-support.md").read_text(encoding="utf-8")
    table = told.partition("| element | how it runs")[2].partition("\n\n")[0]
    rows = table.splitlines()[2:]
    assert len(rows) > 40
    for row in rows:
        name, _, test = row.rsplit("`", 2)[1].partition("::")
        file = ROOT / name if "/" in name else ROOT / "tests" / "scenarios" / name
        assert file.is_file(), row
        assert not test or f"def {test}(" in file.read_text(encoding="utf-8"), row
