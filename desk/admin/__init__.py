"""Registrations, one module for each part of the house.

They live here because a member's list shows what higher floors know.
"""

from desk.admin import (
    approvals,
    conversions,
    earning,
    events,
    households,
    kinds,
    letters,
    members,
    milestones,
    opening,
    partners,
    points,
    program,
    promises,
    rest,
    rewards,
    rules,
    surveys,
    system,
    tiers,
)

rest.register_rest()

__all__ = [
    "approvals",
    "conversions",
    "earning",
    "events",
    "households",
    "kinds",
    "letters",
    "members",
    "milestones",
    "opening",
    "partners",
    "points",
    "program",
    "promises",
    "rewards",
    "rules",
    "surveys",
    "system",
    "tiers",
]
