"""The shelf: every reward with its prices, tiers and fund in memory, for as long as the program's
version stands. What is left of one is never here: stock changes with every redemption.
"""

from __future__ import annotations

import uuid

from program.catalog import versioned
from program.models import Program
from rewards.models import Reward


@versioned
def of(program: Program) -> dict[uuid.UUID, Reward]:
    """Every reward, on offer or not, by its id."""
    rows = Reward.objects.select_related("unit", "lowest_tier", "early_tier", "fund")
    return {row.pk: row for row in rows.prefetch_related("prices__tier", "parts")}
