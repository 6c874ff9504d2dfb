"""Ladders that count activities: in any order, called off, merged, replayed, looked back at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import time_machine

from earning import intake, returns, simulation
from earning.models import Activity
from members import merging
from members.models import Member
from program import differences
from program.models import Program
from tests import cast
from tests.cast import ACTOR, ROOT, ana, submission, utc
from tiers import standing, visits

pytestmark = pytest.mark.django_db
ALLIANCE = ROOT / "blueprints" / "alliance"
STAYS = [
    ("anchorage", date(2025, 3, 1)),
    ("anchorage", date(2025, 3, 20)),
    ("beacon", date(2025, 4, 2)),
    ("compass", date(2025, 5, 9)),
    ("compass", date(2025, 6, 1)),
]


@pytest.fixture(autouse=True)
def alliance(db: None) -> Iterator[Program]:
    with time_machine.travel(utc(2025, 7, 1, 12), tick=False):
        yield cast.apply(ALLIANCE)


def stay(member: Member, partner: str, on: date, **fields: Any) -> Activity:
    given = {"type": "stay", "attributes": {"nights": 1, "paid": "10"}} | fields
    told = submission(member, partner=partner, occurred_at=on, **given)
    return intake.record(told, actor=ACTOR).activity


def held(member: Member) -> list[tuple[object, ...]]:
    rows = member.standings.order_by("starts_at")
    return list(rows.values_list("tier__code", "starts_at", "ends_at"))


def tier(member: Member) -> str:
    found = standing.current(member)
    return found.code if found else ""


def test_any_order_of_arrival_leads_to_the_same() -> None:
    people = [ana(name=f"Ana {n}") for n in range(3)]
    for one in STAYS:
        stay(people[0], *one)
    for one in Random(7).sample(STAYS, len(STAYS)):
        stay(people[1], *one)
    batch = [
        submission(
            people[2],
            partner=partner,
            type="stay",
            occurred_at=on,
            attributes={"nights": 1, "paid": "10"},
        )
        for partner, on in reversed(STAYS)
    ]
    intake.record_batch(batch, actor=ACTOR)
    assert held(people[0]) == held(people[1]) == held(people[2])
    assert [row[0] for row in held(people[0])] == ["gold", "platinum", "titanium"]
    standing.reassess_everyone(actor=ACTOR)
    assert [row[0] for row in held(people[1])] == ["gold", "platinum", "titanium"]


def test_who_only_did_something_moves_with_the_ladder_too(tmp_path: Path) -> None:
    """No counter has counted anything of it."""
    later = [
        (f'per = {{ attribute = "{name}", amount = 1 }}', f"fixed = 1\nfrom = 2030-01-0{day}")
        for day, name in enumerate(("nights", "paid"), start=1)
    ]
    need = 'activity = "stay", at_least = 2'
    harder = (need, need.replace("2", "3"))
    cast.apply(cast.variant(tmp_path / "harder", *later, harder, base=ALLIANCE))
    member = ana()
    for one in STAYS[:2]:
        stay(member, *one)
    assert tier(member) == ""
    assert not member.accounts.filter(unit__in=["night", "spend"], version__gt=0).exists()
    easier = cast.variant(tmp_path / "easier", *later, base=ALLIANCE)
    findings = differences.of(easier).findings
    (found,) = [one for one in findings if one.title == "Status on Status"]
    assert found.rows == (("no tier", "Gold", 1),)
    cast.apply(easier)
    assert tier(member) == "gold"


def test_what_is_called_off_counts_no_more() -> None:
    member = ana()
    stays = [stay(member, *one) for one in STAYS]
    assert tier(member) == "titanium"
    returns.cancel(
        partner="beacon",
        activity=stays[2].reference,
        reference="off",
        reason="No show",
        actor=ACTOR,
    )
    assert tier(member) == "platinum"
    before = held(member)
    standing.reassess(member, actor=ACTOR)
    assert held(member) == before


def test_what_was_known_then() -> None:
    member = ana()
    stays = [stay(member, *one) for one in STAYS]
    change = returns.cancel(
        partner="compass", activity=stays[4].reference, reference="off", reason="x", actor=ACTOR
    ).change
    assert change is not None
    change.refresh_from_db()
    rows = Activity.objects.filter(member=member).order_by("recorded_at")
    third = list(rows.values_list("recorded_at", flat=True))[2]

    def known(at: datetime | None) -> int:
        return len(visits.read([member.pk], types=["stay"], known_at=at)[member.pk])

    assert (known(None), known(third)) == (4, 3)
    assert known(change.recorded_at - timedelta(microseconds=1)) == 5


def test_two_who_become_one_have_been_with_both() -> None:
    member, other = ana(), ana(name="Bruno")
    stay(member, *STAYS[0])
    stay(other, *STAYS[2])
    row = merging.merge(member, other, reason="The same", actor=ACTOR)
    assert tier(member) == "platinum"
    merging.undo(row, reason="Not the same", actor=ACTOR)
    assert (tier(member), tier(other)) == ("", "")


def test_a_replay_of_the_program_itself_moves_nobody() -> None:
    member = ana()
    for one in STAYS:
        stay(member, *one)
    result = simulation.run(ALLIANCE)
    assert result.changes_nothing


def test_a_place_says_what_is_there_of_what_is_asked() -> None:
    member = ana()
    stay(member, *STAYS[0])
    (place,) = standing.progress(member)
    assert place.next_tier is not None
    assert (place.next_tier.code, place.missing, float(place.fraction)) == ("gold", 0, 0.5)
    assert [(need.value, need.counts) for need in place.needs] == [(1, "2 × Stay")]
