"""Tallies: how often each score was given, counted anew by a job and dated.

A page over a million answers reads a few thousand rows. Counting replaces everything in one
transaction, so a reader sees the old figures or the new ones.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from common import clock
from program import catalog
from surveys.models import Tally

LOCK = 7_236_041  # any number, as long as all who count use the same

ANSWERS = """
    INSERT INTO surveys_tally (id, survey_id, series, month, tier, location_id, trigger, value,
                               answers, asked, eligible, made_up, counted_at)
    SELECT gen_random_uuid(), survey_id, series, date_trunc('month', answered_on)::date, tier,
           location_id, trigger, CASE WHEN series LIKE 'cli:%%' THEN index ELSE score END,
           count(*), 0, 0, count(*) FILTER (WHERE is_made_up), %(now)s
    FROM surveys_answer GROUP BY 2, 3, 4, 5, 6, 7, 8
"""
ASKED = """
    INSERT INTO surveys_tally (id, survey_id, series, month, tier, location_id, trigger, value,
                               answers, asked, eligible, made_up, counted_at)
    SELECT gen_random_uuid(), i.survey_id, '',
           date_trunc('month', i.opened_at AT TIME ZONE %(zone)s)::date, i.tier, i.location_id,
           coalesce(t.code, ''), NULL, 0, count(*), 0, 0, %(now)s
    FROM surveys_invitation i LEFT JOIN surveys_trigger t ON t.id = i.trigger_id
    WHERE i.opened_at IS NOT NULL GROUP BY 2, 4, 5, 6, 7
"""
ELIGIBLE = """
    INSERT INTO surveys_tally (id, survey_id, series, month, tier, location_id, trigger, value,
                               answers, asked, eligible, made_up, counted_at)
    SELECT gen_random_uuid(), t.survey_id, '',
           date_trunc('month', d.decided_at AT TIME ZONE %(zone)s)::date, '', NULL::uuid, t.code,
           NULL, 0, 0, count(*), 0, %(now)s
    FROM surveys_decision d JOIN surveys_trigger t ON t.id = d.trigger_id
    WHERE d.outcome NOT IN ('too_late', 'gone') GROUP BY 2, 4, 7
"""


def count() -> datetime:
    """Count everything anew. Returns the moment that the figures are dated by."""
    program, now = catalog.current(), clock.now()
    values: dict[str, datetime | str] = {"now": now, "zone": program.time_zone}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        Tally.objects.all().delete()
        for statement in (ANSWERS, ASKED, ELIGIBLE):
            cursor.execute(statement, values)
    return now
