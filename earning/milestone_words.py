"""Milestones in words: what a level is, that it was reached, what was chosen for it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.text import number
from earning.models import Milestone, MilestoneOption
from points.wording import in_units
from program.models import ActivityType


def level(milestone: Milestone, at: int) -> str:
    """`140 nights`, `3 months in a row`, `4 × Visit`, `5 days with: Visit`, `3 × Brand, each
    counted once: Stay`.
    """
    words = {"n": number(at), "type": milestone.type.name if milestone.type else ""}
    if milestone.streak:
        return _row(milestone.streak, at) % words
    if milestone.counter is not None:
        return in_units(at, milestone.counter)
    if milestone.distinct == Milestone.Distinct.DAY:
        return ngettext("%(n)s day with: %(type)s", "%(n)s days with: %(type)s", at) % words
    if milestone.distinct == Milestone.Distinct.PARTNER:
        return ngettext("%(n)s partner with: %(type)s", "%(n)s partners with: %(type)s", at) % words
    if milestone.distinct == Milestone.Distinct.LOCATION:
        return (
            ngettext("%(n)s location with: %(type)s", "%(n)s locations with: %(type)s", at) % words
        )
    if milestone.distinct and milestone.type:
        words["what"] = _called(milestone.type, milestone.distinct)
        return _("%(n)s × %(what)s, each counted once: %(type)s") % words
    return _("%(n)s × %(type)s") % words


def _called(type: ActivityType, code: str) -> str:
    """What an attribute is called."""
    return next((one.name for one in type.attributes.all() if one.code == code), code)


def _row(streak: str, at: int) -> str:
    if streak == Milestone.Streak.DAY:
        return ngettext("%(n)s day in a row", "%(n)s days in a row", at)
    if streak == Milestone.Streak.WEEK:
        return ngettext("%(n)s week in a row", "%(n)s weeks in a row", at)
    if streak == Milestone.Streak.MONTH:
        return ngettext("%(n)s month in a row", "%(n)s months in a row", at)
    if streak == Milestone.Streak.QUARTER:
        return ngettext("%(n)s quarter in a row", "%(n)s quarters in a row", at)
    return ngettext("%(n)s year in a row", "%(n)s years in a row", at)


def reached(milestone: Milestone, at: int) -> str:
    """Why a level was paid."""
    return _("%(milestone)s: %(level)s reached") % _words(milestone, at)


def lost(milestone: Milestone, at: int) -> str:
    """Why what a level paid was taken back."""
    return _("%(milestone)s: %(level)s no longer reached") % _words(milestone, at)


def chosen(option: MilestoneOption, times: int, *, by_default: bool) -> str:
    """Why an option was paid."""
    words = {"milestone": option.milestone.name, "option": option.name, "n": number(times)}
    if by_default:
        if times == 1:
            return _("%(milestone)s: %(option)s, as nothing was chosen") % words
        return _("%(milestone)s: %(n)s × %(option)s, as nothing was chosen") % words
    if times == 1:
        return _("%(milestone)s: %(option)s chosen") % words
    return _("%(milestone)s: %(n)s × %(option)s chosen") % words


def _words(milestone: Milestone, at: int) -> dict[str, str]:
    return {"milestone": milestone.name, "level": level(milestone, at)}
