"""Monthly conversions: what is there as a month ends is exchanged once; the rest is carried."""

from __future__ import annotations

from pathlib import Path

import pytest
import time_machine

from rewards import sweeping
from rewards.models import Conversion
from rewards.tasks import sweep_conversions
from tests.cast import ana, apply, balance, earn, spend, state, utc, variant, visit
from tests.rewards.test_exchange import REWARD, SAID

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monthly(db: None, tmp_path: Path) -> None:
    said = SAID.replace("bonus =", "monthly = true\nbonus =")
    said = said.replace('unit = "point"', 'unit = "x"').replace('unit = "coin"', 'unit = "point"')
    apply(variant(tmp_path, (REWARD, said.replace('unit = "x"', 'unit = "coin"') + REWARD)))
    assert Conversion.objects.get().is_monthly


def test_whole_steps_go_as_the_month_ends_and_the_rest_is_carried() -> None:
    member = ana(joined_at=utc(2026, 1, 1))
    with time_machine.travel(utc(2026, 3, 20), tick=False):
        earn(member, 100, unit="coin")
        assert sweeping.run() == 0
    with time_machine.travel(utc(2026, 4, 1, 1), tick=False):
        assert sweeping.run() == 1
        assert sweeping.run() == 0
        sweep_conversions()
        assert (balance(member, "coin"), balance(member)) == (1, 33)
    with time_machine.travel(utc(2026, 4, 10), tick=False):
        earn(member, 29, unit="coin")
    with time_machine.travel(utc(2026, 5, 1), tick=False):
        assert sweeping.run() == 1
        assert (balance(member, "coin"), member.entries.latest("id").amount) == (0, 10)


def test_a_late_run_takes_no_more_than_was_there_at_the_end() -> None:
    member = ana(joined_at=utc(2026, 1, 1))
    with time_machine.travel(utc(2026, 3, 20), tick=False):
        earn(member, 60, unit="coin")
    with time_machine.travel(utc(2026, 4, 3), tick=False):
        earn(member, 90, unit="coin")
        sweeping.run()
        assert (balance(member, "coin"), balance(member)) == (90, 20)
    with time_machine.travel(utc(2026, 4, 9), tick=False):
        assert sweeping.run() == 0


def test_what_was_spent_meanwhile_is_not_taken() -> None:
    member = ana(joined_at=utc(2026, 1, 1))
    with time_machine.travel(utc(2026, 3, 20), tick=False):
        earn(member, 60, unit="coin")
    with time_machine.travel(utc(2026, 4, 1, 1), tick=False):
        spend(member, 40, unit="coin")
        assert sweeping.run() == 0
    assert balance(member, "coin") == 20


def test_without_a_program_nothing_is_swept() -> None:
    Conversion.objects.update(is_monthly=False)
    with time_machine.travel(utc(2026, 4, 1, 1), tick=False):
        assert sweeping.run() == 0


def test_some_months_only_are_swept_and_take_what_others_left() -> None:
    Conversion.objects.update(months=[2, 5, 8, 11])
    member = ana(joined_at=utc(2026, 1, 1))
    with time_machine.travel(utc(2026, 3, 20), tick=False):
        earn(member, 100, unit="coin")
    with time_machine.travel(utc(2026, 4, 1, 1), tick=False):
        assert sweeping.run() == 0
    with time_machine.travel(utc(2026, 6, 1, 1), tick=False):
        assert sweeping.run() == 1
    assert balance(member, "coin") == 1


def test_who_is_swept_stands_as_before_by_their_own_year(tmp_path: Path) -> None:
    own_year = ('window = "lifetime"', 'window = "membership_year"')
    said = SAID.replace("bonus =", "monthly = true\nbonus =")
    apply(variant(tmp_path / "own-year", own_year, (REWARD, said + REWARD)))
    with time_machine.travel(utc(2025, 1, 1), tick=False):
        member = ana(joined_at=utc(2024, 6, 1))
    for month, paid in ((4, "1"), (5, "1"), (7, "30")):  # the third in another year of theirs
        with time_machine.travel(utc(2025, month, 20), tick=False):
            visit(member, attributes={"paid": paid})
    with time_machine.travel(utc(2025, 8, 1), tick=False):
        assert sweeping.run() == 1
        assert [code for _pk, code in state(member)["standings"]] == ["white"]


def test_no_more_goes_by_itself_than_may_in_a_period() -> None:
    member = ana(joined_at=utc(2026, 1, 1))
    Conversion.objects.update(most=60, per="month")
    with time_machine.travel(utc(2026, 3, 20), tick=False):
        earn(member, 100, unit="coin")
    with time_machine.travel(utc(2026, 4, 1, 1), tick=False):
        assert sweeping.run() == 1
        assert (balance(member, "coin"), balance(member)) == (40, 20)
