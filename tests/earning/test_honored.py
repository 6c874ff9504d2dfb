"""A tier honored for one activity: told with it, above the one that is held, and for it alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from earning import quoting
from earning.intake import Recorded
from members.models import Member
from program import blueprint
from program.errors import BlueprintInvalid
from program.models import Program
from tests.cast import ACTOR, ana, apply, awarded, submission, utc, variant, visit
from tests.earning.test_returns import changed
from tiers import standing
from tiers.models import Tier

pytestmark = pytest.mark.django_db
TYPE = 'code = "visit"\nname = "Visit"\nplural = "Visits"\n'
SURVEY = '[[activity_type]]\ncode = "survey"'
HONORED = """[[activity_type.attribute]]
code = "honored"
name = "Status shown"
type = "choice"
required = false
choices = { white = "White", blue = "Blue", gold = "Gold" }

"""
ABOVE = 'when = [{ tier_at_least = "blue" }]'


def folder(path: Path, *changes: tuple[str, str]) -> Path:
    """The quay, where a visit may tell a tier that is honored for it."""
    told = (TYPE, f'{TYPE}tier_by = "honored"\n')
    return variant(path, told, (SURVEY, HONORED + SURVEY), *changes)


@pytest.fixture
def sisters(tmp_path: Path) -> Program:
    return apply(folder(tmp_path / "sisters"))


def told(member: Member, tier: str | None = None, day: int = 1) -> Recorded:
    honored = {"honored": tier} if tier else {}
    attributes = {"paid": "10.00"} | honored
    return visit(member, occurred_at=utc(2026, 11, day, 12), attributes=attributes)


def test_the_tier_that_is_told_counts_for_this_activity_alone(sisters: Program) -> None:
    member = ana(joined_at=utc(2026, 1, 1))
    found = [awarded(told(member, tier)) for tier in ("blue", None, "white")]
    assert [one.get("blue-bonus") for one in found] == [5, None, None]
    assert standing.current(member) == Tier.objects.get(code="blue")  # by three visits


def test_a_higher_tier_that_is_held_stays(sisters: Program) -> None:
    member = ana(joined_at=utc(2026, 1, 1))
    for day in (1, 2, 3):
        told(member, day=day)
    assert awarded(told(member, "white", day=4))["blue-bonus"] == 5


def test_only_the_tier_that_is_told_is_held_then(tmp_path: Path) -> None:
    apply(folder(tmp_path, (ABOVE, 'when = [{ tier = ["gold"] }, { not_tier = ["white"] }]')))
    member = ana(joined_at=utc(2026, 1, 1))
    told(member)
    found = [awarded(told(member, tier, day=2)) for tier in ("gold", "blue")]
    assert [one.get("blue-bonus") for one in found] == [5, None]


def test_what_is_corrected_is_honored_anew(sisters: Program) -> None:
    member = ana(joined_at=utc(2026, 1, 1))
    first, second = told(member, "gold"), told(member, day=2)
    assert (awarded(first).get("blue-bonus"), awarded(second).get("blue-bonus")) == (5, None)
    less = changed(first, attributes={"honored": "white"})
    more = changed(second, attributes={"paid": "20.00", "honored": "blue"})
    assert [(row.rule.code, row.amount) for row in less.corrections] == [("blue-bonus", -5)]
    assert sorted((row.rule.code, row.amount) for row in more.corrections) == [
        ("blue-bonus", 10),
        ("paid", 10),
    ]
    assert first.activity is not None
    assert first.activity.facts["tiers"] == []


def test_a_quote_honors_it_too(sisters: Program) -> None:
    member = ana(joined_at=utc(2026, 1, 1))
    asked = submission(member, attributes={"paid": "10.00", "honored": "blue"})
    quoted = quoting.quote(asked, member=member)
    assert {one.rule: one.amount for one in quoted.awards}["blue-bonus"] == 5


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('tier_by = "honored"', 'tier_by = "honoured"'), 'tier_by: there is no "honoured"'),
        (('tier_by = "honored"', 'tier_by = "paid"'), 'tier_by: there is no "paid"'),
        (
            ('gold = "Gold" }', 'glod = "Gold" }'),
            '"honored", choices: there is no "glod"',
        ),
    ],
)
def test_a_blueprint_that_makes_no_sense_is_told_so(
    quay: Program, tmp_path: Path, change: tuple[str, str], says: str
) -> None:
    with pytest.raises(BlueprintInvalid, match=says):
        apply(variant(tmp_path / "wrong", change, base=folder(tmp_path / "right")))


def test_what_is_stored_is_the_same_program(sisters: Program, tmp_path: Path) -> None:
    assert blueprint.apply(folder(tmp_path / "again"), actor=ACTOR) == []
