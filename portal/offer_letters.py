"""What the letter about an activated offer is filled with."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from common import clock
from earning import activating
from earning.errors import ActivationUnknown
from earning.offering import MOMENT
from messaging.registry import About, Kind, Told, register
from portal.letters import address
from program import catalog

ACTIVATED = {
    "offer": "The name of the offer.",
    "summary": "What it is, in its own sentence.",
    "day": "The last day on which it holds; empty where there is none.",
    "until": "For how long it holds, as a sentence.",
    "page": "The address of the page of offers.",
}


def activated(about: About) -> Told:
    """What was activated and how long it holds; silent where that is over, or was undone."""
    try:
        row = activating.one(about.member, about.subject)
    except ActivationUnknown:
        return Told(why_not="There is no such activation any more.")
    if row.undone_at is not None:
        return Told(why_not="It was undone before the letter left.")
    if row.ends_at is not None and row.ends_at <= clock.now():
        return Told(why_not="It was over before the letter left.")
    zone = catalog.current().time_zone
    last = clock.local_date(row.ends_at - MOMENT, zone) if row.ends_at else None
    return Told(_filled(row.offer.name, row.offer.summary, last, picked=row.picked_on))


def _filled(name: str, summary: str, last: date | None, *, picked: date | None) -> dict[str, str]:
    shown = picked or last
    day = formats.date_format(shown, "j F Y") if shown else ""
    if picked is not None:
        until = _("It holds on %(day)s.") % {"day": day}
    elif last is not None:
        until = _("It holds to the end of %(day)s.") % {"day": day}
    else:
        until = _("It holds from now on.")
    values = {"offer": name, "summary": summary, "day": day, "until": until}
    return values | {"page": address("offers")}


def _example() -> Told:
    last = clock.local_date(clock.now(), catalog.current().time_zone) + timedelta(days=30)
    return Told(
        _filled(_("Three in a row"), _("Your third visit counts twice."), last, picked=None)
    )


def install() -> None:
    """Register the letter; called once, when the app is ready."""
    register(
        Kind(
            event="offer_activated",
            title=later("An offer was activated"),
            topic="offers",
            topic_words=later("word of offers that you have activated"),
            variables=ACTIVATED,
            tell=activated,
            example=_example,
            subject=later("{offer}: activated"),
            text=later("Hello {name},\n\n{summary}\n\n{until}\n\nYour offers\n{page}"),
        )
    )
