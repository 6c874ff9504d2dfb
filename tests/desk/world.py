"""A day at the quay in which everything the admin lists has happened, some of it several times."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count

from common import clock
from earning import activating, intake, returns
from earning.models import Offer, UnclaimedActivity
from members import claiming, enrolment, households
from members.models import Member, Segment, SegmentMember
from partners import keys
from points import expiry
from program.models import ActivityType, Partner
from rewards import redemption, vouchers
from tests import cast
from tiers.models import Tier, TierNeed, TierRoute

_turn = count(1)


def day(actor: str) -> None:
    """One more member with a bit of everything; `actor` is who did what is done at a desk."""
    number = next(_turn)
    ana = cast.ana(
        name=f"Ana {number}", email=f"ana{number}@example.com", phone=f"+35191200{number}"
    )
    for _visit in range(3):
        cast.visit(ana, location="north-pier", attributes={"paid": "40.00", "table": "terrace"})
    cast.visit(ana, type="survey", attributes={})
    used, cancelled, _ready = (cast.redeem(ana) for _taken in range(3))
    vouchers.use(used.code, actor=actor)
    redemption.cancel(cancelled, reason="Changed her mind", actor=actor)
    cast.adjust(ana, 5)
    cast.earn(ana, 10, at=clock.now() - timedelta(days=40))
    expiry.run()
    enrolment.replace_card(ana, actor=actor, reason="Lost")
    claiming.issue_code(ana, actor=actor)
    households.found(ana, name=f"The house of Ana {number}", actor=actor)
    locals_, _made = Segment.objects.get_or_create(code="locals", defaults={"name": "Locals"})
    SegmentMember.objects.create(member=ana, segment=locals_)
    _route(number)
    for _waiting in range(2):
        cast.visit()
    intake.claim(UnclaimedActivity.objects.filter(claimed_at=None)[0], member=ana, actor=actor)
    _returns(ana, actor)
    offer, _made = Offer.objects.get_or_create(
        code="double", defaults={"name": "Double", "summary": "Five coins."}
    )
    activating.activate(ana, offer=offer.code, actor=actor)
    keys.issue(Partner.objects.get(code="till"), name=f"Till {number}", actor=actor)


def _route(number: int) -> None:
    """A way to a tier that is only for some, and lies far ahead."""
    group = Segment.objects.create(code=f"group-{number}", name=f"Group {number}")
    tier = Tier.objects.order_by("rank")[0]
    route = TierRoute.objects.create(tier=tier, segment=group, starts_on=date(2099, 1, 1))
    TierNeed.objects.create(route=route, unit=tier.ladder.counter, at_least=10**6)


def _returns(ana: Member, actor: str) -> None:
    """Something came back, something was cancelled, something waits."""
    for _turn in range(2):
        done = cast.visit(ana, attributes={"paid": "30.00"}).activity
        assert done is not None
        words = {"partner": "till", "reason": "Brought back", "actor": actor}
        returns.amend(
            activity=done.public_id,
            reference=f"part of {done.pk}",
            returned={"paid": "10"},
            **words,
        )
        returns.cancel(activity=done.public_id, reference=f"all of {done.pk}", **words)
        returns.cancel(activity=f"none yet {done.pk}", reference=f"before {done.pk}", **words)
    visits = ActivityType.objects.filter(code="visit")
    visits.update(confirm="days", confirm_days=14)
    for _turn in range(2):
        cast.visit(ana)
    visits.update(confirm="at_once", confirm_days=None)
