"""What PostgreSQL itself refuses about ladders and standings, whoever asks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from members.models import Member, Segment
from tests.cast import ana, utc
from tests.refusals import refused
from tiers.models import Ladder, Standing, Tier, TierNeed, TierRoute

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay")]


@pytest.mark.parametrize(
    ("name", "code", "rank", "threshold"),
    [
        ("tiers_tier_code_is_unique", "blue", 9, 900),
        ("tiers_tier_rank_is_unique", "other", 2, 900),
        ("tiers_tier_threshold_is_unique", "other", 9, 3),
    ],
)
def test_a_rung_is_its_own(name: str, code: str, rank: int, threshold: int) -> None:
    ladder = Ladder.objects.get(code="flags")
    with refused(name):
        Tier.objects.create(ladder=ladder, code=code, name="X", rank=rank, threshold=threshold)


def hold(member: Member, code: str, starts: datetime, ends: datetime | None) -> Standing:
    tier = Tier.objects.get(code=code)
    return Standing.objects.create(
        member=member, ladder_id="flags", tier=tier, starts_at=starts, ends_at=ends
    )


def test_a_period_ends_after_it_starts() -> None:
    with refused("tiers_standing_ends_after_it_starts"):
        hold(ana(), "blue", utc(2026, 1, 1), utc(2026, 1, 1))


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (utc(2026, 6, 1), None),
        (utc(2025, 1, 1), utc(2026, 1, 2)),
        (utc(2026, 2, 1), utc(2026, 3, 1)),
        (utc(2025, 1, 1), None),
    ],
)
def test_periods_of_one_member_on_one_ladder_do_not_overlap(
    starts: datetime, ends: datetime | None
) -> None:
    member, other = ana(), ana(name="Bruno")
    hold(member, "blue", utc(2026, 1, 1), utc(2027, 1, 1))
    with refused("tiers_standing_periods_do_not_overlap"):
        hold(member, "gold", starts, ends)
    hold(other, "gold", starts, ends)


def test_one_period_may_start_where_another_ends() -> None:
    member = ana()
    hold(member, "blue", utc(2026, 1, 1), utc(2027, 1, 1))
    hold(member, "gold", utc(2027, 1, 1), None)
    hold(member, "white", utc(2025, 1, 1), utc(2026, 1, 1))
    assert Standing.objects.at(utc(2027, 1, 1)).get().tier.code == "gold"


def test_what_was_given_has_a_reason_and_somebody_who_gave_it() -> None:
    standing = hold(ana(), "blue", utc(2026, 1, 1), None)
    for fields in ({}, {"reason": "A friend"}, {"actor": "staff:1"}):
        with refused("tiers_standing_given_has_a_reason"):
            Standing.objects.filter(pk=standing.pk).update(source="granted", **fields)


def test_a_challenge_is_whole() -> None:
    standing = hold(ana(), "blue", utc(2026, 1, 1), utc(2027, 1, 1))
    for fields in (
        {"challenge_amount": 3},
        {"challenge_unit_id": "visit"},
        {"kept_at": utc(2026, 2, 1)},
        {"challenge_unit_id": "visit", "challenge_amount": 3},
        {"source": "matched", "reason": "x", "actor": "x", "challenge_unit_id": "visit"},
    ):
        with refused("tiers_standing_challenge_is_whole"):
            Standing.objects.filter(pk=standing.pk).update(**fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("tiers_ladder_year_starts_in_a_month", {"year_starts": 0}),
        ("tiers_ladder_year_starts_in_a_month", {"year_starts": 13}),
        ("tiers_ladder_window_names_its_months", {"window": "months"}),
        ("tiers_ladder_window_names_its_months", {"window": "months", "window_months": 0}),
        ("tiers_ladder_window_names_its_months", {"window": "year", "window_months": 3}),
        ("tiers_ladder_validity_names_its_months", {"validity": "months"}),
        ("tiers_ladder_validity_names_its_months", {"validity": "active"}),
        ("tiers_ladder_only_months_are_rounded", {"validity_round_to": "month"}),
        ("tiers_ladder_using_up_has_its_own_periods", {"uses_up": True}),
        (
            "tiers_ladder_using_up_has_its_own_periods",
            {"uses_up": True, "window": "since_change", "rolls_over": True},
        ),
        (
            "tiers_ladder_using_up_has_its_own_periods",
            {"uses_up": True, "window": "since_change", "validity": "years"},
        ),
        ("tiers_ladder_only_a_surplus_has_a_most", {"carries_at_most": 300}),
    ],
)
def test_a_ladder_makes_sense(name: str, fields: dict[str, Any]) -> None:
    with refused(name):
        Ladder.objects.filter(code="flags").update(**fields)


def test_a_route_keeps_a_tier_or_gives_it_for_life() -> None:
    with refused("tiers_route_keeps_or_is_for_life"):
        TierRoute.objects.create(tier=Tier.objects.get(code="gold"), keeps=True, for_life=True)


def test_a_route_ends_after_it_starts() -> None:
    with refused("tiers_route_ends_after_it_starts"):
        TierRoute.objects.create(
            tier=Tier.objects.get(code="gold"),
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 1, 1),
        )


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("tiers_need_counts_one_thing", {"unit_id": None}),
        ("tiers_need_counts_one_thing", {"held": "blue"}),
        ("tiers_need_counts_one_thing", {"type_id": "purchase"}),
        ("tiers_need_counts_one_thing", {"unit_id": None, "type_id": "purchase", "held": "blue"}),
        ("tiers_need_only_activities_are_distinct", {"distinct": "partner"}),
        ("tiers_need_is_positive", {"at_least": 0}),
        ("tiers_need_window_names_its_months", {"window": "months"}),
        ("tiers_need_window_names_its_months", {"window": "months", "window_months": 0}),
        ("tiers_need_window_names_its_months", {"window": "lifetime", "window_months": 1}),
    ],
)
def test_a_need_makes_sense(name: str, fields: dict[str, Any]) -> None:
    route = TierRoute.objects.create(tier=Tier.objects.get(code="gold"))
    if "held" in fields:
        fields = fields | {"held": Tier.objects.get(code=fields["held"])}
    with refused(name):
        TierNeed.objects.create(
            **{"route": route, "unit_id": "visit", "at_least": 1, "window": "lifetime"} | fields
        )


@pytest.mark.parametrize("fields", [{"less_id": "visit"}, {"unit_id": None, "held": "blue"}])
def test_only_another_counter_is_taken_off(fields: dict[str, Any]) -> None:
    route = TierRoute.objects.create(tier=Tier.objects.get(code="gold"))
    if "held" in fields:
        fields = fields | {"held": Tier.objects.get(code=fields["held"]), "less_id": "visit"}
    with refused("tiers_need_takes_off_another_counter"):
        TierNeed.objects.create(
            **{"route": route, "unit_id": "visit", "at_least": 1, "window": "lifetime"} | fields
        )


def test_a_route_is_for_one_group() -> None:
    Segment.objects.create(code="card", name="Card holders")
    route = TierRoute.objects.create(tier=Tier.objects.get(code="gold"), segment_id="card")
    with refused("tiers_route_is_for_one_group"):
        TierRoute.objects.filter(pk=route.pk).update(plan="club")
    TierRoute.objects.filter(pk=route.pk).update(plan="club", segment=None)
