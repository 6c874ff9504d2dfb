"""Every page of the portal, as a member and as a stranger meets it."""

from __future__ import annotations

from rewards.models import Redemption

STRANGERS = ["/", "/account/login/", "/account/signup/?card=1", "/offline/", "/nothing/"]


def members() -> list[str]:
    """The members' pages, with those of a voucher that is there."""
    voucher = Redemption.objects.latest("issued_at").public_id
    return [
        "/",
        "/activity/",
        "/tiers/",
        "/rewards/",
        "/rewards/?can=1&category=Nights",
        "/rewards/breakfast-for-two/",
        "/rewards/suite-night/",
        "/rewards/breakfast-for-two/have/",
        "/vouchers/",
        f"/vouchers/{voucher}/",
        f"/vouchers/{voucher}/give-back/",
        "/card/",
        "/profile/",
        "/profile/points/",
        "/nothing/",
    ]
