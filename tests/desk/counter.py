"""A counter: somebody of the staff, their browser, and what a page says."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from members.models import Member, User

BACKEND = "members.backends.MemberBackend"
ATTEMPT = re.compile(r'name="attempt" value="([0-9a-f-]{36})"')


class Counter(Client):
    """A browser in which one of the staff is signed in."""

    def __init__(self, user: User, **defaults: Any) -> None:
        super().__init__(**defaults)
        self.user = user
        self.actor = f"staff:{user.pk}"
        self.force_login(user, backend=BACKEND)

    def do(self, url: str, **typed: Any) -> Any:
        """Open a verb's form, fill it in, send it, and go where it leads."""
        attempt = ATTEMPT.search(self.get(url).content.decode())
        data = typed | ({"attempt": attempt[1]} if attempt else {})
        return self.post(url, data, follow=True)

    def preview(self, url: str, **typed: Any) -> Any:
        """What the form shows of it before it is sent."""
        return self.post(url, typed, headers={"HX-Request": "true"})


def verb(member: Any, name: str) -> str:
    """The address of a verb's form."""
    meta = member._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{name}", args=[member.pk])


def page(row: Any) -> str:
    """The address of a row's page."""
    return verb(row, "change")


def listing(model: Any) -> str:
    """The address of a model's list."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def text(response: Any) -> str:
    """The page's words inside its frame, without tags, scripts and needless space."""
    body = response.content.decode()
    framed = re.search(r"<main\b.*</main>", body, flags=re.DOTALL)
    body = framed[0] if framed else body
    body = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", body, flags=re.DOTALL)
    body = re.sub(r"<[^>]+>", " ", body)
    for code, character in (("&#x27;", "'"), ("&amp;", "&"), ("&quot;", '"')):
        body = body.replace(code, character)
    return " ".join(body.split())


def member_named(name: str) -> Member:
    return Member.objects.get(name=name)
