"""Reservations: a reward in two steps, for carts and tills: put aside, then taken or let go."""

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
from partners.shapes.rewards import (
    CancelSubmitted,
    RedemptionAnswer,
    ReservationAnswer,
    ReservationSubmitted,
)
from partners.views.redemptions import TAKING
from rewards import offers, reservation
from rewards.models import Reservation

ATTEMPTS = uuid.UUID("5b7a6a9e-3d0b-4f5c-8e1f-2f6f0b7e9d13")
AT = {"reservation": ("The id, `rsv_…`.", examples.RESERVATION["id"])}


class ReservationViewSet(PartnerViewSet):
    """What the key's partner put aside for members."""

    scopes: ClassVar = {
        "create": Scope.REDEMPTIONS_WRITE,
        "retrieve": Scope.REDEMPTIONS_WRITE,
        "capture": Scope.REDEMPTIONS_WRITE,
        "release": Scope.REDEMPTIONS_WRITE,
    }

    @documents.call(
        "postReservation",
        tag="Redemptions",
        summary="Put a reward aside",
        words="The price is fixed, its points are held and one is out of stock, until you capture "
        "or release it, or its time is over. For rewards that need nothing else to be told.",
        scope=Scope.REDEMPTIONS_WRITE,
        body="ReservationSubmitted",
        answers={201: ("ReservationAnswer", "Put aside.", examples.RESERVATION)},
        examples={
            "while the guest pays": {
                "member": {"reference": examples.AGENT},
                "reward": "late-checkout",
                "location": "resort-hotel",
                "minutes": 10,
            }
        },
        codes=[*TAKING, "hold_too_long", "amount_refused"],
        idempotency="needed",
    )
    def create(self, request: Request) -> Response:
        key = key_of(request)
        sent = bodies.fit(request.data, ReservationSubmitted)
        calls.place_of(key, sent.location, role="burn")
        tried = request.headers[idempotency.HEADER].strip()
        made = reservation.hold(
            naming.member_named(sent.member),
            reward=offers.reward_by_code(sent.reward),
            attempt=named(ATTEMPTS, key.partner_id, key.kind, tried),
            actor=actor_of(request),
            purpose=sent.purpose,
            minutes=sent.minutes,
            amount=sent.amount,
        )
        return Response(wares.reservation_answer(made), status=status.HTTP_201_CREATED)

    @documents.call(
        "getReservation",
        tag="Redemptions",
        summary="Get a reservation",
        words="One that you made, with what became of it.",
        scope=Scope.REDEMPTIONS_WRITE,
        answers={200: ("ReservationAnswer", "The reservation.", examples.RESERVATION)},
        path=AT,
        codes=["nothing_there"],
    )
    def retrieve(self, request: Request, reservation: str) -> Response:
        return Response(wares.reservation_answer(_own(request, reservation)))

    @documents.call(
        "captureReservation",
        tag="Redemptions",
        summary="Take what was put aside",
        words="At the price of then; the voucher's code is issued now. Captured again, it is the "
        "same redemption.",
        scope=Scope.REDEMPTIONS_WRITE,
        answers={201: ("RedemptionAnswer", "Redeemed.", examples.REDEMPTION)},
        path=AT,
        codes=["nothing_there", "hold_ended", "member_erased"],
        idempotency="needed",
    )
    def capture(self, request: Request, reservation: str) -> Response:
        made = _capture(_own(request, reservation), actor_of(request))
        return Response(made, status=status.HTTP_201_CREATED)

    @documents.call(
        "releaseReservation",
        tag="Redemptions",
        summary="Let go of what was put aside",
        words="Its points are free again. Releasing again is harmless.",
        scope=Scope.REDEMPTIONS_WRITE,
        body="CancelSubmitted",
        answers={
            200: (
                "ReservationAnswer",
                "Let go.",
                examples.RESERVATION | {"status": "released", "ended_at": "2025-06-20T09:15:02Z"},
            )
        },
        examples={"change of mind": {"reason": "The guest pays with a card"}},
        path=AT,
        codes=["nothing_there", "hold_ended", "reason_missing", "member_erased"],
        idempotency="needed",
    )
    def release(self, request: Request, reservation: str) -> Response:
        sent = bodies.fit(request.data, CancelSubmitted)
        row = _own(request, reservation)
        return Response(_release(row, sent.reason, actor_of(request)))


def _own(request: Request, text: str) -> Reservation:
    pk = calls.identified("rsv", text)
    row = wares.reservations(key_of(request)).filter(pk=pk).first()
    if row is None:
        raise calls.nothing("rsv")
    return row


def _capture(row: Reservation, actor: str) -> RedemptionAnswer:
    return wares.redemption_answer(reservation.capture(row, actor=actor))


def _release(row: Reservation, reason: str, actor: str) -> ReservationAnswer:
    return wares.reservation_answer(reservation.release(row, reason=reason, actor=actor))
