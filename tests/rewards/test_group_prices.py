"""Prices for some: for a segment, for who has a plan, as for a tier. The lowest is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from members import segments
from members.models import Member, Segment
from plans import subscribing
from portal.pages import rewards as pages
from program import blueprint, differences
from program.errors import BlueprintInvalid
from program.models import Program
from rewards import offers
from rewards.models import Reward
from tests.cast import ACTOR, ana, apply, earn, redeem, variant, visit

pytestmark = pytest.mark.django_db
OURS = 'price = [{ amount = 10 }, { amount = 8, tier_at_least = "blue" }'
CARD = """
[[segment]]
code = "card"
name = "Card holders"

[[plan]]
code = "club"
name = "Club"
summary = "Less for everything."
members_start = true
price = [{ period = "month", amount = 5 }]

[[unit]]
code = "coin\""""


def shop(folder: Path, prices: str) -> Path:
    """The quay with a segment, a plan, and these prices of a cake beside today's."""
    return variant(folder, ('\n[[unit]]\ncode = "coin"', CARD), (f"{OURS}]", f"{OURS}, {prices}]"))


@pytest.fixture
def quay_with_card(tmp_path: Path) -> Program:
    """A cake costs 10, 8 from Blue on, 7 in the segment and 6 with the plan."""
    return apply(shop(tmp_path, '{ amount = 7, segment = "card" }, { amount = 6, plan = "club" }'))


def price(member: Member, program: Program) -> int:
    (offer,) = [
        one for one in offers.for_member(member, program=program) if one.reward.code == "cake"
    ]
    return offer.price


def join(member: Member) -> None:
    segments.join(member, segment=Segment.objects.get(code="card"))


def test_the_lowest_price_that_a_member_may_have_is_shown_and_taken(
    quay_with_card: Program,
) -> None:
    member = ana()
    earn(member, 40)
    found = [price(member, quay_with_card)]
    for _day in range(3):
        visit(member)
    found.append(price(member, quay_with_card))
    join(member)
    found.append(price(member, quay_with_card))
    assert (found, redeem(member, "cake").price) == ([10, 8, 7], 7)


def test_who_has_the_plan_pays_its_price_and_who_left_does_not(quay_with_card: Program) -> None:
    member, other = ana(), ana()
    for one in (member, other):
        earn(one, 40)
        subscribing.start(one, plan="club", period="month", actor=ACTOR)
    assert (price(member, quay_with_card), redeem(member, "cake").price) == (6, 6)
    join(other)
    assert price(other, quay_with_card) == 6
    subscribing.cancel_now(subscribing.of(other, "club"), reason="Moved", actor=ACTOR)
    assert (price(other, quay_with_card), redeem(other, "cake").price) == (7, 7)


def test_home_shows_the_price_of_the_member_and_nothing_that_is_not_theirs(
    quay_with_card: Program,
) -> None:
    member = ana()
    Reward.objects.filter(code="coffee").update(segment="card")
    Reward.objects.filter(code="print").update(plan="club")

    def shown() -> dict[str, int]:
        rows = pages.open_to(member, program=quay_with_card)
        return {one["row"]["code"]: one["row"]["best"] for one in rows}

    assert shown() == {"cake": 10}
    join(member)
    assert shown() == {"cake": 7, "coffee": 10}
    subscribing.start(member, plan="club", period="month", actor=ACTOR)
    assert shown() == {"cake": 6, "coffee": 10, "print": 10}
    subscribing.cancel_now(subscribing.of(member, "club"), reason="Moved", actor=ACTOR)
    assert shown() == {"cake": 7, "coffee": 10}


@pytest.mark.parametrize(
    ("prices", "says"),
    [
        ('{ amount = 7, segment = "crd" }', 'price, segment: there is no "crd"'),
        ('{ amount = 7, plan = "card" }', 'price, plan: there is no "card"'),
        ('{ amount = 7, segment = "card", plan = "club" }', "for two groups write two prices"),
        (
            '{ amount = 7, plan = "club" }, { amount = 5, plan = "club", from = 2027-01-01 }',
            "two prices for the same people overlap",
        ),
    ],
)
def test_a_blueprint_that_makes_no_sense_is_told_so(
    tmp_path: Path, quay: Program, prices: str, says: str
) -> None:
    with pytest.raises(BlueprintInvalid, match=says):
        apply(shop(tmp_path / "wrong", prices))


def test_one_price_holds_for_everybody(tmp_path: Path, quay: Program) -> None:
    wrong = variant(
        tmp_path / "wrong",
        ('\n[[unit]]\ncode = "coin"', CARD),
        (OURS, 'price = [{ amount = 7, segment = "card" }'),
    )
    with pytest.raises(BlueprintInvalid, match="without tier_at_least, segment or plan"):
        apply(wrong)


def test_the_difference_says_who_pays_what(tmp_path: Path, quay_with_card: Program) -> None:
    club = '{ amount = 7, segment = "card" }, { amount = 4, plan = "club", from = 2027-01-01 }'
    draft = shop(tmp_path / "draft", club.replace("= 7", "= 5"))
    found = differences.of(draft)
    (rewards,) = [one for one in found.findings if one.title == "Rewards"]
    assert rewards.sentences == (
        "Cake costs members in Card holders 5 points instead of 7 points.",
        "Cake costs members with Club 4 points since 2027-01-01 instead of 6 points.",
    )
    found = differences.of(variant(tmp_path / "bare"))
    (rewards,) = [one for one in found.findings if one.title == "Rewards"]
    assert rewards.sentences == (
        "Cake costs members in Card holders what it costs everybody, 7 points before.",
        "Cake costs members with Club what it costs everybody, 6 points before.",
    )


def test_what_is_stored_is_the_same_program(quay_with_card: Program, tmp_path: Path) -> None:
    same = '{ amount = 6, plan = "club" }, { amount = 7, segment = "card" }'
    assert blueprint.apply(shop(tmp_path / "again", same), actor=ACTOR) == []
