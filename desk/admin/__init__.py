"""Registrations, one module for each part of the house.

They live here because a member's list shows what higher floors know.
"""

from desk.admin import (
    approvals,
    conversions,
    dividends,
    earning,
    events,
    households,
    imports,
    kinds,
    letters,
    members,
    merges,
    milestones,
    opening,
    partners,
    plans,
    points,
    program,
    promises,
    referrals,
    rest,
    rewards,
    rules,
    simulations,
    surveys,
    system,
    tiers,
)

rest.register_rest()

__all__ = [
    "approvals",
    "conversions",
    "dividends",
    "earning",
    "events",
    "households",
    "imports",
    "kinds",
    "letters",
    "members",
    "merges",
    "milestones",
    "opening",
    "partners",
    "plans",
    "points",
    "program",
    "promises",
    "referrals",
    "rewards",
    "rules",
    "simulations",
    "surveys",
    "system",
    "tiers",
]
