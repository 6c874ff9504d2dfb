"""The ladder: every tier with its pennant, what it takes, what it brings, and where the member
stands.
"""

from __future__ import annotations

import dataclasses

from django.utils.translation import gettext as _

from members.models import Member
from portal.pages import standing as places
from portal.pages.standing import Place
from program.models import Program
from tiers.models import Ladder, Tier


@dataclasses.dataclass(frozen=True, slots=True)
class Rung:
    """One tier of the ladder, and whether it is the member's."""

    tier: Tier
    is_held: bool
    is_next: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Tiers:
    """The page: the member's place, the rungs from the lowest up, the rule in words."""

    standing: Place
    rungs: list[Rung]
    rule: str


def gather(member: Member, *, program: Program) -> Tiers | None:
    """The first ladder of the program; None when it has none."""
    place = places.of(member, program=program)
    if place is None:
        return None
    rungs: list[Tier] = place.ladder.rungs  # type: ignore[attr-defined]
    return Tiers(
        standing=place,
        rungs=[Rung(rung, rung == place.tier, rung == place.next_tier) for rung in rungs],
        rule=rule(place.ladder),
    )


def rule(ladder: Ladder) -> str:
    """How the ladder is climbed and how long a tier lasts, in one sentence."""
    units = ladder.counter.plural
    sentences = {
        ("lifetime", "life"): _("Your %(units)s add up for life, and a tier once reached is kept."),
        ("lifetime", "next_year"): _(
            "Your %(units)s add up for life; a tier holds to the end of the year after that."
        ),
        ("year", "life"): _(
            "The %(units)s of one calendar year count, and a tier once reached is kept."
        ),
        ("year", "next_year"): _(
            "The %(units)s of one calendar year count; a tier holds to the end of the next year."
        ),
    }
    return sentences[ladder.window, ladder.validity] % {"units": units}
