"""Redemptions: a reward for a member, from a till or a web shop."""

from __future__ import annotations

import uuid
from typing import ClassVar

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common import bodies
from common.ids import named
from partners import calls, documents, examples, idempotency, naming, wares
from partners.calls import PartnerViewSet, actor_of, key_of
from partners.models import Scope
from partners.shapes.rewards import CancelSubmitted, RedemptionSubmitted
from rewards import offers, redemption
from rewards.models import Redemption

ATTEMPTS = uuid.UUID("0d8a3f0e-6f0f-4a8e-9f6a-6b8f1f6f4a52")


class RedemptionViewSet(PartnerViewSet):
    """What the key's partner redeemed for members."""

    scopes: ClassVar = {
        "create": Scope.REDEMPTIONS_WRITE,
        "retrieve": Scope.REDEMPTIONS_WRITE,
        "cancel": Scope.REDEMPTIONS_WRITE,
    }

    @documents.call(
        "postRedemption",
        tag="Redemptions",
        summary="Redeem a reward",
        words="Takes the points and issues the voucher, both or neither. Whatever breaks on the "
        "way, the same call with the same key redeems once.",
        scope=Scope.REDEMPTIONS_WRITE,
        body="RedemptionSubmitted",
        answers={201: ("RedemptionAnswer", "Redeemed.", examples.REDEMPTION)},
        examples={
            "late checkout": {
                "member": {"reference": examples.AGENT},
                "reward": "late-checkout",
                "location": "resort-hotel",
            }
        },
        codes=[
            *documents.NAMED,
            "unknown_location",
            "location_denied",
            "role_missing",
            "reward_unavailable",
            "out_of_stock",
            "limit_reached",
            "insufficient_points",
            "attempt_reused",
            "date_unknown",
            "amount_refused",
            "address_missing",
        ],
        idempotency="needed",
    )
    def create(self, request: Request) -> Response:
        key = key_of(request)
        sent = bodies.fit(request.data, RedemptionSubmitted)
        calls.place_of(key, sent.location, role="burn")
        tried = request.headers[idempotency.HEADER].strip()
        made = redemption.redeem(
            naming.member_named(sent.member),
            reward=offers.reward_by_code(sent.reward),
            attempt=named(ATTEMPTS, key.partner_id, key.kind, tried),
            actor=actor_of(request),
        )
        return Response(wares.redemption_answer(made), status=status.HTTP_201_CREATED)

    @documents.call(
        "getRedemption",
        tag="Redemptions",
        summary="Get a redemption",
        words="One that you made, or that was used at a place of yours.",
        scope=Scope.REDEMPTIONS_WRITE,
        answers={200: ("RedemptionAnswer", "The redemption.", examples.REDEMPTION)},
        path={"redemption": ("The id, `red_…`.", examples.REDEMPTION["id"])},
        codes=["nothing_there"],
    )
    def retrieve(self, request: Request, redemption: str) -> Response:
        return Response(wares.redemption_answer(self._own(request, redemption)))

    @documents.call(
        "cancelRedemption",
        tag="Redemptions",
        summary="Cancel a redemption",
        words="Of one that you made and that is not used yet: the points return to the lots they "
        "came from, with their old expiry.",
        scope=Scope.REDEMPTIONS_WRITE,
        body="CancelSubmitted",
        answers={
            200: (
                "RedemptionAnswer",
                "Cancelled.",
                examples.REDEMPTION
                | {"status": "cancelled", "cancelled_at": "2025-06-20T10:00:00Z"},
            )
        },
        examples={"change of mind": {"reason": "The guest changed her mind"}},
        path={"redemption": ("The id, `red_…`.", examples.REDEMPTION["id"])},
        codes=["nothing_there", "voucher_used", "reason_missing", "fulfilment_moved"],
        idempotency="needed",
    )
    def cancel(self, request: Request, redemption: str) -> Response:
        sent = bodies.fit(request.data, CancelSubmitted)
        row = self._own(request, redemption)
        if row.actor != actor_of(request):
            raise calls.nothing("red")
        return Response(wares.redemption_answer(_cancel(row, sent.reason, actor_of(request))))

    def _own(self, request: Request, text: str) -> Redemption:
        pk = calls.identified("red", text)
        row = wares.redemptions(key_of(request)).filter(pk=pk).first()
        if row is None:
            raise calls.nothing("red")
        return row


def _cancel(row: Redemption, reason: str, actor: str) -> Redemption:
    return redemption.cancel(row, reason=reason, actor=actor)
