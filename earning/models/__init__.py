"""How points come in: rules, activities, awards, and milestones on the way."""

from earning.models.activities import (
    Activity,
    ActivityBody,
    ActivityKey,
    Award,
    ImportRun,
    UnclaimedActivity,
)
from earning.models.changes import ActivityChange, ChangeKey, Correction, ParkedChange
from earning.models.choices import MilestoneChoice, MilestonePick
from earning.models.dividends import Declaration, Dividend, DividendShare
from earning.models.milestones import (
    Milestone,
    MilestoneOption,
    MilestoneReached,
    MilestoneVoid,
)
from earning.models.occasions import Occasion, OccasionProgress
from earning.models.offers import Offer, OfferActivation
from earning.models.pending import PendingActivity
from earning.models.referrals import Referral, ReferralCode, ReferralTerms
from earning.models.rules import LimitUse, Rule, RuleCondition, RuleLimit
from earning.models.simulations import SimulationRun

__all__ = [
    "Activity",
    "ActivityBody",
    "ActivityChange",
    "ActivityKey",
    "Award",
    "ChangeKey",
    "Correction",
    "Declaration",
    "Dividend",
    "DividendShare",
    "ImportRun",
    "LimitUse",
    "Milestone",
    "MilestoneChoice",
    "MilestoneOption",
    "MilestonePick",
    "MilestoneReached",
    "MilestoneVoid",
    "Occasion",
    "OccasionProgress",
    "Offer",
    "OfferActivation",
    "ParkedChange",
    "PendingActivity",
    "Referral",
    "ReferralCode",
    "ReferralTerms",
    "Rule",
    "RuleCondition",
    "RuleLimit",
    "SimulationRun",
    "UnclaimedActivity",
]
