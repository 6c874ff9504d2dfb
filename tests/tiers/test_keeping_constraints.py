"""What PostgreSQL itself refuses about status that is kept after a return."""

from __future__ import annotations

from typing import Any

import pytest

from common import clock
from tests.cast import ACTOR, ana
from tests.refusals import refused
from tiers.models import Standing, Tier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay")]


@pytest.mark.parametrize("fields", [{"source": "kept"}, {"source": "granted", "cause": "act_1"}])
def test_what_is_kept_names_its_cause(fields: dict[str, Any]) -> None:
    given = {"member": ana(), "tier": Tier.objects.get(code="blue"), "ladder_id": "flags"}
    given |= {"starts_at": clock.now(), "reason": "Why", "actor": ACTOR}
    with refused("tiers_standing_kept_names_its_cause"):
        Standing.objects.create(**given | fields)
