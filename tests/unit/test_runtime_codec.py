"""The stored form of a workflow: what an earlier release wrote is still read, and is the same workflow."""

import pytest

from engine.errors import IntegrityError
from engine.journal import digest
from engine.runtime import Flow
from engine.runtime.codec import pack
from engine.runtime.parser import parse
from tests.unit.test_runtime_joins import LOOP, complete, open_elements

# LOOP after "b" with {"seen": 1, "big": 2**70, "a": ["x", None]}, as format 2 had it, and the digest a journal sealed.
FORMAT_2 = (
    b"\x96\x02\x15\xc2\xc0\x80\x94\x97\xa30.1\xa8bl:start \x05\xa0\xa0\x81\xa6values\x83\xa1a\x92\xa1x\xc0\xa3big\xc7"
    b"\x16\x011180591620717411303424\xa4seen\x01\x96\xa31.4\xa1a\x10\x0e\xa4sp-a\xa30.1\x96\xa31.6\xa1c\x10\x12\xa4sp-c"
    b"\xa30.1\x96\xa32.1\xa2jn\x08\x15\xa4b-jn\xa30.1"
)
SEALED = "a99ad7609745f1b892c15948a4f028dac2e25eec5a3cd6bd146c385eab89b2c3"
SPEC = parse(LOOP, "loop")


def _now() -> Flow:
    running = Flow.start(SPEC)
    running.begin(1, {})
    running.advance()
    running.begin(2, {})
    (task,) = (task.id for task in running.open_tasks() if task.element == "b")
    running.complete(task, {"seen": 1, "big": 2**70, "a": ["x", None]})
    return running


def test_what_format_2_stored_is_read_and_is_what_was_sealed() -> None:
    old = Flow.restore(FORMAT_2, SPEC)
    assert digest(old.canonical()) == SEALED == digest(_now().canonical())
    assert old.dump() == _now().dump() != FORMAT_2


def test_a_workflow_read_from_either_form_goes_on_alike() -> None:
    both = [Flow.restore(FORMAT_2, SPEC), Flow.restore(_now().dump(), SPEC)]
    for running in both:
        for entry, element in enumerate("ca", start=3):
            complete(running, element, entry, decision="agree")
    assert [open_elements(running) for running in both] == [["end"], ["end"]]
    assert both[0].dump() == both[1].dump()


def test_both_forms_at_once_are_the_same_as_one_by_one() -> None:
    running = _now()
    assert running.frozen() == (running.dump(), running.canonical())


def test_an_unknown_format_is_refused_by_name() -> None:
    with pytest.raises(IntegrityError) as caught:
        Flow.restore(pack([4, 1, [], b""]), SPEC)
    assert caught.value.code == "runtime.format"
