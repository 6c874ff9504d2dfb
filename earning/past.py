"""The past of some members as it was recorded: activities with what they really earned, counters
moved by hand, standings. Read in the order in which it was recorded, and never written.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from members.models import Member
from tiers.models import Standing

ROWS = 2000  # fetched at a time
Award = tuple[str, str, int]  # rule, unit, amount

ACTIVITIES = """
    SELECT a.member_id, a.id, a.type_id, a.partner_id, coalesce(l.code, ''), a.occurred_at,
           a.recorded_at, a.attributes,
           (SELECT jsonb_agg(jsonb_build_array(r.code, w.unit_id, w.amount) ORDER BY w.id)
            FROM earning_award w JOIN earning_rule r ON r.id = w.rule_id
            WHERE w.activity_id = a.id AND w.member_id = a.member_id)
    FROM earning_activity a LEFT JOIN program_location l ON l.id = a.location_id
    WHERE a.member_id = ANY(%s) ORDER BY a.recorded_at, a.occurred_at, a.id"""

BY_HAND = """
    SELECT e.member_id, a.unit_id, e.occurred_at, e.recorded_at, e.amount,
           substr(undone.source, 10)::uuid
    FROM points_entry e
    JOIN points_account a ON a.id = e.account_id
    JOIN points_posting p ON p.id = e.posting_id
    LEFT JOIN points_posting undone
      ON undone.id = p.reverses_id AND undone.source LIKE 'activity:%%'
    WHERE e.member_id = ANY(%s) AND a.unit_id = ANY(%s) AND p.source NOT LIKE 'activity:%%'
    ORDER BY e.recorded_at, e.id"""


@dataclasses.dataclass(frozen=True, slots=True)
class Happened:
    """One recorded activity, as plain values, and what it really earned."""

    member: uuid.UUID
    id: uuid.UUID
    type: str
    partner: str
    location: str
    occurred_at: datetime
    recorded_at: datetime
    attributes: dict[str, Any]
    awards: list[Award]


@dataclasses.dataclass(frozen=True, slots=True)
class ByHand:
    """A counter moved by something else than an activity; `undoes` is the activity it took back."""

    member: uuid.UUID
    unit: str
    occurred_at: datetime
    recorded_at: datetime
    amount: int
    undoes: uuid.UUID | None


def activities(ids: Sequence[uuid.UUID]) -> Iterator[Happened]:
    """Everything the members did, in the order in which it was recorded."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(ACTIVITIES, [list(ids)])
        while rows := cursor.fetchmany(ROWS):
            for row in rows:
                attributes, awards = row[-2:]
                earned = msgspec.json.decode(awards) if awards else []
                values: list[Any] = [*row[:-2], msgspec.json.decode(attributes), earned]
                yield Happened(*values)


def by_hand(ids: Sequence[uuid.UUID], units: Sequence[str]) -> list[ByHand]:
    """Every move of the counters that no activity made, in the order in which it was recorded."""
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND, [list(ids), list(units)])
        return [ByHand(*row) for row in cursor]


def people(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Member]:
    """The members themselves."""
    rows = Member.objects.only("pk", "joined_at", "birthday").filter(pk__in=ids)
    return {member.pk: member for member in rows}


def standings(ids: Sequence[uuid.UUID]) -> dict[tuple[uuid.UUID, str], list[Standing]]:
    """What is stored of the members' status, by ladder."""
    found: dict[tuple[uuid.UUID, str], list[Standing]] = {}
    for row in Standing.objects.filter(member__in=ids).select_related("tier"):
        found.setdefault((row.member_id, row.ladder_id), []).append(row)
    return found
