"""What PostgreSQL itself refuses about simulations that somebody ordered."""

from __future__ import annotations

import pytest

from common import clock
from earning.models import SimulationRun
from tests.refusals import refused


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields", [{"status": "done"}, {"status": "failed"}, {"error": "x"}, {"finished": True}]
)
def test_a_status_has_its_facts(fields: dict[str, object]) -> None:
    row = SimulationRun.objects.create(draft="", actor="test")
    if fields.pop("finished", False):
        fields["finished_at"] = clock.now()
    with refused("earning_simulationrun_status_has_its_facts"):
        SimulationRun.objects.filter(pk=row.pk).update(**fields)
