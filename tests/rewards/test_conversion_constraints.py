"""What PostgreSQL itself refuses about conversions, whoever asks."""

from __future__ import annotations

from typing import Any

import pytest

from rewards.models import Conversion
from tests.refusals import refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay")]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("rewards_conversion_takes_and_gives", {"step": 0}),
        ("rewards_conversion_takes_and_gives", {"amount": 0}),
        ("rewards_conversion_months_are_months", {"months": [3]}),
        ("rewards_conversion_months_are_months", {"is_monthly": True, "months": [0, 3]}),
        ("rewards_conversion_happens_at_one_time", {"is_monthly": True, "is_at_once": True}),
        ("rewards_conversion_joins_two_units", {"gives_id": "point"}),
        ("rewards_conversion_bonus_is_complete", {"bonus_step": 300}),
        ("rewards_conversion_bonus_is_complete", {"bonus_amount": 3}),
        ("rewards_conversion_bonus_is_complete", {"bonus_step": 0, "bonus_amount": 3}),
        ("rewards_conversion_most_is_of_a_period", {"most": 30}),
        ("rewards_conversion_most_is_of_a_period", {"per": "day"}),
        ("rewards_conversion_most_is_of_a_period", {"most": 2, "per": "day"}),
        ("rewards_conversion_most_is_of_a_period", {"most": 30, "per": "week"}),
    ],
)
def test_a_conversion_makes_sense(name: str, fields: dict[str, Any]) -> None:
    given = {"code": "coins", "name": "Coins", "takes_id": "point", "gives_id": "coin"}
    with refused(name):
        Conversion.objects.create(**given | {"step": 3, "amount": 1} | fields)
