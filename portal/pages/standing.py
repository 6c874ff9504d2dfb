"""Where a member stands, in words: the tier, what is missing to the next, and how long it lasts."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from fractions import Fraction

from members.models import Member
from program.models import Program, Unit
from tiers import standing
from tiers.models import Ladder, Tier
from tiers.standing import Need, Progress


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """A member's place on a ladder. Amounts are in the counter's smallest part; `ends_at` is
    exclusive.
    """

    ladder: Ladder
    unit: Unit
    tier: Tier | None
    next_tier: Tier | None
    value: int
    missing: int
    fraction: Fraction
    ends_at: datetime | None
    counts_until: date | None
    needs: tuple[Need, ...] = ()
    is_top: bool = False


def of_progress(progress: Progress) -> Place:
    """The same, as the page names it."""
    return Place(
        ladder=progress.ladder,
        unit=progress.counter_unit,
        tier=progress.tier,
        next_tier=progress.next_tier,
        value=progress.value,
        missing=progress.missing,
        fraction=progress.fraction,
        ends_at=progress.ends_at,
        counts_until=progress.window_ends_on,
        is_top=progress.tier in progress.ladder.rungs[-1:],  # type: ignore[attr-defined]
        needs=progress.needs if len(progress.needs) > 1 or not progress.missing else (),
    )


def of(member: Member, *, program: Program) -> Place | None:
    """Where the member stands on the program's first ladder; None when it has no ladder."""
    places = standing.progress(member, program=program)
    return of_progress(places[0]) if places else None
