"""Ladders, their tiers, and the standing of members with its dates."""

from tiers.models.ladders import Ladder, Tier, TierExpiry
from tiers.models.routes import TierNeed, TierRoute
from tiers.models.standings import Standing, StandingQuerySet

__all__ = ["Ladder", "Standing", "StandingQuerySet", "Tier", "TierExpiry", "TierNeed", "TierRoute"]
