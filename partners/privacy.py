"""What the tables of partners hold about people: what was answered about them, for a month, and
lines of files that wait.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.privacy import Person, Sheet, gone, house, plain, register, sentences
from members.models import MemberKey
from partners.models import ImportLine


def install() -> None:
    """Describe the tables of this app."""
    register(SHEETS)


def _waiting(person: Person) -> QuerySet[Any]:
    """Lines of files that are not recorded yet and name somebody."""
    known = [MemberKey.id_for(kind, mark) for kind in MemberKey.Kind for mark in person.marks]
    return ImportLine.objects.filter(person__in=known)


SHEETS = [
    *house(
        "partners",
        {
            "ApiKey": (
                "id partner name kind slot last_four key_hash scopes locations per_minute "
                "points_per_day created_by created_at expires_at revoked_at revoked_by last_used_on"
            ),
            "RateWindow": "key started_at calls",
            "KeyDay": "id key day points alerted_at refused_at",
            "Endpoint": (
                "id partner kind url description contact types status generation previous_until "
                "failing_since subscribed_at created_by created_at"
            ),
            "Notice": (
                "id endpoint key_day status why attempts doubts due_at taken_at sent_at made_at"
            ),
            "ImportPart": "id run number body",  # for as long as nobody has looked into it
            "ImportChunk": "id run number lines is_sequel counts done_at",
        },
    ),
    # Answers that are given again for 30 days: who is erased is cut out of them at once.
    Sheet(
        "partners.RememberedCall",
        plain("id partner kind key fingerprint status content_type created_at") | sentences("body"),
    ),
    Sheet(
        "partners.ApiRequest",
        plain(
            "id key request_id method path query idempotency_key is_replay status code ms answer at"
        )
        | sentences("body"),
    ),
    Sheet(
        "partners.Delivery",
        plain(
            "id endpoint event_id type state created_at attempts_made due_at leased_until begun_at "
            "ended_at"
        )
        | sentences("body"),  # without what was typed: the house keeps that to itself
    ),
    Sheet("partners.Attempt", plain("id delivery at status ms") | sentences("problem answer")),
    Sheet(
        "partners.Import",
        plain(
            "id partner kind key locations form size digest type location enrolls is_direct state "
            "lines_read rehearsed report outcome problem created_by created_at staged_at "
            "applied_by finished_at"
        )
        | sentences("file_name"),
    ),
    Sheet(
        "partners.ImportLine",
        plain("id run chunk line person") | gone("body"),
        title=_("What was reported in a file, and waits"),
        rows=_waiting,
        is_deleted=True,
    ),
    Sheet("partners.ImportProblem", plain("id run line column code") | sentences("message")),
]
