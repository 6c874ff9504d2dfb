"""How points come in: rules, activities, awards, and milestones on the way."""

from earning.models.activities import (
    Activity,
    ActivityBody,
    ActivityKey,
    Award,
    ImportRun,
    UnclaimedActivity,
)
from earning.models.milestones import Milestone, MilestoneReached
from earning.models.occasions import Occasion, OccasionProgress
from earning.models.rules import LimitUse, Rule, RuleCondition, RuleLimit

__all__ = [
    "Activity",
    "ActivityBody",
    "ActivityKey",
    "Award",
    "ImportRun",
    "LimitUse",
    "Milestone",
    "MilestoneReached",
    "Occasion",
    "OccasionProgress",
    "Rule",
    "RuleCondition",
    "RuleLimit",
    "UnclaimedActivity",
]
