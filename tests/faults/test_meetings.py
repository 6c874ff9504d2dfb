"""Different verbs that meet on the same rows: each happens whole, in some order, and none hangs."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path

import pytest

from earning import importing, intake, mapping
from earning.models import Activity, UnclaimedActivity
from members import claiming
from members.models import Member
from points import expiry, ledger
from points.ledger import Credit, Earning
from points.models import Entry, Posting
from rewards import redemption
from tests.cast import (
    ACTOR,
    QUAY,
    ana,
    apply,
    balance,
    earn,
    login,
    redeem,
    reverse,
    spend,
    utc,
    visit,
)
from tests.faults.threads import at_once, outcomes
from tiers import correction, standing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(autouse=True)
def quay_for_all(transactional_db: None) -> None:
    apply(QUAY)


def test_one_source_from_eight_threads_is_posted_once() -> None:
    member = ana()
    results = at_once([partial(earn, member, 10, source="stay:1")] * 8)
    assert outcomes(results) == {"ok": 1, "SourceUsed": 7}
    assert balance(member) == 10


def test_the_first_points_of_all_are_not_lost() -> None:
    """Nobody has an account yet: all make it, one is made, everybody's points are on it."""
    member = ana()
    results = at_once([partial(earn, member, 1, source=f"e:{n}") for n in range(16)])
    assert outcomes(results) == {"ok": 16}
    assert balance(member) == 16


def test_one_posting_is_taken_back_once() -> None:
    member = ana()
    earned = earn(member, 10)
    results = at_once([partial(reverse, earned, source=f"r:{n}") for n in range(8)])
    assert outcomes(results) == {"ok": 1, "NothingToReverse": 7}
    assert balance(member) == 0


def test_taking_back_meets_spending_and_the_debt_is_exact() -> None:
    for _ in range(4):
        member = ana()
        earned = earn(member, 10)
        results = at_once([partial(spend, member, 10), partial(reverse, earned)])
        spent = not isinstance(results[0], Exception)
        assert not isinstance(results[1], Exception)
        assert balance(member) == (-10 if spent else 0)


def test_units_in_opposite_order_do_not_deadlock() -> None:
    people = [ana(name=f"Ana {number}") for number in range(3)]
    units = ["point", "coin", "cent", "visit"]

    def pay(number: int) -> Posting:
        turn = list(units)
        random.Random(number).shuffle(turn)
        credits = [Credit(unit=unit, amount=1, reason="One of each") for unit in turn]
        member = people[number % 3]
        return ledger.post(
            Earning(member.pk, f"x:{number}", utc(2026, 11, 1), credits), actor=ACTOR
        )

    assert outcomes(at_once([partial(pay, n) for n in range(24)])) == {"ok": 24}
    assert {balance(member, "coin") for member in people} == {8}


def test_everything_at_once_ends_with_books_that_balance() -> None:
    people = [ana(name=f"Ana {number}") for number in range(4)]
    for member in people:
        earn(member, 200)
    taken = [redeem(member) for member in people for _ in range(2)]
    works = [partial(redemption.cancel, one, reason="Race", actor=ACTOR) for one in taken]
    works += [partial(redeem, member, "coffee") for member in people for _ in range(2)]
    works += [partial(earn, member, 5) for member in people]
    works += [partial(visit, member) for member in people]
    works += [partial(expiry.run)] * 2
    results = at_once(random.Random(1).sample(works, len(works)))
    assert outcomes(results) == {"ok": len(works)}
    assert {balance(member) for member in people} == {200 - 20 + 5 + 10}


def test_what_waits_is_claimed_by_one() -> None:
    waiting = visit(reference="bill-1").unclaimed
    assert waiting is not None
    people = [ana(name=f"Ana {number}") for number in range(6)]
    results = at_once(
        [partial(intake.claim, waiting, member=member, actor=ACTOR) for member in people]
    )
    assert outcomes(results) == {"ok": 1, "AlreadyClaimed": 5}
    assert sorted(balance(member) for member in people) == [0] * 5 + [10]
    assert Activity.objects.count() == 1


def test_a_card_is_claimed_by_one() -> None:
    member = ana()
    code = claiming.issue_code(member, actor=ACTOR)
    number = member.cards.get().number
    users = [login(f"{n}@example.com") for n in range(6)]
    results = at_once([partial(claiming.claim, u, number=number, code=code) for u in users])
    assert outcomes(results) == {"ok": 1, "ClaimRefused": 5}


def test_wrong_codes_from_many_threads_are_all_counted() -> None:
    member = ana()
    code = claiming.issue_code(member, actor=ACTOR)
    number = member.cards.get().number
    tries = [partial(claiming.try_code, number=number, code="AAAA-AAAA")] * 12
    assert outcomes(at_once(tries)) == {"ClaimRefused": 12}
    [late] = at_once([partial(claiming.try_code, number=number, code=code)])
    assert isinstance(late, Exception)


def test_reassessing_meets_recording_and_nobody_loses_a_tier() -> None:
    for round in range(4):
        member = ana()
        works = [partial(visit, member, occurred_at=utc(2026, 10, 1 + n)) for n in range(6)]
        works += [partial(standing.reassess, member, actor=ACTOR)] * 4
        works += [partial(standing.reassess_everyone, actor=ACTOR)] * 2
        results = at_once(random.Random(round).sample(works, len(works)))
        assert outcomes(results) == {"ok": 12}
        held = list(member.standings.order_by("starts_at").values_list("tier__code", "starts_at"))
        assert held == [
            ("white", utc(2026, 10, 1)),
            ("blue", utc(2026, 10, 3)),
            ("gold", utc(2026, 10, 6)),
        ]


def test_correcting_meets_recording_and_none_waits_for_ever() -> None:
    """A correction of points looks at counters too, and locks them all at once for that."""
    for _ in range(3):
        people = [ana(name=f"Ana {number}") for number in range(4)]
        works = [partial(visit, member) for member in people for _ in range(3)]
        works += [
            partial(
                correction.adjust, member, unit=unit, amount=7, reason="R", actor=ACTOR, source=unit
            )
            for member in people
            for unit in ("point", "coin", "visit")
        ]
        results = at_once(random.Random(3).sample(works, len(works)))
        assert outcomes(results) == {"ok": 24}
        assert {balance(member, "visit") for member in people} == {10}


def test_activities_that_pay_different_units_leave_each_others_tiers_alone() -> None:
    for _ in range(4):
        member = ana()
        works = [partial(visit, member, occurred_at=utc(2026, 11, 1 + n)) for n in range(3)]
        works += [
            partial(visit, member, type="survey", attributes={}, occurred_at=utc(2026, 11, 20))
            for _ in range(6)
        ]
        assert outcomes(at_once(works)) == {"ok": 9}
        assert standing.current(member).code == "blue"  # type: ignore[union-attr]
        assert balance(member, "coin") == 18


def test_imports_of_a_file_full_of_strangers_make_each_member_once(tmp_path: Path) -> None:
    lines = "\n".join(f"{n % 40},2026-10-{1 + n % 28:02},10" for n in range(200))
    (tmp_path / "visits.csv").write_text(f"who,day,paid\n{lines}\n,2026-10-01,5\n")
    (tmp_path / "map.toml").write_text(
        'partner = "till"\ntype = "visit"\nreference = "row-{line}"\n'
        '[occurred_on]\ncolumn = "day"\n[member]\ncolumn = "who"\nreference = "guest-{value}"\n'
        'name = "Guest {value}"\n[attributes.paid]\ncolumn = "paid"\n'
    )
    table = mapping.load(tmp_path / "map.toml")
    work = partial(importing.run, tmp_path / "visits.csv", table=table, actor=ACTOR)
    reports = at_once([work] * 2)
    assert outcomes(reports) == {"ok": 2}
    assert [report.problems for report in reports] == [[], []]  # type: ignore[union-attr]
    assert sum(report.recorded for report in reports) == 200  # type: ignore[union-attr]
    assert sum(report.repeated for report in reports) == 201  # type: ignore[union-attr]
    assert Member.objects.count() == 40
    assert UnclaimedActivity.objects.count() == 1
    assert Entry.objects.filter(account__unit="visit").count() == 200
