"""Every page of the portal, as a member and as a stranger meets it."""

from __future__ import annotations

from points.models import Entry
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
        "/profile/statements/",
        f"/profile/statements/{_month()}/",
        "/nothing/",
    ]


def _month() -> str:
    """A month of which somebody has a statement."""
    return f"{Entry.objects.latest('occurred_at').occurred_at:%Y-%m}"
