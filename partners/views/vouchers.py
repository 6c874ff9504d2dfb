"""Vouchers at a partner's till: is it good, use it once, take a slip back."""

from __future__ import annotations

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from common import bodies
from partners import calls, documents, examples, wares
from partners.calls import PartnerViewSet, actor_of, key_of
from partners.models import Scope
from partners.shapes.rewards import VoucherUse
from rewards import vouchers

AT = {"code": ("The code, however it is spaced.", examples.REDEMPTION["code"])}
STATES = [
    "voucher_invalid",
    "voucher_used",
    "voucher_cancelled",
    "voucher_expired",
    "voucher_early",
]


class VoucherViewSet(PartnerViewSet):
    """Vouchers by their code. Wrong codes are counted and get one answer."""

    scopes: ClassVar = {
        "retrieve": Scope.VOUCHERS_WRITE,
        "use": Scope.VOUCHERS_WRITE,
        "undo": Scope.VOUCHERS_WRITE,
    }

    @documents.call(
        "checkVoucher",
        tag="Vouchers",
        summary="Check a voucher",
        words="Says what it is for when it can be used now, and why not when it cannot. After 30 "
        "wrong codes in ten minutes a key has to wait.",
        scope=Scope.VOUCHERS_WRITE,
        answers={200: ("VoucherAnswer", "It can be used.", examples.VOUCHER)},
        path=AT,
        codes=STATES,
    )
    def retrieve(self, request: Request, code: str) -> Response:
        wares.refuse_guessing(key_of(request))
        return Response(wares.voucher_answer(vouchers.check(code)))

    @documents.call(
        "useVoucher",
        tag="Vouchers",
        summary="Use a voucher",
        words="Once. The second use says when and where the first was.",
        scope=Scope.VOUCHERS_WRITE,
        body="VoucherUse",
        answers={200: ("VoucherAnswer", "Used.", examples.USED)},
        examples={"at the hotel": {"location": "resort-hotel"}},
        path=AT,
        codes=[*STATES, "unknown_location", "location_denied", "role_missing"],
        idempotency="needed",
    )
    def use(self, request: Request, code: str) -> Response:
        key = key_of(request)
        wares.refuse_guessing(key)
        sent = bodies.fit(request.data or {}, VoucherUse)
        place = calls.place_of(key, sent.location, role="burn")
        used = vouchers.use(code, actor=actor_of(request), location=place)
        return Response(wares.voucher_answer(used))

    @documents.call(
        "undoVoucher",
        tag="Vouchers",
        summary="Take a use back",
        words="For fifteen minutes, by whoever used it. The voucher can be used again.",
        scope=Scope.VOUCHERS_WRITE,
        answers={200: ("VoucherAnswer", "It can be used again.", examples.VOUCHER)},
        path=AT,
        codes=["voucher_invalid", "undo_too_late"],
        idempotency="needed",
    )
    def undo(self, request: Request, code: str) -> Response:
        wares.refuse_guessing(key_of(request))
        return Response(wares.voucher_answer(vouchers.undo(code, actor=actor_of(request))))
