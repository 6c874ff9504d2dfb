"""Vouchers at the counter: is it good, and use it once.

A code that is wrong, unknown or mistyped gets one answer, whoever asks.
"""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from events import outbox
from program import catalog
from program.models import Location
from rewards import codes
from rewards.errors import (
    VoucherCancelled,
    VoucherEarly,
    VoucherExpired,
    VoucherInvalid,
    VoucherUsed,
)
from rewards.models import Redemption, VoucherKey


def find(code: str) -> Redemption:
    """The redemption behind a code. Raises VoucherInvalid."""
    key = VoucherKey.objects.filter(pk=VoucherKey.id_for(codes.clean(code))).first()
    if key is None:
        raise VoucherInvalid(
            _("This code opens nothing here. Check it letter by letter, or scan it again.")
        )
    rows = Redemption.objects.select_related("reward", "member", "used_location", "date")
    found = rows.get(pk=key.redemption_id, member_id=key.member_id)
    if not found.reward.has_voucher:
        raise VoucherInvalid(
            _("This is the number of an order, a gift or an entry. It opens nothing here.")
        )
    return found


def check(code: str) -> Redemption:
    """The redemption, if the voucher can be used now.

    Raises VoucherInvalid, VoucherUsed, VoucherCancelled, VoucherExpired.
    """
    redemption = find(code)
    _refuse_unusable(redemption)
    return redemption


def use(code: str, *, actor: str, location: Location | None = None) -> Redemption:
    """Use a voucher, once.

    The second use says when and where the first was. Raises as `check` does.
    """
    found = find(code)
    with transaction.atomic():
        rows = Redemption.objects.select_for_update(of=("self",)).select_related(
            "reward", "member", "used_location", "date"
        )
        redemption = rows.get(pk=found.pk, member_id=found.member_id)
        _refuse_unusable(redemption)
        redemption.status, redemption.used_at = Redemption.Status.USED, clock.now()
        redemption.used_by, redemption.used_location = actor, location
        redemption.save(update_fields=["status", "used_at", "used_by", "used_location"])
        outbox.publish(
            "voucher_used",
            member_id=redemption.member_id,
            subject=redemption.public_id,
            payload={
                "reward": redemption.reward.code,
                "actor": actor,
                "location": location.code if location else None,
            },
        )
    return redemption


def _refuse_unusable(redemption: Redemption) -> None:
    if redemption.status == Redemption.Status.USED:
        raise _used(redemption)
    if redemption.status == Redemption.Status.CANCELLED:
        raise VoucherCancelled(_("This voucher was cancelled and its points were given back."))
    if redemption.is_expired:
        zone = catalog.current().time_zone
        last = clock.local_date(redemption.expires_at - timedelta(microseconds=1), zone)
        raise VoucherExpired(_("This voucher was good until %(day)s.") % {"day": last})
    if redemption.date is not None:
        today = clock.local_date(clock.now(), catalog.current().time_zone)
        if today < redemption.date.day:
            words = {"day": redemption.date.day}
            raise VoucherEarly(_("This voucher is for %(day)s.") % words, day=str(words["day"]))


def _used(redemption: Redemption) -> VoucherUsed:
    """When, by the program's clock, and where; by whom is for the desk to know."""
    used_at, place = redemption.used_at or clock.now(), redemption.used_location
    when = f"{used_at.astimezone(ZoneInfo(catalog.current().time_zone)):%Y-%m-%d %H:%M}"
    words = {"when": when, "place": place.name if place else ""}
    said = (
        _("This voucher was used on %(when)s at %(place)s.")
        if place
        else _("This voucher was used on %(when)s.")
    )
    return VoucherUsed(said % words, used_at=used_at.isoformat(), used_at_place=words["place"])
