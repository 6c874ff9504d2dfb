"""What letters are filled with: the pages behind their links are here, so the links are made here.

Surveys announce that somebody was invited, the ledger that points end; messaging writes letters,
and none of them knows the other.
"""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Sum
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from common import clock
from common.ids import parse_public_id
from common.templatetags.ui import words
from messaging.registry import About, Choice, Kind, Scale, Told, register
from points.models import Lot
from program import catalog
from program.models import Unit
from surveys import answering, kinds, links, wording

TOPIC = "surveys"


def address(name: str, *args: str) -> str:
    """A page of the portal, whole, for a letter."""
    return f"{settings.PUBLIC_URL}{reverse(f'portal:{name}', args=args)}"


def invited(about: About) -> Told:
    """The question with its scale: each number is a link of its own."""
    one = answering.invitation(parse_public_id("inv", about.subject))
    if one.answered_at is not None or one.withdrawn_at is not None:
        return Told(why_not="The question was answered or withdrawn before the letter left.")
    program, kind = catalog.current(), one.survey.of_kind
    choices = [
        Choice(str(score), address("ask", links.to_score(one.pk, score))) for score in kind.scale
    ]
    values = {
        "question": wording.question(one.survey, program=program),
        "about": wording.about(one, zone=ZoneInfo(program.time_zone)),
        "page": address("ask", links.to_score(one.pk)),
    }
    return Told(values, Scale(tuple(choices), str(kind.low_words), str(kind.high_words)))


def replied(about: About) -> Told:
    """What staff wrote, and where to read it again."""
    return Told({"reply": str(about.payload.get("text", "")), "inbox": address("inbox")})


def expiring(about: About) -> Told:
    """What ends, when, and where to use it; silent where it was used meanwhile."""
    payload, program = about.payload, catalog.current()
    unit = catalog.of(program).units.get(str(payload.get("unit")))
    if unit is None or unit.kind != Unit.Kind.SPENDABLE:
        return Told(why_not="This unit is not spent any more.")
    last = date.fromisoformat(str(payload["last_day"]))
    ends = clock.end_of_day(last, program.time_zone)
    left = Lot.objects.live().filter(
        member=about.member, account__unit=unit, expires_at__gt=clock.now(), expires_at__lte=ends
    )
    amount = left.aggregate(sum=Sum("remaining"))["sum"]
    if not amount:
        return Told(why_not="Nothing ends any more: the points were used.")
    values = {
        "points": words(amount, unit),
        "day": formats.date_format(last, "j F Y"),
        "page": address("expiry"),
        "rewards": address("rewards"),
    }
    return Told(values)


def _example_invited() -> Told:
    program, kind = catalog.current(), kinds.of(kinds.NPS)
    page = address("inbox")
    choices = tuple(Choice(str(score), page) for score in kind.scale)
    values = {
        "question": str(kind.items[0].words) % {"business": program.business},
        "about": formats.date_format(clock.local_date(clock.now(), program.time_zone), "j F"),
        "page": page,
    }
    return Told(values, Scale(choices, str(kind.low_words), str(kind.high_words)))


def _example_replied() -> Told:
    reply = _("We are sorry about the noise. The lift is repaired, and the next night is on us.")
    return Told({"reply": reply, "inbox": address("inbox")})


def _example_expiring() -> Told:
    program = catalog.current()
    unit = catalog.of(program).default_unit
    last = clock.local_date(clock.now(), program.time_zone) + timedelta(days=30)
    values = {
        "points": words(1200 * 10**unit.decimals, unit),
        "day": formats.date_format(last, "j F Y"),
        "page": address("expiry"),
        "rewards": address("rewards"),
    }
    return Told(values)


def install() -> None:
    """Register the letters; called once, when the app is ready."""
    register(
        Kind(
            event="survey_invited",
            title=later("A question about how it was"),
            topic=TOPIC,
            topic_words=later("questions about how it was"),
            variables={
                "question": "The question of the survey.",
                "about": "What it is about: a stay, a visit.",
                "page": "The address of the question.",
                "scale": "The numbers to tap, on a line of its own.",
            },
            tell=invited,
            example=_example_invited,
            subject=later("How was it, {name}?"),
            text=later(
                "Hello {name},\n\n{about}\n\n{question}\n\n{scale}\n\n"
                "One tap is all. If you like, tell us more on the page that follows."
            ),
        ),
        Kind(
            event="survey_case_replied",
            title=later("Our answer to what a member told us"),
            topic="",
            variables={
                "reply": "What staff wrote.",
                "inbox": "Where the member reads it again.",
            },
            tell=replied,
            example=_example_replied,
            subject=later("Our answer to you"),
            text=later("Hello {name},\n\n{reply}\n\n{business}\n\nRead it in your inbox\n{inbox}"),
        ),
        Kind(
            event="points_expiring",
            title=later("Points that end soon"),
            topic="expiry",
            topic_words=later("word of points that end soon"),
            variables={
                "points": "What ends, with its unit: 1,200 points.",
                "day": "The last day on which it can be used.",
                "page": "The address of the page about what ends when.",
                "rewards": "The address of the rewards.",
            },
            tell=expiring,
            example=_example_expiring,
            subject=later("{points} until {day}"),
            text=later(
                "Hello {name},\n\nyou have {points} that end after {day}. Until then they are good "
                "for anything on our list.\n\nSee the rewards\n{rewards}\n\n"
                "What ends when is always here: {page}"
            ),
        ),
    )
