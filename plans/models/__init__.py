"""Paid plans: what is offered, and what members have taken.

What must stay true: a member holds a plan at most once at a time; a period is charged once; a
charge that is paid, failed, waived or refunded says when; what was reported about a payment, and
every use of a benefit, is final. No card data is kept: a means of payment is a label.
"""

from plans.models.offers import (
    Period,
    Plan,
    PlanBenefit,
    PlanCredit,
    PlanPrice,
    RefundTerms,
)
from plans.models.subscriptions import (
    BenefitUse,
    Charge,
    ChargeAttempt,
    PaymentMeans,
    Subscription,
)

__all__ = [
    "BenefitUse",
    "Charge",
    "ChargeAttempt",
    "PaymentMeans",
    "Period",
    "Plan",
    "PlanBenefit",
    "PlanCredit",
    "PlanPrice",
    "RefundTerms",
    "Subscription",
]
