"""Corners of qualification: turns, ends, lapses, and what follows when ladders come and go."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest

from common import clock
from members import households
from program.errors import HistoryProtected
from tests.cast import ACTOR, QUAY, ana, apply, earn, utc, variant
from tiers import grants, standing
from tiers.ladders import climbs
from tiers.models import Ladder, Tier
from tiers.qualification import Climb
from tiers.terms import LadderRule, Requirement, Route, Rung, Validity, Window

JUNE = date(2026, 6, 1)
COFFEE = '\n[[reward]]\ncode = "coffee"\n'
SECOND = """
[[ladder]]
code = "second"
name = "Second"
counter = "visit"
window = "lifetime"
validity = "life"

[[ladder.tier]]
code = "iron"
name = "Iron"
threshold = 1000
pennant = { colors = ["#ffffff", "#14213d"], field = "border", outline = "pennant" }
"""
TIERS_NAMED = (
    ('when = [{ tier_at_least = "blue" }]', ""),
    (', { amount = 8, tier_at_least = "blue" }', ""),
    ('tier_at_least = "gold"\n', ""),
)


def rung(rank: int, at_least: int, window: Window) -> Rung:
    need = Requirement(at_least, unit="v", window=window)
    return Rung(f"t{rank}", rank, uuid.uuid4(), (Route((need,)),))


def easier_from_june() -> LadderRule:
    """Ten are needed until the end of May, five from June on."""
    routes = (
        Route((Requirement(10, unit="v"),), ends_on=JUNE),
        Route((Requirement(5, unit="v"),), starts_on=JUNE),
    )
    return LadderRule("l", (Rung("t1", 1, uuid.uuid4(), routes),), "UTC", counter="v")


def test_an_activity_after_a_turn_earns_at_the_tier_the_turn_gave() -> None:
    way = Climb(easier_from_june(), [(utc(2026, 5, 1), "v", 6)])
    assert way.rung_before(utc(2026, 5, 31)) is None
    before = way.rung_before(utc(2026, 6, 10))
    assert before is not None
    assert before.code == "t1"


def test_a_late_credit_from_before_a_turn_already_passed_counts_at_the_turn() -> None:
    way = Climb(easier_from_june(), [(utc(2026, 5, 1), "v", 3)])
    assert way.rung_at(utc(2026, 7, 1)) is None
    way.add(utc(2026, 5, 20), "v", 3)
    assert way.rung_at(utc(2026, 7, 1)) is not None


def test_a_tier_that_ends_at_new_year_was_held_in_one_year() -> None:
    rule = LadderRule(
        "l", (rung(1, 10, Window("year")),), "UTC", validity=Validity("years", 0), counter="v"
    )
    way = Climb(rule, [(utc(2026, 5, 1), "v", 10)])
    assert way.spans(until=utc(2027, 5, 1))[0].ends_at == utc(2027, 1, 1)
    assert way.value(Requirement(1, rank=1), utc(2027, 5, 1)) == 1


def test_after_a_lapse_what_counted_before_it_does_not_count_again() -> None:
    window, validity = Window("since_change"), Validity("months", 0, 12)
    rule = LadderRule("l", (rung(1, 100, window),), "UTC", validity=validity, counter="v")
    way = Climb(rule, [(utc(2025, 1, 1), "v", 100)])
    way.add(utc(2026, 3, 1), "v", 1)
    assert way.rung_at(utc(2026, 3, 2)) is None
    way.add(utc(2026, 3, 3), "v", 99)
    assert way.rung_at(utc(2026, 3, 3)) is not None


def test_last_years_surplus_lifts_at_new_year_without_an_activity() -> None:
    year = Window("year")
    rungs = (rung(1, 50, year), rung(2, 100, year))
    rule = LadderRule(
        "l", rungs, "UTC", validity=Validity("years", 0), counter="v", rolls_over=True
    )
    way = Climb(rule, [(utc(2026, 5, 1), "v", 160)])
    assert way.value(rungs[0].routes[0].needs[0], utc(2027, 2, 1)) == 60
    held = way.rung_at(utc(2027, 2, 1))
    assert held is not None
    assert held.code == "t1"
    way.add(utc(2027, 1, 2), "v", 1)
    assert way.rung_at(utc(2027, 2, 1)) == held


@pytest.mark.django_db
def test_a_ladder_taken_out_of_the_program_is_gone(tmp_path: Path) -> None:
    apply(variant(tmp_path / "first", (COFFEE, SECOND + COFFEE)))
    assert Ladder.objects.count() == 2
    apply(QUAY)
    assert Ladder.objects.get().code == "flags"


@pytest.mark.django_db
def test_the_only_ladder_goes_once_nothing_names_its_tiers(tmp_path: Path) -> None:
    apply(QUAY)
    unnamed = variant(tmp_path / "unnamed", *TIERS_NAMED)
    text = (unnamed / "program.toml").read_text(encoding="utf-8")
    head, _, rest = text.partition("[[ladder]]")
    bare = tmp_path / "bare"
    bare.mkdir()
    rest = rest[rest.index("[[reward]]") :]
    (bare / "program.toml").write_text(head + rest, encoding="utf-8")
    with pytest.raises(HistoryProtected, match="still name tiers"):
        apply(bare)
    apply(unnamed)
    apply(bare)
    assert not Ladder.objects.exists()
    assert not Tier.objects.exists()


@pytest.mark.django_db
def test_a_ladder_with_a_history_stays(tmp_path: Path) -> None:
    apply(variant(tmp_path, (COFFEE, SECOND + COFFEE)))
    grants.grant(ana(), tier=Tier.objects.get(code="iron"), reason="A friend", actor=ACTOR)
    with pytest.raises(HistoryProtected, match="members have held"):
        apply(QUAY)


@pytest.mark.django_db
def test_the_current_tier_is_one_of_the_first_ladder(tmp_path: Path) -> None:
    apply(variant(tmp_path, (COFFEE, SECOND + COFFEE)))
    member = ana()
    grants.grant(member, tier=Tier.objects.get(code="iron"), reason="A friend", actor=ACTOR)
    assert standing.current(member) is None
    earn(member, 1, unit="visit")
    standing.reassess(member, actor=ACTOR)
    current = standing.current(member)
    assert current is not None
    assert current.code == "white"


@pytest.mark.django_db
def test_whoever_leaves_a_household_keeps_what_was_shared_before(tmp_path: Path) -> None:
    shared = ('counter = "visit"\n', 'counter = "visit"\nshared = "household"\n')
    program = apply(variant(tmp_path, shared))
    start = clock.now() - timedelta(days=10)
    with clock.standing_at(start):
        first, second = ana(), ana(name="Bruno Lima")
        home = households.found(first, name="Lima", actor=ACTOR)
        households.join(home, second, actor=ACTOR)
        grants.grant(first, tier=Tier.objects.get(code="gold"), reason="A friend", actor=ACTOR)

    def held(days: int) -> str | None:
        way = climbs([second], program=program)[second.pk, "flags"]
        found = way.rung_before(start + timedelta(days=days))
        return found.code if found else None

    assert held(2) == "gold"
    households.leave(second, actor=ACTOR)
    assert held(2) == "gold"
    assert held(11) is None
