"""Activities may arrive in any order: standing at any moment follows from when they happened."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from earning import intake
from earning.submissions import Submission
from members.models import Member
from program.models import Program
from tests import cast
from tests.cast import ana, submission, utc
from tiers import standing

pytestmark = pytest.mark.django_db
START = utc(2024, 1, 1)
purchases = st.lists(
    st.tuples(st.integers(0, 1000), st.integers(1, 60_000)), min_size=1, max_size=8
)


def purchase(member: Member, day: int, cents: int, number: int) -> Submission:
    return submission(
        member,
        partner="web-shop",
        type="purchase",
        reference=f"p-{number}",
        occurred_at=START + timedelta(days=day),
        attributes={"amount": f"{cents / 100:.2f}"},
    )


def held(member: Member) -> list[tuple[object, ...]]:
    rows = member.standings.order_by("starts_at")
    return list(rows.values_list("tier__code", "starts_at", "ends_at"))


def lots(member: Member) -> list[tuple[object, ...]]:
    rows = member.lots.order_by("awarded_at", "awarded", "remaining")
    return list(rows.values_list("awarded", "remaining", "awarded_at", "expires_at"))


@pytest.mark.slow
@given(bought=purchases, seed=st.integers(0, 1000))
def test_any_order_of_arrival_leads_to_the_same_standing(
    shop: Program, bought: list[tuple[int, int]], seed: int
) -> None:
    """One by one in order, one by one shuffled, and as a batch: one history, one standing."""
    shuffled = list(range(len(bought)))
    random.Random(seed).shuffle(shuffled)
    with transaction.atomic(), time_machine.travel(utc(2027, 6, 1), tick=False):
        one, two, three = (ana(name=name) for name in ("Ana", "Bruno", "Carla"))
        for number in sorted(shuffled, key=lambda n: bought[n]):
            intake.record(purchase(one, *bought[number], number), actor=cast.ACTOR)
        for number in shuffled:
            intake.record(purchase(two, *bought[number], 100 + number), actor=cast.ACTOR)
        batch = [purchase(three, *bought[number], 200 + number) for number in shuffled]
        intake.record_batch(batch, actor=cast.ACTOR)
        assert held(one) == held(two) == held(three)
        assert lots(one) == lots(two) == lots(three)
        for member in (one, two, three):
            before = held(member)
            standing.reassess(member, actor=cast.ACTOR)
            assert held(member) == before
        transaction.set_rollback(True)


def test_the_hotels_program_is_the_same_shuffled(hotel: Program) -> None:
    ordered, shuffled = ana(), ana(name="Bruno")
    nights = [3, 7, 20, 25, 1, 30, 90, 2]
    stays = list(enumerate(nights))
    for member, turn in ((ordered, stays), (shuffled, random.Random(7).sample(stays, len(stays)))):
        for day, count in turn:
            intake.record(
                Submission(
                    partner="front-desk",
                    reference=f"{member.pk}-{day}",
                    type="stay",
                    occurred_at=START + timedelta(days=30 * day),
                    attributes={"outcome": "stayed", "nights": count, "suite": False, "revenue": 1},
                    kind="card",
                    value=member.cards.get().number,
                ),
                actor=cast.ACTOR,
            )
    assert held(ordered) == held(shuffled)
    assert [row[0] for row in held(ordered)] == ["skiff", "sloop", "cutter", "ketch", "brig"]
