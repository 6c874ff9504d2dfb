"""What keys may do: calls in a minute, credits in a day, places, the sandbox, and the log."""

from __future__ import annotations

import shlex
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from common import clock
from earning.models import Activity
from events.models import Event
from members.models import Member
from partners import admission, idempotency, keys, log, notices, sandbox, tasks
from partners.errors import KeyInvalid
from partners.models import ApiKey, ApiRequest, Endpoint, RememberedCall, Scope
from points import audit
from program.models import Location, Partner, Program
from rewards.models import RewardStock
from tests.cast import earn
from tests.till import ACTOR, STAY, Till, card_of, code, marta


def test_every_answer_tells_the_limits(till: Till) -> None:
    with time_machine.travel("2026-03-10T09:00:20Z", tick=False):
        till.get("program")
        got = till.get("program")
    assert got["RateLimit-Policy"] == '"key";q=1200;w=60'
    assert got["RateLimit"] == '"key";r=1198;t=40'


def test_beyond_the_limit_a_key_waits_for_the_next_minute(hotel: Program) -> None:
    till = Till(per_minute=2)
    with time_machine.travel("2026-03-10T09:00:20Z", tick=False):
        assert [till.get("program").status_code for _ in range(3)] == [200, 200, 429]
        refused = till.get("program")
        assert code(refused) == "too_many_requests"
        assert refused["Retry-After"] == "40"
        assert refused["RateLimit"] == '"key";r=0;t=40'
        assert Till(per_minute=2).get("program").status_code == 200
    with time_machine.travel("2026-03-10T09:01:00Z", tick=False):
        assert till.get("program").status_code == 200


def test_a_key_credits_no_more_than_its_day_allows(hotel: Program) -> None:
    till = Till(points_per_day=20_000)
    marta()
    assert till.post().status_code == 201
    refused = till.post(reference="b2")
    assert refused.status_code == 403
    assert code(refused) == "value_limit_reached"
    assert Activity.objects.count() == 1
    assert till.post().status_code == 200
    told = Event.objects.filter(type="api_key_limit_reached")
    assert [event.payload["refused"] for event in told] == [True]
    till.post(reference="b3")
    assert told.count() == 1
    with time_machine.travel(clock.now() + timedelta(days=1)):
        assert till.post(reference="b2").status_code == 201


def test_somebody_is_told_before_the_limit_is_reached(hotel: Program) -> None:
    till = Till(points_per_day=13_000)
    marta()
    assert till.post().status_code == 201
    assert Event.objects.get(type="api_key_limit_reached").payload["refused"] is False


def test_the_partners_contact_gets_one_letter_a_day(hotel: Program) -> None:
    Partner.objects.filter(pk="front-desk").update(contact="it@desk.example")
    till = Till(points_per_day=13_000)
    marta()
    assert notices.tell() == 0
    till.post()
    assert [notices.tell(), notices.tell()] == [1, 0]
    assert code(till.post(reference="b2")) == "value_limit_reached"
    assert notices.tell() == 0
    with time_machine.travel(clock.now() + timedelta(days=1)):
        till.post(reference="b2")
        assert code(till.post(reference="b3")) == "value_limit_reached"
        assert notices.tell() == 1
    first, second = mail.outbox
    assert first.to == second.to == ["it@desk.example"]
    assert "nears its daily limit" in first.subject
    assert f"{till.key.name} ({till.key.hint}) has credited 11,800 of the 13,000" in first.body
    assert "has reached its daily limit" in second.subject
    assert "was refused" in second.body


def test_without_a_contact_those_of_the_webhooks_are_told(hotel: Program) -> None:
    till = Till(points_per_day=13_000)
    marta()
    till.post()
    assert notices.tell() == 0  # nobody to write to
    for number, status in enumerate(("active", "paused", "removed")):
        Endpoint.objects.create(
            partner_id="front-desk", url=f"https://till.example/{number}", types=["voucher_used"],
            contact=f"it{number}@desk.example", status=status,
            subscribed_at=clock.now(), created_by=ACTOR, created_at=clock.now(),
        )  # fmt: skip
    assert notices.tell() == 1
    assert mail.outbox[0].to == ["it0@desk.example", "it1@desk.example"]


def test_a_letter_that_does_not_leave_is_tried_again(hotel: Program, settings: Any) -> None:
    Partner.objects.filter(pk="front-desk").update(contact="it@desk.example")
    till = Till(points_per_day=13_000)
    marta()
    till.post()
    settings.EMAIL_BACKEND = "tests.partners.test_limits.Away"
    assert notices.tell() == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert notices.tell() == 0  # not before its pause is over
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        assert notices.tell() == 1


class Away(BaseEmailBackend):
    """A mail server that is not there."""

    def open(self) -> bool | None:
        raise ConnectionRefusedError


def test_a_key_for_one_place_acts_there_only(hotel: Program) -> None:
    till, whole = Till(locations=["city-hotel"]), Till()
    marta()
    assert code(till.post()) == "location_denied"
    assert code(till.post(location=None)) == "location_denied"
    assert till.post(location="city-hotel").status_code == 201
    assert whole.post(reference="b2").status_code == 201
    assert len(till.get("activities").json()["data"]) == 1
    assert len(whole.get("activities").json()["data"]) == 2
    assert [one["code"] for one in till.get("locations").json()["data"]] == ["city-hotel"]


def test_a_key_needs_places_that_its_partner_has(hotel: Program) -> None:
    with pytest.raises(KeyInvalid, match="has no place moon"):
        Till(locations=["moon"])


def test_a_place_has_only_its_parts(till: Till) -> None:
    earn(marta(), 100_000)
    Location.objects.filter(code="resort-hotel").update(earns=False)
    Location.objects.filter(code="city-hotel").update(burns=False)
    assert code(till.post()) == "role_missing"
    take = {"member": {"reference": "guest-1"}, "reward": "late-checkout"}
    assert code(till.send("redemptions", take | {"location": "city-hotel"})) == "role_missing"
    made = till.send("redemptions", take | {"location": "resort-hotel"}).json()
    use = f"vouchers/{made['code']}/use"
    assert code(till.send(use, {"location": "city-hotel"})) == "role_missing"
    assert till.send(use, {"location": "resort-hotel"}).status_code == 200


def test_two_keys_of_one_name_work_so_that_one_follows_the_other(till: Till) -> None:
    first = till.key
    succeed = partial(keys.issue, first.partner, name=first.name, scopes=first.scopes, actor=ACTOR)
    second, text = succeed()
    assert admission.admit(text).key == second
    assert admission.admit(till.text).key == till.key
    with pytest.raises(KeyInvalid, match="Two keys named"):
        succeed()
    keys.revoke(till.key, actor=ACTOR)
    assert succeed()[0].slot == 1


def test_an_expired_key_makes_room(till: Till) -> None:
    soon = clock.now() + timedelta(hours=1)
    for _ in range(2):
        keys.issue(till.key.partner, name="Kiosk", actor=ACTOR, expires_at=soon)
    with time_machine.travel(soon + timedelta(hours=1)):
        keys.issue(till.key.partner, name="Kiosk", actor=ACTOR)
    assert ApiKey.objects.filter(name="Kiosk", revoked_at=None).count() == 1


def test_a_test_key_looks_different_and_acts_on_members_of_its_own(till: Till) -> None:
    test = Till(kind="test")
    assert test.text.startswith("pn_test_")
    card = card_of(marta())
    assert code(test.member(card)) == "member_not_found"
    made = test.send("members", {"name": "Tess Probe", "reference": "guest-1"})
    assert made.status_code == 201
    assert test.post().status_code == 201
    assert test.post().status_code == 200
    assert test.member(made.json()["card"]).json()["balances"]["point"] == 11800
    assert test.get("program").json()["is_test"] is True
    assert Member.objects.count() == 1
    assert not Activity.objects.exists()
    assert till.member(card).json()["balances"]["point"] == 0
    assert code(till.member(made.json()["card"])) == "member_not_found"
    assert till.post().status_code == 201


def test_a_test_key_takes_no_stock_and_its_books_balance(till: Till) -> None:
    before = dict(RewardStock.objects.values_list("pk", "left"))
    test = Till(kind="test")
    test.send("members", {"name": "Tess Probe", "reference": "guest-1"})
    for number in range(4):
        test.post(reference=f"b{number}")
    take = {"member": {"reference": "guest-1"}, "reward": "coast-book"}
    made = test.send("redemptions", take)
    assert made.status_code == 201, made.content
    assert test.send(f"vouchers/{made.json()['code']}/use", {}).status_code == 200
    assert dict(RewardStock.objects.values_list("pk", "left")) == before
    with sandbox.entered():
        assert RewardStock.objects.filter(left__lt=max(before.values())).exists()
        assert [str(fault) for fault in audit.check()] == []


def test_the_sandbox_keeps_the_rules_of_the_tables(hotel: Program) -> None:
    with sandbox.entered():
        pass
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT n.nspname, count(*) FROM pg_constraint c
               JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
               WHERE t.relname = ANY(%s) AND c.contype IN ('c', 'u', 'x', 'p') GROUP BY 1""",
            [sandbox.tables()],
        )
        counts = dict(cursor.fetchall())
        cursor.execute("SHOW search_path")
        assert cursor.fetchone()[0] == '"$user", public'
    assert counts["public"] == counts["sandbox"] > 50
    assert "points_entry" in sandbox.tables()
    assert "program_unit" not in sandbox.tables()
    assert "members_user" not in sandbox.tables()


def test_the_log_tells_what_was_called_without_who_it_was_about(till: Till) -> None:
    guest = {"name": "Ines Duarte", "email": "ines@example.org", "reference": "guest-9"}
    till.send("members", guest, key="k1")
    till.send("members", guest, key="k1")
    till.member("482109376621")
    third, second, first = ApiRequest.objects.order_by("-id")
    assert (first.method, first.path, first.status) == ("POST", "/api/v1/members", 201)
    assert (first.is_replay, second.is_replay) == (False, True)
    assert third.path == "/api/v1/members/…6621"
    assert third.code == "member_not_found"
    for row in (first, second, third):
        for secret in ("Ines", "ines@", "482109376621"):
            assert secret not in row.body + row.answer + row.path
    curl = log.as_curl(first, origin="https://club.example.com")
    assert "-H 'Idempotency-Key: k1'" in curl
    assert "$KEY" in curl
    assert till.text not in curl


def test_the_log_hides_cards_and_codes_wherever_they_stand(till: Till) -> None:
    till.get("activities?member=482109376621")
    till.get("activities?member=4821%2009%2037%2066%2022&x=ines%40example.org")
    till.send("vouchers/ABCD-EFGH-JKLM/use", {})
    asked, encoded, used = ApiRequest.objects.order_by("id")
    assert asked.query == "member=…6621"
    assert encoded.query == "member=…6+22&x=…"
    assert used.status >= 400
    assert used.path == "/api/v1/vouchers/…JKLM/use"
    assert "ABCD" not in used.answer


def test_a_call_is_copied_as_one_harmless_line(till: Till) -> None:
    till.get("activities/ref:x%27;id;%27?a=%27;id;%27&b=$(id)")
    row = ApiRequest.objects.get()
    line = log.as_curl(row, origin="$PENNANT").splitlines()[0].removesuffix(" \\")
    *words, address = shlex.split(line)
    assert words == ["curl", "-sS", "-X", "GET"]
    assert address.startswith("$PENNANT/api/v1/activities/ref:x")
    assert '"$PENNANT"' in line  # which a shell fills in
    plain = shlex.split(line.replace('"$PENNANT"', ""))[4]
    assert not set(plain) & set("';$( ")


def test_what_is_kept_for_a_month_is_gone_after_it_however_much_there_was(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (log, idempotency):
        monkeypatch.setattr(module, "FORGET_AT_ONCE", 2)
    guests = [{"name": "Ines Duarte", "reference": f"guest-{number}"} for number in range(5)]
    for guest in guests:
        assert till.send("members", guest).status_code == 201
    with time_machine.travel(clock.now() + timedelta(days=31)):
        tasks.tidy()
    assert not ApiRequest.objects.exists()
    assert not RememberedCall.objects.exists()


def test_an_answer_that_is_known_is_not_sent_again(till: Till) -> None:
    first = till.get("program")
    again = till.get("program", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert till.get("program", **{"If-None-Match": '"x"'}).status_code == 200


def test_pages_follow_each_other_without_a_gap(till: Till) -> None:
    marta()
    for number in range(5):
        till.post(reference=f"b{number}")
    seen, cursor = [], ""
    while True:
        got = till.get(f"activities?limit=2{cursor}").json()
        seen += [one["reference"] for one in got["data"]]
        if got["next"] is None:
            break
        cursor = f"&cursor={got['next']}"
    assert seen == [f"b{number}" for number in (4, 3, 2, 1, 0)]
    assert code(till.get("activities?cursor=nonsense")) == "cursor_invalid"
    assert code(till.get("activities?limit=0")) == "parameter_invalid"
    assert code(till.get("activities?offset=2")) == "parameter_invalid"


def test_guessing_codes_ends_soon(till: Till) -> None:
    for number in range(30):
        assert code(till.get(f"vouchers/GUESS{number:07}")) == "voucher_invalid"
    assert code(till.get("vouchers/GUESS0000031")) == "too_many_requests"


def test_a_batch_has_a_result_for_each(till: Till) -> None:
    marta()
    wrong = STAY | {"reference": "b2", "type": "flight"}
    body = {"activities": [STAY, wrong, STAY | {"reference": "b3", "member": None}, {"x": 1}]}
    body["activities"][2] = {k: v for k, v in body["activities"][2].items() if v is not None}
    got = till.send("activities/batch", body, key=None).json()
    assert [one["status"] for one in got["results"]] == [201, 400, 202, 400]
    assert (got["recorded"], got["unclaimed"], got["refused"]) == (1, 1, 2)
    again = till.send("activities/batch", body, key=None).json()
    assert [one["status"] for one in again["results"]] == [200, 400, 202, 400]
    assert again["replayed"] == 2
    assert Activity.objects.count() == 1


def test_a_quote_records_nothing_and_tells_what_recording_would(till: Till) -> None:
    marta()
    asked = {name: STAY[name] for name in ("type", "occurred_at", "location", "attributes")}
    quote = {"member": STAY["member"], "activity": asked, "basket": {"amount": "42.50"}}
    told = till.send("quotes", quote, key=None)
    assert told.status_code == 200, told.content
    assert not Activity.objects.exists()
    assert not ApiKey.objects.filter(days__isnull=False).exists()
    posted = till.post().json()
    assert [a["sentence"] for a in told.json()["awards"]] == [
        a["sentence"] for a in posted["awards"]
    ]
    assert told.json()["tier"] == posted["tier"]
    rich = till.send("quotes", {"member": STAY["member"], "basket": {"amount": 5}}, key=None)
    assert {one["reward"] for one in rich.json()["payable"]} >= {"late-checkout"}


def test_a_receipt_says_it_in_a_line(till: Till) -> None:
    marta()
    made = till.post().json()
    got = till.get(f"members/ref:guest-1/receipt?activity={made['id']}").json()
    assert got["line"] == (
        "You earned 11,800 points. Your balance: 11,800 points. 16 nights to Sloop."
    )


def test_scopes_are_asked_for(hotel: Program) -> None:
    till = Till(scopes=[Scope.PROGRAM_READ])
    assert till.get("program").status_code == 200
    assert code(till.get("events")) == "scope_missing"
