"""What PostgreSQL itself refuses about files of opening balances, whoever asks."""

from __future__ import annotations

from typing import Any

import pytest

from common import clock
from points.models import OpeningRow, OpeningRun
from tests.refusals import refused

pytestmark = pytest.mark.django_db


def run(**fields: Any) -> OpeningRun:
    given = {"file_name": "old.csv", "digest": "d", "read_by": "staff:a", "read_at": clock.now()}
    return OpeningRun.objects.create(**given | fields)


def test_the_same_file_is_one_run() -> None:
    run()
    with refused("points_opening_digest_is_unique"):
        run()


def test_who_read_it_does_not_post_it() -> None:
    with refused("points_opening_is_posted_by_somebody_else"):
        run(state="posting", posted_by="staff:a")
    run(read_by="system:opening", state="posting", posted_by="system:opening")


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "read", "posted_by": "staff:b"},
        {"state": "posting"},
        {"state": "posted", "posted_by": "staff:b"},
        {"state": "posting", "posted_by": "staff:b", "finished_at": clock.now()},
    ],
)
def test_the_state_implies_its_columns(fields: dict[str, Any]) -> None:
    with refused("points_opening_state_implies_its_columns"):
        run(**fields)


def test_a_line_is_read_once() -> None:
    one = run()
    OpeningRow.objects.create(run=one, line=2, problem="x")
    with refused("points_openingrow_line_is_unique"):
        OpeningRow.objects.create(run=one, line=2, problem="x")


def test_a_line_that_may_be_posted_knows_a_person() -> None:
    with refused("points_openingrow_knows_a_person"):
        OpeningRow.objects.create(run=run(), line=2)
