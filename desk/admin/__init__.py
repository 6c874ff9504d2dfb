"""Registrations, one module for each part of the house.

They live here because a member's list shows what higher floors know.
"""

from desk.admin import (
    conversions,
    earning,
    events,
    households,
    members,
    milestones,
    partners,
    points,
    program,
    promises,
    rest,
    rewards,
    rules,
    system,
    tiers,
)

rest.register_rest()

__all__ = [
    "conversions",
    "earning",
    "events",
    "households",
    "members",
    "milestones",
    "partners",
    "points",
    "program",
    "promises",
    "rewards",
    "rules",
    "system",
    "tiers",
]
