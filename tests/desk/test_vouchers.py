"""Vouchers at the desk: one big verdict, one button; wrong codes are answered alike, and few."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from common import clock
from desk import vouchers as desk_vouchers
from members.models import Member
from program.models import Location
from rewards import codes, redemption, vouchers
from rewards.models import Redemption
from tests import cast
from tests.desk.counter import Counter, listing, page, text, verb

UNKNOWN = "This code opens nothing here."


def till(counter: Counter, code: str, **typed: Any) -> Any:
    return counter.post(reverse("admin:rewards_voucher_use"), {"code": code, **typed})


@pytest.fixture
def ana(quay: Any) -> Member:
    ana = cast.ana()
    cast.earn(ana, 100)
    return ana


def test_a_good_voucher_is_shown_and_used(clerk: Counter, ana: Member) -> None:
    voucher = cast.redeem(ana)
    shown = text(till(clerk, codes.format(voucher.code)))
    assert "Ready to use Coffee Good until" in shown
    assert "For Ana Lima" in shown
    pier = Location.objects.get()
    done = text(till(clerk, voucher.code, use="1", place=str(pier.pk)))
    assert "Used just now Coffee" in done
    voucher.refresh_from_db()
    assert (voucher.status, voucher.used_by) == (Redemption.Status.USED, clerk.actor)
    assert voucher.used_location == pier


@pytest.mark.parametrize(
    "spelling", [str.lower, codes.format, lambda code: f" {code[:6]} {code[6:]}\n"]
)
def test_a_code_is_taken_however_it_is_written(clerk: Counter, ana: Member, spelling: Any) -> None:
    assert "Ready to use" in text(till(clerk, spelling(cast.redeem(ana).code)))


def test_checking_uses_nothing(clerk: Counter, ana: Member) -> None:
    voucher = cast.redeem(ana)
    till(clerk, voucher.code)
    voucher.refresh_from_db()
    assert voucher.status == Redemption.Status.ISSUED


def test_the_second_use_says_when_where_and_by_whom_the_first_was(
    clerk: Counter, ana: Member
) -> None:
    voucher = cast.redeem(ana)
    till(clerk, voucher.code, use="1", place=str(Location.objects.get().pk))
    for typed in ({}, {"use": "1"}):
        shown = text(till(clerk, voucher.code, **typed))
        assert "Used on" in shown
        assert "at North Pier, by Clara." in shown
        assert "Mark as used" not in shown


def test_the_place_is_remembered(clerk: Counter, ana: Member) -> None:
    pier = Location.objects.get()
    till(clerk, cast.redeem(ana).code, use="1", place=str(pier.pk))
    response = till(clerk, cast.redeem(ana).code)
    assert f'<option value="{pier.pk}" selected>'.encode() in response.content


def test_no_place_is_a_place_too(clerk: Counter, ana: Member) -> None:
    voucher = cast.redeem(ana)
    till(clerk, voucher.code, use="1", place="")
    voucher.refresh_from_db()
    assert (voucher.status, voucher.used_location) == (Redemption.Status.USED, None)


def test_a_cancelled_voucher_says_so(clerk: Counter, ana: Member) -> None:
    voucher = cast.redeem(ana)
    redemption.cancel(voucher, reason="Changed her mind", actor="test")
    for typed in ({}, {"use": "1"}):
        assert "Cancelled on" in text(till(clerk, voucher.code, **typed))


def test_an_expired_voucher_says_so(clerk: Counter, ana: Member) -> None:
    voucher = cast.redeem(ana)
    long_ago = clock.now() - timedelta(days=400)
    Redemption.objects.filter(pk=voucher.pk).update(
        issued_at=long_ago, expires_at=long_ago + timedelta(days=1)
    )
    for typed in ({}, {"use": "1"}):
        assert "Its last day was" in text(till(clerk, voucher.code, **typed))


@pytest.mark.parametrize("code", ["ABCD-EFGH-JKLM", "x", "\N{SNOWMAN}", "4" * 40, "' --"])
@pytest.mark.parametrize("typed", [{}, {"use": "1"}], ids=["check", "use"])
def test_wrong_codes_are_answered_alike(clerk: Counter, code: str, typed: dict[str, str]) -> None:
    shown = text(till(clerk, code, **typed))
    assert f"Unknown {UNKNOWN}" in shown


def test_wrong_codes_are_throttled_and_right_ones_are_not_counted(
    clerk: Counter, ana: Member
) -> None:
    good = cast.redeem(ana).code
    for _turn in range(desk_vouchers.WRONG_AT_MOST + 5):
        assert "Ready to use" in text(till(clerk, good))
    for _turn in range(desk_vouchers.WRONG_AT_MOST):
        assert UNKNOWN in text(till(clerk, "ABCD-EFGH-JKLM"))
    for code in ("ABCD-EFGH-JKLM", good):
        assert "Too many wrong codes" in text(till(clerk, code))
    assert "Too many wrong codes" in text(till(clerk, good, use="1"))


def test_another_clerk_is_not_held_up(clerk: Counter, manager: Counter, ana: Member) -> None:
    for _turn in range(desk_vouchers.WRONG_AT_MOST):
        till(clerk, "ABCD-EFGH-JKLM")
    assert "Ready to use" in text(till(manager, cast.redeem(ana).code))


def test_an_empty_code_asks_for_one(clerk: Counter) -> None:
    assert "This field is required" in text(till(clerk, " "))


def test_codes_are_in_no_address(clerk: Counter, ana: Member) -> None:
    code = cast.redeem(ana).code
    shown = text(clerk.get(reverse("admin:rewards_voucher_use"), {"code": code}))
    assert "Ready to use" not in shown
    assert UNKNOWN not in shown
    assert (
        b"Ready to use"
        not in clerk.get(f"{reverse('admin:rewards_voucher_use')}?code={code}").content
    )


def test_it_takes_the_permission(clerk: Counter, ana: Member) -> None:
    voucher = cast.redeem(ana)
    clerk.user.groups.clear()
    assert till(clerk, voucher.code, use="1").status_code == 403
    voucher.refresh_from_db()
    assert voucher.status == Redemption.Status.ISSUED


def test_a_cancellation_gives_the_points_back(clerk: Counter, ana: Member) -> None:
    voucher = cast.redeem(ana)
    assert "90 points → 100 points" in text(clerk.get(verb(voucher, "cancel")))
    response = clerk.do(verb(voucher, "cancel"), reason="The machine is broken")
    assert "Coffee was cancelled; 10 points went back." in text(response)
    voucher.refresh_from_db()
    assert (voucher.status, voucher.cancelled_by) == ("cancelled", clerk.actor)
    assert voucher.cancel_reason == "The machine is broken"
    assert cast.balance(ana) == 100


def test_looking_at_a_cancellation_cancels_nothing(clerk: Counter, ana: Member) -> None:
    voucher = cast.redeem(ana)
    before = cast.state(ana)
    clerk.get(verb(voucher, "cancel"))
    clerk.preview(verb(voucher, "cancel"), reason="x")
    assert cast.state(ana) == before


def test_a_used_voucher_is_not_cancelled(clerk: Counter, ana: Member) -> None:
    voucher = cast.redeem(ana)
    vouchers.use(voucher.code, actor="test")
    response = clerk.do(verb(voucher, "cancel"), reason="Too late")
    assert "has been used and cannot be cancelled" in text(response)
    assert b"Too late" in response.content
    assert cast.balance(ana) == 90


def test_a_cancellation_needs_a_reason(clerk: Counter, ana: Member) -> None:
    voucher = cast.redeem(ana)
    assert "This field is required" in text(clerk.do(verb(voucher, "cancel"), reason=""))
    assert cast.balance(ana) == 90


def test_the_voucher_has_a_page_with_its_buttons(clerk: Counter, ana: Member) -> None:
    voucher = cast.redeem(ana)
    shown = text(clerk.get(page(voucher)))
    assert codes.format(voucher.code) in shown
    assert "Use it" in shown
    assert "Cancel the voucher" in shown
    vouchers.use(voucher.code, actor=clerk.actor)
    shown = text(clerk.get(page(voucher)))
    assert "Use it" not in shown
    assert "Cancel the voucher" not in shown


def test_the_list_is_searched_by_code_and_by_member(clerk: Counter, ana: Member) -> None:
    cast.redeem(ana)
    voucher = cast.redeem(ana, "cake")
    found = text(clerk.get(listing(Redemption), {"q": codes.format(voucher.code)}))
    assert found.endswith("1 redemption")
    assert text(clerk.get(listing(Redemption), {"q": "ana"})).endswith("2 redemptions")
