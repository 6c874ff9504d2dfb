"""The same call again gets the first answer, and nothing happens twice."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine

from common import clock
from members.models import Member
from partners import idempotency
from partners.models import RememberedCall
from rewards.models import Redemption
from tests.cast import balance, earn
from tests.till import Till, code, marta

GUEST = {"name": "Ines Duarte", "reference": "guest-9"}
TAKE = {"member": {"reference": "guest-1"}, "reward": "late-checkout"}


def test_the_same_call_gets_the_first_answer_marked(till: Till) -> None:
    first = till.send("members", GUEST, key="k1")
    again = till.send("members", GUEST, key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert Member.objects.count() == 1


def test_the_order_of_fields_and_the_form_of_numbers_do_not_matter(till: Till) -> None:
    till.send("members", GUEST, key="k1")
    body = json.dumps(dict(reversed(GUEST.items())), indent=2)
    again = till.client.post(
        "/api/v1/members", body, content_type="application/json", headers={"Idempotency-Key": "k1"}
    )
    assert again["Idempotent-Replayed"] == "true"
    same = [idempotency.fingerprint("POST", "/", {"a": value}) for value in (1, 1.0)]
    assert len({*same}) == 1
    assert idempotency.fingerprint("POST", "/", {"a": "1"}) != same[0]
    assert idempotency.fingerprint("POST", "/", {"a": True}) != same[0]


@pytest.mark.parametrize(
    ("path", "body"),
    [("members", GUEST | {"name": "Ines"}), ("redemptions", GUEST)],
    ids=["body", "path"],
)
def test_another_call_under_the_same_key_is_refused(
    till: Till, path: str, body: dict[str, str]
) -> None:
    till.send("members", GUEST, key="k1")
    refused = till.send(path, body, key="k1")
    assert refused.status_code == 422
    assert code(refused) == "idempotency_key_reused"


def test_keys_belong_to_the_partner(till: Till, hotel: object) -> None:
    from program.models import Partner

    Partner.objects.create(code="web", name="Web")
    till.send("members", GUEST, key="k1")
    other = Till("web").send("members", GUEST | {"reference": "w-1"}, key="k1")
    assert other.status_code == 201
    assert "Idempotent-Replayed" not in other


def test_a_change_without_a_key_is_refused(till: Till) -> None:
    assert code(till.send("members", GUEST, key=None)) == "idempotency_key_missing"
    assert code(till.send("members", GUEST, key="x" * 256)) == "idempotency_key_invalid"
    assert not Member.objects.exists()


def test_what_the_program_refused_is_remembered(till: Till) -> None:
    member = marta()
    first = till.send("redemptions", TAKE, key="k1")
    assert code(first) == "insufficient_points"
    earn(member, 100_000)
    again = till.send("redemptions", TAKE, key="k1")
    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"
    assert not Redemption.objects.exists()
    assert till.send("redemptions", TAKE, key="k2").status_code == 201


def test_what_was_malformed_is_not(till: Till) -> None:
    assert till.send("members", {"nme": "Ines"}, key="k1").status_code == 400
    assert till.send("members", GUEST, key="k1").status_code == 201


def test_what_failed_on_our_side_can_be_driven_again(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    from partners.views import members as view

    member = marta()
    earn(member, 100_000)
    till.client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr(view.lookup, "of", lambda *_, **__: 1 / 0)
        assert till.send("members", GUEST, key="k1").status_code == 500
    assert not RememberedCall.objects.exists()
    assert Member.objects.count() == 1
    assert till.send("members", GUEST, key="k1").status_code == 201


def test_a_repeat_redeems_once(till: Till) -> None:
    member = marta()
    earn(member, 100_000)
    answers = {till.send("redemptions", TAKE, key="k1").content for _ in range(3)}
    assert len(answers) == 1
    assert Redemption.objects.count() == 1
    assert balance(member) == 100_000 - Redemption.objects.get().price


def test_answers_are_kept_for_thirty_days(till: Till) -> None:
    now = clock.now()
    till.send("members", GUEST, key="k1")
    with time_machine.travel(now + timedelta(days=29), tick=False):
        assert idempotency.forget() == 0
    with time_machine.travel(now + timedelta(days=31), tick=False):
        assert idempotency.forget() == 1


def test_a_call_without_a_body_counts_once_too(till: Till) -> None:
    member = marta()
    earn(member, 100_000)
    voucher = till.send("redemptions", TAKE).json()["code"]
    used = till.send(f"vouchers/{voucher}/use", {"location": "resort-hotel"}, key="u")
    assert used.json()["status"] == "used"
    undone = [till.send(f"vouchers/{voucher}/undo", key="v") for _ in range(2)]
    assert [got.status_code for got in undone] == [200, 200]
    assert undone[1]["Idempotent-Replayed"] == "true"
    assert code(till.send(f"vouchers/{voucher}/undo")) == "undo_too_late"
