"""Contacts: when each member was, or will be, asked last. Under these rows' locks the contact rule
holds.

What must stay true: rows are locked in the order of their ids; an invitation that was withdrawn
before it opened was never seen by anybody and uses up nobody's turn.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import connection

from surveys.models import Contact

MAKE = """
    INSERT INTO surveys_contact (id, member_id)
    SELECT * FROM unnest(%s::uuid[], %s::uuid[]) ON CONFLICT DO NOTHING
"""
LOCK = """
    SELECT member_id, asked_at FROM surveys_contact
    WHERE id = ANY(%s::uuid[]) ORDER BY id FOR UPDATE
"""
FORWARD = """
    UPDATE surveys_contact c SET asked_at = n.asked_at
    FROM unnest(%s::uuid[], %s::timestamptz[]) AS n(id, asked_at)
    WHERE c.id = n.id AND (c.asked_at IS NULL OR c.asked_at < n.asked_at)
"""
# What was seen, or still waits to be, by the member or by a membership that is part of it now.
ANEW = """
    UPDATE surveys_contact c SET asked_at = (
        SELECT max(i.opens_at) FROM surveys_invitation i
        JOIN members_member m ON m.id = i.member_id
        WHERE (m.id = c.member_id OR m.merged_into_id = c.member_id) AND NOT i.is_made_up
          AND (i.withdrawn_at IS NULL OR i.opened_at IS NOT NULL))
    WHERE c.id = ANY(%s::uuid[])
"""


def locked(members: Collection[uuid.UUID]) -> dict[uuid.UUID, datetime | None]:
    """When these members were asked last. Their rows are made where missing, and locked."""
    pairs = sorted((Contact.id_for(member), member) for member in members)
    if not pairs:
        return {}
    ids, people = (list(column) for column in zip(*pairs, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(MAKE, [ids, people])
        cursor.execute(LOCK, [ids])
        return dict(cursor.fetchall())


def asked(latest: Mapping[uuid.UUID, datetime]) -> None:
    """Write down when members are asked next; never back. Their rows are locked already."""
    if latest:
        ids = [Contact.id_for(member) for member in latest]
        with connection.cursor() as cursor:
            cursor.execute(FORWARD, [ids, list(latest.values())])


def recount(members: Collection[uuid.UUID]) -> None:
    """After some of their invitations were withdrawn: when these members were really asked last."""
    if locked(members):
        with connection.cursor() as cursor:
            cursor.execute(ANEW, [[Contact.id_for(member) for member in members]])
