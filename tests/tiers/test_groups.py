"""Ways to a tier that are only for a segment or for who has a plan, and tiers by invitation."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from common import clock
from members import segments
from members.models import Member, PastSegment, Segment
from plans import subscribing
from portal.pages import standing as places
from portal.pages import tiers as page
from program import blueprint, differences
from program.errors import BlueprintInvalid
from program.models import Program
from tests.cast import ACTOR, ana, apply, utc, variant, visit
from tests.tiers.test_routes import held, ladder, needs, nights, rung
from tiers import grants, groups, standing
from tiers.groups import Stay
from tiers.models import Standing, Tier
from tiers.qualification import Climb
from tiers.terms import Route, Validity

pytestmark = pytest.mark.django_db
BLUE = 'name = "Blue"\nthreshold = 3\n'
GOLD = 'name = "Gold"\nthreshold = 6\n'
COIN = '\n[[unit]]\ncode = "coin"'
CARD = """
[[segment]]
code = "card"
name = "Card holders"

[[plan]]
code = "club"
name = "Club"
summary = "A way up."
price = [{ period = "month", amount = 5 }]
"""
WAIVER = 'route = [{ need = [{ counter = "visit", at_least = 2 }], segment = "card" }]\n'
CLUB = 'name = "Gold"\nroute = [{ need = [{ counter = "visit", at_least = 4 }], plan = "club" }]\n'
ADMIRAL = """
[[ladder.tier]]
code = "admiral"
name = "Admiral"
by_invitation = true
pennant = { colors = ["#14213d", "#d8a31a"], field = "saltire", outline = "swallowtail" }

[[reward]]
code = "coffee\""""
COFFEE = '\n[[reward]]\ncode = "coffee"'


def folder(path: Path, *changes: tuple[str, str]) -> Path:
    """Blue from three visits on, from two with the card; Gold from four, with the club only; an
    Admiral above both, by invitation.
    """
    usual = ((COIN, CARD + COIN), (BLUE, BLUE + WAIVER), (GOLD, CLUB), (COFFEE, ADMIRAL))
    return variant(path, *usual, *changes)


@pytest.fixture
def harbor(tmp_path: Path) -> Program:
    return apply(folder(tmp_path / "harbor"))


def card() -> Segment:
    return Segment.objects.get(code="card")


def tier(member: Member) -> str | None:
    found = standing.current(member)
    return found.code if found else None


def with_visits(count: int) -> Member:
    member = ana(joined_at=utc(2026, 1, 1))
    for day in range(1, count + 1):
        visit(member, occurred_at=utc(2026, 3, day, 12))
    return member


def periods(member: Member) -> list[tuple[str, object, object]]:
    rows = Standing.objects.filter(member=member).order_by("starts_at")
    return [(row.tier.code, row.starts_at, row.ends_at) for row in rows.select_related("tier")]


def test_who_is_in_the_segment_has_the_shorter_way(harbor: Program) -> None:
    member, other = ana(), ana()
    segments.join(member, segment=card())
    for one in (member, other):
        visit(one)
        visit(one)
    assert (tier(member), tier(other)) == ("blue", "white")


def test_who_joins_rises_at_once_and_who_leaves_stays(harbor: Program) -> None:
    with time_machine.travel(utc(2026, 4, 1, 12), tick=False):
        member = with_visits(2)
        segments.join(member, segment=card())
        assert tier(member) == "blue"
    before = periods(member)
    assert before[-1] == ("blue", utc(2026, 4, 1, 12), None)
    with time_machine.travel(utc(2026, 5, 1, 12), tick=False):
        assert segments.leave(member, segment=card())
        assert not segments.leave(member, segment=card())
        standing.reassess(member, actor=ACTOR)
        assert (tier(member), periods(member)) == ("blue", before)
    row = PastSegment.objects.get(member=member)
    assert (row.starts_at, row.ends_at) == (utc(2026, 4, 1, 12), utc(2026, 5, 1, 12))


def test_what_arrives_late_finds_the_groups_of_its_own_day(harbor: Program) -> None:
    member = ana(joined_at=utc(2026, 1, 1))
    with time_machine.travel(utc(2026, 4, 1, 12), tick=False):
        segments.join(member, segment=card())
    with time_machine.travel(utc(2026, 5, 1, 12), tick=False):
        segments.leave(member, segment=card())
    with time_machine.travel(utc(2026, 6, 1, 12), tick=False):
        visit(member, occurred_at=utc(2026, 5, 2, 12))
        visit(member, occurred_at=utc(2026, 5, 3, 12))
        assert tier(member) == "white"
        visit(member, occurred_at=utc(2026, 4, 2, 12))
    assert [one[:2] for one in periods(member)] == [
        ("white", utc(2026, 4, 2, 12)),
        ("blue", utc(2026, 5, 3, 12)),
    ]
    with time_machine.travel(utc(2026, 6, 2, 12), tick=False):
        visit(member, occurred_at=utc(2026, 4, 3, 12))
    assert [one[:2] for one in periods(member)] == [
        ("white", utc(2026, 4, 2, 12)),
        ("blue", utc(2026, 4, 3, 12)),
    ]


def test_who_takes_the_plan_rises_at_once_and_keeps_it_to_its_end(harbor: Program) -> None:
    member, other = with_visits(4), with_visits(5)
    assert (tier(member), tier(other)) == ("blue", "blue")
    row = subscribing.start(member, plan="club", period="month", actor=ACTOR)
    assert (tier(member), tier(other)) == ("gold", "blue")
    subscribing.cancel_now(row, reason="Moved", actor=ACTOR)
    standing.reassess(member, actor=ACTOR)
    assert tier(member) == "gold"


def test_what_was_known_then_is_told_without_what_came_since(harbor: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 4, 1), tick=False):
        segments.join(member, segment=card())
        row = subscribing.start(member, plan="club", period="month", actor=ACTOR)
    with time_machine.travel(utc(2026, 4, 9), tick=False):
        segments.leave(member, segment=card())
        subscribing.cancel_now(row, reason="Moved", actor=ACTOR)
    asked = {"segment:card", "plan:club"}
    ends = {
        moment: {stay.group: stay.ends_at for stay in found.get(member.pk, ())}
        for moment in (utc(2026, 3, 31), utc(2026, 4, 5), utc(2026, 4, 9))
        for found in [groups.read([member.pk], groups=asked, known_at=moment)]
    }
    assert ends == {
        utc(2026, 3, 31): {},
        utc(2026, 4, 5): {"segment:card": None, "plan:club": None},
        utc(2026, 4, 9): {"segment:card": utc(2026, 4, 9), "plan:club": utc(2026, 4, 9)},
    }


def test_to_keep_a_tier_by_such_a_way_one_is_in_the_group_again() -> None:
    way = Route(needs(10).needs, group="segment:card")
    rule = ladder(rung("silver", 1, way), validity=Validity("years", 0))
    credits = nights((utc(2026, 5, 1), 10), (utc(2027, 5, 1), 10))
    both = Climb(rule, credits, stays=[Stay("segment:card", utc(2026, 1, 1))])
    once = Climb(rule, credits, stays=[Stay("segment:card", utc(2026, 1, 1), utc(2027, 1, 1))])
    never = Climb(rule, credits, stays=[Stay("plan:card", utc(2026, 1, 1))])
    found = [[held(one, utc(year, 6, 1)) for year in (2026, 2027)] for one in (both, once, never)]
    assert found == [["silver", "silver"], ["silver", None], [None, None]]


def test_who_joins_later_rises_on_that_day_and_not_before() -> None:
    rule = ladder(rung("silver", 1, Route(needs(10).needs, group="plan:plus")))
    way = Climb(rule, nights((utc(2026, 5, 1), 10)), stays=[Stay("plan:plus", utc(2026, 7, 1, 9))])
    assert held(way, utc(2026, 7, 1, 8)) is None
    assert way.rung_before(utc(2026, 7, 1, 9)) is None
    assert held(way, utc(2026, 7, 1, 9)) == "silver"


def test_the_next_tier_says_who_can_have_it(harbor: Program) -> None:
    member = with_visits(4)
    (place,) = standing.progress(member, program=harbor)
    assert (place.next_tier and place.next_tier.code, place.missing) == ("gold", 0)
    assert [need.asks for need in place.needs] == ["", "with: Club"]
    shown = page.gather(member, program=harbor)
    assert shown is not None
    assert [one.ways for one in shown.rungs] == [
        ["1 visit"],
        ["2 visits (for: Card holders)", "3 visits"],
        ["4 visits (with: Club)"],
        ["by invitation"],
    ]


def test_no_count_leads_to_a_tier_by_invitation(harbor: Program) -> None:
    member = with_visits(9)
    subscribing.start(member, plan="club", period="month", actor=ACTOR)
    (place,) = standing.progress(member, program=harbor)
    assert (place.tier and place.tier.code, place.next_tier) == ("gold", None)
    assert not places.of_progress(place).is_top
    grants.grant(
        member,
        tier=Tier.objects.get(code="admiral"),
        reason="A friend of the house",
        actor=ACTOR,
        ends_at=clock.now() + timedelta(days=9),
    )
    (place,) = standing.progress(member, program=harbor)
    assert (place.tier and place.tier.code, places.of_progress(place).is_top) == ("admiral", True)


def test_a_step_down_passes_by_what_is_by_invitation() -> None:
    rule = ladder(
        rung("guest", 1), rung("silver", 2, needs(10)), rung("host", 3), rung("gold", 4, needs(50)),
        validity=Validity("years", 0), downgrade="one_step",
    )  # fmt: skip
    way = Climb(rule, nights((utc(2026, 5, 1), 50)))
    found = [held(way, utc(year, 6, 1)) for year in (2026, 2027, 2028)]
    assert found == ["gold", "silver", None]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('segment = "card" }', 'segment = "crad" }', 'route, segment: there is no "crad"'),
        ('plan = "club" }]', 'plan = "clbu" }]', 'route, plan: there is no "clbu"'),
        ('plan = "club" }]', 'plan = "club", segment = "card" }]', "write two routes"),
        ("by_invitation = true\n", "", "Say by_invitation = true if only staff"),
        ("by_invitation = true\n", "by_invitation = true\nthreshold = 9\n", "leave one out"),
    ],
)
def test_a_blueprint_that_makes_no_sense_is_told_so(
    tmp_path: Path, quay: Program, old: str, new: str, says: str
) -> None:
    with pytest.raises(BlueprintInvalid, match=says):
        apply(variant(tmp_path / "wrong", (old, new), base=folder(tmp_path / "right")))


def test_what_is_stored_is_the_same_program(harbor: Program, tmp_path: Path) -> None:
    assert blueprint.apply(folder(tmp_path / "again"), actor=ACTOR) == []


def test_a_draft_tells_whom_a_way_lifts(tmp_path: Path) -> None:
    apply(folder(tmp_path / "bare", (WAIVER, "")))
    member = with_visits(2)
    with_visits(2)
    segments.join(member, segment=card())
    found = differences.of(folder(tmp_path / "draft"))
    (status,) = [one for one in found.findings if one.title == "Status on Flags"]
    assert status.sentences == ("1 of 2 members would hold another tier.",)
    assert tier(member) == "white"
    apply(folder(tmp_path / "applied"))
    assert tier(member) == "blue"
