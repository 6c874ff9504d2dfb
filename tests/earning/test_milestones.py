"""Milestones: once for each level, period and owner, however many reach it at once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.db import connection

from earning.marks import levels
from earning.models import Milestone, MilestoneReached
from members import households
from members.models import Member
from points.models import Posting
from program.models import Program
from tests.cast import ACTOR, ana, apply, balance, utc, variant, visit

LADDER = '[[ladder]]\ncode = "flags"\n'


def with_milestone(folder: Path, **said: str) -> None:
    keys = {"at": "2", "every": "2", "per": '"member"', "window": '"lifetime"'} | said
    lines = "\n".join(f"{name} = {value}" for name, value in keys.items() if value)
    text = (
        f'[[milestone]]\ncode = "mark"\nname = "Mark"\ncounter = "visit"\n{lines}\n'
        f'pays = {{ unit = "coin", amount = 7 }}\n\n{LADDER}'
    )
    apply(variant(folder, (LADDER, text)))


@pytest.mark.parametrize(
    ("at", "every", "before", "after", "expected"),
    [
        (140, 70, 130, 214, [140, 210]),
        (140, 70, 0, 139, []),
        (140, 70, 139, 140, [140]),
        (140, 70, 140, 209, []),
        (140, 70, 205, 350, [210, 280, 350]),
        (700, None, 0, 2000, [700]),
        (700, None, 700, 2000, []),
    ],
)
def test_levels_are_those_passed(
    at: int, every: int | None, before: int, after: int, expected: list[int]
) -> None:
    assert levels(Milestone(at=at, every=every), before, after) == expected


def test_each_level_pays_once(db: None, tmp_path: Path) -> None:
    with_milestone(tmp_path)
    member = ana(joined_at=utc(2026, 1, 1))
    for day in range(1, 6):
        visit(member, occurred_at=utc(2026, 3, day))
    assert balance(member, "coin") == 14
    reached = MilestoneReached.objects.filter(member=member).values_list("level", flat=True)
    assert sorted(reached) == [2, 4]
    source = Posting.objects.filter(member=member, source="milestone:mark:2:").get()
    assert source.entries.get().reason == "Mark: 2 visits reached"


def test_a_yearly_milestone_can_be_reached_again_next_year(db: None, tmp_path: Path) -> None:
    with_milestone(tmp_path, window='"year"', every="")
    member = ana(joined_at=utc(2024, 1, 1))
    for year in (2024, 2025):
        for day in (1, 2, 3):
            visit(member, occurred_at=utc(year, 3, day))
    assert balance(member, "coin") == 14


def test_a_household_gets_each_level_once(db: None, tmp_path: Path) -> None:
    with_milestone(tmp_path, per='"household"')
    first, second = ana(), ana(name="Bruno Lima")
    home = households.found(first, name="Lima", actor=ACTOR)
    households.join(home, second, actor=ACTOR)
    for member in (first, second):
        for day in (1, 2):
            visit(member, occurred_at=utc(2026, 3, day))
    assert (balance(first, "coin"), balance(second, "coin")) == (7, 0)
    assert balance(second, "visit") == 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_of_a_household_reach_a_level_at_once_and_one_is_paid(tmp_path: Path) -> None:
    with_milestone(tmp_path, per='"household"')
    people = [ana(name=f"Ana {number}") for number in range(6)]
    Program.objects.update(household_size=len(people))
    home = households.found(people[0], name="Lima", actor=ACTOR)
    for member in people[1:]:
        households.join(home, member, actor=ACTOR)
    for member in people:
        visit(member, occurred_at=utc(2026, 3, 1))
    start = threading.Barrier(len(people))

    def post(member: Member) -> None:
        try:
            start.wait()
            visit(member, occurred_at=utc(2026, 3, 2))
        finally:
            connection.close()

    threads = [threading.Thread(target=post, args=(member,)) for member in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(balance(member, "coin") for member in people) == 7
