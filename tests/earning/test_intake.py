"""Intake: one reference is one activity, for ever, whoever reports it and however often."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
import time_machine
from django.db import transaction

from common.errors import InvalidInput
from earning import intake
from earning.errors import (
    AlreadyClaimed,
    OccurredInFuture,
    ReferenceInvalid,
    ReferenceReused,
    ReportedTooLate,
)
from earning.models import Activity, ActivityKey, Award, UnclaimedActivity
from events.models import Event
from members.errors import CardNumberInvalid
from members.models import Member
from program.errors import AttributesInvalid, UnknownActivityType, UnknownLocation, UnknownPartner
from program.models import Program
from tests import cast
from tests.cast import ana, awarded, submission, utc, visit
from tiers import standing

pytestmark = pytest.mark.django_db
TILL = "partner:till"


def test_a_visit_is_recorded_with_its_reasons(quay: Program) -> None:
    member = ana()
    recorded = visit(
        member,
        reference="bill-1",
        location="north-pier",
        attributes={"paid": "19.99", "table": "terrace", "guests": 2},
    )
    assert awarded(recorded) == {"paid": 19, "visit": 1, "terrace": 5}
    assert [award.sentence for award in recorded.awards] == [
        "Amount paid: EUR 19.99 × 1 = 19 points",
        "Visit: 1 visit",
        "On the terrace: 5 points",
    ]
    assert (cast.balance(member), cast.balance(member, "visit")) == (24, 1)
    assert recorded.result["balances"] == {"point": 24, "visit": 1}
    activity = member.activities.get()
    assert activity.attributes == {"paid": "19.99", "guests": 2, "table": "terrace"}
    assert activity.location is not None
    assert activity.location.code == "north-pier"


def test_an_award_keeps_what_it_was_computed_from(quay: Program) -> None:
    recorded = visit(ana(), attributes={"paid": "19.99"})
    award = next(one for one in recorded.awards if one.rule.code == "paid")
    assert award.inputs == {
        "rate": "1",
        "revision": 1,
        "attribute": "paid",
        "quantity": "19.99",
        "step": "1",
    }
    assert award.entry.amount == award.amount
    assert award.entry.posting.source == f"activity:{award.activity_id}"


def test_what_happened_is_announced(quay: Program) -> None:
    member = ana()
    recorded = visit(member)
    assert recorded.activity is not None
    event = Event.objects.get(type="activity_recorded")
    assert (event.member_id, event.subject) == (member.pk, recorded.activity.public_id)
    assert Event.objects.filter(type="tier_changed", member_id=member.pk).exists()


def test_the_same_again_gets_the_first_answer(quay: Program) -> None:
    member = ana()
    first = visit(member, reference="bill-1", occurred_at=utc(2026, 3, 1, 12))
    before = cast.state(member)
    again = visit(member, reference="bill-1", occurred_at=utc(2026, 3, 1, 12))
    assert again.is_replay
    assert not first.is_replay
    assert again.activity == first.activity
    assert awarded(again) == awarded(first)
    assert again.result == first.result
    assert cast.state(member) == before


def test_spelling_makes_no_difference(quay: Program) -> None:
    member = ana()
    number = member.cards.get().number
    east = timezone(timedelta(hours=5, minutes=30))
    visit(
        member,
        reference="b",
        occurred_at=utc(2026, 3, 1, 12),
        attributes={"paid": "20.00", "guests": 2},
    )
    again = visit(
        reference="b",
        kind="card",
        value=f" {number[:4]} {number[4:8]}-{number[8:]} ",
        occurred_at=datetime(2026, 3, 1, 17, 30, tzinfo=east),
        attributes={"guests": "2", "paid": 20},
    )
    assert again.is_replay


@pytest.mark.parametrize(
    "changed",
    [
        {"attributes": {"paid": "10.01"}},
        {"attributes": {"paid": "10.00", "guests": 2}},
        {"occurred_at": utc(2026, 3, 1, 13)},
        {"location": "north-pier"},
        {"type": "survey", "attributes": {}},
        {"kind": "", "value": ""},
    ],
)
def test_a_reference_used_for_something_else_is_refused(
    quay: Program, changed: dict[str, Any]
) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 2), tick=False):
        first = visit(member, reference="bill-1", occurred_at=utc(2026, 3, 1, 12))
        before = cast.state(member)
        with pytest.raises(ReferenceReused) as refused:
            visit(member, **{"reference": "bill-1", "occurred_at": utc(2026, 3, 1, 12)} | changed)
    assert first.activity is not None
    assert refused.value.data["activity"] == first.activity.public_id
    assert cast.state(member) == before


def test_a_reference_of_another_member_is_refused(quay: Program) -> None:
    visit(ana(), reference="bill-1", occurred_at=utc(2026, 3, 1))
    bruno = ana(name="Bruno")
    with pytest.raises(ReferenceReused):
        visit(bruno, reference="bill-1", occurred_at=utc(2026, 3, 1))
    assert not bruno.activities.exists()


def test_partners_have_their_own_references(quay: Program) -> None:
    member = ana()
    visit(member, reference="1")
    visit(member, reference="1", partner="web")
    assert member.activities.count() == 2


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"partner": "bar"}, UnknownPartner),
        ({"type": "stay"}, UnknownActivityType),
        ({"location": "south-pier"}, UnknownLocation),
        ({"attributes": {}}, AttributesInvalid),
        ({"reference": ""}, ReferenceInvalid),
        ({"reference": "   "}, ReferenceInvalid),
        ({"reference": "x" * 101}, ReferenceInvalid),
        ({"reference": "a\x00b"}, ReferenceInvalid),
        ({"reference": "line\nbreak"}, ReferenceInvalid),
        ({"occurred_at": utc(2026, 3, 2, 12, 6)}, OccurredInFuture),
        ({"occurred_at": date(2026, 3, 3)}, OccurredInFuture),
        ({"occurred_at": date(9999, 12, 31)}, OccurredInFuture),
        ({"occurred_at": date(1, 1, 1)}, ReportedTooLate),
        ({"occurred_at": datetime(1, 1, 1, tzinfo=UTC)}, ReportedTooLate),
        ({"kind": "card", "value": "482109376624"}, CardNumberInvalid),
        ({"kind": "reference", "value": "x" * 300}, InvalidInput),
        ({"kind": "reference", "value": "a\x00b"}, InvalidInput),
    ],
)
def test_what_is_wrong_is_refused_before_anything_is_written(
    quay: Program, fields: dict[str, Any], error: type[Exception]
) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 2, 12), tick=False), pytest.raises(error):
        visit(member, **fields)
    assert not Activity.objects.exists()
    assert not ActivityKey.objects.exists()
    assert not UnclaimedActivity.objects.exists()


def test_a_tills_clock_may_be_a_little_ahead(quay: Program) -> None:
    with time_machine.travel(utc(2026, 3, 2, 12), tick=False):
        assert visit(ana(), occurred_at=utc(2026, 3, 2, 12, 5)).activity


def test_a_survey_may_be_reported_for_thirty_days(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 3, 31, 12), tick=False):
        fields: dict[str, Any] = {"type": "survey", "attributes": {}}
        assert visit(member, **fields, occurred_at=utc(2026, 3, 1, 12)).awards
        with pytest.raises(ReportedTooLate):
            visit(member, **fields, occurred_at=utc(2026, 3, 1, 11, 59))


def test_a_date_means_the_start_of_that_day_where_the_program_lives(quay: Program) -> None:
    recorded = visit(ana(), occurred_at=date(2026, 3, 29))
    assert recorded.activity is not None
    assert recorded.activity.occurred_at == utc(2026, 3, 28, 23)


def test_what_earns_nothing_is_still_recorded(quay: Program) -> None:
    member = ana()
    recorded = visit(member, attributes={"paid": "0.99"})
    assert awarded(recorded) == {"visit": 1}
    assert cast.balance(member) == 0


def test_what_names_nobody_known_waits(quay: Program) -> None:
    recorded = visit(kind="email", value="Ana@Example.com", reference="bill-1")
    assert recorded.activity is None
    waiting = UnclaimedActivity.objects.get()
    assert recorded.unclaimed == waiting
    assert waiting.named == "email:ana@example.com"
    assert Event.objects.filter(type="activity_unclaimed", subject=waiting.public_id).exists()
    assert not Activity.objects.exists()


def test_what_waits_is_answered_alike_when_it_comes_again(quay: Program) -> None:
    moment = utc(2026, 3, 1)
    first = visit(reference="bill-1", occurred_at=moment)
    again = visit(reference="bill-1", occurred_at=moment)
    assert again.is_replay
    assert again.unclaimed == first.unclaimed
    assert UnclaimedActivity.objects.count() == 1


def test_what_waited_is_recorded_under_its_own_date_when_claimed(quay: Program) -> None:
    with time_machine.travel(utc(2026, 3, 1, 12), tick=False):
        waiting = visit(reference="bill-1", occurred_at=utc(2026, 3, 1, 11)).unclaimed
    assert waiting is not None
    member = ana()
    with time_machine.travel(utc(2026, 3, 20, 12), tick=False):
        claimed = intake.claim(waiting, member=member, actor="staff:1")
        [lot] = member.lots.all()
    assert claimed.activity is not None
    assert claimed.activity.pk == waiting.pk
    assert claimed.activity.occurred_at == utc(2026, 3, 1, 11)
    assert lot.expires_at == utc(2026, 4, 1, 22)
    assert [one.starts_at for one in member.standings.all()] == [utc(2026, 3, 1, 11)]
    waiting.refresh_from_db()
    assert (waiting.member_id, waiting.claimed_by) == (member.pk, "staff:1")


def test_what_was_claimed_is_answered_with_its_awards(quay: Program) -> None:
    moment = utc(2026, 3, 1)
    waiting = visit(reference="bill-1", occurred_at=moment).unclaimed
    assert waiting is not None
    intake.claim(waiting, member=ana(), actor="staff:1")
    again = visit(reference="bill-1", occurred_at=moment)
    assert again.is_replay
    assert awarded(again) == {"paid": 10, "visit": 1}


def test_what_was_claimed_cannot_be_claimed_again(quay: Program) -> None:
    waiting = visit(reference="bill-1").unclaimed
    assert waiting is not None
    member, other = ana(), ana(name="Bruno")
    intake.claim(waiting, member=member, actor="staff:1")
    with pytest.raises(AlreadyClaimed):
        intake.claim(waiting, member=other, actor="staff:1")
    assert not other.activities.exists()


def test_a_batch_answers_each_in_order(quay: Program) -> None:
    member = ana()
    moment = utc(2026, 3, 1)
    batch = [
        submission(member, reference="1", occurred_at=moment),
        submission(member, reference="2", occurred_at=date(9000, 1, 1)),
        submission(reference="3"),
        submission(member, reference="1", occurred_at=moment),
        submission(member, reference="1", occurred_at=utc(2026, 3, 2)),
        submission(member, reference="4", attributes={"paid": "1e999"}),
        submission(member, reference="5"),
    ]
    answers = intake.record_batch(batch, actor=TILL)
    assert [one.submission for one in answers] == batch
    errors = [type(one.error).__name__ if one.error else "" for one in answers]
    assert errors == ["", "OccurredInFuture", "", "", "ReferenceReused", "AttributesInvalid", ""]
    assert [one.is_replay for one in answers] == [False, False, False, True, False, False, False]
    assert answers[2].unclaimed
    assert answers[3].activity == answers[0].activity
    assert member.activities.count() == 2


def test_a_batch_is_written_whole_or_not_at_all(quay: Program) -> None:
    member = ana()
    with transaction.atomic():
        intake.record_batch([submission(member), submission()], actor=TILL)
        transaction.set_rollback(True)
    assert not Activity.objects.exists()
    assert not UnclaimedActivity.objects.exists()
    assert cast.balance(member) == 0


def test_an_empty_batch_is_no_work(quay: Program) -> None:
    assert intake.record_batch([], actor=TILL) == []


def test_in_a_batch_members_are_made_where_that_is_asked_for(quay: Program) -> None:
    batch = [
        submission(kind="reference", value="guest-1", member_name="Guest 1", occurred_at=day)
        for day in (date(2026, 3, 5), date(2026, 3, 1))
    ]
    answers = intake.record_batch(batch, actor=TILL, enroll_unknown=True)
    member = Member.objects.get()
    assert all(one.activity for one in answers)
    assert member.name == "Guest 1"
    assert member.joined_at == utc(2026, 2, 28, 23)


def test_the_tier_that_counts_is_the_one_held_before(quay: Program) -> None:
    """The third visit makes a member blue; the fourth is the first to earn as one."""
    member = ana()
    bonuses = [awarded(visit(member)).get("blue-bonus") for _ in range(4)]
    assert bonuses == [None, None, None, 5]


def test_in_one_batch_later_visits_earn_at_what_earlier_ones_led_to(quay: Program) -> None:
    member = ana()
    days = [utc(2026, 3, day, 12) for day in (4, 2, 3, 1)]
    answers = intake.record_batch([submission(member, occurred_at=day) for day in days], actor=TILL)
    assert ["blue-bonus" in awarded(one) for one in answers] == [True, False, False, False]


def test_visits_at_the_same_moment_earn_alike(quay: Program) -> None:
    member = ana()
    batch = [submission(member, occurred_at=date(2026, 3, 1)) for _ in range(5)]
    answers = intake.record_batch(batch, actor=TILL)
    assert not any("blue-bonus" in awarded(one) for one in answers)


def test_the_answer_names_the_tier_held_now(quay: Program) -> None:
    member = ana()
    for day in (10, 11, 12):
        visit(member, occurred_at=date(2026, 3, day))
    late = visit(member, occurred_at=date(2026, 3, 1))
    assert late.result["tier"]["code"] == "blue"
    assert standing.current(member).code == "blue"  # type: ignore[union-attr]


def test_what_arrives_dead_is_not_in_the_balance(quay: Program) -> None:
    member = ana()
    with time_machine.travel(utc(2026, 6, 1), tick=False):
        recorded = visit(member, occurred_at=date(2026, 1, 1))
    assert awarded(recorded)["paid"] == 10
    assert recorded.result["balances"] == {"point": 0, "visit": 1}


def test_many_at_once_are_the_same_as_one_by_one(quay: Program) -> None:
    """More than a hundred rows go in by COPY; nothing else may differ."""
    one, many = ana(), ana(name="Bruno")
    days = [date(2026, 3, 1) + timedelta(days=n // 10) for n in range(150)]
    with time_machine.travel(utc(2026, 3, 20), tick=False):
        for day in days:
            visit(one, occurred_at=day)
        intake.record_batch([submission(many, occurred_at=day) for day in days], actor=TILL)
    assert cast.balance(one) == cast.balance(many)
    assert cast.lots(one) == cast.lots(many)
    assert Award.objects.filter(member=one).count() == Award.objects.filter(member=many).count()
    spans = [
        m.standings.order_by("starts_at").values_list("tier__code", "starts_at")
        for m in (one, many)
    ]
    assert list(spans[0]) == list(spans[1])
