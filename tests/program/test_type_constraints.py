"""What PostgreSQL itself refuses about activity types."""

from __future__ import annotations

from typing import Any

import pytest

from program.models import ActivityType
from tests.refusals import refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay")]


@pytest.mark.parametrize(
    "fields",
    [
        {"confirm": "days"},
        {"confirm": "days", "confirm_days": 0},
        {"confirm": "call", "confirm_days": 3},
        {"confirm_days": 3},
    ],
)
def test_days_are_given_where_days_confirm(fields: dict[str, Any]) -> None:
    with refused("program_type_confirm_names_its_days"):
        ActivityType.objects.filter(code="visit").update(**fields)
