"""Conversions: one unit of a member for another."""

from __future__ import annotations

import uuid
from typing import ClassVar

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common import bodies
from common.ids import named, public_id
from partners import calls, documents, examples, idempotency, naming
from partners.calls import PartnerViewSet, actor_of, key_of
from partners.models import Scope
from partners.shapes.rewards import (
    ConversionAnswer,
    ConversionsAnswer,
    ConversionSubmitted,
    ConvertedAnswer,
)
from points.models import Account
from rewards import exchange
from rewards.models import Conversion

ATTEMPTS = uuid.UUID("7f6f2b0b-15cf-4a53-8a2e-3b8b8d7f1c64")
SHOWN = {
    "code": "to-roastery",
    "name": "Roastery stamps",
    "takes": "bean",
    "step": 3,
    "least": 30,
    "gives": "stamp",
    "amount": 1,
}


class ConversionViewSet(PartnerViewSet):
    """What can be converted, and doing it for a member."""

    scopes: ClassVar = {"list": Scope.REWARDS_READ, "create": Scope.REDEMPTIONS_WRITE}

    @documents.call(
        "listConversions",
        tag="Conversions",
        summary="List conversions",
        words="One unit for another, in whole steps.",
        scope=Scope.REWARDS_READ,
        answers={200: ("ConversionsAnswer", "All that are offered.", {"data": [SHOWN]})},
    )
    def list(self, request: Request) -> Response:
        rows = Conversion.objects.filter(is_active=True)
        return Response(ConversionsAnswer([_answer(row) for row in rows]))

    @documents.call(
        "postConversion",
        tag="Conversions",
        summary="Convert for a member",
        words="Takes the whole steps of the amount and gives the other unit for them.",
        scope=Scope.REDEMPTIONS_WRITE,
        body="ConversionSubmitted",
        answers={
            201: (
                "ConvertedAnswer",
                "Converted.",
                {
                    "member": examples.MEMBER_ID,
                    "conversion": "to-roastery",
                    "taken": 30,
                    "given": 10,
                    "balances": {"bean": 12, "stamp": 10},
                },
            )
        },
        examples={
            "stamps": {
                "member": {"reference": examples.AGENT},
                "conversion": "to-roastery",
                "amount": 30,
            }
        },
        codes=[
            *documents.NAMED,
            "nothing_there",
            "reward_unavailable",
            "amount_invalid",
            "exchange_limit",
            "insufficient_points",
            "source_used",
        ],
        idempotency="needed",
    )
    def create(self, request: Request) -> Response:
        key = key_of(request)
        sent = bodies.fit(request.data, ConversionSubmitted)
        member = naming.member_named(sent.member)
        row = Conversion.objects.filter(code=sent.conversion).first()
        if row is None:
            raise calls.nothing("conversion")
        tried = request.headers[idempotency.HEADER].strip()
        made = exchange.exchange(
            member,
            conversion=row,
            amount=sent.amount,
            attempt=named(ATTEMPTS, key.partner_id, key.kind, tried),
            actor=actor_of(request),
        )
        balances = Account.objects.filter(member=member).values_list("unit", "balance")
        answer = ConvertedAnswer(
            member=public_id("mem", member.pk),
            conversion=row.code,
            taken=made.taken,
            given=made.given,
            balances=dict(balances),
        )
        return Response(answer, status=status.HTTP_201_CREATED)


def _answer(row: Conversion) -> ConversionAnswer:
    return ConversionAnswer(
        code=row.code,
        name=row.name,
        takes=row.takes_id,
        step=row.step,
        least=row.least,
        gives=row.gives_id,
        amount=row.amount,
    )
