"""Milestones that see what milestones pay, and what distinct places and values count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from common import bulk, circles
from earning import intake, quoting, returns
from earning.models import MilestoneReached, MilestoneVoid
from program.errors import BlueprintInvalid
from program.models import Program
from tests.cast import ACTOR, ana, apply, balance, submission, utc, variant, visit

pytestmark = pytest.mark.django_db
WORDS: dict[str, Any] = {"partner": "till", "reason": "Back", "actor": ACTOR}
LADDER = '[[ladder]]\ncode = "flags"\n'
TILE = '[[unit]]\ncode = "tile"\nkind = "counter"\nsingular = "tile"\nplural = "tiles"\n\n'
FIRST_PARTNER = '[[partner]]\ncode = "till"\n'
TILES = """
[[milestone]]
code = "perk"
name = "Perk"
counter = "tile"
at = 2
every = 2
up_to = 4
pays = { unit = "coin", amount = 7 }

[[milestone]]
code = "tile"
name = "Tile"
counter = "visit"
at = 1
every = 1
pays = { unit = "tile", amount = 1 }

"""


def program(folder: Path, text: str = TILES) -> Program:
    return apply(variant(folder, (FIRST_PARTNER, TILE + FIRST_PARTNER), (LADDER, text + LADDER)))


def told(folder: Path, text: str) -> str:
    with pytest.raises(BlueprintInvalid) as refused:
        program(folder, text)
    return str(refused.value)


def test_what_a_milestone_pays_passes_marks_of_others_up_to_the_last(tmp_path: Path) -> None:
    program(tmp_path)
    member = ana(joined_at=utc(2026, 1, 1))
    for day in range(1, 8):
        visit(member, occurred_at=utc(2026, 3, day))
    assert (balance(member, "tile"), balance(member, "coin")) == (7, 14)
    levels = MilestoneReached.objects.filter(milestone="perk").order_by("level")
    assert list(levels.values_list("level", flat=True)) == [2, 4]


@pytest.mark.parametrize("each", [1, bulk.FEW])
def test_a_batch_comes_to_the_same(tmp_path: Path, each: int) -> None:
    """One so large that it is stored in portions, too."""
    program(tmp_path)
    people = [ana(joined_at=utc(2026, 1, 1), name=f"Ana {number}") for number in range(each)]
    days = [utc(2026, 3, day) for day in range(1, 8)]
    batch = [submission(member, occurred_at=day) for day in days for member in people]
    intake.record_batch(batch, actor=ACTOR)
    found = [(balance(member, "tile"), balance(member, "coin")) for member in people]
    assert found == [(7, 14)] * each


def test_a_quote_tells_what_follows_from_what_is_paid(tmp_path: Path) -> None:
    program(tmp_path)
    member = ana(joined_at=utc(2026, 1, 1))
    visit(member, occurred_at=utc(2026, 3, 1))
    asked = submission(occurred_at=utc(2026, 3, 2))
    earned = quoting.quote(asked, member=member).earned
    assert (earned["tile"], earned["coin"]) == (1, 7)


def test_what_was_paid_on_is_taken_back_with_what_led_to_it(tmp_path: Path) -> None:
    program(tmp_path)
    member = ana(joined_at=utc(2026, 1, 1))
    for day in (1, 2):
        visit(member, occurred_at=utc(2026, 3, day), reference=f"till-{day}")
    assert balance(member, "coin") == 7
    returns.cancel(activity="till-1", reference="c1", **WORDS)
    assert (balance(member, "tile"), balance(member, "coin")) == (1, 0)
    assert MilestoneVoid.objects.count() == 2
    visit(member, occurred_at=utc(2026, 3, 3))
    assert (balance(member, "tile"), balance(member, "coin")) == (2, 7)


def test_a_mark_may_pay_some_of_what_it_counts(tmp_path: Path) -> None:
    text = TILES.replace('unit = "tile", amount = 1', 'unit = "visit", amount = 1')
    program(tmp_path, text.replace("at = 1\nevery = 1", "at = 2\nevery = 2"))
    member = ana(joined_at=utc(2026, 1, 1))
    for day in (1, 2, 3):  # 2 -> 3, then 4 -> 5
        visit(member, occurred_at=utc(2026, 3, day))
    assert balance(member, "visit") == 5


def test_milestones_that_pay_in_a_circle_are_refused(tmp_path: Path) -> None:
    text = TILES.replace('unit = "coin", amount = 7', 'unit = "visit", amount = 1')
    assert told(tmp_path / "a", text) == (
        'milestones pay each other in a circle: "perk" -> "tile" -> "perk". Let one of them pay a '
        "unit that none of the others counts."
    )
    text = TILES.replace('unit = "tile", amount = 1', 'unit = "visit", amount = 1')
    assert "so it would never end" in told(tmp_path / "b", text)


def test_circles_are_found_wherever_they_begin() -> None:
    assert circles.find({"a": ("x", "y"), "b": ("z", "x"), "c": ((), "z")}) == []
    assert circles.find({"a": ("x", "x")}) == []
    found = circles.find({"a": ("x", "w"), "b": ("y", "x"), "c": ("x", "y")})
    assert found == ["b", "c", "b"]


def test_places_and_values_count_once(tmp_path: Path) -> None:
    text = """
[[milestone]]
code = "places"
name = "Places"
activity = "visit"
distinct = "location"
at = 2
pays = { unit = "coin", amount = 1 }

[[milestone]]
code = "tables"
name = "Tables"
activity = "visit"
distinct = "table"
at = 2
pays = { unit = "coin", amount = 10 }

"""
    south = '[[partner.location]]\ncode = "south-pier"\nname = "South Pier"\n\n'
    web = '[[partner]]\ncode = "web"\n'
    folder = variant(tmp_path, (web, south + web), (LADDER, text + LADDER))
    apply(folder)
    member = ana(joined_at=utc(2026, 1, 1))

    def sit(reference: str, location: str = "", table: str = "") -> None:
        said = {"paid": "1"} | ({"table": table} if table else {})
        visit(member, reference=reference, location=location, attributes=said)

    sit("a", "north-pier", "terrace")
    sit("b", "north-pier", "terrace")
    sit("c")
    assert balance(member, "coin") == 0
    sit("d", "south-pier", "inside")
    assert balance(member, "coin") == 11
    returns.amend(activity="d", reference="x1", attributes={"table": "terrace"}, **WORDS)
    assert balance(member, "coin") == 1
    returns.amend(activity="b", reference="x2", attributes={"table": "inside"}, **WORDS)
    assert balance(member, "coin") == 11
    returns.cancel(activity="d", reference="x3", **WORDS)
    assert balance(member, "coin") == 10


def test_a_year_of_membership_counts_anew_on_ones_own_day(tmp_path: Path) -> None:
    text = TILES.split("[[milestone]]")[1].replace('"tile"', '"visit"')
    text = f"[[milestone]]{text}".replace("at = 2\nevery = 2\nup_to = 4", "at = 2")
    program(tmp_path, text.replace("at = 2", 'at = 2\nwindow = "membership_year"'))
    member = ana(joined_at=utc(2024, 5, 10))
    for on in (utc(2025, 5, 9), utc(2025, 5, 11), utc(2026, 5, 9), utc(2026, 5, 11)):
        visit(member, occurred_at=on)
    assert balance(member, "coin") == 7
    assert MilestoneReached.objects.get().period == "2025-05-10"
