"""Offers: rules pay those who activated them, while they hold, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from common import clock
from earning import activating, explaining, offering, proof, returns, simulation
from earning.errors import (
    ActivationClosed,
    ActivationUnknown,
    OfferDayInvalid,
    OfferUnavailable,
    OfferUnknown,
    OfferUsedUp,
)
from earning.intake import Recorded
from earning.models import Correction, Offer, OfferActivation
from events.models import Event
from members import merging, segments
from members.errors import MemberMerged
from members.models import Member, Segment
from plans import subscribing
from points import audit
from program.models import Program
from tests.cast import ACTOR, ana, apply, balance, home, utc, variant, visit

pytestmark = pytest.mark.django_db
NOW = utc(2026, 3, 10, 12)
BACK: dict[str, Any] = {"partner": "till", "reason": "Back", "actor": ACTOR}
OFFERS = """
[[segment]]
code = "locals"
name = "Locals"

[[offer]]
code = "double"
name = "Double"
summary = "Every visit pays five coins."
days = 14
times = 2

[[offer]]
code = "since"
name = "Since March"
summary = "Coins for every visit since March began."
from = 2026-03-01
until = 2026-04-01
counts_before = true

[[offer]]
code = "day"
name = "Your day"
summary = "A day of your own."
picks_day = true
times = 2
per = "month"

[[plan]]
code = "plus"
name = "Plus"
summary = "More for every visit."
price = [{ period = "year", amount = 12 }]

[[rule]]
code = "plus"
name = "Plus"
activity = "visit"
unit = "coin"
per = { attribute = "paid", amount = 1 }
when = [{ plan = ["plus"] }]

[[rule]]
code = "double"
name = "Double"
activity = "visit"
unit = "coin"
fixed = 5
when = [{ offer = ["double"] }]

[[rule]]
code = "since"
name = "Since March"
activity = "visit"
unit = "coin"
per = { attribute = "paid", amount = 1 }
when = [{ offer = ["since"] }]

[[rule]]
code = "day"
name = "Your day"
activity = "visit"
unit = "coin"
fixed = 7
when = [{ offer = ["day"] }]

[[ladder]]
code = "flags"
"""


@pytest.fixture
def club(tmp_path: Path) -> Iterator[Program]:
    """The quay with three offers, on the tenth of March 2026 at noon in UTC."""
    with time_machine.travel(NOW, tick=False):
        yield apply(variant(tmp_path / "club", ('\n[[ladder]]\ncode = "flags"\n', OFFERS)))


def activate(member: Member, offer: str = "double", day: date | None = None) -> OfferActivation:
    return activating.activate(member, offer=offer, day=day, actor=f"member:{member.pk}")


def coins(recorded: Recorded) -> int:
    return sum(award.amount for award in recorded.awards if award.unit_id == "coin")


def later(**time: int) -> Any:
    return time_machine.travel(NOW + timedelta(**time), tick=False)


def test_only_those_who_activated_it_are_paid_and_only_from_then_on(club: Program) -> None:
    member, other = ana(), ana()
    assert coins(visit(member)) == 0
    row = activate(member)
    with later(hours=1):
        assert coins(visit(member)) == 5
        assert coins(visit(other)) == 0
        late = visit(member, occurred_at=NOW - timedelta(minutes=1))
        assert coins(late) == 0
    event = Event.objects.get(type="offer_activated")
    assert (event.subject, event.payload["offer"]) == (row.public_id, "double")


def test_it_lapses_and_what_comes_late_counts_by_its_own_day(club: Program) -> None:
    member = ana()
    row = activate(member)
    assert row.ends_at == clock.end_of_day(date(2026, 3, 24), "Europe/Berlin")
    with time_machine.travel(row.ends_at, tick=False):
        assert coins(visit(member)) == 0
        assert coins(visit(member, occurred_at=row.ends_at - timedelta(seconds=1))) == 5


def test_a_double_tap_activates_once_and_often_enough_is_enough(club: Program) -> None:
    member = ana()
    assert activate(member) == activate(member)
    assert Event.objects.filter(type="offer_activated").count() == 1
    for weeks in (3, 6):
        with later(weeks=weeks):
            if weeks == 3:
                activate(member)
            else:
                with pytest.raises(OfferUsedUp):
                    activate(member)
    assert OfferActivation.objects.count() == 2


def test_what_was_done_before_counts_where_the_offer_says_so(club: Program) -> None:
    member = ana()
    visit(member, reference="early", occurred_at=utc(2026, 2, 28, 12))
    visit(member, reference="done", attributes={"paid": "12.00"})
    visit(member, reference="gone")
    returns.cancel(activity="gone", reference="gone-back", **BACK)
    with later(hours=2):
        activate(member, "since")
        assert balance(member, "coin") == 12
        row = Correction.objects.get(rule__code="since")
        assert row.sentence == "Since March: Since March was activated, 12 coins more"
        assert row.entry is not None
        assert explaining.explain(row.entry)
        assert coins(visit(member)) == 10
        returns.cancel(activity="done", reference="c1", **BACK)
        assert balance(member, "coin") == 10


def test_a_day_that_is_picked_pays_on_that_day_only(club: Program) -> None:
    member = ana()
    row = activate(member, "day", date(2026, 3, 14))
    assert row == activate(member, "day", date(2026, 3, 14))
    activate(member, "day", date(2026, 3, 20))
    with pytest.raises(OfferUsedUp):
        activate(member, "day", date(2026, 3, 21))
    activate(member, "day", date(2026, 4, 2))  # of another month
    paid = {}
    for days in (0, 3, 4, 5, 10):
        with later(days=days):
            paid[days] = coins(visit(member))
    assert paid == {0: 0, 3: 0, 4: 7, 5: 0, 10: 7}


@pytest.mark.parametrize("day", [None, date(2026, 3, 9), date(2028, 3, 9)])
def test_a_day_that_cannot_be_picked_is_refused(club: Program, day: date | None) -> None:
    with pytest.raises(OfferDayInvalid):
        activate(ana(), "day", day)
    with pytest.raises(OfferDayInvalid):
        activate(ana(), "double", date(2026, 3, 12))


def test_a_day_may_have_to_be_picked_ahead(club: Program) -> None:
    Offer.objects.filter(code="day").update(ahead_days=2, holds_until=date(2026, 3, 15))
    for day in (11, 15):
        with pytest.raises(OfferDayInvalid, match="from 2026-03-12 to 2026-03-14"):
            activate(ana(), "day", date(2026, 3, day))
    activate(ana(), "day", date(2026, 3, 12))


def test_what_was_not_used_is_undone_and_can_be_had_again(club: Program) -> None:
    Offer.objects.filter(code="double").update(times=1)
    member = ana()
    row = activate(member)
    visit(member, occurred_at=NOW - timedelta(hours=1))
    activating.undo(row, actor=ACTOR)
    assert activating.undo(row, actor=ACTOR).undone_by == ACTOR
    assert coins(visit(member)) == 0
    again = activate(member)
    with later(hours=1):
        visit(member, reference="used")
        with pytest.raises(ActivationClosed, match="used already"):
            activating.undo(again, actor=ACTOR)
        returns.cancel(activity="used", reference="c1", **BACK)
        activating.undo(again, actor=ACTOR)


def test_what_is_over_is_not_undone(club: Program) -> None:
    member = ana()
    row = activate(member, "day", date(2026, 3, 11))
    with later(days=2), pytest.raises(ActivationClosed, match="over"):
        activating.undo(row, actor=ACTOR)
    assert activating.one(member, row.public_id) == row
    for nobody in (row.public_id, "off_nothing"):
        with pytest.raises(ActivationUnknown):
            activating.one(ana(), nobody)


def test_it_is_for_some_on_some_days_and_so_often_in_all(club: Program) -> None:
    member, offer = ana(), Offer.objects.filter(code="double")
    with pytest.raises(OfferUnknown):
        activate(member, "nothing")
    for fields in (
        {"starts_on": date(2026, 3, 11)},
        {"ends_on": date(2026, 3, 10)},
        {"holds_until": date(2026, 3, 10)},
        {"segment_id": "locals"},
    ):
        before = dict.fromkeys(fields)
        offer.update(**fields)
        with pytest.raises(OfferUnavailable):
            activate(member)
        offer.update(**before)
    offer.update(segment_id="locals", places=1)
    segments.join(member, segment=Segment.objects.get(code="locals"))
    activate(member)
    offer.update(segment_id=None)
    with pytest.raises(OfferUsedUp, match="taken"):
        activate(ana())


def test_a_tier_is_asked_for_by_its_name(club: Program) -> None:
    from tiers.models import Tier

    Offer.objects.filter(code="double").update(lowest_tier=Tier.objects.get(code="blue"))
    member = ana()
    with pytest.raises(OfferUnavailable, match="for Blue and above"):
        activate(member)
    for _ in range(3):
        visit(member)
    activate(member)


def test_what_two_memberships_activated_holds_for_the_one_they_become(club: Program) -> None:
    kept, gone = ana(), ana(name="Ana L")
    activate(gone)
    merging.merge(kept, gone, reason="Same", actor=ACTOR)
    with later(hours=1):
        assert coins(visit(kept)) == 5
        assert activate(kept).member == gone  # it holds already
        with pytest.raises(MemberMerged):
            activate(Member.objects.get(pk=gone.pk), "since")


def test_what_held_is_remembered_when_an_activity_is_changed_later(club: Program) -> None:
    member = ana()
    activate(member, "since")
    with later(hours=1):
        visit(member, reference="big", attributes={"paid": "40.00"})
    with later(days=60):
        returns.amend(activity="big", reference="a1", returned={"paid": "10.00"}, **BACK)
        assert balance(member, "coin") == 30


def test_a_plan_is_remembered_when_an_activity_is_changed_later(club: Program) -> None:
    member = ana()
    subscribing.start(member, plan="plus", period="year", actor=ACTOR)
    with later(hours=1):
        visit(member, reference="big", attributes={"paid": "40.00"})
        returns.amend(activity="big", reference="a1", returned={"paid": "10.00"}, **BACK)
    assert balance(member, "coin") == 30


def test_a_replay_uses_what_was_activated(club: Program, tmp_path: Path) -> None:
    member = ana()
    activate(member)
    with later(hours=1):
        visit(member)
        visit(ana())
    with later(hours=2):
        assert simulation.run(tmp_path / "club").changes_nothing


def test_the_people_of_a_household_activate_for_themselves(club: Program) -> None:
    one, two = ana(), ana(name="Ben")
    home(one, two)
    activate(one)
    with later(hours=1):
        assert coins(visit(two)) == 0


@pytest.mark.broken_books
def test_the_auditor_finds_what_was_paid_outside(club: Program) -> None:
    member = ana()
    activate(member)
    with later(hours=1):
        visit(member)
    assert list(audit.check()) == []
    OfferActivation.objects.update(starts_at=NOW + timedelta(hours=2))
    assert {fault.invariant for fault in audit.check()} == set(proof.OFFERS)


def test_facts_say_which_offers_held_when(club: Program) -> None:
    member = ana()
    activate(member)
    held = offering.periods([member.pk])[member.pk]
    assert offering.at(held, NOW) == {"double"}
    assert offering.at(held, NOW - timedelta(seconds=1)) == frozenset()
