"""What a tier takes, in words: one sentence for each route."""

from __future__ import annotations

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.text import number, scaled
from tiers import groups
from tiers.models import Ladder, Tier, TierNeed, TierRoute


def ways(tier: Tier, ladder: Ladder) -> list[str]:
    """Every way to the tier: `30 nights`, `15 PQF, 5,000 PQP and 4 flights`, `20 nights, to keep
    it`, `600 nights and 10 years as Platinum, for life`.
    """
    found = []
    for route in tier.routes.all():
        needs = get_text_list([_need(need) for need in route.needs.all()], _("and"))
        found.append(_open_to(route, _said(route) % {"needs": needs}))
    if tier.threshold is not None:
        value = scaled(tier.threshold, ladder.counter.decimals)
        noun = ladder.counter.singular if value == 1 else ladder.counter.plural
        found.append(f"{number(value)} {noun}")
    return found or [_("by invitation")]


def _open_to(route: TierRoute, words: str) -> str:
    who = group(route)
    return f"{words} ({who})" if who else words


def group(route: TierRoute) -> str:
    """Whom a way to a tier is only for, in words; empty where it is for everybody."""
    if route.segment_id is not None:
        return for_group(groups.named(groups.SEGMENT, route.segment_id))
    return for_group(groups.named(groups.PLAN, route.plan))


def for_group(group: str) -> str:
    """The same of a group as routes name it: `for: Card holders`, `with: Plus`."""
    return said_of(group.partition(":")[0], groups.called(group)) if group else ""


def said_of(kind: str, name: str) -> str:
    """The same of a group of a kind, by its name."""
    words = _("with: %(group)s") if kind == groups.PLAN else _("for: %(group)s")
    return words % {"group": name}


def _said(route: TierRoute) -> str:
    if route.keeps:
        return _("%(needs)s, to keep it")
    return _("%(needs)s, for life") if route.for_life else "%(needs)s"


def _need(need: TierNeed) -> str:
    if need.type is not None:
        return activities(need.type.name, need.distinct, need.at_least)
    if need.unit is None:
        words = ngettext("%(count)s year as %(tier)s", "%(count)s years as %(tier)s", need.at_least)
        return words % {"count": need.at_least, "tier": need.held}
    value = scaled(need.at_least, need.unit.decimals)
    return f"{number(value)} {need.unit.singular if value == 1 else need.unit.plural}"


def activities(name: str, distinct: str, count: int) -> str:
    """So many activities: `4 × Flight`, `3 partners with: Stay`."""
    words = {"n": number(count), "type": name}
    if distinct == TierNeed.Distinct.DAY:
        return ngettext("%(n)s day with: %(type)s", "%(n)s days with: %(type)s", count) % words
    if distinct == TierNeed.Distinct.PARTNER:
        one, many = "%(n)s partner with: %(type)s", "%(n)s partners with: %(type)s"
        return ngettext(one, many, count) % words
    if distinct == TierNeed.Distinct.LOCATION:
        one, many = "%(n)s location with: %(type)s", "%(n)s locations with: %(type)s"
        return ngettext(one, many, count) % words
    return _("%(n)s × %(type)s") % words
