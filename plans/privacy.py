"""What the tables of plans hold about people: what was taken and paid, never a card's number."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from common.privacy import ERASED, Sheet, house, personal, plain, register, words


def install() -> None:
    """Describe the tables of this app."""
    register(SHEETS)


def _numbered() -> Any:
    """Means of one member differ by their labels."""
    return Concat(Value(f"{ERASED} "), Cast("position", CharField()), output_field=CharField())


SHEETS = [
    *house(
        "plans",
        {
            "Plan": (
                "code name summary trial_days attempts retry_days tier refund_governed_by "
                "members_start is_active position"
            ),
            "PlanPrice": "id plan period segment amount starts_on ends_on",
            "RefundTerms": "id plan policy business_days starts_on ends_on",
            "PlanCredit": "id plan unit amount",
            "PlanBenefit": "id plan code name at_most per minutes_apart is_active position",
        },
    ),
    Sheet(
        "plans.Subscription",
        plain(
            "id member plan period state started_at is_trial anchor_on number period_starts_at "
            "period_ends_at next_at cancelled_at ended_at actor"
        )
        | words("reason"),
        title=_("Your plans"),
        member="member",
    ),
    Sheet(
        "plans.PaymentMeans",
        plain("id member position is_active") | personal(label=_numbered),
        title=_("How you pay"),
        member="member",
    ),
    Sheet(
        "plans.Charge",
        plain(
            "id member subscription number amount currency due_on status round means try_on "
            "settled_at refunded_at actor"
        )
        | words("reason"),
        title=_("What your plans cost"),
        member="member",
    ),
    Sheet(
        "plans.ChargeAttempt",
        plain("id member charge number means outcome reference actor reported_at"),
        title=_("Payments that were tried"),
        member="member",
    ),
    Sheet(
        "plans.BenefitUse",
        plain("id member subscription benefit used_at reference actor"),
        title=_("Benefits you used"),
        member="member",
    ),
]
