"""What the tables of surveys hold about people: what they were asked, said, and were answered.

Anonymous answers belong to nobody, so nothing of them can be found, shown or emptied.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.privacy import Person, Sheet, house, plain, register, sentences, words
from surveys.models import Answer, Line


def install() -> None:
    """Describe the tables of this app."""
    register(SHEETS)


def _answers(person: Person) -> models.QuerySet[Answer]:
    return Answer.objects.filter(authors__member__in=person.members)


def _lines(person: Person) -> models.QuerySet[Line]:
    return Line.objects.filter(answer__authors__member__in=person.members)


SHEETS = [
    *house(
        "surveys",
        {
            "Care": (
                "id contact_days max_age_days opens_hour closes_hour weekdays holidays "
                "goodwill_max asked_elsewhere"
            ),
            "Survey": (
                "code name kind is_anonymous is_active open_days activity_type partner position"
            ),
            "Version": "id survey number why_words created_at",
            "Question": "id version code kind words choices least most position",
            "Branch": "id version question least most",
            "Trigger": (
                "id survey code on activity_type only every_months delay_hours rate quota is_active"
            ),
            "ReplyText": "code name text position",
            "QuotaUse": "id trigger month used",
            "Tally": (
                "id survey series month tier location trigger value answers asked made_up eligible "
                "counted_at"
            ),
        },
    ),
    Sheet(
        "surveys.CaseRule",
        plain("id survey code least most location contact_hours close_hours is_active position")
        | sentences("owner escalates_to"),
    ),
    Sheet(
        "surveys.Contact",
        plain("id member asked_at"),
        title=_("When you were asked last"),
        member="member",
    ),
    Sheet(
        "surveys.Decision",
        plain("id member trigger source outcome until occurred_at decided_at"),
        title=_("Why you were, or were not, asked"),
        member="member",
    ),
    Sheet(
        "surveys.Invitation",
        plain(
            "id member survey version trigger source location tier occurred_at opens_at ends_at "
            "opened_at shown_at answered_at withdrawn_at withdrawn_why is_made_up"
        ),
        title=_("Questions to you"),
        member="member",
    ),
    Sheet(
        "surveys.Authorship",
        plain("id member invitation answer"),
        title=_("Which answers are yours"),
        member="member",
    ),
    Sheet(
        "surveys.Answer",
        plain(
            "id survey version series is_anonymous is_made_up score least most items index "
            "answered_on answered_at trigger tier location"
        )
        | words("comment", "")
        | words("tags", list),
        title=_("What you answered"),
        rows=_answers,
    ),
    Sheet(
        "surveys.Line",
        plain("id answer question") | words("value"),
        title=_("What you answered to further questions"),
        rows=_lines,
    ),
    Sheet(
        "surveys.Case",
        plain(
            "id member survey answer rule owner status opened_at contact_due_at close_due_at "
            "replied_at escalated_at closed_at result cause"
        ),
        title=_("What was done about your answers"),
        member="member",
    ),
    Sheet(
        "surveys.CaseStep",
        plain("id member case kind posting actor happened_at") | words("text"),
        title=_("What was done about your answers, step by step"),
        member="member",
        only=~Q(kind="goodwill"),  # there it is an amount
    ),
]
