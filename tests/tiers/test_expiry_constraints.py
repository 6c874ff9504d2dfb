"""What PostgreSQL itself refuses about expiry by tier, whoever asks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.refusals import refused
from tiers.models import Tier, TierExpiry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay")]


def expiry(**fields: Any) -> TierExpiry:
    given = {"tier": Tier.objects.get(code="blue"), "unit_id": "point", "expiry": "never"}
    return TierExpiry.objects.create(**given | fields)


@pytest.mark.parametrize(
    "fields",
    [{"expiry_count": 3}, {"expiry": "months"}, {"expiry": "days", "expiry_count": 0}],
)
def test_a_policy_names_its_count(fields: dict[str, Any]) -> None:
    with refused("tiers_expiry_names_its_count"):
        expiry(**fields)


def test_a_tier_has_one_policy_for_a_unit() -> None:
    expiry()
    with refused("tiers_expiry_unit_is_unique"):
        expiry()
