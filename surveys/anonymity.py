"""Anonymity below the columns: what PostgreSQL itself remembers of a row.

An answer and the invitation that it used up are written in one transaction, so that none is lost;
and rows carry the number of their transaction and lie on disk in the order in which they came.
Whoever reads those could join an anonymous answer to its member. So the anonymous answers of the
last two months are written anew together, in random order: then they share one transaction, and
their order tells nothing. What still can be guessed is an answer that is alone in its month.
"""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction

from common import clock
from program import catalog

# Whether some came, or were added to, since they were last written together. Taps are transactions
# of their own; one answer alone is written anew each time, which costs nothing.
IS_FRESH = """
    SELECT count(DISTINCT xmin::text) > 1 OR count(*) = 1
    FROM surveys_answer WHERE is_anonymous AND answered_on >= %(since)s
"""
ANSWERS = """
    WITH gone AS (DELETE FROM surveys_answer
                  WHERE is_anonymous AND answered_on >= %(since)s RETURNING *)
    INSERT INTO surveys_answer SELECT * FROM gone ORDER BY random()
"""
LINES = """
    WITH gone AS (DELETE FROM surveys_line l USING surveys_answer a
                  WHERE a.id = l.answer_id AND a.is_anonymous AND a.answered_on >= %(since)s
                  RETURNING l.*)
    INSERT INTO surveys_line SELECT * FROM gone ORDER BY random()
"""


@transaction.atomic
def shuffle() -> bool:
    """Write the anonymous answers of this month and the last anew, in random order, if any came.

    Returns whether it was needed. Safe to repeat, and beside people who are still writing.
    """
    today = clock.local_date(clock.now(), catalog.current().time_zone)
    since: dict[str, date] = {"since": clock.add_months(today.replace(day=1), -1)}
    with connection.cursor() as cursor:
        cursor.execute(IS_FRESH, since)
        (is_fresh,) = cursor.fetchone()
        if is_fresh:
            cursor.execute(LINES, since)
            cursor.execute(ANSWERS, since)
    return bool(is_fresh)
