"""Vouchers: cancelled, taken back, used once; and what each is answered that is no good."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine

from events.models import Event
from points import expiry
from points.errors import ReasonMissing
from program.models import Location, Program
from rewards import codes, redemption, vouchers
from rewards.errors import (
    UndoTooLate,
    VoucherCancelled,
    VoucherExpired,
    VoucherInvalid,
    VoucherUsed,
)
from rewards.models import Redemption, RewardStock
from tests import cast
from tests.cast import ana, earn, redeem, spend, utc

pytestmark = pytest.mark.django_db
NOON = utc(2026, 3, 1, 12)


@pytest.fixture
def taken(quay: Program) -> Redemption:
    """A coffee of Ana's, who has 60 points left of 70."""
    with time_machine.travel(NOON, tick=False):
        member = ana()
        earn(member, 70)
        return redeem(member)


def cancel(taken: Redemption, reason: str = "Machine is broken") -> Redemption:
    return redemption.cancel(taken, reason=reason, actor="staff:1")


def use(taken: Redemption, location: Location | None = None) -> Redemption:
    return vouchers.use(codes.format(taken.code), actor="partner:till", location=location)


def test_cancelling_gives_the_points_back_to_their_lots(quay: Program) -> None:
    member = ana()
    with time_machine.travel(NOON, tick=False):
        earn(member, 6, at=utc(2026, 2, 10, 12))
        earn(member, 30)
        before, ends = cast.lots(member), list(member.lots.values_list("id", "expires_at"))
        taken = redeem(member)
    with time_machine.travel(NOON + timedelta(days=5), tick=False):
        cancelled = cancel(taken)
    assert cast.lots(member) == before
    assert list(member.lots.values_list("id", "expires_at")) == ends
    assert (cancelled.status, cancelled.cancelled_by) == ("cancelled", "staff:1")
    assert cancelled.cancel_reason == "Machine is broken"
    assert Event.objects.filter(type="redemption_cancelled", subject=taken.public_id).exists()


def test_what_comes_back_past_its_date_is_dead(taken: Redemption) -> None:
    with time_machine.travel(NOON + timedelta(days=60), tick=False):
        expiry.run()
        cancel(taken)
    assert cast.balance(taken.member) == 0
    kinds = taken.member.entries.order_by("id").values_list("kind", "amount")
    assert list(kinds)[-2:] == [("restore", 10), ("expiry", -10)]


def test_cancelling_twice_gives_back_once(taken: Redemption) -> None:
    first, second = cancel(taken), cancel(taken, "Again")
    assert second.cancelled_at == first.cancelled_at
    assert second.cancel_reason == "Machine is broken"


def test_cancelling_puts_it_back_on_the_shelf(quay: Program) -> None:
    member = ana()
    earn(member, 20)
    taken = redeem(member, "print")
    cancel(taken)
    assert RewardStock.objects.get().left == 1
    assert redeem(member, "print")


def test_a_limit_forgets_what_was_cancelled(quay: Program) -> None:
    member = ana()
    earn(member, 20)
    cancel(redeem(member, "cake"))
    assert redeem(member, "cake")


@pytest.mark.parametrize("reason", ["", "  "])
def test_cancelling_needs_a_reason(taken: Redemption, reason: str) -> None:
    with pytest.raises(ReasonMissing):
        cancel(taken, reason)


def test_what_was_used_cannot_be_cancelled(taken: Redemption) -> None:
    with time_machine.travel(NOON, tick=False):
        use(taken)
        with pytest.raises(VoucherUsed):
            cancel(taken)
    assert cast.balance(taken.member) == 60


def test_a_tap_may_be_taken_back_for_half_an_hour(taken: Redemption) -> None:
    last = NOON + timedelta(minutes=redemption.UNDO_MINUTES)
    with time_machine.travel(last, tick=False):
        assert not redemption.can_undo(taken)
        with pytest.raises(UndoTooLate, match="30 minutes"):
            redemption.undo(taken, actor="member:1")
    with time_machine.travel(last - timedelta(seconds=1), tick=False):
        assert redemption.can_undo(taken)
        assert redemption.undo(taken, actor="member:1").status == "cancelled"
    assert cast.balance(taken.member) == 70


def test_taking_back_what_was_used_is_refused(taken: Redemption) -> None:
    with time_machine.travel(NOON, tick=False):
        use(taken)
        with pytest.raises(VoucherUsed):
            redemption.undo(taken, actor="member:1")


def test_a_voucher_is_used_once_and_says_when_and_where(taken: Redemption) -> None:
    place = Location.objects.get()
    with time_machine.travel(utc(2026, 7, 1, 12, 30), tick=False):
        used = use(taken, place)
        assert (used.status, used.used_by, used.used_location) == ("used", "partner:till", place)
        with pytest.raises(VoucherUsed) as refused:
            use(taken)
    assert "2026-07-01 14:30 at North Pier" in refused.value.message
    assert refused.value.data == {
        "used_at": "2026-07-01T12:30:00+00:00",
        "used_at_place": "North Pier",
    }
    assert Event.objects.filter(type="voucher_used").count() == 1


def test_a_use_without_a_place_names_nobody(taken: Redemption) -> None:
    with time_machine.travel(NOON, tick=False):
        use(taken)
        with pytest.raises(VoucherUsed) as refused:
            vouchers.check(taken.code)
    assert refused.value.message == "This voucher was used on 2026-03-01 13:00."


@pytest.mark.parametrize(
    "spelling", [str.lower, codes.format, lambda code: f" {code[:5]} {code[5:]} "]
)
def test_a_code_may_be_typed_as_people_do(taken: Redemption, spelling: object) -> None:
    with time_machine.travel(NOON, tick=False):
        assert vouchers.check(spelling(taken.code)) == taken  # type: ignore[operator]


def test_letters_that_look_like_digits_are_read_as_such(taken: Redemption) -> None:
    looks = taken.code.replace("0", "O").replace("1", "l")
    with time_machine.travel(NOON, tick=False):
        assert vouchers.check(looks) == taken


def test_checking_uses_nothing(taken: Redemption) -> None:
    with time_machine.travel(NOON, tick=False):
        vouchers.check(taken.code)
        vouchers.check(taken.code)
    taken.refresh_from_db()
    assert taken.status == "issued"


@pytest.mark.parametrize("code", ["", "AAAA-AAAA-AAAA", "nonsense", "💳", "7" * 400])
def test_a_code_that_is_none_gets_one_answer(taken: Redemption, code: str) -> None:
    answers = set()
    for ask in (vouchers.check, vouchers.find, lambda c: vouchers.use(c, actor="partner:till")):
        with pytest.raises(VoucherInvalid) as refused:
            ask(code)
        answers.add((refused.value.code, refused.value.status, refused.value.message))
    assert len(answers) == 1
    assert answers.pop()[1] == 404


def test_an_expired_voucher_names_its_last_day(taken: Redemption) -> None:
    with time_machine.travel(taken.expires_at, tick=False):
        with pytest.raises(VoucherExpired) as refused:
            use(taken)
        assert cancel(taken).status == "cancelled"
    assert refused.value.message == "This voucher was good until 2027-03-01."


def test_a_cancelled_voucher_opens_nothing(taken: Redemption) -> None:
    cancel(taken)
    with pytest.raises(VoucherCancelled):
        use(taken)


def test_what_is_withdrawn_stays_usable_for_who_has_it(taken: Redemption) -> None:
    taken.reward.__class__.objects.filter(pk=taken.reward_id).update(is_active=False)
    with time_machine.travel(NOON, tick=False):
        assert use(taken).status == "used"


def test_points_spent_meanwhile_do_not_matter(taken: Redemption) -> None:
    with time_machine.travel(NOON, tick=False):
        spend(taken.member, 60)
        cancel(taken)
    assert cast.balance(taken.member) == 10


def test_codes_cannot_be_guessed_or_mistaken() -> None:
    made = {codes.new() for _ in range(2000)}
    assert len(made) == 2000
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{12}", code) for code in made)
    assert all(codes.clean(codes.format(code)) == code for code in made)
