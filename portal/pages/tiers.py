"""The ladder: every tier with its pennant, what it takes, what it brings, and where the member
stands.
"""

from __future__ import annotations

import dataclasses

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import Member
from portal.pages import standing as places
from portal.pages.standing import Place
from program.models import Program, Unit
from tiers.models import Ladder, Tier
from tiers.wording import ways


@dataclasses.dataclass(frozen=True, slots=True)
class Rung:
    """One tier of the ladder, and whether it is the member's."""

    tier: Tier
    is_held: bool
    is_next: bool
    ways: list[str]


@dataclasses.dataclass(frozen=True, slots=True)
class Tiers:
    """The page: the member's place, the rungs from the lowest up, the rule in words."""

    standing: Place
    counter: Unit
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
        counter=place.ladder.counter,
        rungs=[
            Rung(rung, rung == place.tier, rung == place.next_tier, ways(rung, place.ladder))
            for rung in rungs
        ],
        rule=rule(place.ladder),
    )


def rule(ladder: Ladder) -> str:
    """How the ladder is climbed and how long a tier lasts, in one sentence each."""
    words = {
        "units": ladder.counter.plural,
        "months": ladder.window_months,
        "years": ladder.validity_years,
        "count": ladder.validity_months,
    }
    return f"{_counted(ladder) % words} {_kept(ladder) % words}"


def _counted(ladder: Ladder) -> str:
    if ladder.uses_up:
        return _(
            "Reaching a tier uses up what it takes; the %(units)s above it count towards the next."
        )
    return {
        "lifetime": _("Your %(units)s add up for life."),
        "year": _("The %(units)s of one year count."),
        "half_year": _("The %(units)s of one half-year count."),
        "quarter": _("The %(units)s of one quarter count."),
        "month": _("The %(units)s of one month count."),
        "months": _("The %(units)s of the last %(months)s months count."),
        "membership_year": _("The %(units)s of one year of membership count."),
        "membership_half_year": _("The %(units)s of one half-year of membership count."),
        "since_change": _("Your %(units)s count from the day your tier last changed."),
    }[ladder.window]


def _kept(ladder: Ladder) -> str:
    years, months = ladder.validity_years, ladder.validity_months
    if ladder.validity == Ladder.Validity.YEARS and months:
        more = 12 * years + months
        sentence = ngettext(
            "A tier holds for %(more)s month after the end of the year.",
            "A tier holds for %(more)s months after the end of the year.",
            more,
        )
        return sentence % {"more": more}
    return {
        "life": _("A tier once reached is kept."),
        "years": ngettext(
            "A tier holds to the end of the year after.",
            "A tier holds to the end of the year, and %(years)s years more.",
            years,
        )
        if years
        else _("A tier holds to the end of the year."),
        "half_years": ngettext(
            "A tier holds to the end of the half-year after.",
            "A tier holds to the end of the half-year, and %(years)s half-years more.",
            years,
        )
        if years
        else _("A tier holds to the end of the half-year."),
        "months": ngettext(
            "A tier holds for %(count)s month.", "A tier holds for %(count)s months.", months
        ),
        "active": ngettext(
            "A tier holds for as long as something is counted every month.",
            "A tier holds for as long as something is counted every %(count)s months.",
            months,
        ),
    }[ladder.validity]
