"""Returns: what a changed activity takes back, from where, and what follows from it."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection

from common.ids import public_id, uuid7
from earning import returns
from earning.changing import Changed
from earning.errors import ActivityCancelled, ActivityUnknown, ChangeInvalid, ChangeReused
from earning.models import (
    ActivityChange,
    Rule,
)
from earning.recording import Recorded
from events.models import Event
from members.models import Member
from points.models import Entry, Posting
from program.errors import AttributesInvalid
from program.models import ActivityType, Program
from rewards import reservation
from rewards.models import Reward
from tests import cast
from tests.cast import ACTOR, ana, awarded, balance, lots, spend, utc, visit
from tiers import standing
from tiers.models import Standing

pytestmark = pytest.mark.django_db
_turn = itertools.count(1)


def changed(done: Recorded, *, reference: str = "", **said: Any) -> Changed:
    """A change of what was recorded: a cancellation, unless something is said."""
    assert done.activity is not None
    words = {
        "partner": "till",
        "activity": done.activity.public_id,
        "reference": reference or f"change-{next(_turn)}",
        "reason": "Brought back",
        "actor": ACTOR,
    }
    return returns.amend(**words, **said) if said else returns.cancel(**words)


def worth(member: Member, points: int, **said: Any) -> Recorded:
    """A visit that earned so many points."""
    return visit(member, attributes={"paid": str(points), **said})


def at_rate(rate: str) -> None:
    """The rule of the quay pays so many points a euro."""
    Rule.objects.filter(code="paid").update(amount=Decimal(rate))


def test_three_partial_refunds(quay: Program) -> None:
    """33 points on 10.00; refunds of 3.33, 3.33 and 3.34 take 10, 11 and 12."""
    at_rate("3.3")
    member = ana()
    done = visit(member, attributes={"paid": "10.00"})
    assert awarded(done) == {"paid": 33, "visit": 1}
    taken = [
        sum(c.amount for c in changed(done, returned={"paid": part}).corrections)
        for part in ("3.33", "3.33", "3.34")
    ]
    assert taken == [-10, -11, -12]
    assert balance(member) == 0
    assert balance(member, "visit") == 1  # the visit itself was one


def test_claw_back_with_debt(quay: Program) -> None:
    """Earn 70, spend 20, full return: lot -50, debt 20; the next 30 repay 20, 10 are there."""
    member = ana()
    done = worth(member, 70)
    spend(member, 20)
    changed(done)
    assert balance(member) == -20
    assert lots(member) == [(70, 0)]
    worth(member, 30)
    assert balance(member) == 10
    assert lots(member) == [(70, 0), (30, 10)]


def test_other_lots_exist(quay: Program) -> None:
    """The same with another lot of 15: lot -50, other lot -15, debt 5."""
    member = ana()
    done = worth(member, 70)
    spend(member, 20)
    cast.earn(member, 15)
    changed(done)
    assert balance(member) == -5
    assert lots(member) == [(70, 0), (15, 0)]


def test_square_takes_back_whole_steps_only(quay: Program) -> None:
    """1 point for each 10.00: refunds of 1 and 5 take none, of 10 one, of 20 both."""
    Rule.objects.filter(code="paid").update(step=10, whole_steps=True)
    for refund, left in (("1.00", 2), ("5.00", 2), ("10.00", 1), ("20.00", 0)):
        member = ana()
        done = visit(member, attributes={"paid": "25.00"})
        assert balance(member) == 2
        changed(done, returned={"paid": refund})
        assert balance(member) == left


def test_a_return_gives_the_room_of_a_limit_back(tmp_path: Any, db: None) -> None:
    """500 a month with 480 used: 60 are cut to 20, and a return of those 20 frees 20."""
    cast.apply(
        cast.variant(
            tmp_path,
            (
                'per = { attribute = "paid", amount = 1 }',
                (
                    'per = { attribute = "paid", amount = 1 }\n'
                    'limit = [{ code = "monthly", per = "member", period = "month", amount = 500 }]'
                ),
            ),
        )
    )
    member = ana()
    with time_machine.travel(utc(2026, 5, 10, 12)):
        worth(member, 480)
        cut = worth(member, 60)
        assert awarded(cut)["paid"] == 20
        changed(cut)
        assert awarded(worth(member, 60))["paid"] == 20
        assert awarded(worth(member, 1)).get("paid", 0) == 0


def test_a_cancelled_activity_leaves_nothing_and_says_why(quay: Program) -> None:
    member = ana()
    done = worth(member, 70)
    result = changed(done)
    assert result.status == "recorded"
    assert balance(member) == balance(member, "visit") == 0
    assert [c.sentence for c in result.corrections] == [
        "Amount paid: cancelled, 70 points taken back",
        "Visit: cancelled, 1 visit taken back",
    ]
    assert result.result["balances"]["point"] == 0
    assert result.result["tier"] == {"code": "white", "name": "White"}  # kept: it was for life
    entry = Entry.objects.get(member=member, kind="clawback", account__unit="point")
    assert done.activity is not None
    assert entry.occurred_at == done.activity.occurred_at
    assert entry.posting.reverses == Posting.objects.get(
        member=member, source=f"activity:{done.activity.pk}"
    )
    event = Event.objects.get(type="activity_cancelled")
    assert event.payload["corrections"] == [
        {"unit": "point", "amount": -70},
        {"unit": "visit", "amount": -1},
    ]


def test_less_of_an_attribute_says_what_became_of_it(quay: Program) -> None:
    member = ana()
    done = worth(member, 70, table="terrace")
    result = changed(done, attributes={"paid": "50.00", "table": "inside"})
    assert [(c.rule.code, c.amount) for c in result.corrections] == [("paid", -20), ("terrace", -5)]
    assert [c.sentence for c in result.corrections] == [
        "Amount paid: EUR 70.00 became EUR 50.00, 20 points taken back",
        "On the terrace: now 0 points, 5 points taken back",
    ]
    assert balance(member) == 50


def test_more_is_awarded_under_the_activitys_own_date(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 5, 10, 12)):
        done = worth(member, 50)
    with time_machine.travel(utc(2026, 5, 20, 12)):
        result = changed(done, attributes={"paid": "70.00"})
        assert [c.amount for c in result.corrections] == [20]
        assert balance(member) == 70
    ends = set(member.lots.values_list("expires_at", flat=True))
    assert ends == {utc(2026, 6, 10, 22)}
    with time_machine.travel(utc(2026, 5, 21, 12)):
        changed(done)
        assert balance(member) == 0
        assert lots(member) == [(50, 0), (20, 0)]


def test_a_bonus_on_what_came_back_goes_with_it(quay: Program) -> None:
    member = ana()
    for _ in range(3):
        worth(member, 10)
    done = worth(member, 100)
    assert awarded(done)["blue-bonus"] == 50
    changed(done, returned={"paid": "33.33"})
    assert balance(member) == 30 + 67 + 34


def test_what_has_expired_is_not_taken_twice(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 5, 10, 12)):
        done = worth(member, 100)
        spend(member, 40)
    with time_machine.travel(utc(2026, 7, 1, 12)):
        half = changed(done, returned={"paid": "50.00"})
        assert [(c.amount, c.lapsed) for c in half.corrections] == [(-50, 50)]
        assert half.corrections[0].entry is None
        assert balance(member) == 0
        rest = changed(done)
        assert [(c.amount, c.lapsed) for c in rest.corrections if c.unit_id == "point"] == [
            (-50, 10)
        ]
        assert balance(member) == -40


def test_rules_published_later_do_not_count_for_what_was_recorded_before(
    quay: Program, tmp_path: Any
) -> None:
    """A rule added later neither pays nor takes; one that ended since goes on paying."""
    member = ana()
    done = worth(member, 100)
    cast.apply(
        cast.variant(
            tmp_path,
            (
                'name = "Visit"\nactivity = "visit"\nunit = "visit"\nfixed = 1',
                'name = "Visit"\nactivity = "visit"\nunit = "visit"\nfixed = 2',
            ),
            (
                '[[rule]]\ncode = "survey"',
                (
                    '[[rule]]\ncode = "late"\nname = "Late"\nactivity = "visit"\nunit = "point"\n'
                    'class = "bonus"\nfixed = 7\n\n[[rule]]\ncode = "survey"'
                ),
            ),
        )
    )
    with connection.cursor() as cursor:  # one transaction has one Now(): the rules came after
        cursor.execute(
            "UPDATE earning_rule SET published_at = published_at + interval '1 hour'"
            " WHERE code = 'late' OR revision > 1"
        )
    result = changed(done, returned={"paid": "40.00"})
    assert [(c.rule.code, c.amount) for c in result.corrections] == [("paid", -40)]


@pytest.mark.parametrize("keeps", ["kept", "reexamined"])
def test_status_after_a_return_follows_the_programs_policy(quay: Program, keeps: str) -> None:
    ActivityType.objects.filter(code="visit").update(return_tier=keeps)
    member = ana()
    with time_machine.travel(utc(2026, 5, 10, 12), tick=False):
        visits = [worth(member, 10) for _ in range(3)]
    with time_machine.travel(utc(2026, 5, 20, 12), tick=False):
        assert standing.current(member).code == "blue"  # type: ignore[union-attr]
        told = Event.objects.filter(type="tier_changed").count()
        changed(visits[-1])
        held = standing.current(member)
        assert held is not None
        assert held.code == ("blue" if keeps == "kept" else "white")
        told = Event.objects.filter(type="tier_changed").count() - told
        assert told == (0 if keeps == "kept" else 1)
        kept = Standing.objects.get(member=member, source="kept")
        assert kept.starts_at == utc(2026, 5, 10, 12)
        assert kept.ends_at == (None if keeps == "kept" else utc(2026, 5, 20, 12))
        assert visits[-1].activity is not None
        assert kept.cause == visits[-1].activity.public_id


@pytest.mark.parametrize("policy", ["kept", "cancelled"])
def test_unused_rewards_follow_the_programs_policy(quay: Program, policy: str) -> None:
    ActivityType.objects.filter(code="visit").update(return_rewards=policy)
    member = ana()
    done = worth(member, 20)
    vouchers = [cast.redeem(member), cast.redeem(member)]
    changed(done, returned={"paid": "10.00"})
    for voucher in vouchers:
        voucher.refresh_from_db()
    statuses = [voucher.status for voucher in vouchers]
    if policy == "kept":
        assert statuses == ["issued", "issued"]
        assert balance(member) == -10
    else:
        assert statuses == ["issued", "cancelled"]  # the latest first, and no more than it takes
        assert balance(member) == 0
        changed(done)
        vouchers[0].refresh_from_db()
        assert vouchers[0].status == "cancelled"
        assert balance(member) == 0


def test_a_reward_taken_in_two_steps_is_called_off_like_any_other(quay: Program) -> None:
    ActivityType.objects.filter(code="visit").update(return_rewards="cancelled")
    member = ana()
    done = worth(member, 20)
    reward = Reward.objects.get(code="coffee")
    kept = reservation.hold(member, reward=reward, attempt=uuid7(), actor=ACTOR)
    voucher = reservation.capture(kept, actor=ACTOR)
    changed(done, returned={"paid": "20.00"})
    voucher.refresh_from_db()
    assert (voucher.status, balance(member)) == ("cancelled", 0)


def test_the_same_change_again_gets_the_first_answer(quay: Program) -> None:
    member = ana()
    done = worth(member, 70)
    first = changed(done, reference="refund-1", returned={"paid": "20"})
    again = changed(done, reference="refund-1", returned={"paid": "20"})
    assert again.is_replay
    assert again.change == first.change
    assert again.corrections == first.corrections
    assert balance(member) == 50
    with pytest.raises(ChangeReused):
        changed(done, reference="refund-1", returned={"paid": "30"})
    assert balance(member) == 50


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        ({"returned": {"paid": "70.01"}}, AttributesInvalid, "70.01 came back in all"),
        ({"returned": {"paid": "0"}}, AttributesInvalid, "not above nothing"),
        ({"returned": {"table": "1"}}, AttributesInvalid, "no amount 'table'"),
        ({"attributes": {"paid": "-1"}}, AttributesInvalid, "below 0"),
        ({"attributes": {"paid": None}}, AttributesInvalid, "missing"),
        ({"attributes": {"color": "red"}}, AttributesInvalid, "no attribute"),
        (
            {"attributes": {"paid": "1"}, "returned": {"paid": "1"}},
            ChangeInvalid,
            "not both",
        ),
        ({"attributes": {}}, ChangeInvalid, "Say what changed"),
    ],
)
def test_a_refused_change_changes_nothing(
    quay: Program, said: dict[str, Any], error: type[Exception], words: str
) -> None:
    member = ana()
    done = worth(member, 70)
    before = cast.state(member)
    with pytest.raises(error) as refusal:
        changed(done, **said)
    assert words in str(refusal.value)
    assert cast.state(member) == before
    assert not ActivityChange.objects.exists()


def test_nothing_is_changed_after_a_cancellation(quay: Program) -> None:
    done = worth(ana(), 70)
    changed(done)
    for said in ({}, {"returned": {"paid": "1"}}):
        with pytest.raises(ActivityCancelled):
            changed(done, **said)


def test_an_id_that_is_none_is_refused_and_a_reference_waits(quay: Program) -> None:
    words = {"partner": "till", "reference": "c1", "reason": "Back", "actor": ACTOR}
    with pytest.raises(ActivityUnknown):
        returns.cancel(activity=public_id("act", uuid7()), **words)
    assert returns.cancel(activity="till-77", **words).status == "parked"
    assert returns.cancel(activity="till-77", **words).is_replay


def test_another_partners_activity_is_not_there(quay: Program) -> None:
    done = worth(ana(), 70)
    assert done.activity is not None
    with pytest.raises(ActivityUnknown):
        returns.cancel(
            partner="web",
            activity=done.activity.public_id,
            reference="c1",
            reason="Back",
            actor=ACTOR,
        )
