from __future__ import annotations

import hashlib
import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.errors import LoyaltyError
from events.models import Event
from partners import admission, keys
from partners.errors import (
    KeyExpired,
    KeyInvalid,
    KeyRevoked,
    KeyUnknown,
    PartnerInactive,
)
from partners.models import ApiKey, Scope
from program.models import Partner, Program
from tests.till import ACTOR, Till, card_of, code, marta


def desk() -> Partner:
    return Partner.objects.get(pk="front-desk")


def test_a_key_is_shown_once_and_only_its_hash_is_kept(hotel: Program) -> None:
    key, text = keys.issue(desk(), name=" Till  1 ", actor=ACTOR)
    assert re.fullmatch(r"pn_live_[0-9a-z]{52}", text)
    assert key.key_hash == hashlib.sha256(text.encode()).hexdigest()
    assert key.hint == f"pn_live_…{text[-4:]}"
    assert key.name == "Till 1"
    assert key.scopes == sorted(Scope.values)
    row = str(ApiKey.objects.filter(pk=key.pk).values().get())
    assert text not in row
    assert text.removeprefix("pn_live_")[:20] not in row


def test_no_two_keys_are_alike(hotel: Program) -> None:
    assert len({keys.issue(desk(), name=f"Till {n}", actor=ACTOR)[1] for n in range(20)}) == 20


def test_issuing_and_revoking_are_told(hotel: Program) -> None:
    key, text = keys.issue(desk(), name="Till", actor=ACTOR)
    keys.revoke(key, actor="staff:1")
    told = list(Event.objects.filter(subject=key.public_id).order_by("id"))
    assert [event.type for event in told] == ["api_key_issued", "api_key_revoked"]
    assert [event.payload["actor"] for event in told] == [ACTOR, "staff:1"]
    assert text not in str([event.payload for event in told])


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "  "},
        {"scopes": []},
        {"scopes": ["members:read", "members:erase"]},
        {"expires_at": clock.now() - timedelta(days=400)},
    ],
    ids=["no name", "no scope", "unknown scope", "over before it starts"],
)
def test_a_key_that_cannot_be_is_refused(hotel: Program, wrong: dict[str, object]) -> None:
    with pytest.raises(KeyInvalid):
        keys.issue(desk(), **{"name": "Till", "actor": ACTOR} | wrong)  # type: ignore[arg-type]
    assert not ApiKey.objects.exists()


def test_a_partner_that_takes_part_no_more_gets_no_key(hotel: Program) -> None:
    partner = desk()
    partner.is_active = False
    with pytest.raises(PartnerInactive):
        keys.issue(partner, name="Till", actor=ACTOR)


def test_a_key_is_told_from_its_text_in_one_query(till: Till) -> None:
    admission.admit(till.text)
    with CaptureQueriesContext(connection) as queries:
        key = admission.admit(till.text).key
        assert key.partner.code == "front-desk"
    assert key == till.key
    assert len(queries) == 1


def test_what_is_no_key_is_not_even_looked_up(till: Till) -> None:
    for text in ("", "pn_live_", till.text[:-1], till.text.upper(), f"{till.text}x", "\x00" * 60):
        with CaptureQueriesContext(connection) as queries, pytest.raises(KeyUnknown):
            admission.admit(text)
        assert not queries.captured_queries


def test_a_made_up_key_is_unknown(till: Till) -> None:
    with pytest.raises(KeyUnknown):
        admission.admit("pn_live_" + "0" * 52)


def test_the_day_of_use_is_written_once_a_day(till: Till) -> None:
    with time_machine.travel("2026-03-10T09:00:00Z"):
        admission.admit(till.text)
        with CaptureQueriesContext(connection) as queries:
            admission.admit(till.text)
    assert len(queries) == 1
    till.key.refresh_from_db()
    assert str(till.key.last_used_on) == "2026-03-10"
    with time_machine.travel("2026-03-11T00:00:01Z"):
        admission.admit(till.text)
    till.key.refresh_from_db()
    assert str(till.key.last_used_on) == "2026-03-11"


def test_a_revoked_key_is_refused_by_the_next_request(till: Till) -> None:
    card = card_of(marta())
    assert till.member(card).status_code == 200
    keys.revoke(till.key, actor="staff:1")
    response = till.member(card)
    assert response.status_code == 401
    assert code(response) == "key_revoked"
    assert response["WWW-Authenticate"].startswith("Bearer")
    with pytest.raises(KeyRevoked):
        admission.admit(till.text)


def test_revoking_twice_keeps_the_first_time_and_hand(till: Till) -> None:
    first = keys.revoke(till.key, actor="staff:1")
    again = keys.revoke(till.key, actor="staff:2")
    assert (again.revoked_at, again.revoked_by) == (first.revoked_at, "staff:1")
    assert Event.objects.filter(type="api_key_revoked").count() == 1


def test_a_key_works_up_to_its_end_and_not_at_it(hotel: Program) -> None:
    with time_machine.travel("2026-03-10T09:00:00Z", tick=False) as now:
        end = clock.now() + timedelta(days=30)
        _, text = keys.issue(desk(), name="Till", actor=ACTOR, expires_at=end)
        now.move_to(end - timedelta(microseconds=1))
        admission.admit(text)
        now.move_to(end)
        with pytest.raises(KeyExpired):
            admission.admit(text)


def test_a_key_of_a_partner_that_left_is_refused(till: Till) -> None:
    Partner.objects.filter(pk="front-desk").update(is_active=False)
    assert code(till.post()) == "partner_inactive"


def test_two_keys_of_a_partner_work_side_by_side(till: Till) -> None:
    other = Till()
    marta()
    assert till.post().status_code == 201
    assert other.post().status_code == 200


@pytest.mark.parametrize(
    ("scopes", "post", "read"),
    [([Scope.ACTIVITIES_WRITE], 201, 403), ([Scope.MEMBERS_READ], 403, 200)],
)
def test_a_key_does_what_its_scopes_say_and_no_more(
    hotel: Program, scopes: list[str], post: int, read: int
) -> None:
    till, card = Till(scopes=scopes), card_of(marta())
    answers = [till.post(), till.member(card)]
    assert [answer.status_code for answer in answers] == [post, read]
    refused = next(answer for answer in answers if answer.status_code == 403)
    assert code(refused) == "scope_missing"
    assert refused.json()["scope"] not in scopes


def test_the_command_prints_a_key_that_works(hotel: Program) -> None:
    out, err = io.StringIO(), io.StringIO()
    call_command(
        "create_api_key", "--partner", "front-desk", "--name", "Till 1", stdout=out, stderr=err
    )
    text = out.getvalue().strip()
    assert admission.admit(text).key.name == "Till 1"
    assert text not in err.getvalue()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--partner", "moon", "--name", "Till"], "front-desk"),
        (["--partner", "front-desk", "--name", " "], "Name the key"),
        (["--partner", "front-desk", "--name", "Till", "--scope", "all"], "activities:write"),
    ],
)
def test_the_command_says_what_it_needs(hotel: Program, arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("create_api_key", *arguments)


def test_every_refusal_of_a_key_says_what_to_do(till: Till) -> None:
    with pytest.raises(LoyaltyError) as error:
        admission.admit("pn_live_x")
    assert "copied" in error.value.message
