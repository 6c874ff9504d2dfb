"""The past of some members as it was recorded: activities with what they really earned, other moves
of their points, standings. Read in the order in which it was recorded, and never written.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from earning.models import MilestoneReached
from members.models import Member
from tiers.models import Standing
from tiers.terms import LadderRule, Span

ROWS = 2000  # fetched at a time
Award = tuple[str, str, int]  # rule, unit, amount

ACTIVITIES = """
    SELECT a.member_id, a.id, a.type_id, a.partner_id, coalesce(l.code, ''), a.occurred_at,
           a.recorded_at, coalesce(c.stated, a.attributes), c.after,
           (SELECT jsonb_agg(jsonb_build_array(paid.code, paid.unit_id, paid.amount)
                             ORDER BY paid.first)
            FROM (SELECT r.code, w.unit_id, sum(w.amount) AS amount, min(w.id::text) AS first
                  FROM (SELECT id, rule_id, unit_id, amount FROM earning_award
                        WHERE activity_id = a.id AND member_id = a.member_id
                        UNION ALL
                        SELECT id, rule_id, unit_id, amount FROM earning_correction
                        WHERE activity_id = a.id) w
                  JOIN earning_rule r ON r.id = w.rule_id
                  GROUP BY r.code, w.unit_id HAVING sum(w.amount) > 0) paid)
    FROM earning_activity a LEFT JOIN program_location l ON l.id = a.location_id
    LEFT JOIN LATERAL (
        SELECT stated, after, kind FROM earning_activitychange x
        WHERE x.activity_id = a.id AND x.member_id = a.member_id ORDER BY number DESC LIMIT 1) c
      ON true
    WHERE a.member_id = ANY(%s) AND c.kind IS DISTINCT FROM 'cancel'
    ORDER BY a.recorded_at, a.occurred_at, a.id"""

OTHERS = """
    SELECT e.member_id, a.unit_id, e.occurred_at, e.recorded_at, e.amount,
           substr(undone.source, 10)::uuid,
           CASE WHEN p.source LIKE 'milestone:%%' THEN split_part(p.source, ':', 2) ELSE '' END
    FROM points_entry e
    JOIN points_account a ON a.id = e.account_id
    JOIN points_posting p ON p.id = e.posting_id
    LEFT JOIN points_posting undone
      ON undone.id = p.reverses_id AND undone.source LIKE 'activity:%%'
    WHERE e.member_id = ANY(%s) AND e.kind <> 'expiry'
      AND NOT p.source LIKE ANY (ARRAY['activity:%%', 'change:%%', 'return:%%',
                                       'milestone-voided:%%'])
      AND NOT EXISTS (SELECT 1 FROM points_posting v
                      WHERE v.reverses_id = p.id AND v.source LIKE 'milestone-voided:%%')
      AND (a.unit_id = ANY(%s) OR p.source LIKE 'milestone:%%')
    ORDER BY e.recorded_at, e.id"""


@dataclasses.dataclass(frozen=True, slots=True)
class Happened:
    """One recorded activity, as plain values: what is stated of it, what of that is left after
    returns, and what it really earned, all corrections counted.
    """

    member: uuid.UUID
    id: uuid.UUID
    type: str
    partner: str
    location: str
    occurred_at: datetime
    recorded_at: datetime
    attributes: dict[str, Any]
    left: dict[str, Any]
    awards: list[Award]


@dataclasses.dataclass(frozen=True, slots=True)
class Moved:
    """An amount that no rule paid: by hand, taken back from an activity (`undoes`), or paid by a
    milestone (its code).
    """

    member: uuid.UUID
    unit: str
    occurred_at: datetime
    recorded_at: datetime
    amount: int
    undoes: uuid.UUID | None
    milestone: str


def activities(ids: Sequence[uuid.UUID]) -> Iterator[Happened]:
    """Everything the members did and did not cancel, in the order in which it was recorded."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(ACTIVITIES, [list(ids)])
        while rows := cursor.fetchmany(ROWS):
            for row in rows:
                *plain, stated, left, awards = row
                said = msgspec.json.decode(stated)
                rest = msgspec.json.decode(left) if left else said
                earned = msgspec.json.decode(awards) if awards else []
                values: list[Any] = [*plain, said, rest, earned]
                yield Happened(*values)


def others(ids: Sequence[uuid.UUID], units: Iterable[str]) -> list[Moved]:
    """What milestones paid, and every move of these counters that no activity made, in the order in
    which it was recorded.
    """
    with connection.cursor() as cursor:
        cursor.execute(OTHERS, [list(ids), list(units)])
        return [Moved(*row) for row in cursor]


def people(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Member]:
    """The members themselves."""
    rows = Member.objects.only("pk", "joined_at", "birthday").filter(pk__in=ids)
    return {member.pk: member for member in rows}


def reached(ids: Sequence[uuid.UUID], *, before: datetime) -> set[uuid.UUID]:
    """The levels of milestones that were passed before a moment."""
    stand = MilestoneReached.objects.filter(member__in=ids, voids__isnull=True)
    rows = stand.filter(activity__occurred_at__lt=before)
    return set(rows.values_list("pk", flat=True))


@dataclasses.dataclass(slots=True)
class Held:
    """What is stored of a member's status on one ladder."""

    earned: list[Span] = dataclasses.field(default_factory=list)
    given: list[Span] = dataclasses.field(default_factory=list)


def standings(
    ids: Sequence[uuid.UUID], ladders: Sequence[LadderRule]
) -> dict[tuple[uuid.UUID, str], Held]:
    """What is stored of the members' status, by member and ladder."""
    rungs = {rung.id: rung for rule in ladders for rung in rule.rungs}
    found: dict[tuple[uuid.UUID, str], Held] = {}
    for row in Standing.objects.filter(member__in=ids):
        held = found.setdefault((row.member_id, row.ladder_id), Held())
        span = Span(rungs[row.tier_id], row.starts_at, row.ends_at)
        is_earned = row.source == Standing.Source.EARNED
        (held.earned if is_earned else held.given).append(span)
    return found
