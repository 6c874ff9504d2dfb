"""Offers: what a member can activate, activating it for them, and undoing that."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common import bodies
from common.ids import public_id
from earning import activating, offered
from earning.errors import ActivationUnknown
from earning.models import OfferActivation
from earning.offered import Held, Offered
from members.models import Member
from partners import documents, examples, naming
from partners.calls import PartnerViewSet, actor_of
from partners.models import Scope
from partners.shapes.offers import (
    ActivationAnswer,
    OfferActivated,
    OfferAnswer,
    OffersAnswer,
    OfferUndone,
)
from program import catalog

AT = {
    "member": ("`mem_…`, the card's twelve digits, or `ref:` and your own number.", examples.KNOWN)
}
OF = AT | {"offer": ("The code of an offer.", "long-summer")}
ACTIVATION: dict[str, Any] = {
    "id": "off_01k6r3b1q9e8tv4x3a7m5n2c0d",
    "offer": "long-summer",
    "state": "holds",
    "starts_at": "2025-06-14T09:30:00Z",
    "ends_at": "2025-09-12T23:00:00Z",
    "day": None,
    "used": 0,
    "used_at_most": None,
    "paid": {},
}
SHOWN: dict[str, Any] = {
    "code": "long-summer",
    "name": "The long summer",
    "summary": "Every stay in the 90 days that follow brings 500 points more.",
    "terms": "",
    "can_be_activated": False,
    "why_not": None,
    "last_day": None,
    "needs_day": False,
    "activations": [ACTIVATION],
}
MOVING = [*documents.ADDRESSED, "offer_unknown", "member_inactive", "member_merged"]


class OfferViewSet(PartnerViewSet):
    """What members activate before it counts."""

    scopes: ClassVar = {
        "list": Scope.MEMBERS_READ,
        "activate": Scope.MEMBERS_WRITE,
        "undo": Scope.MEMBERS_WRITE,
    }

    @documents.call(
        "listOffers",
        tag="Members",
        summary="List a member's offers",
        words="Those that the member can activate, those that hold or will, and those that are "
        "over, with what they have paid.",
        scope=Scope.MEMBERS_READ,
        answers={
            200: (
                "OffersAnswer",
                "All that are for the member.",
                {"member": examples.MEMBER_ID, "data": [SHOWN]},
            )
        },
        path=AT,
        codes=documents.ADDRESSED,
    )
    def list(self, request: Request, member: str) -> Response:
        found = naming.member_at(member)
        rows = offered.to(found, program=catalog.current())
        named = public_id("mem", found.pk)
        return Response(OffersAnswer(named, [_offer(row) for row in rows]))

    @documents.call(
        "activateOffer",
        tag="Members",
        summary="Activate an offer for a member",
        words="As the member asks. It counts from now on, or on the day that is picked. What holds "
        "already is answered as it is.",
        scope=Scope.MEMBERS_WRITE,
        body="OfferActivated",
        answers={201: ("ActivationAnswer", "It is activated.", ACTIVATION)},
        examples={"from now on": {}},
        path=OF,
        codes=[*MOVING, "offer_unavailable", "offer_used_up", "offer_day_invalid"],
        idempotency="needed",
    )
    def activate(self, request: Request, member: str, offer: str) -> Response:
        found = naming.member_at(member)
        day = bodies.fit(request.data, OfferActivated).day
        row = activating.activate(found, offer=offer, day=day, actor=actor_of(request))
        return Response(_of(found, row), status=status.HTTP_201_CREATED)

    @documents.call(
        "undoOffer",
        tag="Members",
        summary="Undo an activation that was not used",
        words="As if it had never been activated. What has paid already stays.",
        scope=Scope.MEMBERS_WRITE,
        body="OfferUndone",
        answers={200: ("ActivationAnswer", "Undone.", ACTIVATION | {"state": "undone"})},
        examples={"this one": {"activation": ACTIVATION["id"]}},
        path=OF,
        codes=[*MOVING, "activation_unknown", "activation_closed"],
        idempotency="needed",
    )
    def undo(self, request: Request, member: str, offer: str) -> Response:
        found = naming.member_at(member)
        sent = bodies.fit(request.data, OfferUndone)
        row = activating.one(found, sent.activation)
        if row.offer_id != offer:
            raise ActivationUnknown("This offer was not activated.")
        return Response(_of(found, activating.undo(row, actor=actor_of(request))))


def _offer(one: Offered) -> OfferAnswer:
    return OfferAnswer(
        code=one.offer.code,
        name=one.offer.name,
        summary=one.offer.summary,
        terms=one.offer.terms,
        can_be_activated=one.can_be_activated,
        why_not=one.why_not or None,
        last_day=one.last_day,
        needs_day=one.offer.picks_day,
        activations=[_activation(held) for held in one.held],
    )


def _of(member: Member, row: OfferActivation) -> ActivationAnswer:
    return _activation(offered.held(member, row, program=catalog.current()))


def _activation(held: Held) -> ActivationAnswer:
    row = held.row
    return ActivationAnswer(
        id=row.public_id,
        offer=row.offer_id,
        state=held.state,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        day=row.picked_on,
        used=held.times,
        used_at_most=held.most,
        paid={unit.code: amount for unit, amount in held.paid},
    )
