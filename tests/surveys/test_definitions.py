"""What a blueprint may say about surveys, and what it is told when it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from program import blueprint
from program.errors import BlueprintInvalid, HistoryProtected
from program.models import Program
from surveys.models import Care, CaseRule, ReplyText, Survey, Trigger, Version
from tests import cast
from tests.cast import ACTOR
from tests.surveys import world
from tests.surveys.world import guest

pytestmark = pytest.mark.django_db
BRANCH = (
    'branch = [{ ask = "wrong", least = 0, most = 6 }, { ask = "liked", least = 9, most = 10 }]'
)
NEVER = 'branch = [{ ask = "x", least = 0, most = 0 }]'
FIRST = 'name = "After a visit"\nkind = "nps"\nactivity = "survey"'


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (BRANCH, 'branch = [{ ask = "nowhere", least = 0, most = 6 }]', 'there is no "nowhere"'),
        (BRANCH, 'branch = [{ ask = "wrong", least = 7, most = 6 }]', "least is above most"),
        ("most = 6\nowner", "most = 10\nleast = 11\nowner", "10 or less"),
        (
            'kind = "ces"',
            'kind = "ces"\nquestion = [{ code = "x", words = "?", type = "text" }]\n' + NEVER,
            "the scale of ces begins at 1",
        ),
        ("contact_days = 30", 'hours = { holidays = ["Christmas"] }', "holidays"),
        (FIRST, FIRST.replace("survey", "visit"), "asks for paid"),
        (FIRST, FIRST.replace("nps", "csat"), "the scale of csat ends at 5"),
        (FIRST, FIRST + "\nanonymous = true", "opens no case"),
        (FIRST, FIRST.replace("nps", "mood"), "mood"),
        ("every_months = 6", "delay_hours = 6", "every_months"),
        ("quota = 2", 'quota = 2\nactivity = "visit"', "only a trigger on an activity"),
        ("quota = 2", "rate = 0", "percentage"),
        ("delay_hours = 2", 'delay_hours = 2\nonly = { chair = "x" }', 'no "chair"'),
        ("contact_days = 30", "hours = { opens = 18, closes = 9 }", "closes is an hour after"),
        ('asked_elsewhere = "agency"', 'asked_elsewhere = "moon"', 'no "moon"'),
        ('code = "used"', 'code = "visited"', "given twice"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    quay: Program, tmp_path: Path, old: str, new: str, said: str
) -> None:
    folder = world.folder(tmp_path / "wrong")
    text = (folder / "program.toml").read_text(encoding="utf-8")
    assert text.count(old) >= 1, old
    (folder / "program.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BlueprintInvalid) as refusal:
        blueprint.apply(folder, actor=ACTOR)
    assert said in refusal.value.message
    assert Survey.objects.count() == 0


def test_what_is_no_longer_said_no_longer_asks(quay_asks: Program) -> None:
    world.answered(guest(), score=2)
    cast.apply(cast.QUAY)
    assert not Survey.objects.filter(is_active=True).exists()
    assert not Care.objects.exists()
    assert not ReplyText.objects.exists()
    assert Version.objects.exists()


def test_a_trigger_and_a_rule_that_go_are_kept_for_what_they_did(
    quay_asks: Program, tmp_path: Path
) -> None:
    world.answered(guest(), score=2)
    changes = (
        ('code = "used"', 'code = "used-up"'),
        ('code = "unhappy"', 'code = "cross"'),
    )
    cast.apply(world.folder(tmp_path / "new", *changes))
    assert dict(Trigger.objects.filter(survey="effort").values_list("code", "is_active")) == {
        "used": False, "used-up": True,
    }  # fmt: skip
    assert dict(CaseRule.objects.values_list("code", "is_active")) == {
        "unhappy": False, "cross": True,
    }  # fmt: skip


def test_a_kind_stays_once_somebody_has_answered(quay_asks: Program, tmp_path: Path) -> None:
    world.answered(guest(), score=2)
    folder = world.folder(tmp_path / "other", (FIRST, FIRST.replace("nps", "cli")))
    text = (folder / "program.toml").read_text(encoding="utf-8")
    text = text.replace("most = 10 }]", "most = 6 }]").replace("least = 9,", "least = 5,")
    (folder / "program.toml").write_text(text, encoding="utf-8")
    with pytest.raises(HistoryProtected, match="stay for ever"):
        blueprint.apply(folder, actor=ACTOR)
