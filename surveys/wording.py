"""What is asked and what the figures mean, in sentences."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from common import clock
from program import catalog
from program.models import Program
from surveys import figures, kinds
from surveys.figures import Scores
from surveys.measures import Change
from surveys.models import Invitation, Survey, Trigger


def question(survey: Survey, *, program: Program, item: int = 0) -> str:
    """The question of a survey's kind, about this business."""
    return str(survey.of_kind.items[item].words) % {"business": program.business}


def why(version: Any) -> str:
    """The open question after the score."""
    return str(version.why_words) or _("What is the main reason for your answer?")


def about(one: Invitation, *, zone: Any) -> str:
    """What an invitation is about, where that is a thing that happened: a stay, a voucher."""
    trigger = one.trigger
    if trigger is None or trigger.on in (Trigger.On.WAVE, Trigger.On.CASE):
        return ""
    day = formats.date_format(one.occurred_at.astimezone(zone).date(), "j F")
    what = trigger.activity_type.name if trigger.activity_type else ""
    if what and one.location:
        words = {"what": what, "place": one.location.name, "day": day}
        return _("%(what)s at %(place)s, %(day)s") % words
    if one.location:
        return _("%(place)s, %(day)s") % {"place": one.location.name, "day": day}
    return _("%(what)s, %(day)s") % {"what": what, "day": day} if what else day


def shown(kind: str, value: Decimal) -> str:
    """A measure as people read it: whole points of an NPS, a tenth of a mean, whole percent."""
    step = Decimal("0.1") if kind == kinds.CES else Decimal(1)
    text = formats.number_format(value.quantize(step, ROUND_HALF_UP), use_l10n=True)
    text = text.replace("-", "\N{MINUS SIGN}") if text.strip("-0.,") else text.lstrip("-")
    return f"{text}\N{NARROW NO-BREAK SPACE}%" if kind == kinds.CSAT else str(text)


def moved(scores: Scores) -> str:
    """How the last three months compare with those before, in a sentence that says whether it is
    luck; months that lie back are named.
    """
    change, periods, lately = scores.change, scores.periods, scores.lately
    if change is None or periods is None or lately is None or periods[0].figure is None:
        return ""
    kind = scores.survey.kind
    today = clock.local_date(clock.now(), catalog.current().time_zone)
    is_now = lately[1] == today.replace(day=1)
    words = {
        "now": shown(kind, periods[0].figure.value),
        "by": shown(kind, abs(change.difference)),
        "when": _("the last three months") if is_now else figures.span_name(lately),
    }
    if words["by"].strip("0.,%\N{NARROW NO-BREAK SPACE}") == "":
        return _("%(now)s in %(when)s: as in the three before.") % words
    return _sentence(change) % words


def _sentence(change: Change) -> str:
    if change.is_certain and change.difference > 0:
        return _("%(now)s in %(when)s: up %(by)s, more than chance.")
    if change.is_certain:
        return _("%(now)s in %(when)s: down %(by)s, more than chance.")
    if change.difference > 0:
        return _("%(now)s in %(when)s: up %(by)s, not yet more than chance.")
    return _("%(now)s in %(when)s: down %(by)s, not yet more than chance.")
