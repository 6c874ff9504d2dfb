"""Rewards that were bought with points which are taken back: unused ones can be called off."""

from __future__ import annotations

import uuid

from points import purchases
from rewards import redemption
from rewards.errors import VoucherUsed
from rewards.models import Redemption


def call_off(posting: uuid.UUID, reason: str, actor: str) -> bool:
    """Cancel the redemption that a posting paid, if its voucher can still be used. What a household
    paid together is nobody's alone, and stays.

    Returns whether the points went back. The caller holds the member's account.
    """
    found = Redemption.objects.filter(posting=posting).first()
    if found is None or not found.is_usable:
        return False
    try:
        redemption.cancel(found, reason=reason, actor=actor)
    except VoucherUsed:  # at a counter, in this very moment
        return False
    return True


def install() -> None:
    """Tell the ledger how redemptions are called off."""
    purchases.register("redemption:", call_off)
