"""Corners of earning: revised limits, first times out of order, milestones that feed counters."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from common import clock
from earning import intake
from members import households
from program.errors import BlueprintInvalid
from tests.cast import ACTOR, adjust, ana, apply, awarded, balance, submission, utc, variant, visit

pytestmark = pytest.mark.django_db

PAID = 'per = { attribute = "paid", amount = 1 }\n'
COFFEE = '\n[[reward]]\ncode = "coffee"\n'
TERRACE = '[[rule]]\ncode = "terrace"\n'
WELCOME = (
    '[[rule]]\ncode = "welcome"\nname = "Welcome"\nactivity = "visit"\nunit = "coin"\n'
    "fixed = 500\nwhen = [{ first = true }]\n\n"
)


def with_limit(folder: Path, amount: str) -> None:
    said = f'\n[[rule.limit]]\nper = "member"\nperiod = "month"\namount = {amount}\n'
    apply(variant(folder, (PAID, PAID + said)))


def with_milestone(folder: Path, said: str) -> None:
    text = f'\n[[milestone]]\ncode = "mark"\nname = "Mark"\ncounter = "visit"\nat = 2\n{said}\n'
    apply(variant(folder, (COFFEE, text + COFFEE)))


def test_what_was_paid_under_a_limit_counts_under_the_revised_one(tmp_path: Path) -> None:
    start = utc(2026, 3, 9, 9)
    with clock.standing_at(start):
        with_limit(tmp_path / "first", "100")
        member = ana(joined_at=start)
        visit(member, attributes={"paid": "60.00"})
    with clock.standing_at(start + timedelta(days=1)):
        with_limit(tmp_path / "second", "200")
        recorded = visit(member, attributes={"paid": "150.00"})
    assert awarded(recorded)["paid"] == 140  # 200 less the 60 of the day before


def test_a_limit_finer_than_its_unit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BlueprintInvalid, match="decimals"):
        with_limit(tmp_path, "0.5")


def test_a_first_time_pays_once_whatever_dates_come_later(tmp_path: Path) -> None:
    apply(variant(tmp_path, (TERRACE, WELCOME + TERRACE)))
    member, now = ana(), clock.now()
    for days in range(1, 5):
        visit(member, occurred_at=now - timedelta(days=days))
    assert balance(member, "coin") == 500


def test_a_first_time_pays_once_in_a_batch_of_earlier_dates_too(tmp_path: Path) -> None:
    apply(variant(tmp_path, (TERRACE, WELCOME + TERRACE)))
    member, now = ana(), clock.now()
    visit(member, occurred_at=now - timedelta(days=1))
    late = [submission(member, occurred_at=now - timedelta(days=days)) for days in (9, 8, 7, 6)]
    intake.record_batch(late, actor=ACTOR)
    assert balance(member, "coin") == 500


def test_a_level_passed_alone_is_not_paid_again_to_the_new_household(tmp_path: Path) -> None:
    with_milestone(tmp_path, 'per = "household"\npays = { unit = "coin", amount = 7 }')
    member = ana()
    visit(member)
    visit(member)
    adjust(member, -1, unit="visit")
    households.found(member, name="Lima", actor=ACTOR)
    visit(member)
    assert (balance(member, "visit"), balance(member, "coin")) == (2, 7)


@pytest.mark.parametrize("is_batch", [False, True], ids=["one by one", "batch"])
def test_what_a_milestone_pays_into_a_counter_counts_for_the_next_activity(
    tmp_path: Path, is_batch: bool
) -> None:
    with_milestone(tmp_path, 'pays = { unit = "visit", amount = 10 }')
    member, now = ana(), clock.now()
    visits = [submission(member, occurred_at=now - timedelta(hours=9 - n)) for n in range(3)]
    if is_batch:
        recorded = intake.record_batch(visits, actor=ACTOR)
    else:
        recorded = [intake.record(one, actor=ACTOR) for one in visits]
    assert ["blue-bonus" in awarded(one) for one in recorded] == [False, False, True]
    assert balance(member, "visit") == 13
