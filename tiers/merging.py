"""What a merge does to status: counters that moved fold into one climb, and nobody falls by it.

On every ladder the survivor holds at least what either of the two held, until the day to which it
was held; where the climb of what both counted says less, a standing of the source `merged` bridges
the gap. Undone, both climb by what is their own again.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common import clock
from members import merging
from members.merging import Merging
from members.models import Member
from program import catalog
from tiers import standing
from tiers.flattening import highest
from tiers.ladders import own_climbs
from tiers.models import Standing
from tiers.terms import Span

Held = dict[str, list[Span]]  # by ladder: what either held, the highest at each moment


def install() -> None:
    """Take part in merges."""
    merging.register(merging.Part("tiers", _join, _part, survey=_survey))


def _survey(work: Merging) -> Held:
    """What the two hold from now on, each by what is their own."""
    found: Held = {}
    for _pk, ladder, spans in _own([work.survivor, work.absorbed]):
        found.setdefault(ladder, []).extend(spans)
    return {ladder: highest(spans) for ladder, spans in found.items()}


def _own(members: Sequence[Member]) -> list[tuple[uuid.UUID, str, list[Span]]]:
    now = clock.now()
    ways = own_climbs(members, program=catalog.current())
    return [
        (pk, ladder, _from(now, [*way.spans(until=now), *way.granted]))
        for (pk, ladder), way in ways.items()
    ]


def _from(moment: datetime, spans: Sequence[Span]) -> list[Span]:
    return [span for span in spans if span.ends_at is None or span.ends_at > moment]


def _join(work: Merging, held: Held) -> dict[str, Any]:
    now = clock.now()
    Standing.objects.filter(member=work.absorbed, source=Standing.Source.EARNED).delete()
    given = Standing.objects.filter(member=work.absorbed, starts_at__lt=now).at(now)
    ended = {
        str(pk): end.isoformat() if end else None for pk, end in given.values_list("pk", "ends_at")
    }
    given.update(ends_at=now)
    after = {ladder: highest(spans) for _pk, ladder, spans in _own([work.survivor])}
    rows = [
        _bridge(work, ladder, span, now)
        for ladder, spans in held.items()
        for span in spans
        if not _is_covered(span, after.get(ladder, ()), now)
    ]
    Standing.objects.bulk_create(rows)
    standing.reassess(work.survivor, actor=work.actor)
    return {"ended": ended}


def _is_covered(span: Span, others: Sequence[Span], now: datetime) -> bool:
    """Whether what is held anyway is as high all the time; `others` do not overlap."""
    reached = max(span.starts_at, now)
    for other in others:
        if other.rung.rank >= span.rung.rank and other.covers(reached):
            if other.ends_at is None or (span.ends_at and other.ends_at >= span.ends_at):
                return True
            reached = other.ends_at
    return False


def _bridge(work: Merging, ladder: str, span: Span, now: datetime) -> Standing:
    return Standing(
        member=work.survivor,
        ladder_id=ladder,
        tier_id=span.rung.id,
        source=Standing.Source.MERGED,
        merge=work.row,
        starts_at=max(span.starts_at, now),
        ends_at=span.ends_at,
        reason=_("Held before two memberships became one"),
        actor=work.actor,
    )


def _part(work: Merging, memo: dict[str, Any]) -> None:
    now = clock.now()
    bridges = Standing.objects.filter(member=work.survivor, merge=work.row)
    bridges.filter(starts_at__gte=now).delete()
    bridges.at(now).update(ends_at=now)
    for pk, end in memo["ended"].items():
        ends_at = datetime.fromisoformat(end) if end else None
        Standing.objects.filter(pk=pk, member=work.absorbed).update(ends_at=ends_at)
    for member in (work.survivor, work.absorbed):
        standing.reassess(member, actor=work.actor)
