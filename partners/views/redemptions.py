"""Redemptions: a reward for a member, from a till or a web shop."""

from __future__ import annotations

import uuid
from typing import ClassVar

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common import bodies
from common.ids import named, parse_public_id
from members import lineage
from partners import calls, documents, examples, idempotency, naming, wares
from partners.calls import PartnerViewSet, actor_of, key_of
from partners.errors import ParameterInvalid
from partners.models import Scope
from partners.shapes.rewards import CancelSubmitted, RedemptionsAnswer, RedemptionSubmitted
from rewards import offers, redemption
from rewards.errors import DateUnknown
from rewards.models import Redemption
from rewards.redemption import Choice

ATTEMPTS = uuid.UUID("0d8a3f0e-6f0f-4a8e-9f6a-6b8f1f6f4a52")
TAKING = [  # why a reward cannot be had
    *documents.NAMED,
    "unknown_location",
    "location_denied",
    "role_missing",
    "reward_unavailable",
    "out_of_stock",
    "limit_reached",
    "insufficient_points",
    "attempt_reused",
]


class RedemptionViewSet(PartnerViewSet):
    """What the key's partner redeemed for members."""

    scopes: ClassVar = {
        "list": Scope.REDEMPTIONS_WRITE,
        "create": Scope.REDEMPTIONS_WRITE,
        "retrieve": Scope.REDEMPTIONS_WRITE,
        "cancel": Scope.REDEMPTIONS_WRITE,
    }
    parameters: ClassVar = {"list": ("limit", "cursor", "member", "status")}

    @documents.call(
        "postRedemption",
        tag="Redemptions",
        summary="Redeem a reward",
        words="Takes the points and issues the voucher, both or neither. Whatever breaks on the "
        "way, the same call with the same key redeems once. What a reward `needs` to be told (a "
        "date, an address) is named by the reward.",
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
        codes=[*TAKING, "date_unknown", "amount_refused", "address_missing"],
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
            choice=_choice(sent),
        )
        return Response(wares.redemption_answer(made), status=status.HTTP_201_CREATED)

    @documents.call(
        "listRedemptions",
        tag="Redemptions",
        summary="List your redemptions",
        words="Those that you made, or that were used at a place of yours, newest first.",
        scope=Scope.REDEMPTIONS_WRITE,
        answers={
            200: ("RedemptionsAnswer", "A page.", {"data": [examples.REDEMPTION], "next": None})
        },
        query={
            **documents.PAGES,
            "member": "Only of this member: `mem_…`, a card, or `ref:` and your number.",
            "status": "Only those that are `issued`, `used`, `cancelled`.",
        },
        codes=documents.ADDRESSED,
    )
    def list(self, request: Request) -> Response:
        rows, given = wares.redemptions(key_of(request)), request.query_params
        if "member" in given:
            rows = rows.filter(member__in=lineage.ids(naming.member_at(given["member"])))
        if "status" in given:
            rows = rows.filter(status=_status(given["status"]))
        found, following = calls.page(request, rows, prefix="red")
        answer = RedemptionsAnswer([wares.redemption_answer(row) for row in found], following)
        return Response(answer)

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
        codes=[
            "nothing_there",
            "voucher_used",
            "reason_missing",
            "fulfilment_moved",
            "contest_drawn",
            "member_erased",
        ],
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


def _choice(sent: RedemptionSubmitted) -> Choice:
    """What was chosen beside the reward. Raises DateUnknown for an id that is none."""
    chosen = None
    if sent.date is not None:
        try:
            chosen = parse_public_id("rdt", sent.date)
        except ValueError:
            raise DateUnknown(
                "Take the id of a date from `dates` of the reward, as it is.", pointer="/date"
            ) from None
    return Choice(amount=sent.amount, date=chosen, address=sent.address or "")


def _status(text: str) -> str:
    """A status of redemptions. Raises ParameterInvalid."""
    if text not in Redemption.Status.values:
        raise ParameterInvalid(f"status is one of: {', '.join(Redemption.Status.values)}.")
    return text
