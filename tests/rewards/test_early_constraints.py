"""What PostgreSQL itself refuses about early access, whoever asks."""

from __future__ import annotations

from typing import Any

import pytest

from common import clock
from rewards.models import Reward
from tests.refusals import refused
from tiers.models import Tier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay")]


@pytest.mark.parametrize(
    "fields",
    [
        {"early_days": 3},
        {"early_days": 0, "early_tier": "blue", "starts_at": True},
        {"early_days": 367, "early_tier": "blue", "starts_at": True},
        {"early_days": 3, "early_tier": "blue"},
    ],
)
def test_early_is_for_a_tier_by_some_days_before_a_beginning(fields: dict[str, Any]) -> None:
    changes = dict(fields)
    if changes.get("starts_at"):
        changes["starts_at"] = clock.now()
    if code := changes.pop("early_tier", None):
        changes["early_tier"] = Tier.objects.get(code=code)
    with refused("rewards_reward_is_early_for_somebody"):
        Reward.objects.filter(code="coffee").update(**changes)
