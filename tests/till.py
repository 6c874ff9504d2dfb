"""A partner's system as tests use it: a key, and calls over HTTP as they would come in.

The program is the hotel's. Marta is its member; STAY is seven nights of hers in a suite.
"""

from __future__ import annotations

import itertools
import json
import uuid
from collections.abc import Iterable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from members import enrolment
from members.models import Member
from partners import keys
from partners.models import ApiKey, Scope
from program.models import Partner, Program

ACTOR = "system:test"
_turn = itertools.count(1)
STAY: dict[str, Any] = {
    "reference": "booking-1",
    "type": "stay",
    "occurred_at": "2026-03-02",
    "member": {"reference": "guest-1"},
    "location": "resort-hotel",
    "attributes": {"outcome": "stayed", "nights": 7, "suite": True, "revenue": "1180.00"},
}


class Till:
    """A caller with a key. Errors inside the house are answers to it, not exceptions."""

    def __init__(
        self,
        partner: str = "front-desk",
        scopes: Iterable[str] = Scope.values,
        **more: Any,
    ) -> None:
        owner = Partner.objects.get(pk=partner)
        self.key: ApiKey
        name = f"Till {next(_turn)}"
        self.key, self.text = keys.issue(owner, name=name, scopes=scopes, actor=ACTOR, **more)
        self.client = Client(headers={"Authorization": f"Bearer {self.text}"})

    def post(self, body: Any = None, **changes: Any) -> HttpResponse:
        """Post an activity: STAY with changes (None leaves a field out), or a body of its own."""
        if body is None:
            body = {name: value for name, value in (STAY | changes).items() if value is not None}
        raw = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.client.post("/api/v1/activities", raw, content_type="application/json")

    def stay(self, **attributes: Any) -> HttpResponse:
        """Post STAY with changed attributes (None leaves one out)."""
        merged = STAY["attributes"] | attributes
        return self.post(attributes={k: v for k, v in merged.items() if v is not None})

    def send(
        self, path: str, body: Any = None, *, key: str | None = "", method: str = "post"
    ) -> HttpResponse:
        """An unsafe call under an Idempotency-Key: a new one unless said, None for none."""
        headers = {} if key is None else {"Idempotency-Key": key or uuid.uuid4().hex}
        raw = "" if body is None else json.dumps(body)
        return self.client.generic(
            method.upper(),
            f"/api/v1/{path}",
            raw,
            content_type="application/json",
            headers=headers,
        )

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.client.get(f"/api/v1/{path}", headers=headers)

    def member(self, card: str) -> HttpResponse:
        return self.client.get(f"/api/v1/members/{card}")


def marta(**fields: Any) -> Member:
    """The guest of STAY."""
    known = {"name": "Marta Silva", "reference": "guest-1", "email": "marta@example.org"}
    return enrolment.enroll(**known | {"phone": "+351 912 345 678", "actor": ACTOR} | fields)


def card_of(member: Member) -> str:
    return member.cards.get(is_active=True).number


def code(response: HttpResponse) -> str:
    """The code of a refusal, which must be one through and through."""
    assert response["Content-Type"] == "application/problem+json"
    problem = json.loads(response.content)
    assert problem["status"] == response.status_code
    assert problem["type"] == f"/api/v1/problems/{problem['code']}"
    return str(problem["code"])


def pointers(response: HttpResponse) -> list[str]:
    """The places that a refusal names."""
    return [place["pointer"] for place in json.loads(response.content)["errors"]]


@pytest.fixture
def till(hotel: Program) -> Till:
    """A till at the hotel's front desk."""
    return Till()
