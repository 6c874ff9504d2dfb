"""What the tables of people hold, those of packages that serve their logins included."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.sessions.models import Session
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.privacy import (
    Person,
    Sheet,
    gone,
    house,
    personal,
    plain,
    register,
    secret,
    sentences,
    words,
)

NOBODY = "Erased member"
GUARDS = _("It guards your login and would weaken it if it left the house.")


def install() -> None:
    """Describe the tables of this app, and those of packages."""
    register(SHEETS)


def _sessions(person: Person) -> models.QuerySet[Session]:
    """The sessions of somebody's logins, and those in which they began to sign in."""
    marks = [*map(str, person.logins), *person.marks]
    found = [
        row.pk
        for row in Session.objects.iterator()
        if any(mark in json.dumps(row.get_decoded(), default=str) for mark in marks)
    ]
    return Session.objects.filter(pk__in=found)


def _about(person: Person) -> models.QuerySet[Any]:
    """The merges in which somebody took part."""
    from members.merges import MemberMerge

    rows = MemberMerge.objects.all()
    return rows.filter(survivor__in=person.members) | rows.filter(absorbed__in=person.members)


SHEETS = [
    *house(
        "members",
        {"Segment": "code name", "User_groups": "id user group"},
    ),
    *house("members", {"User_user_permissions": "id user permission"}),
    Sheet(
        "members.Member",
        plain("id status joined_at created_at merged_into absorbs")
        | personal(name=NOBODY, email="", phone="", birthday=None, language="en", user=None),
        title=_("You"),
        member="pk",
    ),
    Sheet(
        "members.SegmentMember",
        plain("id member added_at") | gone("segment"),
        title=_("Groups you are in"),
        member="member",
        is_deleted=True,
    ),
    Sheet(
        "members.PastSegment",
        plain("id member starts_at ends_at") | gone("segment"),
        title=_("Groups you were in"),
        member="member",
        is_deleted=True,
    ),
    Sheet("members.Household", plain("id created_at") | sentences("name")),
    Sheet(
        "members.Consent",
        plain("id member topic is_given said_at actor"),
        title=_("What you said about letters"),
        member="member",
    ),
    Sheet(
        "members.HouseholdMember",
        plain("id member household is_head joined_at left_at pooled_at"),
        title=_("Your household"),
        member="member",
    ),
    Sheet(
        "members.Invitation",
        plain("id member household invited_by status invited_at answered_at"),
        title=_("Invitations into a household"),
        member="member",
    ),
    Sheet(
        "members.Card",
        plain("id member is_active issued_at revoked_at") | gone("number"),
        title=_("Your cards"),
        member="member",
        is_deleted=True,
    ),
    Sheet(
        "members.MemberKey",
        plain("member kind came_with") | gone("id value"),
        title=_("What you are known by"),
        member="member",
        is_deleted=True,
    ),
    Sheet(
        "members.ClaimCode",
        plain("id member expires_at attempts_left used_at issued_by created_at")
        | secret("code_hash", GUARDS),
        title=_("Claim codes for your card"),
        member="member",
        is_deleted=True,
    ),
    Sheet(
        "members.MemberMerge",
        plain("id survivor absorbed actor merged_at until memo undone_at undone_by")
        | words("reason undo_reason")
        | personal(login=None),
        title=_("Memberships that were merged"),
        rows=_about,
    ),
    Sheet(
        "members.User",
        plain("id last_login is_superuser is_staff is_active date_joined")
        | gone("email name")
        | secret("password", GUARDS),
        title=_("Your login"),
        login="pk",
        is_deleted=True,
    ),
    Sheet(
        "account.EmailAddress",
        plain("id user verified primary") | gone("email"),
        title=_("Addresses of your login"),
        login="user",
        is_deleted=True,
    ),
    Sheet(
        "account.EmailConfirmation",
        plain("id email_address created sent") | secret("key", GUARDS),
        login="email_address__user",
        title=_("Addresses that wait to be confirmed"),
        is_deleted=True,
    ),
    Sheet(
        "sessions.Session",
        plain("expire_date") | secret("session_key session_data", GUARDS),
        rows=_sessions,
        title=_("Where you are signed in"),
        is_deleted=True,
    ),
    Sheet(
        "admin.LogEntry",
        plain("id action_time user content_type object_id action_flag")
        | sentences("object_repr change_message"),
    ),
    *house(
        "auth",
        {
            "Permission": "id name content_type codename",
            "Group": "id name",
            "Group_permissions": "id group permission",
        },
    ),
    *house("contenttypes", {"ContentType": "id app_label model"}),
    *house(
        "django_celery_beat",
        {
            "SolarSchedule": "id event latitude longitude",
            "IntervalSchedule": "id every period",
            "ClockedSchedule": "id clocked_time",
            "CrontabSchedule": "id minute hour day_of_month month_of_year day_of_week timezone",
            "PeriodicTasks": "ident last_update",
            "PeriodicTask": (
                "id name task interval crontab solar clocked args kwargs queue exchange "
                "routing_key headers priority expires expire_seconds one_off start_time enabled "
                "last_run_at total_run_count date_changed description"
            ),
        },
    ),
]
