"""The cast of the portal's tests, made by the real verbs: Ana has stayed, Rui has not, a clerk has
no card.
"""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from earning import intake
from earning.submissions import Submission
from members import enrolment
from members.models import Member, User

DAY = dt.datetime(2026, 9, 12, 11, tzinfo=dt.UTC)
references = itertools.count(1)


def person(name: str, email: str) -> Member:
    """A member with a login."""
    user: User = get_user_model().objects.create_user(email, name=name)
    return enrolment.enroll(name=name, email=email, user=user, actor="test", joined_at=DAY)


def stays(member: Member, *, nights: int = 4, revenue: str = "400.00", **more: Any) -> None:
    """A stay of `member`, reported by the front desk; 400 euros pay 4,000 points."""
    facts = {"outcome": "stayed", "nights": nights, "suite": False, "revenue": revenue}
    intake.record(
        Submission(
            partner="front-desk",
            reference=f"T-{next(references)}",
            type="stay",
            occurred_at=more.pop("occurred_at", DAY),
            attributes=facts | more,
            kind="email",
            value=member.email,
            location="city-hotel",
        ),
        actor="test",
    )


def signed_in(member: Member) -> Client:
    """A browser in which the member is signed in."""
    client = Client()
    assert member.user is not None
    client.force_login(member.user, backend="members.backends.MemberBackend")
    return client


def text(response: Any) -> str:
    """The page's words, without tags and needless space."""
    import re

    body = re.sub(r"<(style|script|svg).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())
