"""One activity, posted the short way, leaves what the long way leaves, row for row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from common import bulk
from common.errors import LoyaltyError
from earning import express, intake, returns, session, submissions
from earning.errors import ReferenceReused
from earning.models import Activity, ReferralTerms, UnclaimedActivity
from earning.submissions import Submission
from members.models import Member
from program import catalog
from program.models import Program
from tests import cast
from tests.cast import ACTOR, ana, submission, utc
from tests.earning.doors import left_behind
from tiers.models import Ladder, TierRoute

pytestmark = pytest.mark.django_db
NOW = utc(2026, 7, 1, 12)
EVERYTHING = cast.ROOT / "tests" / "programs" / "everything"
TABLES = (None, "inside", "terrace", "by-the-sea")
FEW = settings(
    max_examples=max(1, settings().max_examples // 6),
    phases=(Phase.explicit, Phase.generate),  # an example is a story: a smaller one costs too much
)
Door = Callable[[Sequence[Submission]], object]
visits = st.lists(
    st.tuples(
        st.integers(0, 2),  # whose; the third is nobody we know
        st.integers(6, 80),  # days ago
        st.integers(0, 40_000),  # cents
        st.sampled_from(TABLES),
        st.booleans(),  # sent twice
    ),
    min_size=1,
    max_size=7,
)


@contextmanager
def at(moment: Any) -> Any:
    with time_machine.travel(moment, tick=False):
        yield


def visit(number: int, people: Sequence[Member], told: tuple[Any, ...]) -> Submission:
    whose, days, cents, table, _ = told
    attributes = {"paid": f"{cents / 100:.2f}"} | ({"table": table} if table else {})
    if table == "by-the-sea":
        attributes["begins_on"] = str((NOW - timedelta(days=days - 2)).date())
    return submission(
        people[whose] if whose < len(people) else None,
        reference=f"v-{number}",
        location="north-pier",
        occurred_at=NOW - timedelta(days=days),
        attributes=attributes,
    )


def long_way(sent: Sequence[Submission]) -> None:
    for one in sent:
        intake.record_batch([one], actor=ACTOR)


def short_way(sent: Sequence[Submission]) -> None:
    for one in sent:
        with suppress(LoyaltyError):  # where the long way answers with it
            intake.record(one, actor=ACTOR)


def batch(sent: Sequence[Submission]) -> None:
    intake.record_batch(sent, actor=ACTOR)


def in_portions(sent: Sequence[Submission]) -> None:
    """The way of a thousand: some are stored while the next are decided upon."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "FEW", 1)
        patch.setattr(session, "PORTION", 2)
        batch(sent)


def after(door: Door, sent: Sequence[Submission], **how: Any) -> dict[str, list[str]]:
    """What a door leaves behind; then it is as if nothing had been sent."""
    with transaction.atomic():
        door(sent)
        found = left_behind(**how)
        transaction.set_rollback(True)
    return found


@pytest.fixture(params=[True, False], ids=["shared ladders", "ladders of one's own"])
def everything(db: None, request: pytest.FixtureRequest) -> Iterator[list[Member]]:
    """Two members of the program that says all there is to say. Referrals are left out: what may
    set one off goes the long way.
    """
    with at(utc(2026, 1, 1)):
        cast.apply(EVERYTHING)
        ReferralTerms.objects.update(is_active=False)
        if not request.param:
            Ladder.objects.update(shared=Ladder.Sharing.NEVER)
            TierRoute.objects.filter(needs__type__isnull=False).delete()
        people = [ana(), ana(name="Bruno Reis")]
    with at(NOW):
        yield people


RISING = [  # the last of them lifts to a tier
    (0, 7, 1098, "by-the-sea", True),
    (1, 40, 37053, None, False),
    (0, 62, 273, "inside", True),
    (0, 45, 2277, "inside", True),
    (0, 69, 1088, "inside", True),
    (0, 24, 0, "inside", True),
]


@FEW
@example(told=RISING)
@given(told=visits)
def test_every_door_leaves_the_same(everything: list[Member], told: list[tuple[Any, ...]]) -> None:
    sent = [visit(n, everything, one) for n, one in enumerate(told)]
    sent += [sent[n] for n, one in enumerate(told) if one[-1]]
    assert after(short_way, sent) == after(long_way, sent)
    sent.sort(key=lambda one: (one.occurred_at, one.reference))
    announced = {"without": ["tier_changed"]}  # a batch tells where it came out
    found = after(batch, sent, **announced)
    assert found == after(long_way, sent, **announced)
    assert found == after(in_portions, sent, **announced)


def stay(number: int, nights: int = 1, **more: Any) -> Submission:
    told = {"outcome": "stayed", "nights": nights, "suite": False, "revenue": "120.00"}
    return Submission(
        partner="front-desk",
        reference=f"s-{number}",
        type="stay",
        occurred_at=NOW,
        attributes=told,
        kind="reference",
        value="guest-1",
        location="resort-hotel",
        **more,
    )


def test_the_second_stay_takes_two_statements(hotel: Program) -> None:
    with at(NOW):
        ana(reference="guest-1")
        intake.record(stay(1), actor=ACTOR)
        with catalog.one_call():
            catalog.told(hotel.version)
            catalog.current()
            with CaptureQueriesContext(connection) as seen:
                recorded = intake.record(stay(2), actor=ACTOR)
    plain = [q["sql"] for q in seen if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(plain) == 2, plain
    assert recorded.result["balances"] == {"night": 2, "point": 2400}


def test_what_is_told_beside_is_told_once_and_before_the_end(hotel: Program) -> None:
    told: list[str] = []
    with at(NOW):
        ana(reference="guest-1")
        for number in (1, 2, 2):
            intake.record(
                stay(number),
                actor=ACTOR,
                beside=lambda one: told.append(f"{one.submission.reference} {one.is_replay}"),
            )
    assert told == ["s-1 False", "s-2 False", "s-2 True"]


def test_what_is_refused_beside_leaves_nothing(hotel: Program) -> None:
    def refuse(_: object) -> None:
        raise ReferenceReused("No.")

    with at(NOW):
        member = ana(reference="guest-1")
        intake.record(stay(1), actor=ACTOR)
        before = cast.state(member)
        with pytest.raises(ReferenceReused):
            intake.record(stay(2), actor=ACTOR, beside=refuse)
        assert cast.state(member) == before
        assert not Activity.objects.filter(reference="s-2").exists()
        assert intake.record(stay(2), actor=ACTOR).is_replay is False


def test_somebody_unknown_goes_the_long_way(hotel: Program) -> None:
    with at(NOW):
        assert intake.record(stay(1), actor=ACTOR).unclaimed == UnclaimedActivity.objects.get()


def test_a_first_account_goes_the_long_way(hotel: Program) -> None:
    with at(NOW), transaction.atomic():
        ana(reference="guest-1")
        one = submissions.check(stay(1), index=0, program=hotel)
        assert express.record(one, program=hotel, actor=ACTOR) is None
        assert not Activity.objects.exists()


def test_a_reference_that_a_change_has_taken_goes_the_long_way(hotel: Program) -> None:
    with at(NOW):
        ana(reference="guest-1")
        intake.record(stay(1), actor=ACTOR)
        returns.cancel(
            partner="front-desk", activity="s-2", reference="c-1", actor=ACTOR, reason="No show"
        )
        recorded = intake.record(stay(2), actor=ACTOR)
    assert recorded.awards == ()
