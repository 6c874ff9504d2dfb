"""What is left of a status that its counters no longer carry, after something was taken back.

Status is a pure function of dated counters, so a return may undo a climb, and its history with it.
What was held until now stays history. Where the program keeps status, it also stands to the end of
its period; where it does not, from now on the counters decide. Either is a standing of its own,
which names the activity that brought it about.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from common import clock
from common.errors import translate
from members.models import Member
from program.models import Program
from tiers import standing
from tiers.errors import REFUSALS
from tiers.flattening import highest
from tiers.ladders import Climbs, climbs
from tiers.models import Standing
from tiers.qualification import Climb
from tiers.terms import Rung, Span

Key = tuple[uuid.UUID, str]


def settle(
    before: Climbs,
    *,
    member: Member,
    program: Program,
    is_kept: bool,
    cause: str,
    actor: str,
    gone: Collection[uuid.UUID] = (),
) -> Climbs:
    """Store what follows from the ledger as it is, and what is kept of what followed `before`.

    The caller holds the member's accounts that count. Activities that are `gone` count no more,
    though nothing is stored of it yet. Returns the climbs as they are now.
    """
    now, after = clock.now(), climbs([member], program=program, gone=gone)
    beside: dict[Key, list[Span]] = {}
    for key, way in before.items():
        kept = _kept_rows(key)
        spans = [_span(row, way.rule.rungs) for row in kept]
        lost = _lost(way, [*after[key].spans(), *spans], until=None if is_kept else now)
        if lost:
            spans = highest([*spans, *lost])
            _store(key, kept, spans, cause=cause, actor=actor)
        beside[key] = spans
    standing.settle(after, actor=actor, beside=beside)
    return climbs([member], program=program, gone=gone) if any(beside.values()) else after


def _kept_rows(key: Key) -> list[Standing]:
    rows = Standing.objects.filter(member=key[0], ladder=key[1], source=Standing.Source.KEPT)
    return list(rows.order_by("starts_at"))


def _span(row: Standing, rungs: Iterable[Rung]) -> Span:
    rung = next(rung for rung in rungs if rung.id == row.tier_id)
    return Span(rung, row.starts_at, row.ends_at)


def _lost(way: Climb, still: Sequence[Span], *, until: datetime | None) -> list[Span]:
    """The parts of what was held, up to `until`, at which nothing as high is held any more.

    What was to begin later only has not been held, and is not kept.
    """
    now, lost = clock.now(), []
    for span in way.spans():
        if span.starts_at <= now:
            as_high = [other for other in still if other.rung.rank >= span.rung.rank]
            ends_at = min(filter(None, (span.ends_at, until)), default=None)
            lost += _without(Span(span.rung, span.starts_at, ends_at), as_high)
    return lost


def _without(span: Span, others: Iterable[Span]) -> list[Span]:
    """The parts of a span that no other covers."""
    parts, starts_at = [], span.starts_at
    for other in sorted(others, key=lambda one: one.starts_at):
        if span.ends_at is not None and other.starts_at >= span.ends_at:
            break
        if other.starts_at > starts_at:
            parts.append(Span(span.rung, starts_at, other.starts_at))
        if other.ends_at is None:
            return parts
        starts_at = max(starts_at, other.ends_at)
    if span.ends_at is None or starts_at < span.ends_at:
        parts.append(Span(span.rung, starts_at, span.ends_at))
    return parts


def _store(
    key: Key, known: Sequence[Standing], wanted: Sequence[Span], *, cause: str, actor: str
) -> None:
    """Make the rows of what is kept say `wanted`; what says it already keeps its cause."""
    said: Mapping[tuple[uuid.UUID, datetime, datetime | None], Standing] = {
        (row.tier_id, row.starts_at, row.ends_at): row for row in known
    }
    spans = {(span.rung.id, span.starts_at, span.ends_at): span for span in wanted}
    fresh = [
        Standing(
            member_id=key[0],
            ladder_id=key[1],
            tier_id=span.rung.id,
            source=Standing.Source.KEPT,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            reason=_("Held before an activity was returned"),
            actor=actor,
            cause=cause,
        )
        for place, span in spans.items()
        if place not in said
    ]
    with translate(REFUSALS):
        stale = [row.pk for place, row in said.items() if place not in spans]
        Standing.objects.filter(member=key[0], pk__in=stale).delete()
        Standing.objects.bulk_create(fresh)
