"""When a unit ends, in sentences: what `points.policy` computes, told to the member it concerns."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from program.catalog import Catalog
from program.models import Unit

LEAP_YEAR = 2000  # any year that has a 29 February


def rule(unit: Unit, *, catalog: Catalog) -> str:
    """The unit's expiry, in one to five sentences."""
    if unit.expiry == Unit.Expiry.NEVER:
        return _("%(units)s never end.") % {"units": unit.plural.capitalize()}
    return " ".join(part for part in (_ends(unit, catalog), *_more(unit)) if part)


def _ends(unit: Unit, catalog: Catalog) -> str:
    """The rule itself."""
    count = unit.expiry_count or 0
    words = {"units": unit.plural.capitalize(), "count": count}
    if unit.expiry == Unit.Expiry.FIXED_DAY:
        return _on_a_day(unit, words, count)
    if unit.expiry == Unit.Expiry.INACTIVITY:
        return _unless_active(unit, words, count, catalog)
    if not count:
        return _("%(units)s are good on the day they were earned.") % words
    if unit.expiry == Unit.Expiry.DAYS:
        sentence = ngettext(
            "%(units)s are good for %(count)s day after the activity that earned them.",
            "%(units)s are good for %(count)s days after the activity that earned them.",
            count,
        )
    else:
        sentence = ngettext(
            "%(units)s are good for %(count)s month after the activity that earned them.",
            "%(units)s are good for %(count)s months after the activity that earned them.",
            count,
        )
    return sentence % words


def _on_a_day(unit: Unit, words: dict[str, object], count: int) -> str:
    day = date(LEAP_YEAR, unit.expiry_month or 12, unit.expiry_day or 31)
    words["day"] = date_format(day, "j F")
    if not count:
        return _("%(units)s end on the first %(day)s after they were earned.") % words
    sentence = ngettext(
        "%(units)s end on %(day)s, %(count)s year after the first one that follows their earning.",
        "%(units)s end on %(day)s, %(count)s years after the first one that follows their earning.",
        count,
    )
    return sentence % words


def _unless_active(unit: Unit, words: dict[str, object], count: int, catalog: Catalog) -> str:
    if unit.expiry_counts == Unit.Counts.TYPES:
        known = (catalog.types.get(code) for code in unit.expiry_types)
        words["types"] = ", ".join(type.name.lower() for type in known if type)
        sentence = ngettext(
            "%(units)s end after %(count)s month without any of these: %(types)s.",
            "%(units)s end after %(count)s months without any of these: %(types)s.",
            count,
        )
    elif unit.expiry_counts == Unit.Counts.EARNING:
        sentence = ngettext(
            "%(units)s end after %(count)s month in which you earn none.",
            "%(units)s end after %(count)s months in which you earn none.",
            count,
        )
    else:
        sentence = ngettext(
            "%(units)s end after %(count)s month in which you neither earn nor spend any.",
            "%(units)s end after %(count)s months in which you neither earn nor spend any.",
            count,
        )
    return sentence % words


def _more(unit: Unit) -> tuple[str, ...]:
    """What softens the rule: rounding, a least life, and points from before the rule."""
    rounded = {
        Unit.RoundTo.MONTH: _("They then last to the end of that month."),
        Unit.RoundTo.QUARTER: _("They then last to the end of that quarter."),
        Unit.RoundTo.HALF_YEAR: _("They then last to the end of that half-year."),
        Unit.RoundTo.YEAR: _("They then last to the end of that year."),
    }
    least = ngettext(
        "They are good for at least %(count)s day.",
        "They are good for at least %(count)s days.",
        unit.expiry_min_days,
    )
    since, most = unit.expiry_since, unit.expiry_most_months
    return (
        rounded.get(Unit.RoundTo(unit.expiry_round_to), ""),
        _latest(most) if most else "",
        least % {"count": unit.expiry_min_days} if unit.expiry_min_days else "",
        _("What was earned before %(day)s never ends.") % {"day": date_format(since, "j F Y")}
        if since
        else "",
    )


def _latest(months: int) -> str:
    """The end that comes however much happens."""
    if months % 12:
        sentence = ngettext(
            "However active you are, they end %(count)s month after they were earned.",
            "However active you are, they end %(count)s months after they were earned.",
            months,
        )
        return sentence % {"count": months}
    sentence = ngettext(
        "However active you are, they end %(count)s year after they were earned.",
        "However active you are, they end %(count)s years after they were earned.",
        months // 12,
    )
    return sentence % {"count": months // 12}
