"""What the tables of surveys hold about people.

An answer that is not anonymous is its author's; its words go with the author, its score stays.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from common.privacy import Sheet, house, plain, register, words


def install() -> None:
    """Describe the tables of this app."""
    register(SHEETS)


SHEETS = [
    *house(
        "surveys",
        {
            "Care": (
                "id contact_days max_age_days opens_hour closes_hour weekdays goodwill_max "
                "asked_elsewhere"
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
            "CaseRule": (
                "id survey code least most location owner contact_hours close_hours escalates_to "
                "is_active position"
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
        "surveys.Contact",
        plain("id member asked_at"),
        title=_("When you were asked"),
        member="member",
    ),
    Sheet(
        "surveys.Decision",
        plain("id member trigger source outcome until occurred_at decided_at"),
        title=_("Whether you were asked, and why not"),
        member="member",
    ),
    Sheet(
        "surveys.Invitation",
        plain(
            "id member survey version trigger source location tier occurred_at opens_at ends_at "
            "opened_at shown_at answered_at withdrawn_at withdrawn_why is_made_up"
        ),
        title=_("Surveys you were invited to"),
        member="member",
    ),
    Sheet(
        "surveys.Answer",
        plain(
            "id survey version series is_anonymous is_made_up score least most items index tags "
            "answered_on answered_at trigger tier location"
        )
        | words("comment"),
        title=_("Your answers"),
        member="authors__member",
    ),
    Sheet(
        "surveys.Authorship",
        plain("id member invitation answer"),
        title=_("Which answers are yours"),
        member="member",
    ),
    Sheet(
        "surveys.Line",
        plain("id answer question") | words("value"),
        title=_("Your answers to single questions"),
        member="answer__authors__member",
    ),
    Sheet(
        "surveys.Case",
        plain(
            "id member survey answer rule owner status opened_at contact_due_at close_due_at "
            "replied_at escalated_at closed_at result cause"
        ),
        title=_("What was made of your answers"),
        member="member",
    ),
    Sheet(
        "surveys.CaseStep",
        plain("id member case kind posting actor happened_at") | words("text"),
        title=_("What was done about them"),
        member="member",
    ),
]
