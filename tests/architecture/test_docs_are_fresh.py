"""Documents made from the source are the ones that were made from this source."""

from tools.commands_doc import TARGET, document


def test_the_list_of_commands_is_the_one_in_the_source() -> None:
    assert TARGET.read_text(encoding="utf-8") == document(), "run: python -m tools.commands_doc"
