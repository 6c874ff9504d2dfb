"""The components templates are made of: numbers, amounts, dates, pennants, rings, codes, icons.

`{% load ui %}`. Everything here is pure: a tag draws what it is given and asks nobody. A *unit* is
anything with `singular`, `plural` and `decimals`; a *tier* anything with `outline`, `field` and
`colors`.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django import template
from django.utils import formats
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from common import clock
from common.ui import colors, icons, pennant, qr

register = template.Library()
MINUS = "\N{MINUS SIGN}"
THIN = "\N{NARROW NO-BREAK SPACE}"


class UnitLike(Protocol):
    singular: str
    plural: str
    decimals: int


class TierLike(Protocol):
    outline: str
    field: str
    colors: list[str]


@register.filter
def number(value: Decimal | float | None, decimals: int | None = None) -> str:
    """A number grouped by thousands in the reader's language, with a real minus sign."""
    if value is None:
        return ""
    size = -value if value < 0 else value
    text = formats.number_format(size, decimal_pos=decimals, use_l10n=True, force_grouping=True)
    return MINUS + str(text) if value < 0 else str(text)


def counted(amount: int, unit: UnitLike) -> str:
    """The bare number of an amount held in the unit's smallest part."""
    if not unit.decimals:
        return number(amount)
    return number(Decimal(amount).scaleb(-unit.decimals), unit.decimals)


@register.simple_tag
def words(amount: int, unit: UnitLike) -> str:
    """An amount as plain text, for inside a sentence: `1,240 points`, `1 night`."""
    whole = 10**unit.decimals
    return f"{counted(amount, unit)} {unit.singular if abs(amount) == whole else unit.plural}"


@register.simple_tag
def amount(amount: int, unit: UnitLike, sign: bool = False) -> SafeString:
    """An amount in tabular figures, its unit in small letters; `sign` shows a credit's plus."""
    text = counted(amount, unit)
    shown = f"+{text}" if sign and amount > 0 else text
    name = unit.singular if abs(amount) == 10**unit.decimals else unit.plural
    return format_html(
        '<span class="amount"><span class="figure">{}</span> <span class="unit">{}</span></span>',
        shown,
        name,
    )


@register.simple_tag
def figure(value: int, unit: UnitLike | None = None) -> SafeString:
    """A number alone, in tabular figures."""
    return format_html(
        '<span class="figure">{}</span>', counted(value, unit) if unit else number(value)
    )


@register.filter
def percent(fraction: Fraction) -> str:
    """A fraction in whole percent, rounded down: nobody is at 100 before they are there."""
    return f"{int(fraction * 100)}{THIN}%"


@register.filter
def grouped(code: str) -> str:
    """A code in groups of four, easy to read aloud: `4821 0937 6623`."""
    plain = code.replace(" ", "").replace("-", "")
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))


@register.simple_tag(takes_context=True)
def day(context: dict[str, Any], moment: dt.datetime | dt.date | None) -> SafeString | str:
    """A date in the program's time zone: today, yesterday, 3 days ago, then the date itself."""
    if moment is None:
        return ""
    date = _local(context, moment)
    absolute = formats.date_format(date, "j F Y")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        absolute,
        _near(context, date),
    )


@register.simple_tag(takes_context=True)
def date(context: dict[str, Any], moment: dt.datetime | dt.date | None) -> SafeString | str:
    """A date in the program's time zone, written out: 31 March 2027."""
    if moment is None:
        return ""
    text = formats.date_format(_local(context, moment), "j F Y")
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), text)


@register.simple_tag(takes_context=True)
def moment(context: dict[str, Any], value: dt.datetime) -> SafeString:
    """A date and the time of day in the program's time zone: 31 March 2027, 14:05."""
    local = value.astimezone(_zone(context))
    text = gettext("%(date)s, %(time)s") % {
        "date": formats.date_format(local, "j F Y"),
        "time": formats.date_format(local, "H:i"),
    }
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.simple_tag(takes_context=True, name="clock")
def clock_tag(context: dict[str, Any], value: dt.datetime) -> SafeString:
    """The time of day in the program's time zone: 14:05."""
    text = formats.date_format(value.astimezone(_zone(context)), "H:i")
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.simple_tag(takes_context=True)
def last_day(context: dict[str, Any], end: dt.datetime | dt.date | None) -> SafeString | str:
    """The last day that is still good, for an exclusive end such as a voucher's expiry."""
    if isinstance(end, dt.datetime):
        end = end - dt.timedelta(microseconds=1)
    return date(context, end)


def _zone(context: dict[str, Any]) -> ZoneInfo:
    program = context.get("program")
    return ZoneInfo(program.time_zone if program else "UTC")


def _local(context: dict[str, Any], moment: dt.datetime | dt.date) -> dt.date:
    return moment.astimezone(_zone(context)).date() if isinstance(moment, dt.datetime) else moment


def _near(context: dict[str, Any], date: dt.date) -> str:
    today = clock.now().astimezone(_zone(context)).date()
    gone = (today - date).days
    if gone == 0:
        return gettext("Today")
    if gone == 1:
        return gettext("Yesterday")
    if 1 < gone < 7:
        return ngettext("%(count)s day ago", "%(count)s days ago", gone) % {"count": gone}
    return formats.date_format(date, "j M" if date.year == today.year else "j M Y")


@register.simple_tag(name="pennant")
def pennant_tag(tier: TierLike | None, size: int = 22) -> SafeString | str:
    """A tier's pennant on its staff, `size` pixels high."""
    return mark_safe(pennant.svg(_design(tier), height=size)) if tier else ""  # noqa: S308


@register.simple_tag
def mast(
    current: TierLike | None, following: TierLike | None, fraction: Fraction = Fraction()
) -> SafeString:
    """The mast on the home page: what is held flies on top, what comes next climbs."""
    held, coming = (_design(tier) if tier else None for tier in (current, following))
    return mark_safe(pennant.mast(held, coming, fraction=float(fraction)))  # noqa: S308


@register.simple_tag
def bunting(tiers: list[TierLike]) -> SafeString:
    """A line dressed with the pennants of all tiers."""
    return mark_safe(pennant.bunting([_design(tier) for tier in tiers]))  # noqa: S308


@register.simple_tag
def face(tier: TierLike | None) -> SafeString:
    """The ground of the card in the tier's colors; the house's own below the first tier."""
    design = _design(tier) if tier else pennant.Design("pennant", "border", ("#14213d", "#faf7f0"))
    return mark_safe(pennant.face(design))  # noqa: S308


@register.simple_tag
def face_ink(tier: TierLike | None) -> str:
    """The class for words on that ground: `is-navy`, `is-white` or `is-black`."""
    ground = _design(tier).colors[0] if tier else "#14213d"
    names = dict(zip(colors.INKS, ("is-navy", "is-white", "is-black"), strict=True))
    return names[colors.readable_on(ground)]


@register.simple_tag
def ring(fraction: Fraction) -> SafeString:
    """A ring filled by a fraction from 0 to 1. The words beside it say the same."""
    filled = min(100, max(0, int(fraction * 100)))
    return format_html(
        '<svg class="ring" viewBox="0 0 80 80" aria-hidden="true"><circle cx="40" cy="40" r="34"/>'
        '<circle class="ring-done" cx="40" cy="40" r="34" pathLength="100"'
        ' stroke-dasharray="{} 100"/>'
        '<text x="40" y="46">{}</text></svg>',
        filled, percent(Fraction(filled, 100)),
    )  # fmt: skip


@register.simple_tag(name="qr")
def qr_tag(text: str, label: str) -> SafeString:
    """A QR code of `text` on white."""
    return mark_safe(qr.svg(text, label=escape(label)))  # noqa: S308


@register.simple_tag
def icon(name: str, size: int = 24) -> SafeString:
    """One of the line icons of common.ui.icons."""
    return mark_safe(icons.svg(name, size=size))  # noqa: S308


def _design(tier: TierLike) -> pennant.Design:
    return pennant.Design.of(tier.outline, tier.field, tier.colors)
