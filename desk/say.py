"""Facts in words a clerk would use: dates in the program's zone, amounts with their unit, people
instead of ids.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common import clock
from common.templatetags import ui
from members.models import User
from program.models import Unit

NOTHING = "–"


def day(value: datetime | date | None) -> str:
    """`21 Nov 2026`, in the current time zone."""
    if value is None:
        return NOTHING
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    return formats.date_format(local, "j M Y")


def today() -> date:
    """The day it is in the current time zone."""
    return timezone.localdate(clock.now())


def moment(value: datetime | None) -> str:
    """`21 Nov 2026, 14:05`, in the current time zone."""
    return formats.date_format(timezone.localtime(value), "j M Y, H:i") if value else NOTHING


def last_day(end: datetime | None) -> str:
    """The last day that is still good, for an exclusive end."""
    return day(end - timedelta(microseconds=1)) if end else NOTHING


def period(start: date | None, end: date | None) -> str:
    """From when until when, where the end is the first day that no longer counts."""
    if start and end:
        return _("from %(start)s until %(end)s") % {"start": day(start), "end": day(end)}
    if start:
        return _("from %(start)s") % {"start": day(start)}
    return _("until %(end)s") % {"end": day(end)} if end else _("always")


def amount(value: int, unit: Unit) -> str:
    """`1,240 points`."""
    return ui.words(value, unit)


def signed(value: int, unit: Unit) -> str:
    """`+1,240 points` or `−300 points`."""
    return ("+" if value > 0 else "") + ui.words(value, unit)


def figure(value: int, unit: Unit, *, is_change: bool = False) -> SafeString:
    """An amount for a column of figures, signed and colored where it is a change."""
    kind = (
        "desk-plus" if is_change and value > 0 else "desk-minus" if is_change and value < 0 else ""
    )
    text = signed(value, unit) if is_change else amount(value, unit)
    return format_html('<span class="desk-figure {}">{}</span>', kind, text)


def staff_names(actors: Iterable[str]) -> dict[str, str]:
    """Names of the staff among some actors, by actor, in one query (none when there is no staff
    among them).
    """
    ids = {actor.partition(":")[2] for actor in actors if actor.startswith("staff:")}
    known = [uuid.UUID(text) for text in ids if _is_uuid(text)]
    if not known:
        return {}
    rows = User.objects.filter(pk__in=known).only("name", "email")
    return {f"staff:{user.pk}": str(user) for user in rows}


def actor(written: str, names: Mapping[str, str] | None = None) -> str:
    """`staff:0193…` as the clerk's name, `system:import` as what it is."""
    if names and written in names:
        return names[written]
    kind, _sep, rest = written.partition(":")
    if kind == "member":
        return _("the member")
    if kind == "staff":
        return _("staff")
    if kind == "partner":
        return _("partner %(code)s") % {"code": rest}
    return rest.replace("-", " ") if kind == "system" else written


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
