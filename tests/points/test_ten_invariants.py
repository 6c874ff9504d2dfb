"""The ten hardest things a ledger of points has to get right, each as one property over histories.

What some of them need beyond one member's ledger is in test_ten_invariants_more.py, and for returns
in tests/earning/test_return_properties.py.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import time_machine
from django.db import transaction
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st

from common import clock
from common.errors import LoyaltyError
from earning import intake
from earning.models import Rule
from members import households, merging
from members.models import Member
from points import expiry, past, policy
from points.models import Account, Entry, Lot, LotUse
from program.models import Program, Unit
from tests import cast
from tests.cast import ana, balance, earn, redeem, reverse, spend, utc
from tests.earning.test_order import held, purchase
from tests.faults.threads import at_once, outcomes
from tests.points.test_past import STEP, play
from tiers import standing
from tiers.models import Standing

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HISTORY = st.lists(STEP, min_size=4, max_size=14)
START = utc(2026, 1, 29, 12)
Steps = list[tuple[str, int, int]]


def few(share: int = 4) -> settings:
    """Fewer histories than the profile asks for, where each of them is long."""
    return settings(max_examples=max(10, settings.default.max_examples // share))


def end_of(steps: Steps) -> datetime:
    return START + timedelta(hours=sum(number for what, number, _ in steps if what == "wait"))


def rolled_back(body: Callable[[], None]) -> None:
    """Run it and take everything back, so that one history does not meet the next."""
    with transaction.atomic():
        body()
        transaction.set_rollback(True)


def debt(member: Member, unit: str) -> int:
    return max(0, -balance(member, unit))


def live(member: Member, unit: str) -> int:
    rows = Lot.objects.filter(member=member, account__unit=unit)
    return rows.aggregate(left=Sum("remaining", default=0))["left"]


# 1
@few()
@given(HISTORY)
def test_1_lot_order_and_restore(quay: Program, steps: Steps) -> None:
    """What is left less what is owed is the balance; a reversal touches only the lots it consumed;
    a dead lot stays dead.
    """
    member = ana()
    for _ in play(member, "point", steps):
        assert live(member, "point") - debt(member, "point") == balance(member)
        for lot in Lot.objects.filter(member=member):
            assert 0 <= lot.remaining <= lot.awarded
    with time_machine.travel(end_of(steps), tick=False):
        expiry.run()
        dead = set(Lot.objects.filter(member=member, remaining=0).values_list("pk", flat=True))
        earn(member, 30)
        untouched = dict(Lot.objects.filter(member=member).values_list("pk", "remaining"))
        available = max(0, balance(member))
        if available:
            spent = spend(member, available)
            used = set(LotUse.objects.filter(entry__posting=spent).values_list("lot", flat=True))
            undone = reverse(spent)
            filled = LotUse.objects.filter(entry__posting=undone).values_list("lot", flat=True)
            assert set(filled) == used
            assert not used & dead
        assert dict(Lot.objects.filter(member=member).values_list("pk", "remaining")) == untouched


# 2
@few()
@given(HISTORY)
def test_2_claw_back_of_spent_points(quay: Program, steps: Steps) -> None:
    """The balance is the sum of all movements; a debt comes from taking back and from nothing else;
    who owes something has nothing to spend.
    """
    member = ana()
    for _ in play(member, "point", steps):
        entries = Entry.objects.filter(member=member, account__unit="point").order_by("version")
        assert sum(entry.amount for entry in entries) == balance(member)
        before = 0
        for entry in entries:
            if entry.balance_after < min(0, before):
                assert entry.kind == Entry.Kind.CLAWBACK
            before = entry.balance_after
        if debt(member, "point"):
            assert live(member, "point") == 0


# 3
@few()
@given(st.lists(st.integers(1, 60), min_size=1, max_size=6), st.integers(0, 100), st.randoms())
def test_3_nothing_is_taken_back_twice(
    quay: Program, earned: list[int], spent: int, dice: random.Random
) -> None:
    """What is taken back never exceeds what was earned, and is all of it once all is taken back, in
    whatever order.
    """
    member = ana()
    with time_machine.travel(START, tick=False):
        postings = [earn(member, amount) for amount in earned]
        taken = min(spent, sum(earned))
        if taken:
            spend(member, taken)
        dice.shuffle(postings)
        for posting in postings:
            reverse(posting)
            with pytest.raises(LoyaltyError) as refused:
                reverse(posting)
            assert refused.value.code == "nothing_to_reverse"
            back = Entry.objects.filter(member=member, kind=Entry.Kind.CLAWBACK)
            assert -back.aggregate(all=Sum("amount"))["all"] <= sum(earned)
    assert -back.aggregate(all=Sum("amount"))["all"] == sum(earned)
    assert balance(member) == -taken


# 4
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("points", "cost", "tries"), [(40, 10, 9), (37, 10, 5), (20, 5, 3)])
def test_4_idempotency_and_concurrency(quay: Program, points: int, cost: int, tries: int) -> None:
    """N at cost c on balance b: exactly min(N, b // c) succeed; a replay changes nothing."""
    member = ana()
    earn(member, points)
    works = [partial(spend, member, cost, source=f"try:{number}") for number in range(tries)]
    done = outcomes(at_once(works))
    assert done["ok"] == min(tries, points // cost)
    before = cast.state(member)
    again = outcomes(at_once(works))
    assert "ok" not in again
    assert cast.state(member) == before


def test_4_a_replayed_redemption_is_the_first_one(quay: Program) -> None:
    member = ana()
    earn(member, 70)
    first = redeem(member)
    before = cast.state(member)
    assert redeem(member, attempt=first.attempt) == first
    assert cast.state(member) == before


# 5
@few()
@given(
    st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 60_000)), min_size=2, max_size=7),
    st.randoms(),
)
def test_5_tier_clock(shop: Program, bought: list[tuple[int, int]], dice: random.Random) -> None:
    """The same events in any order give the same tier at any moment; nobody falls inside a
    period.
    """

    def body() -> None:
        with time_machine.travel(utc(2027, 6, 1), tick=False):
            one, two = ana(), ana(name="Bruno")
            turns = sorted(range(len(bought)), key=lambda number: bought[number])
            for number in turns:
                intake.record(purchase(one, *bought[number], number), actor=cast.ACTOR)
            dice.shuffle(turns)
            for number in turns:
                intake.record(purchase(two, *bought[number], 100 + number), actor=cast.ACTOR)
            assert held(one) == held(two)
            rows = list(Standing.objects.filter(member=one).order_by("starts_at"))
            for before, after in itertools.pairwise(rows):
                if after.tier.rank < before.tier.rank:
                    day = clock.local_date(after.starts_at, shop.time_zone)
                    assert after.starts_at == clock.start_of_day(day, shop.time_zone)
                    assert (day.month, day.day) == (1, 1)

    rolled_back(body)


# 6
def test_6_effective_dating(quay: Program, tmp_path: Path) -> None:
    """A new version changes no movement dated before it; versions follow without gap or overlap."""
    old = 'class = "bonus"\nfixed = 5'
    with time_machine.travel(utc(2026, 3, 10, 12), tick=False):
        member = ana()
        first = cast.visit(member, attributes={"paid": "10.00", "table": "terrace"})
    with time_machine.travel(utc(2026, 4, 1, 12), tick=False):
        before = (cast.state(member), list(Entry.objects.order_by("id").values()))
        cast.apply(cast.variant(tmp_path, (old, old.replace("5", "9"))))
        assert (cast.state(member), list(Entry.objects.order_by("id").values())) == before
        late = cast.visit(
            member,
            attributes={"paid": "10.00", "table": "terrace"},
            occurred_at=date(2026, 3, 20),
        )
        fresh = cast.visit(member, attributes={"paid": "10.00", "table": "terrace"})
    paid = [cast.awarded(one)["terrace"] for one in (first, late, fresh)]
    assert paid == [5, 5, 9]
    versions = list(Rule.objects.filter(code="terrace").order_by("revision"))
    assert [one.ends_on for one in versions[:-1]] == [one.starts_on for one in versions[1:]]


# 7
@few()
@given(HISTORY)
def test_7_time(quay: Program, steps: Steps) -> None:
    """The expiry run gives the same movements under the same moments, however late it comes."""
    late = ana(name="Bruno")
    for _ in play(late, "point", _neglected(steps)):
        pass
    prompt = ana()  # after the other one, whom its runs would attend to as well
    with transaction.atomic():
        for _ in play(prompt, "point", _attended(steps)):
            pass
    with time_machine.travel(end_of(steps), tick=False):
        expiry.run()
    assert _ended(prompt) == _ended(late)
    assert balance(prompt) == balance(late)


def _attended(steps: Steps) -> Steps:
    """The same history, with the run after every step."""
    return [one for step in _neglected(steps) for one in (step, ("expire", 0, 0))]


def _neglected(steps: Steps) -> Steps:
    """The same history, without any run."""
    return [step for step in steps if step[0] != "expire"]


def _ended(member: Member) -> Counter[tuple[datetime, int]]:
    rows = Entry.objects.filter(member=member, kind=Entry.Kind.EXPIRY)
    return Counter(rows.values_list("occurred_at", "amount"))


@pytest.mark.parametrize(
    ("earned", "months", "last"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 8, 31), 18, date(2026, 2, 28)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),
    ],
)
def test_7_months_clip_from_the_original_day(earned: date, months: int, last: date) -> None:
    unit = Unit(code="u", kind="spendable", expiry="months", expiry_count=months)
    moment = datetime(earned.year, earned.month, earned.day, 12, tzinfo=START.tzinfo)
    ends = policy.expires_at(unit, occurred_at=moment, zone="UTC")
    assert ends == clock.end_of_day(last, "UTC")


# 9
@few()
@given(HISTORY, HISTORY, st.booleans())
def test_9_household_and_merge(quay: Program, mine: Steps, hers: Steps, is_undone: bool) -> None:
    """No total changes, and no date: the same amounts end on the same days before and after."""

    def body() -> None:
        one, other = ana(), ana(name="Bea")
        for member, steps in ((one, mine), (other, hers)):
            for _ in play(member, "point", steps):
                pass
        with time_machine.travel(max(end_of(mine), end_of(hers)), tick=False):
            expiry.run()
            total, ends = balance(one) + balance(other), _endings(one, other)
            is_owed = debt(one, "point") + debt(other, "point") > 0
            row = merging.merge(one, other, reason="One person", actor=cast.ACTOR)
            assert (balance(one), balance(other)) == (total, 0)
            if not is_owed:
                assert _endings(one, other) == ends
            if is_undone:
                merging.undo(row, reason="Two sisters", actor=cast.ACTOR)
                assert balance(one) + balance(other) == total
                assert _endings(one, other) == ends

    rolled_back(body)


def _endings(*members: Member) -> Counter[datetime]:
    """How much ends when, over several members."""
    found: Counter[datetime] = Counter()
    for lot in Lot.objects.live().filter(member__in=members, account__unit="point"):
        if lot.expires_at is not None:
            found[lot.expires_at] += lot.remaining
    return found


def test_9_a_household_shares_the_highest_and_adds_nothing(quay: Program) -> None:
    one, other = ana(), ana(name="Bea")
    earn(one, 2, unit="visit")
    earn(other, 2, unit="visit")
    home = households.found(one, name="Home", actor=cast.ACTOR)
    households.join(home, other, actor=cast.ACTOR)
    for member in (one, other):
        standing.reassess(member, actor=cast.ACTOR)
        assert balance(member, "visit") == 2
        held_now = standing.current(member)
        assert held_now is not None
        assert held_now.code == "white"  # blue takes three visits of one's own, not two and two


# 10
@few()
@given(HISTORY)
def test_10_liability(quay: Program, steps: Steps) -> None:
    """Issued = redeemed + expired + taken back + outstanding, for each month in which it was
    issued, at the end and at every moment before.
    """
    member = ana()
    moments = [START]
    for (what, number, _days), _ in zip(steps, play(member, "point", steps), strict=False):
        moments.append(moments[-1] + timedelta(hours=number if what == "wait" else 0))
    with time_machine.travel(moments[-1], tick=False):
        expiry.run()
    for lot in Lot.objects.filter(member=member):
        assert lot.awarded == sum(_flows(lot).values()) + lot.remaining
        if Account.objects.get(pk=lot.account_id).balance >= 0:
            assert sum(_flows(lot).values()) >= 0
    for moment in moments:
        state = past.happened(member, unit="point", at=moment)
        left = sum(lot.remaining for lot in state.lots)
        gone = LotUse.objects.filter(
            lot__member=member, entry__occurred_at__lte=moment, lot__entry__occurred_at__lte=moment
        )
        issued = Lot.objects.filter(member=member, entry__occurred_at__lte=moment)
        used = gone.aggregate(all=Sum("amount", default=0))["all"]
        total = issued.aggregate(all=Sum("awarded", default=0))["all"]
        assert total == used + left


def _flows(lot: Lot) -> Counter[str]:
    """Where an award went: redeemed (less what was given back), expired, taken back, repaid."""
    found: Counter[str] = Counter()
    for kind, amount in LotUse.objects.filter(lot=lot).values_list("entry__kind", "amount"):
        found["redeemed" if kind in (Entry.Kind.SPEND, Entry.Kind.RESTORE) else kind] += amount
    return found
