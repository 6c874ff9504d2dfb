"""What letters about surveys are filled with: the pages behind their links are here, so the links
are made here.

Surveys announce that somebody was invited, messaging writes letters, and neither knows the other.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as later

from common.ids import parse_public_id
from messaging.registry import About, Choice, Kind, Scale, Told, register
from program import catalog
from surveys import answering, links, wording

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


def install() -> None:
    """Register the letters; called once, when the app is ready."""
    register(
        Kind(
            event="survey_invited",
            topic=TOPIC,
            topic_words=later("questions about how it was"),
            variables={
                "question": "The question of the survey.",
                "about": "What it is about: a stay, a visit.",
                "page": "The address of the question.",
                "scale": "The numbers to tap, on a line of its own.",
            },
            tell=invited,
            subject=later("How was it, {name}?"),
            text=later(
                "Hello {name},\n\n{about}\n\n{question}\n\n{scale}\n\n"
                "One tap is all. If you like, tell us more on the page that follows."
            ),
        ),
        Kind(
            event="survey_case_replied",
            topic="",
            variables={
                "reply": "What staff wrote.",
                "inbox": "Where the member reads it again.",
            },
            tell=replied,
            subject=later("Our answer to you"),
            text=later("Hello {name},\n\n{reply}\n\n{business}\n\nRead it in your inbox\n{inbox}"),
        ),
    )
