"""Duplicates: members who look like one person, for staff to judge.

Two have the same last digits of a phone, the same mailbox however it is written, or the same name
and birthday. Nothing is merged by itself: families share phones, and namesakes birthdays.
"""

from __future__ import annotations

import dataclasses
import uuid

from django.db import connection

from members.models import Member

MOST = 200

# Nine digits of a phone are what is left of it without a country's code or a leading zero.
PAIRS = """
    WITH people AS (
        SELECT id, lower(name) AS name, birthday,
               right(regexp_replace(phone, '[^0-9]', '', 'g'), 9) AS phone,
               replace(regexp_replace(lower(split_part(email, '@', 1)), '[+].*', ''), '.', '')
                   || '@' || lower(split_part(email, '@', 2)) AS email
        FROM members_member WHERE status = 'active'),
    alike AS (
        SELECT a.id AS one, b.id AS other, 'phone' AS by FROM people a JOIN people b
          ON a.phone = b.phone AND length(a.phone) = 9 AND a.id < b.id
        UNION ALL
        SELECT a.id, b.id, 'email' FROM people a JOIN people b
          ON a.email = b.email AND a.email <> '@' AND a.id < b.id
        UNION ALL
        SELECT a.id, b.id, 'birthday' FROM people a JOIN people b
          ON a.name = b.name AND a.birthday = b.birthday AND a.id < b.id)
    SELECT one, other, array_agg(by ORDER BY by) FROM alike
    GROUP BY one, other ORDER BY count(*) DESC, one LIMIT %s"""


@dataclasses.dataclass(frozen=True, slots=True)
class Pair:
    """Two members who look like one: the one who joined first, the other, and by what they agree
    (phone, email, birthday).
    """

    first: Member
    second: Member
    by: tuple[str, ...]


def likely(*, most: int = MOST) -> list[Pair]:
    """Pairs of members who may be one person, those that agree in most things first."""
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, [most])
        rows: list[tuple[uuid.UUID, uuid.UUID, list[str]]] = cursor.fetchall()
    people = Member.objects.with_card().in_bulk(
        [pk for one, other, _by in rows for pk in (one, other)]
    )
    pairs = []
    for one, other, by in rows:
        first, second = sorted((people[one], people[other]), key=lambda member: member.joined_at)
        pairs.append(Pair(first, second, tuple(by)))
    return pairs
