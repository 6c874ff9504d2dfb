"""The activities that ladders count by themselves, read for them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models.functions import Coalesce

from earning.models import Activity
from tiers import visits
from tiers.visits import Visit

VISITS = """
    SELECT coalesce(m.merged_into_id, m.id), a.occurred_at, a.type_id, a.partner_id,
           coalesce(l.code, '')
    FROM members_member m JOIN earning_activity a ON a.member_id = m.id
    LEFT JOIN program_location l ON l.id = a.location_id
    WHERE (m.id = ANY(%(ids)s) OR m.merged_into_id = ANY(%(ids)s)) AND a.type_id = ANY(%(types)s)
      AND a.id <> ALL(%(gone)s)
      AND a.recorded_at <= coalesce(%(known_at)s::timestamptz, 'infinity')
      AND NOT EXISTS (SELECT 1 FROM earning_activitychange c
                      WHERE c.activity_id = a.id AND c.kind = 'cancel'
                        AND c.recorded_at <= coalesce(%(known_at)s::timestamptz, 'infinity'))"""


class Recorded:
    """What was recorded and not cancelled; of somebody who was merged, with whom they became part
    of.
    """

    def visits(
        self,
        ids: Sequence[uuid.UUID],
        *,
        types: Collection[str],
        known_at: datetime | None,
        gone: Collection[uuid.UUID],
    ) -> Iterator[tuple[uuid.UUID, Visit]]:
        """One query."""
        asked: dict[str, Any] = {
            "ids": list(ids),
            "types": list(types),
            "gone": list(gone),
            "known_at": known_at,
        }
        with connection.cursor() as cursor:
            cursor.execute(VISITS, asked)
            for member, *said in cursor:
                yield member, Visit(*said)

    def visitors(self, types: Collection[str]) -> Iterator[uuid.UUID]:
        """One query; by whom they are part of now."""
        whose = Coalesce("member__merged_into", "member")
        rows = Activity.objects.filter(type__in=types).order_by()
        return rows.values_list(whose, flat=True).distinct().iterator()


def install() -> None:
    """Let ladders count activities."""
    visits.register(Recorded())
