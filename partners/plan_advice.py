"""What refusals about plans mean, and what to do about them."""

from __future__ import annotations

from common.errors import LoyaltyError
from plans import errors as plans

PLANS: list[tuple[type[LoyaltyError], str, str]] = [
    (
        plans.NotSubscribed,
        "The member does not have this plan, or it has ended.",
        "List the member's plans, and use a code of these.",
    ),
    (
        plans.BenefitUnknown,
        "The plan gives nothing of this code.",
        "List the member's plans: each has its `benefits`.",
    ),
    (
        plans.BenefitUsedUp,
        "The benefit was used as often as the plan allows for now.",
        "Read `detail` to the member. Nothing was used.",
    ),
    (
        plans.BenefitTooSoon,
        "The benefit was used only just now; `again_at` says from when on it can be used.",
        "Read `detail` to the member. Nothing was used.",
    ),
]
