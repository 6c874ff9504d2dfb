"""Who is erased is erased from what partner systems were told, and answered, as well."""

from __future__ import annotations

from typing import Any

import pytest

from common import clock
from members import erasure, merging
from partners.models import ApiRequest, Attempt, Delivery
from tests.cast import ACTOR, ana
from tests.members.test_erasure import everything
from tests.till import Till, marta

pytestmark = pytest.mark.django_db
NAME, EMAIL = "Marta Fitzgerald", "marta.fitz@example.com"


def test_nothing_is_left_in_what_partner_systems_were_told(till: Till, settings: Any) -> None:
    member = marta(name=NAME, email=EMAIL)
    settings.WEBHOOK_NETWORKS = ("127.0.0.0/8",)
    body = {"url": "http://127.0.0.1:9/hook", "types": ["member_merged"]}
    assert till.send("webhooks", body | {"contact": "it@example.com"}).status_code == 201
    words = f"{NAME} lost her dog"
    merging.merge(member, ana(name="Rui"), reason=words, actor=ACTOR)
    assert words in everything()
    told = Delivery.objects.filter(body__member=str(member.pk)).get()
    Attempt.objects.create(
        delivery=told, at=clock.now(), status=500, answer=f"Cannot read {EMAIL}", ms=3
    )
    till.get(f"members?email={EMAIL}")
    till.get(f"members/{member.cards.get(is_active=True).number}")
    assert ApiRequest.objects.count() > 2
    known = [NAME, EMAIL, "lost her dog", member.cards.get(is_active=True).number]
    before = everything()
    assert all(value in before for value in known)
    assert erasure.erase(member, reason="asked", actor=ACTOR).traces == ()
    after = everything()
    assert [line[:300] for line in after.splitlines() if any(v in line for v in known)] == []
    told.refresh_from_db()
    assert set(told.body["payload"]) == {"absorbed", "survivor"}
