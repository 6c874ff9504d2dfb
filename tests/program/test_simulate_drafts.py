"""Simulating a draft: what the past would have paid under it, and who would stand where."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from earning import simulation
from members import households
from members.models import Member
from program.models import Program
from tests import cast
from tests.cast import ACTOR, QUAY, ana, apply, utc, variant, visit
from tests.program.replaying import (
    BLUE,
    CRUISE,
    DAY,
    PAID,
    VISIT,
    by,
    issued,
    moved,
    regular,
)

pytestmark = pytest.mark.django_db

# --- under a draft ------------------------------------------------------------------------------


def test_a_draft_pays_what_it_says(quay: Program, tmp_path: Path) -> None:
    regular(2, paid="10.50")
    result = simulation.run(variant(tmp_path, (PAID, PAID.replace("amount = 1", "amount = 3"))))
    assert issued(result) == {"point": (20, 62), "visit": (2, 2)}
    assert by(result, "rule") == {"paid": (20, 62)}
    assert not result.changes_nothing
    cell, pair = next(iter(result.cells.items()))
    assert (pair.difference, pair.really.awards) in {(42, 2), (21, 1), (0, 1), (0, 2)}
    assert result.names["paid"] == "Amount paid"
    assert cell.month == date(2024, 5, 1)


def test_a_lower_threshold_moves_members_and_what_they_earn(quay: Program, tmp_path: Path) -> None:
    for visits in (1, 2, 3):
        regular(visits)
    result = simulation.run(variant(tmp_path, (BLUE, 'name = "Blue"\nthreshold = 2')))
    assert moved(result) == {("white", "white"): 1, ("white", "blue"): 1, ("blue", "blue"): 1}
    assert result.moves[0].moved == 1
    assert (result.moves[0].old, result.moves[0].new) == (
        ("", "white", "blue", "gold"),
        ("", "white", "blue", "gold"),
    )
    assert by(result, "rule") == {"paid": (60, 60), "blue-bonus": (0, 5)}


def test_rules_that_go_and_rules_that_come_stand_side_by_side(
    quay: Program, tmp_path: Path
) -> None:
    regular(2, table="terrace")
    result = simulation.run(
        variant(tmp_path, ('[[rule]]\ncode = "terrace"', '[[rule]]\ncode = "garden"'))
    )
    assert by(result, "rule") == {"paid": (20, 20), "terrace": (10, 0), "garden": (0, 10)}


def test_dates_of_force_decide_in_a_draft_too(quay: Program, tmp_path: Path) -> None:
    regular(4)
    result = simulation.run(variant(tmp_path, (VISIT, f"{VISIT}\nfrom = 2024-05-03")))
    assert issued(result)["visit"] == (4, 2)


def test_since_a_day_the_rest_counts_as_it_was(quay: Program, tmp_path: Path) -> None:
    regular(5)
    draft = variant(tmp_path, (VISIT, VISIT.replace("= 1", "= 2")))
    assert moved(simulation.run(draft)) == {("blue", "gold"): 1}
    result = simulation.run(draft, since=date(2024, 5, 5))
    assert (result.activities, result.since) == (1, date(2024, 5, 5))
    assert issued(result) == {"point": (15, 15), "visit": (1, 2)}
    assert moved(result) == {("blue", "gold"): 1}
    assert simulation.run(QUAY, since=date(2024, 5, 5)).changes_nothing


def test_limits_hold_in_a_draft_and_remember_what_was_used(quay: Program, tmp_path: Path) -> None:
    regular(4)
    limited = (PAID, f'{PAID}\nlimit = [{{ per = "member", period = "month", amount = 35 }}]')
    draft = variant(tmp_path, limited)
    assert by(simulation.run(draft), "rule")["paid"] == (40, 35)
    assert by(simulation.run(draft, since=date(2024, 5, 4)), "rule")["paid"] == (10, 5)


@pytest.mark.parametrize("per", ["partner", "budget"])
def test_a_shared_budget_is_used_up_in_the_order_of_time(
    quay: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, per: str
) -> None:
    monkeypatch.setattr(simulation, "CHUNK", 1)
    first, second = regular(0), regular(0)
    for day in range(4):
        visit(second if day < 3 else first, occurred_at=utc(2024, 5, 1 + day, 12))
    draft = variant(tmp_path, (PAID, f'{PAID}\nlimit = [{{ per = "{per}", amount = 25 }}]'))
    result = simulation.run(draft)
    assert by(result, "rule")["paid"] == (40, 25)
    apply(draft)
    assert by(simulation.run(draft), "rule")["paid"] == (40, 25)


def test_what_the_draft_does_not_know_is_counted(quay: Program, tmp_path: Path) -> None:
    regular(2, table="terrace", guests=4)
    visit(ana(), type="survey", attributes={})
    text = (QUAY / "program.toml").read_text(encoding="utf-8")
    survey = text.index('[[activity_type]]\ncode = "survey"')
    rules = text.index("# One point a euro")
    start, end = text.index('[[rule]]\ncode = "survey"'), text.index("[[ladder]]\n")
    draft = text[:survey] + text[rules:start] + text[end:]
    draft = draft.replace('terrace = "Terrace"', 'garden = "Garden"').replace(
        'is = "terrace"', 'is = "garden"'
    )
    (tmp_path / "program.toml").write_text(draft, encoding="utf-8")
    result = simulation.run(tmp_path)
    assert result.misfits == {
        "activities whose table the draft does not accept": 2,
        "activities of the type survey, unknown to the draft": 1,
    }
    assert issued(result) == {"point": (30, 20), "coin": (3, 0), "visit": (2, 2)}


def test_another_program_can_be_tried_on_this_past(quay: Program, tmp_path: Path) -> None:
    regular(3)
    text = (QUAY / "program.toml").read_text(encoding="utf-8")
    text = text.replace('code = "quay"', 'code = "harbor"').replace(
        'code = "flags"', 'code = "sails"'
    )
    (tmp_path / "program.toml").write_text(text, encoding="utf-8")
    result = simulation.run(tmp_path)
    assert {moves.ladder: moved(result, at) for at, moves in enumerate(result.moves)} == {
        "sails": {("", "blue"): 1},
        "flags": {("blue", ""): 1},
    }


# --- households and milestones ------------------------------------------------------------------


def sail(member: Member, day: date, nights: int, **attributes: object) -> None:
    given = {"sails_on": day.isoformat(), "nights": nights, "suite": False, "guests": 2,
             "fare": "public", "send_to": "crown"}  # fmt: skip
    visit(
        member,
        type="cruise",
        partner="fleet",
        occurred_at=day + nights * DAY,
        attributes=given | attributes,
    )


@pytest.fixture
def cruise(db: None) -> Program:
    return cast.apply(CRUISE)


@pytest.fixture
def couple(cruise: Program) -> tuple[Member, Member]:
    """Two who live together: one sails much, the other a little."""
    one, other = ana(joined_at=utc(2015, 1, 1)), ana(name="Ben", joined_at=utc(2015, 1, 1))
    home = households.found(one, name="The Limas", actor=ACTOR)
    households.join(home, other, actor=ACTOR)
    for turn in range(6):
        sail(one, date(2016 + turn, 3, 1), 14, suite=True)
        sail(other, date(2016 + turn, 3, 1), 7)
    return one, other


def test_households_and_milestones_are_replayed_exactly(
    couple: tuple[Member, Member],
) -> None:
    result = simulation.run(CRUISE)
    assert result.changes_nothing
    assert issued(result) == {
        "cruise": (12, 12),
        "cruise-point": (210, 210),
        "crystal-block": (1, 1),
    }
    assert by(result, "rule", "crystal-block") == {"milestone:crystal-block": (1, 1)}
    assert result.names["milestone:crystal-block"] == "Crystal block"
    assert moved(result) == {("diamond", "diamond"): 2}


def test_a_milestone_of_the_draft_pays_once_for_a_household(
    couple: tuple[Member, Member], tmp_path: Path
) -> None:
    draft = variant(tmp_path, ("at = 140\nevery = 70", "at = 20\nevery = 20"), base=CRUISE)
    levels = 168 // 20
    assert by(simulation.run(draft), "rule", "crystal-block") == {
        "milestone:crystal-block": (1, levels)
    }
    alone = variant(
        tmp_path,
        ('at = 140\nevery = 70\nper = "household"', "at = 20\nevery = 20"),
        base=CRUISE,
    )
    assert by(simulation.run(alone), "rule", "crystal-block") == {
        "milestone:crystal-block": (1, levels + 42 // 20)
    }


def test_what_was_passed_before_the_draft_is_not_paid_again(
    couple: tuple[Member, Member], tmp_path: Path
) -> None:
    draft = variant(tmp_path, ("at = 140\nevery = 70", "at = 70\nevery = 70"), base=CRUISE)
    result = simulation.run(draft, since=date(2021, 1, 1))
    assert (
        by(result, "rule", "crystal-block") == {"milestone:crystal-block": (0, 0)}
        or by(result, "rule", "crystal-block") == {}
    )
    assert simulation.run(CRUISE, since=date(2019, 1, 1)).changes_nothing


def test_status_that_is_no_longer_shared_is_lost(
    couple: tuple[Member, Member], tmp_path: Path
) -> None:
    draft = variant(tmp_path, ('shared = "after_first"\n', ""), base=CRUISE)
    result = simulation.run(draft)
    assert sum(moved(result).values()) == 2
    ((old, new),) = [key for key in moved(result) if key[0] != key[1]]
    assert (old, new) == ("diamond", "platinum")
