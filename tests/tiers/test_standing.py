"""Standing by what is counted: vectors of a published yearly program and of a lifetime ladder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
import time_machine

from events.models import Event
from members.models import Member
from points import ledger
from points.models import Posting
from program.models import Program
from tests import cast
from tests.cast import ana, earn, utc, visit
from tiers import standing
from tiers.models import Standing

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")


def local(*parts: int) -> datetime:
    """A moment by the shop's own clock."""
    return datetime(*parts, tzinfo=NEW_YORK).astimezone(UTC)  # type: ignore[arg-type,misc]


def buy(member: Member, dollars: str, at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        visit(
            member,
            partner="web-shop",
            type="purchase",
            occurred_at=at,
            attributes={"amount": dollars},
        )


def tier(member: Member, at: datetime) -> str | None:
    with time_machine.travel(at, tick=False):
        held = standing.current(member)
    return held.code if held else None


def spans(member: Member) -> list[tuple[str, datetime, datetime | None]]:
    rows = member.standings.order_by("starts_at")
    return list(rows.values_list("tier__code", "starts_at", "ends_at"))


def test_reaching_a_threshold_exactly_is_enough_to_the_end_of_the_next_year(shop: Program) -> None:
    """BI5: 350 in January 2022 is Front Row to the end of 2023."""
    member, moment = ana(), local(2022, 1, 20, 12)
    buy(member, "349.99", local(2022, 1, 10, 12))
    assert tier(member, moment) is None
    buy(member, "0.01", moment)
    assert spans(member) == [("front-row", moment, local(2024, 1, 1))]
    assert tier(member, local(2023, 12, 31, 23, 59, 59)) == "front-row"
    assert tier(member, local(2024, 1, 1)) is None


def test_a_cent_less_is_not_enough(shop: Program) -> None:
    """BI6."""
    member = ana()
    buy(member, "349.99", local(2022, 1, 20, 12))
    assert spans(member) == []


def test_a_weak_year_loses_the_tier_only_at_its_end(shop: Program) -> None:
    """BI7: 100 in 2023 is too little; from 2024 on it is gone, and not before."""
    member = ana()
    buy(member, "350", local(2022, 1, 20, 12))
    buy(member, "100", local(2023, 6, 1, 12))
    assert tier(member, local(2023, 12, 31, 12)) == "front-row"
    assert tier(member, local(2024, 1, 1)) is None


def test_a_year_like_the_one_before_keeps_it(shop: Program) -> None:
    """BI8: 350 in 2023 as well is Front Row to the end of 2024, in one piece."""
    member = ana()
    buy(member, "350", local(2022, 1, 20, 12))
    buy(member, "350", local(2023, 11, 1, 12))
    assert spans(member) == [("front-row", local(2022, 1, 20, 12), local(2025, 1, 1))]


def test_the_higher_tier_is_held_at_once(shop: Program) -> None:
    """BI9: 1,000 within the year, having been Front Row: Backstage now, to the end of 2023."""
    member = ana()
    buy(member, "400", local(2022, 3, 1, 12))
    buy(member, "600", local(2022, 11, 30, 12))
    assert spans(member) == [
        ("front-row", local(2022, 3, 1, 12), local(2022, 11, 30, 12)),
        ("backstage", local(2022, 11, 30, 12), local(2024, 1, 1)),
    ]


def test_after_the_higher_tier_comes_what_was_earned_since(shop: Program) -> None:
    """BI10: Backstage of 2022 spent 500 in 2023: Front Row to the end of 2024."""
    member = ana()
    buy(member, "1000", local(2022, 11, 30, 12))
    buy(member, "500", local(2023, 5, 1, 12))
    assert spans(member) == [
        ("backstage", local(2022, 11, 30, 12), local(2024, 1, 1)),
        ("front-row", local(2024, 1, 1), local(2025, 1, 1)),
    ]


def test_a_year_is_the_shops_own(shop: Program) -> None:
    """Half past eleven on New Year's Eve in New York is next year in UTC, and still this one."""
    member = ana()
    buy(member, "200", local(2022, 12, 31, 12))
    buy(member, "150", local(2022, 12, 31, 23, 30))
    buy(member, "150", local(2023, 1, 1, 0, 30))
    assert spans(member) == [("front-row", local(2022, 12, 31, 23, 30), local(2024, 1, 1))]


def test_two_years_do_not_add_up(shop: Program) -> None:
    member = ana()
    buy(member, "300", local(2022, 12, 1, 12))
    buy(member, "300", local(2023, 1, 2, 12))
    assert spans(member) == []


def test_spending_points_never_lowers_status(shop: Program) -> None:
    """BI11: points are spent, the counter and the tier are not."""
    member = ana()
    buy(member, "500", local(2022, 2, 1, 12))
    with time_machine.travel(local(2022, 6, 1, 12), tick=False):
        ledger.spend(
            member, unit="point", amount=500, source="t:1", actor=cast.ACTOR, reason="Poster"
        )
        [place] = standing.progress(member)
    assert (place.value, place.missing) == (50_000, 50_000)
    assert tier(member, local(2022, 6, 2)) == "front-row"


def test_a_return_does_not_take_away_what_was_reached(shop: Program) -> None:
    """BI18, and what the house decided: kept to the end of its period."""
    member = ana()
    buy(member, "350", local(2022, 1, 20, 12))
    with time_machine.travel(local(2022, 2, 10, 12), tick=False):
        cast.reverse(Posting.objects.get(member=member))
        standing.reassess(member, actor=cast.ACTOR)
    assert cast.balance(member, "spend") == 0
    assert spans(member) == [("front-row", local(2022, 1, 20, 12), local(2024, 1, 1))]


def test_two_levels_at_once_are_one_step(shop: Program) -> None:
    """The vector of the semantics: level 2 on 2 May 2026 holds to the end of 2027."""
    member = ana()
    buy(member, "5000", local(2026, 5, 2, 12))
    assert spans(member) == [("backstage", local(2026, 5, 2, 12), local(2028, 1, 1))]


def test_what_arrives_late_counts_on_its_own_date(shop: Program) -> None:
    member = ana()
    buy(member, "200", local(2022, 6, 1, 12))
    with time_machine.travel(local(2023, 2, 1, 12), tick=False):
        visit(
            member,
            partner="web-shop",
            type="purchase",
            occurred_at=local(2022, 3, 1, 12),
            attributes={"amount": "150"},
        )
    assert spans(member) == [("front-row", local(2022, 6, 1, 12), local(2024, 1, 1))]


def test_a_lifetime_ladder_is_for_life(quay: Program) -> None:
    member = ana()
    moments = [utc(2020 + year, 1, 1, 12) for year in range(6)]
    for moment in moments:
        visit(member, occurred_at=moment)
    assert spans(member) == [
        ("white", moments[0], moments[2]),
        ("blue", moments[2], moments[5]),
        ("gold", moments[5], None),
    ]
    assert tier(member, utc(2090, 1, 1)) == "gold"


def test_reassessing_changes_nothing_that_is_right(quay: Program) -> None:
    member = ana()
    for day in range(1, 8):
        visit(member, occurred_at=date(2026, 3, day))
    rows = list(Standing.objects.order_by("id").values_list("id", "recorded_at"))
    events = Event.objects.count()
    standing.reassess(member, actor=cast.ACTOR)
    standing.reassess_everyone(actor=cast.ACTOR)
    assert list(Standing.objects.order_by("id").values_list("id", "recorded_at")) == rows
    assert Event.objects.count() == events


@pytest.mark.parametrize("mend", [standing.reassess, None])
def test_reassessing_mends_what_is_wrong(quay: Program, mend: Callable[..., object] | None) -> None:
    member = ana()
    for day in range(1, 8):
        visit(member, occurred_at=date(2026, 3, day))
    right = spans(member)
    Standing.objects.filter(tier__code="gold").delete()
    Standing.objects.filter(tier__code="blue").update(ends_at=None)
    if mend:
        mend(member, actor=cast.ACTOR)
    else:
        standing.reassess_everyone(actor=cast.ACTOR)
    assert spans(member) == right


def test_a_change_of_tier_is_announced_once(quay: Program) -> None:
    member = ana()
    for _ in range(4):
        visit(member)
    told = Event.objects.filter(type="tier_changed", member_id=member.pk).order_by("id")
    assert [event.payload["tier"] for event in told] == ["white", "blue"]


def test_progress_says_where_the_next_rung_is(quay: Program) -> None:
    member = ana()
    [place] = standing.progress(member)
    assert place.tier is None
    assert place.next_tier is not None
    assert (place.next_tier.code, place.value, place.missing) == ("white", 0, 1)
    assert place.fraction == 0
    for _ in range(4):
        visit(member)
    [place] = standing.progress(member)
    assert place.tier is not None
    assert place.next_tier is not None
    assert (place.tier.code, place.next_tier.code) == ("blue", "gold")
    assert (place.value, place.missing, place.fraction) == (4, 2, Fraction(1, 3))
    assert place.counter_unit.plural == "visits"
    assert (place.ends_at, place.window_ends_on) == (None, None)


def test_at_the_top_nothing_is_missing(quay: Program) -> None:
    member = ana()
    for _ in range(7):
        visit(member)
    [place] = standing.progress(member)
    assert place.tier is not None
    assert place.next_tier is None
    assert (place.tier.code, place.value, place.missing, place.fraction) == ("gold", 7, 0, 1)


def test_progress_over_a_year_starts_anew_with_it(shop: Program) -> None:
    member = ana()
    buy(member, "400", local(2022, 3, 1, 12))
    with time_machine.travel(local(2022, 4, 1, 12), tick=False):
        [place] = standing.progress(member)
    assert (place.value, place.missing, place.fraction) == (40_000, 60_000, Fraction(2, 5))
    assert place.window_ends_on == date(2022, 12, 31)
    assert place.ends_at == local(2024, 1, 1)
    with time_machine.travel(local(2023, 1, 1), tick=False):
        [place] = standing.progress(member)
    assert place.tier is not None
    assert (place.tier.code, place.value, place.missing) == ("front-row", 0, 100_000)
    assert place.window_ends_on == date(2023, 12, 31)


def test_progress_of_somebody_in_debt_is_never_below_nothing(quay: Program) -> None:
    member = ana()
    counted = earn(member, 2, unit="visit")
    cast.adjust(member, -2, unit="visit")
    cast.reverse(counted)
    [place] = standing.progress(member)
    assert place.value == -2
    assert place.fraction == 0
    assert place.missing == 3
