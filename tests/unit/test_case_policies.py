"""Policies as data: what a file may say, where an error points, in which order stages come."""

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from engine.calendar import LightThresholds
from engine.case.policies import REMINDER, RUNG, SILENCE, after_due, before_due, lights_of, stage_at, stages_of
from engine.catalogue import load_catalogue
from engine.catalogue.policies import BUILTIN, LadderRung, Policy, Reminder, read_policies
from engine.errors import CatalogueError
from engine.settings import default_processes

DEPARTMENTS, ROLES = {"market", "supervision"}, {"section_head", "department_head", "supervisor"}
HEAD = 'schema = 1\n[[policies]]\ncode = "default"\nname_zh = "策略"\nname_en = "policy"\n'
RUNG_AT_DUE = '[[policies.ladder]]\nshare = 1\nto = "section_head"\n'


def read(folder: Path, text: str) -> dict[str, Policy]:
    (folder / "policies.toml").write_text(HEAD + text, encoding="utf-8")
    return read_policies(folder, DEPARTMENTS, ROLES)


def rung(more: str, before: str = "") -> str:
    return f'{before}[[policies.ladder]]\nto = "section_head"\n{more}\n'


WRONG = {
    "an unknown role": (RUNG_AT_DUE.replace("section_head", "boss"), "policies[1].ladder[1].to"),
    "an unknown department": (rung('share = 1\ndepartment = "moon"'), "policies[1].ladder[1].department"),
    "an unknown effect": (rung('share = 1\ndoes = "shout"'), "policies[1].ladder[1].does"),
    "a rung without an instant": (rung(""), "policies[1].ladder[1].share"),
    "a rung with two instants": (rung("share = 1\nover_days = 1"), "policies[1].ladder[1].share"),
    "a rung at the very start": (rung("share = 0"), "policies[1].ladder[1].share"),
    "rungs in the wrong order": (rung("over_days = 1", rung("over_days = 2")), "policies[1].ladder"),
    "days before shares": (rung("share = 1", rung("over_days = 0")), "policies[1].ladder"),
    "shares beyond the due date beside days": (rung("over_days = 1", rung("share = 1.5")), "policies[1].ladder"),
    "a reassignment to nobody": (rung('share = 1\ndoes = "reassignment"'), "policies[1].ladder[1].hand_to"),
    "somebody to hand to, and a notice": (rung('share = 1\nhand_to = "supervisor"'), "policies[1].ladder[1].hand_to"),
    "a reminder when it is due": ("[[policies.reminders]]\nshare = 1\n", "policies[1].reminders[1].share"),
    "a reminder without an instant": ("[[policies.reminders]]\n" + RUNG_AT_DUE, "policies[1].reminders[1].share"),
    "part of a day left": ("[[policies.reminders]]\nleft_days = 0.5\n", "policies[1].reminders[1].left_days"),
    "escalate without a ladder": ('silence = "escalate"\n', "policies[1].ladder"),
    "remind with a ladder": (f'silence = "remind"\nagain_days = 1\n{RUNG_AT_DUE}', "policies[1].ladder"),
    "remind once": ('silence = "remind"\n', "policies[1].again_days"),
    "again without remind": (f"again_days = 2\n{RUNG_AT_DUE}", "policies[1].again_days"),
    "consent without a ground": ('silence = "consent"\n', "policies[1].ground"),
    "refusal without a ground": ('silence = "refuse"\nground = " "\n', "policies[1].ground"),
    "a ground for nothing": (f'ground = "某条"\n{RUNG_AT_DUE}', "policies[1].ground"),
    "a rung after silence has decided": (f'silence = "consent"\nground = "某条"\n{RUNG_AT_DUE}', "policies[1].ladder"),
    "an unknown silence": ('silence = "shrug"\n', "policies[1].silence"),
    "a key that is misspelt": (f"yelow_days = 1\n{RUNG_AT_DUE}", "policies[1].yelow_days"),
}


@pytest.mark.parametrize("text", WRONG)
def test_an_error_names_the_file_and_the_key(text: str, tmp_path: Path) -> None:
    said, place = WRONG[text]
    with pytest.raises(CatalogueError) as refused:
        read(tmp_path, said)
    assert refused.value.where == f"policies.toml: {place}"


def test_a_folder_without_the_file_has_the_builtin_policy_and_one_with_it_needs_a_default(tmp_path: Path) -> None:
    assert read_policies(tmp_path, DEPARTMENTS, ROLES) == {"default": BUILTIN}
    (tmp_path / "policies.toml").write_text(HEAD.replace("default", "mine") + RUNG_AT_DUE, encoding="utf-8")
    with pytest.raises(CatalogueError, match="no policy has the code default"):
        read_policies(tmp_path, DEPARTMENTS, ROLES)
    with pytest.raises(CatalogueError, match="appears twice"):
        read(tmp_path, RUNG_AT_DUE + HEAD.removeprefix("schema = 1\n") + RUNG_AT_DUE)


def kinds(policy: Policy, limit: str, unit: str = "working_days") -> list[tuple[str, int]]:
    return [(stage.kind, stage.level) for stage in stages_of(policy, Decimal(limit), unit)]


def test_stages_come_in_the_order_of_their_instants_whatever_the_limit_is() -> None:
    policy = Policy(
        code="p", name_zh="", name_en="",
        reminders=(Reminder(left_days=1, above=Decimal(1)), Reminder(share=Decimal("0.5"))),
        ladder=(LadderRung(to="a", share=Decimal("0.8")), LadderRung(to="b", over_days=Decimal(0))),
    )  # fmt: skip
    half, morning = stages_of(policy, Decimal(10), "working_days")[0], stages_of(policy, Decimal(2), "working_days")[0]
    assert (half.share, morning.left) == (Decimal("0.5"), 1), "of two days, the morning before comes before the half"
    assert kinds(policy, "10") == [(REMINDER, 0), (RUNG, 1), (REMINDER, 0), (RUNG, 2)]
    assert kinds(policy, "2") == [(REMINDER, 0), (REMINDER, 0), (RUNG, 1), (RUNG, 2)]
    assert kinds(policy, "1") == [(REMINDER, 0), (RUNG, 1), (RUNG, 2)]
    assert len(stages_of(policy, Decimal(1), "months")) == 4


def test_silence_comes_last_and_reminders_have_no_end() -> None:
    ladder = (LadderRung(to="a", share=Decimal("0.9")),)
    consent = Policy(code="p", name_zh="", name_en="", silence="consent", ground="某条", ladder=ladder)
    assert kinds(consent, "5") == [(RUNG, 1), (SILENCE, 0)]
    remind = Policy(code="p", name_zh="", name_en="", silence="remind", again_days=3)
    stages = stages_of(remind, Decimal(5), "working_days")
    after = [stage_at(remind, stages, index) for index in range(4)]
    assert [stage.over if stage else None for stage in after] == [0, 3, 6, 9]
    assert stage_at(consent, stages_of(consent, Decimal(5), "working_days"), 2) is None


def test_shares_of_working_days_are_exact_and_of_calendar_days_whole() -> None:
    assert before_due(Decimal("0.5"), Decimal("2.5"), "working_days") == (Decimal("1.25"), "working_days")
    assert before_due(Decimal("0.5"), Decimal(5), "days") == (Decimal(2), "days")
    assert before_due(Decimal("0.5"), Decimal(1), "months") == (Decimal(15), "days")
    assert after_due(Decimal("1.5"), Decimal(5), "days") == Decimal(3)


def test_a_policy_sets_its_own_lights() -> None:
    usual = LightThresholds()
    assert lights_of(BUILTIN, usual) is usual
    mine = Policy(code="p", name_zh="", name_en="", yellow_share=Decimal("0.7"), yellow_days=2)
    assert lights_of(mine, usual) == LightThresholds(Decimal("0.7"), 2, usual.short_limit)


def changed(tmp_path: Path, code: str, old: str, new: str, file: str = "item.toml") -> Path:
    """The shipped processes with one change."""
    folder = tmp_path / "processes"
    if not folder.exists():
        shutil.copytree(default_processes(), folder)
    path = folder / code / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def test_a_step_goes_before_its_item_and_the_item_before_the_bundle(tmp_path: Path) -> None:
    changed(tmp_path, "B02", 'kind = "bundle"', 'kind = "bundle"\npolicy = "remind"')
    changed(tmp_path, "FOOD", 'kind = "item"', 'kind = "item"\npolicy = "strict"')
    folder = changed(tmp_path, "FOOD", 'id = "FOOD.site"', 'id = "FOOD.site"\npolicy = "consult_consent"')
    offering = load_catalogue(folder).offering("B02")
    named = {step: offering.policy_of(step).code for step in ("FOOD.site", "FOOD.review", "SIGN.review", "B02.deliver")}
    assert named == {
        "FOOD.site": "consult_consent", "FOOD.review": "strict", "SIGN.review": "remind", "B02.deliver": "remind",
    }  # fmt: skip
    assert offering.policy_of("FOOD.site", drawn="default").code == "default", "the diagram wins"
    assert load_catalogue(folder).offering("FOOD").policy_of("FOOD.deliver").code == "strict"


@pytest.mark.parametrize(
    ("code", "old", "policy", "where"),
    [
        ("FOOD", 'id = "FOOD.site"', "nowhere", "FOOD/item.toml: FOOD.site.policy"),
        ("FOOD", 'id = "FOOD.issue"', "consult_consent", "FOOD/item.toml: FOOD.issue.policy"),
        ("FOOD", 'kind = "item"', "consult_refuse", "FOOD/item.toml: policy"),
        ("B02", 'kind = "bundle"', "nowhere", "B02/item.toml: policy"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_with_its_place(
    tmp_path: Path, code: str, old: str, policy: str, where: str
) -> None:
    with pytest.raises(CatalogueError) as refused:
        load_catalogue(changed(tmp_path, code, old, f'{old}\npolicy = "{policy}"'))
    assert refused.value.where == where
