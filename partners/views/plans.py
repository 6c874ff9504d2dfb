"""Plans: which a member has, and a till that hands out what one of them gives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common import bodies
from common.ids import public_id
from partners import documents, examples, lookup, naming
from partners.calls import PartnerViewSet, actor_of
from partners.models import Scope
from partners.shapes.plans import (
    BenefitAnswer,
    BenefitUseAnswer,
    BenefitUsed,
    PlanAnswer,
    PlansAnswer,
)
from plans import benefits, terms
from plans.benefits import Allowance
from plans.models import Subscription
from program import catalog
from program.models import Program

AT = {
    "member": ("`mem_…`, the card's twelve digits, or `ref:` and your own number.", examples.KNOWN)
}
OF = AT | {"plan": ("The code of a plan.", "plus"), "benefit": ("Of what it gives.", "refill")}
BENEFIT: dict[str, Any] = {
    "code": "refill",
    "name": "A refill with every cup",
    "at_most": 4,
    "per": "day",
    "left": 3,
    "again_at": "2025-06-14T11:30:00Z",
}
PLAN: dict[str, Any] = {
    "id": "sub_01k6r3b1q9e8tv4x3a7m5n2c0d",
    "plan": "plus",
    "name": "Corner Plus",
    "state": "active",
    "last_day": "2025-06-30",
    "benefits": [BENEFIT],
}
USE: dict[str, Any] = {
    "member": examples.MEMBER_ID,
    "plan": "plus",
    "benefit": "refill",
    "used_at": "2025-06-14T09:30:00Z",
    "left": 3,
    "again_at": "2025-06-14T11:30:00Z",
}


class PlanViewSet(PartnerViewSet):
    """What members pay for, as a till needs to know it."""

    scopes: ClassVar = {"list": Scope.MEMBERS_READ, "use": Scope.VOUCHERS_WRITE}

    @documents.call(
        "listPlans",
        tag="Members",
        summary="List a member's plans",
        words="Those that run, with what they give and how often that can still be used.",
        scope=Scope.MEMBERS_READ,
        answers={
            200: (
                "PlansAnswer",
                "All that have not ended.",
                {"member": examples.MEMBER_ID, "data": [PLAN]},
            )
        },
        path=AT,
        codes=documents.ADDRESSED,
    )
    def list(self, request: Request, member: str) -> Response:
        found, program = naming.member_at(member), catalog.current()
        rows = list(Subscription.objects.live().filter(member=found).order_by("id"))
        gives = benefits.allowances(rows, program=program)
        plans = [_plan(row, gives[row.pk], program=program) for row in rows]
        return Response(PlansAnswer(public_id("mem", found.pk), plans))

    @documents.call(
        "useBenefit",
        tag="Members",
        summary="Use a benefit of a plan",
        words="As you hand it out. A use is final, and ends the right to a refund.",
        scope=Scope.VOUCHERS_WRITE,
        body="BenefitUsed",
        answers={201: ("BenefitUseAnswer", "It is written down.", USE)},
        examples={"a receipt": {"reference": "receipt-2025-0614-7"}},
        path=OF,
        codes=[
            *documents.ADDRESSED,
            *("not_subscribed", "benefit_unknown", "benefit_used_up", "benefit_too_soon"),
        ],
        idempotency="needed",
    )
    def use(self, request: Request, member: str, plan: str, benefit: str) -> Response:
        found, program = naming.member_at(member), catalog.current()
        sent = bodies.fit(request.data, BenefitUsed)
        made = benefits.use(
            found, plan=plan, benefit=benefit, actor=actor_of(request), reference=sent.reference
        )
        left = benefits.left(made.benefit, made.subscription, program=program)
        answer = BenefitUseAnswer(
            member=public_id("mem", found.pk),
            plan=plan,
            benefit=made.benefit.code,
            used_at=made.used_at,
            left=left,
            again_at=benefits.again_at(made.benefit, made.subscription),
        )
        return Response(answer, status=status.HTTP_201_CREATED)


def _plan(row: Subscription, gives: Iterable[Allowance], *, program: Program) -> PlanAnswer:
    plan = terms.plan(row.plan_id, program=program)
    ends = row.period_ends_at
    return PlanAnswer(
        id=row.public_id,
        plan=plan.code,
        name=plan.name,
        state=row.state,
        last_day=lookup.last_day(ends, program) if ends else None,
        benefits=[_benefit(one) for one in gives],
    )


def _benefit(one: Allowance) -> BenefitAnswer:
    return BenefitAnswer(
        code=one.benefit.code,
        name=one.benefit.name,
        at_most=one.benefit.at_most,
        per=one.benefit.per or None,
        left=one.left,
        again_at=one.again_at,
    )
