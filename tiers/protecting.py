"""Points that do not end while a tier is held.

At the moment at which points would end, whoever holds the tier, or one above it, keeps them until
the end of what they hold; of a tier for life, for another year, and so on.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from common import clock
from points import keepers
from points.books import Key
from program import catalog
from program.catalog import versioned
from program.models import Program
from tiers.models import Standing, TierExpiry


@versioned
def protected(program: Program) -> dict[str, tuple[tuple[str, int], ...]]:
    """By unit, the ladders and lowest ranks at which its points do not end."""
    found: dict[str, tuple[tuple[str, int], ...]] = {}
    rows = TierExpiry.objects.filter(expiry=TierExpiry.Kind.HELD).select_related("tier")
    for row in rows.order_by("tier__ladder", "tier__rank"):
        found[row.unit_id] = (*found.get(row.unit_id, ()), (row.tier.ladder_id, row.tier.rank))
    return found


def kept_until(key: Key, ends: datetime) -> datetime | None:
    """Until when a member's points of a unit are kept that would end at `ends`."""
    program = catalog.current()
    places = protected(program).get(key[1], ())
    if not places:
        return None
    high = Q()
    for ladder, rank in places:
        high |= Q(ladder=ladder, tier__rank__gte=rank)
    rows = Standing.objects.filter(high, member=key[0]).at(ends)
    held = list(rows.values_list("ends_at", flat=True))
    if None in held:
        day = clock.local_date(ends, program.time_zone)
        return clock.start_of_day(clock.add_months(day, 12), program.time_zone)
    return max((end for end in held if end is not None), default=None)


def install() -> None:
    """Let the ledger ask."""
    keepers.register(kept_until)
