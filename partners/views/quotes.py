"""Quotes: what would this earn, and what would the member's points pay of this basket?"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from common import bodies, clock
from common.ids import public_id
from earning import quoting
from earning.quoting import Quote
from earning.submissions import Submission
from members.models import Member
from partners import calls, documents, examples, naming, wares
from partners.answers import TierNamed
from partners.calls import PartnerViewSet, key_of
from partners.models import ApiKey, Scope
from partners.shapes.activities import (
    ActivityAsked,
    Basket,
    Payable,
    QuoteAnswer,
    QuotedAward,
    QuoteSubmitted,
)
from partners.submitted import moment
from partners.views.activities import RECORDING
from points.errors import AmountInvalid
from points.models import Account
from program import catalog
from rewards import mixing, offers
from rewards.mixing import Cost
from rewards.offers import Offer

ASKED = "quote"  # the reference of an activity that is not recorded


class QuoteViewSet(PartnerViewSet):
    """Questions about what might be; nothing is recorded."""

    scopes: ClassVar = {"create": Scope.ACTIVITIES_READ}
    asking: ClassVar = frozenset({"create"})

    @documents.call(
        "postQuote",
        tag="Quotes",
        summary="Ask for a quote",
        words="What an activity would earn now, with a sentence for each rule, and which rewards "
        "the member's points would pay. Limits that are nearly used up may be used by somebody "
        "else before you post: a quote is no promise.",
        scope=Scope.ACTIVITIES_READ,
        body="QuoteSubmitted",
        answers={200: ("QuoteAnswer", "What would come of it.", examples.QUOTED)},
        examples={"a stay": examples.QUOTE},
        codes=[*RECORDING, *documents.NAMED, "told_too_late"],
    )
    def create(self, request: Request) -> Response:
        sent = bodies.fit(request.data, QuoteSubmitted)
        member = naming.member_named(sent.member)
        found = Quote((), None)
        if sent.activity is not None:
            found = quoting.quote(_submission(sent.activity, key_of(request)), member=member)
        balances = Account.objects.filter(member=member).values_list("unit", "balance")
        answer = QuoteAnswer(
            member=public_id("mem", member.pk),
            awards=[QuotedAward(a.unit, a.amount, a.rule, a.sentence) for a in found.awards],
            earned=found.earned,
            balances=dict(balances),
            tier=TierNamed(*found.tier) if found.tier else None,
            payable=_payable(member, sent.basket) if sent.basket else [],
        )
        return Response(answer)


def _submission(asked: ActivityAsked, key: ApiKey) -> Submission:
    calls.place_of(key, asked.location, role="earn", pointer="/activity/location")
    happened: datetime | date = clock.now()
    if asked.occurred_at is not None:
        happened = moment(asked.occurred_at, pointer="/activity/occurred_at")
    return Submission(
        partner=key.partner_id,
        reference=ASKED,
        type=asked.type,
        occurred_at=happened,
        attributes=asked.attributes,
        location=asked.location or "",
    )


def _payable(member: Member, basket: Basket) -> list[Payable]:
    """The rewards the member could have at once and that pay a part of the basket, most first; then
    the others, cheapest first. What takes off nothing of so small a basket is left out.

    Where points pay only a part, it is as many points as the member has, and the money for the
    rest.
    """
    money(basket)
    found = offers.for_member(member, program=catalog.current())
    ready = [
        (wares.off(one.reward, basket.amount), cost, one)
        for one in found
        if one.is_affordable and one.reward.has_voucher and (cost := _cost(one)) is not None
    ]
    useful = [(paid, cost, one) for paid, cost, one in ready if paid is None or paid > 0]
    useful.sort(key=lambda row: (row[1].money is not None, -(row[0] or 0), row[2].price))
    return [
        Payable(
            reward=one.reward.code,
            name=one.reward.name,
            unit=one.reward.unit_id,
            price=one.price,
            points=cost.points,
            money=cost.money,
            worth=one.reward.worth,
            pays=paid,
            left_to_pay=None if paid is None else basket.amount - paid,
        )
        for paid, cost, one in useful
    ]


def _cost(one: Offer) -> Cost | None:
    """With what the member would pay a reward: points alone, or as many as there are and money."""
    if one.is_covered:
        return Cost(one.price)
    return mixing.most(one.reward, one.price, one.balance)


def money(basket: Basket) -> None:
    """Refuse an amount that is none. Raises AmountInvalid."""
    amount = basket.amount
    if not amount.is_finite() or not 0 < amount < 10**12:
        raise AmountInvalid(
            "The basket's amount is a positive number such as 42.50.", pointer="/basket/amount"
        )
