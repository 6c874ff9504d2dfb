"""Referrals: the first valid one counts, both sides are paid at once, odd ones wait for a clerk."""

from __future__ import annotations

from pathlib import Path

import pytest
import time_machine

from earning import intake, referring, returns, vouching
from earning.errors import ReferralClosed, ReferralUnknown
from earning.models import Activity, ActivityKey, Referral
from earning.submissions import Submission
from events.models import Event
from members import households, merging
from members.models import Member, MemberKey
from points import audit, ledger
from points.errors import ReasonMissing
from program import catalog
from program.models import Program
from tests.cast import ACTOR, TOMS, TOMS_AT_ONCE, ana, apply, utc, variant

pytestmark = pytest.mark.django_db
REFERRAL = "a referral was paid by activities of its own"


@pytest.fixture
def toms(db: None, tmp_path: Path) -> Program:
    return apply(variant(tmp_path / "toms", TOMS_AT_ONCE, base=TOMS))


@pytest.fixture
def referrer(toms: Program) -> Member:
    return ana(name="Ana Lima", phone="+351 912 345 678", email="ana.lima@example.com")


def friend(referrer: Member, **fields: str) -> tuple[Member, Referral]:
    newcomer = ana(name=fields.pop("name", "Bruno Reis"), **fields)
    row = referring.refer(newcomer, code=referring.code_of(referrer), actor=ACTOR)
    return newcomer, row


def order(member: Member, amount: str, reference: str = "", **fields: object) -> intake.Recorded:
    given = {
        "partner": "shop",
        "reference": reference or f"order-{Activity.objects.count()}-{member.pk}",
        "type": "purchase",
        "occurred_at": member.joined_at,
        "attributes": {"amount": amount},
        "kind": MemberKey.Kind.CARD,
        "value": member.cards.get(is_active=True).number,
    }
    return intake.record(Submission(**given | fields), actor="partner:shop")  # type: ignore[arg-type]


def credit(member: Member) -> int:
    return ledger.balance(member, unit="credit")


def test_both_sides_are_paid_with_the_friends_activity(referrer: Member) -> None:
    newcomer, row = friend(referrer)
    assert row.status == "open"
    recorded = order(newcomer, "75.00", "order-1")
    row.refresh_from_db()
    assert (row.status, credit(referrer), credit(newcomer)) == ("paid", 2000, 2000)
    assert row.activity == recorded.activity
    assert row.referrer_activity is not None
    assert row.friend_activity is not None
    assert row.referrer_activity.reference == f"referral:{row.activity_id}:friend-bought"
    assert row.referrer_activity.member == referrer
    assert [award.rule.code for award in row.referrer_activity.awards.all()] == ["friend-bought"]
    assert [one.rule.code for one in recorded.awards] == ["purchase"]
    assert ActivityKey.objects.filter(activity_id=row.friend_activity_id).exists()
    paid = Event.objects.get(type="referral_paid")
    assert (paid.member_id, paid.subject) == (referrer.pk, row.public_id)


def test_a_repeated_report_pays_once(referrer: Member) -> None:
    newcomer, _ = friend(referrer)
    for _ in range(2):
        order(newcomer, "80", "order-1")
    order(newcomer, "100", "order-2")
    assert (credit(referrer), credit(newcomer)) == (2000, 2000)


def test_a_batch_pays_for_the_first_order_in_it(referrer: Member) -> None:
    newcomer, row = friend(referrer)
    given = {
        "partner": "shop",
        "type": "purchase",
        "kind": MemberKey.Kind.CARD,
        "value": newcomer.cards.get(is_active=True).number,
        "occurred_at": newcomer.joined_at,
    }
    batch = [
        Submission(reference=f"o-{number}", attributes={"amount": amount}, **given)  # type: ignore[arg-type]
        for number, amount in enumerate(["90", "80"])
    ]
    answers = intake.record_batch(batch, actor="partner:shop")
    assert [answer.error for answer in answers] == [None, None]
    row.refresh_from_db()
    assert row.activity == answers[0].activity
    assert credit(referrer) == 2000


def test_too_small_a_first_order_ends_it(referrer: Member) -> None:
    newcomer, row = friend(referrer)
    order(newcomer, "74.99")
    order(newcomer, "100")
    row.refresh_from_db()
    assert (row.status, credit(referrer), credit(newcomer)) == ("missed", 0, 0)


def test_terms_may_wait_for_a_larger_order_and_have_an_end(tmp_path: Path) -> None:
    change = ("at_least = 75\n", "at_least = 75\nfirst_only = false\nwithin_days = 10\n")
    apply(variant(tmp_path, TOMS_AT_ONCE, change, base=TOMS))
    referrer = ana()
    with time_machine.travel(utc(2026, 6, 1, 12), tick=False):
        newcomer, row = friend(referrer)
        late, other = friend(referrer, name="Clara")
        order(newcomer, "20")
        row.refresh_from_db()
        assert row.status == "open"
    with time_machine.travel(utc(2026, 6, 11, 12), tick=False):
        order(newcomer, "75", occurred_at=utc(2026, 6, 11, 11))
    with time_machine.travel(utc(2026, 6, 13, 12), tick=False):
        order(late, "75", occurred_at=utc(2026, 6, 13, 11))
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.status, other.status, credit(referrer)) == ("paid", "open", 2000)


def test_a_newcomer_is_brought_once_and_by_another(referrer: Member) -> None:
    newcomer, _first = friend(referrer)
    rival = ana(name="Rui")
    second = referring.refer(newcomer, code=referring.code_of(rival), actor=ACTOR)
    own = referring.refer(rival, code=referring.code_of(rival), actor=ACTOR)
    order(newcomer, "80")
    regular = referring.refer(referrer, code=referring.code_of(rival), actor=ACTOR)
    assert [row.status for row in (second, own)] == ["refused", "refused"]
    assert "first" in second.reason
    assert "themselves" in own.reason
    assert regular.status == "refused"  # joined today, and has brought a friend since
    assert credit(rival) == 0


def test_who_was_here_before_is_no_newcomer(referrer: Member) -> None:
    old = ana(name="Old", joined_at=utc(2020, 1, 1))
    row = referring.refer(old, code=referring.code_of(referrer), actor=ACTOR)
    assert (row.status, row.reason) == ("refused", "They were a member already.")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"phone": "912345678"}, "phone"),
        ({"email": "a.nalima+shoes@example.com"}, "mailbox"),
    ],
)
def test_one_person_twice_waits_for_a_clerk(
    referrer: Member, fields: dict[str, str], why: str
) -> None:
    newcomer, row = friend(referrer, **fields)
    assert row.status == "doubted"
    assert why in row.reason
    order(newcomer, "80")
    assert credit(referrer) == 0
    approved = vouching.approve(row, actor=ACTOR)
    assert (approved.status, credit(referrer), credit(newcomer)) == ("paid", 2000, 2000)
    with pytest.raises(ReferralClosed):
        referring.refuse(row, reason="Too late", actor=ACTOR)


def cancel(done: intake.Recorded) -> None:
    assert done.activity is not None
    returns.cancel(
        partner="shop",
        activity=done.activity.public_id,
        reference=f"cancel-{done.activity.pk}",
        reason="Sent back",
        actor=ACTOR,
    )


@pytest.mark.parametrize("change", ["cancel", "less"])
def test_what_came_back_while_a_clerk_was_asked_pays_nothing(referrer: Member, change: str) -> None:
    newcomer, row = friend(referrer, phone="912345678")
    done = order(newcomer, "80")
    assert done.activity is not None
    if change == "cancel":
        cancel(done)
    else:
        returns.amend(
            partner="shop",
            activity=done.activity.public_id,
            reference="less-1",
            reason="A part came back",
            actor=ACTOR,
            returned={"amount": "30"},
        )
    approved = vouching.approve(row, actor=ACTOR)
    assert credit(referrer) == 0
    assert approved.status == ("open" if change == "cancel" else "missed")


def test_what_was_cancelled_before_it_came_pays_nothing(referrer: Member) -> None:
    newcomer, row = friend(referrer)
    words = {"partner": "shop", "reason": "Sent back", "actor": ACTOR}
    returns.cancel(activity="order-1", reference="cancel-1", **words)
    order(newcomer, "80", "order-1")
    row.refresh_from_db()
    assert (row.status, credit(referrer)) == ("open", 0)
    order(newcomer, "90", "order-2")
    row.refresh_from_db()
    assert (row.status, credit(referrer), credit(newcomer)) == ("paid", 2000, 2000)


def test_what_was_reduced_before_it_came_counts_as_it_is_left(referrer: Member) -> None:
    newcomer, row = friend(referrer)
    words = {"partner": "shop", "reason": "A part came back", "actor": ACTOR}
    returns.amend(activity="order-1", reference="less-1", returned={"amount": "30"}, **words)
    order(newcomer, "80", "order-1")
    row.refresh_from_db()
    assert (row.status, credit(referrer)) == ("missed", 0)


def test_a_cancelled_order_is_as_if_it_had_never_been(referrer: Member) -> None:
    newcomer, row = friend(referrer, phone="912345678")
    cancel(order(newcomer, "80"))
    vouching.approve(row, actor=ACTOR)
    order(newcomer, "90", "order-2")
    row.refresh_from_db()
    assert (row.status, credit(referrer), credit(newcomer)) == ("paid", 2000, 2000)


def test_an_order_of_who_was_merged_is_no_first_again(referrer: Member) -> None:
    newcomer, row = friend(referrer)
    other = ana(name="Bruno R.")
    order(other, "80")
    merging.merge(newcomer, other, reason="One person", actor=ACTOR)
    order(newcomer, "90", "order-2")
    row.refresh_from_db()
    assert (row.status, credit(referrer)) == ("missed", 0)


def test_a_household_waits_and_may_be_refused(referrer: Member) -> None:
    newcomer = ana(name="Bruno")
    home = households.found(referrer, name="Home", actor=ACTOR)
    households.join(home, newcomer, actor=ACTOR)
    row = referring.refer(newcomer, code=referring.code_of(referrer), actor=ACTOR)
    assert "household" in row.reason
    with pytest.raises(ReasonMissing):
        referring.refuse(row, reason=" ", actor=ACTOR)
    assert referring.refuse(row, reason="One family", actor=ACTOR).status == "refused"
    order(newcomer, "80")
    assert credit(referrer) == 0


def test_a_code_is_a_members_own(referrer: Member) -> None:
    code = referring.code_of(referrer)
    assert referring.code_of(referrer) == code
    assert referring.referrer_of(f" {code.lower()} ") == referrer
    for wrong in ("", "NOBODYS0", "🙂"):
        with pytest.raises(ReferralUnknown):
            referring.referrer_of(wrong)


def test_approved_before_the_order_it_waits_on(referrer: Member) -> None:
    newcomer, row = friend(referrer, phone="912345678")
    assert vouching.approve(row, actor=ACTOR).status == "open"
    order(newcomer, "80")
    assert credit(referrer) == 2000
    assert catalog.current().code == "toms"


@pytest.mark.broken_books
def test_the_auditor_finds_a_referral_that_others_paid(referrer: Member) -> None:
    newcomer, row = friend(referrer)
    order(newcomer, "80")
    assert list(audit.check()) == []
    row.refresh_from_db()
    Referral.objects.filter(pk=row.pk).update(referrer_activity=row.activity_id)
    assert REFERRAL in {fault.invariant for fault in audit.check()}
