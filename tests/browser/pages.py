"""Every page of the portal, as a member and as a stranger meets it."""

from __future__ import annotations

from datetime import timedelta

from common import clock
from points.models import Entry
from rewards.models import Redemption
from surveys import answering, inviting, links, opening
from surveys.models import Invitation
from tests.portal import cast

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
        "/inbox/",
        *_questions(),
        "/nothing/",
    ]


def _month() -> str:
    """A month of which somebody has a statement."""
    return f"{Entry.objects.latest('occurred_at').occurred_at:%Y-%m}"


def _questions() -> list[str]:
    """An open question, and the page after somebody else's unhappy answer."""
    friend = cast.person("Rui Costa", "rui@guest.example")
    cast.stays(friend, nights=1, revenue="90.00", occurred_at=clock.now() - timedelta(days=3))
    inviting.drain()
    opening.run()
    theirs = Invitation.objects.get(member=friend)
    ours = Invitation.objects.exclude(member=friend).latest("id")
    made = answering.answer(theirs.pk, score=3, actor="test").answer
    return [f"/ask/{links.to_score(ours.pk)}/", f"/answer/{links.to_answer(made.pk)}/"]
