"""The Python client against a real server: a day at a till, and a storm of repeats."""

from __future__ import annotations

import gzip
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import get_resolver, resolve
from pytest_django.live_server_helper import LiveServer

from earning.models import Milestone, MilestoneOption
from partners import tasks
from partners.models import ApiRequest, RememberedCall
from program.models import ActivityType, Program
from rewards.models import Redemption
from tests.cast import balance, earn
from tests.conftest import ROOT
from tests.till import STAY, Till, marta

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def library() -> Iterator[Any]:
    """The client as its users have it: from its own folder."""
    folder = str(ROOT / "clients" / "python")
    sys.path.insert(0, folder)
    import pennant_client

    yield pennant_client
    sys.path.remove(folder)


def test_a_day_at_a_till(live_server: LiveServer, hotel: Program, library: Any) -> None:
    pennant = library.Client(live_server.url, key=Till().text)
    guest = pennant.enroll({"name": "Marta Silva", "reference": "guest-1"})
    assert pennant.find(card=guest["card"])["id"] == guest["id"]
    made = pennant.post_activity(STAY)
    assert (made.status, made.is_replay) == (201, False)
    assert pennant.post_activity(STAY).is_replay
    assert pennant.receipt(guest["id"], activity=made.body["id"])["line"].startswith(
        "You earned 11,800 points."
    )
    batch = [STAY | {"reference": f"b{number}"} for number in range(5)]
    assert pennant.post_activities(batch).body["recorded"] == 5
    assert len(list(pennant.activities(limit="2"))) == 6
    assert len(list(pennant.entries(guest["id"], unit="point"))) == 6
    taken = pennant.redeem({"card": guest["card"]}, "late-checkout", key="mine")
    assert pennant.redeem({"card": guest["card"]}, "late-checkout", key="mine") == taken
    assert pennant.check_voucher(taken["code"])["status"] == "ready"
    assert pennant.use_voucher(taken["code"], location="resort-hotel")["status"] == "used"
    with pytest.raises(library.Refused) as refused:
        pennant.use_voucher(taken["code"])
    assert refused.value.code == "voucher_used"
    assert Redemption.objects.count() == 1


def test_every_call_of_the_api_has_its_method(
    live_server: LiveServer, hotel: Program, library: Any, settings: Any, tmp_path: Path
) -> None:
    """What the client called is read from the request log, and compared with all there is."""
    settings.WEBHOOK_NETWORKS = ("127.0.0.0/8",)
    pennant = library.Client(live_server.url, key=Till().text)
    guest = pennant.enroll({"name": "Marta Silva", "reference": "guest-1"})
    _report(pennant, guest["id"])
    _look_around(pennant, guest["id"])
    _take(pennant, {"card": guest["card"]})
    _choose(pennant, guest["id"])
    _activate(pennant, guest["id"])
    _send_files(pennant, library, tmp_path)
    _listen(pennant, live_server.url)
    with pytest.raises(library.Refused) as refused:
        pennant.convert({"card": guest["card"]}, "none", 10)
    assert refused.value.code == "nothing_there"
    assert pennant.plans(guest["id"]) == []
    with pytest.raises(library.Refused) as refused:
        pennant.use_benefit(guest["id"], "plus", "refill")
    assert refused.value.code == "not_subscribed"
    called = {
        (one.method.lower(), resolve(one.path).route.removeprefix("api/v1/"))
        for one in ApiRequest.objects.all()
    }
    there = {
        (method, str(one.pattern))
        for one in get_resolver("partners.urls").url_patterns
        for method in set(getattr(one.callback, "actions", ())) - {"head"}
    }
    assert there - called == set()


def _report(pennant: Any, member: str) -> None:
    made = pennant.post_activity(STAY).body["id"]
    pennant.post_activities([STAY | {"reference": "b2"}])
    assert pennant.activity("ref:booking-1")["id"] == made
    assert len(list(pennant.activities(member=member))) == 2
    asked = {"member": STAY["member"], "basket": {"amount": "10.00"}}
    assert pennant.quote(asked)["balances"]["point"] == 23600
    pennant.amend_activity(
        made, reference="r1", reason="Minibar", attributes={"revenue": "1000.00"}
    )
    gone = pennant.cancel_activity("ref:b2", reference="r2", reason="Never arrived")
    assert gone.body["balances"]["point"] == 10_000
    ActivityType.objects.filter(code="stay").update(confirm="call")
    waiting = pennant.post_activity(STAY | {"reference": "b3"}).body
    assert waiting["status"] == "pending"
    assert pennant.confirm_activity(waiting["id"]).body["status"] == "recorded"


def _look_around(pennant: Any, member: str) -> None:
    assert pennant.find(reference="guest-1")["id"] == member
    assert pennant.update_member(member, {"phone": "+351 912 345 678"})["id"] == member
    assert pennant.member("ref:guest-1")["id"] == member
    assert pennant.balance(member)["accounts"]
    assert pennant.standing(member)["ladders"]
    assert list(pennant.entries(member, limit="2"))
    assert pennant.statement(member, pennant.statements(member)[0])["sheets"]
    assert pennant.receipt(member)["line"]
    assert pennant.program()["rules"]
    assert pennant.locations()
    assert pennant.events()[1] is not None
    assert pennant.conversions() == []
    asked = pennant.surveys()[0]["survey"]
    assert pennant.scores(asked)["survey"] == asked
    offered = pennant.rewards(member=member)
    assert pennant.reward(offered[0]["code"], member=member)["code"] == offered[0]["code"]


def _take(pennant: Any, member: dict[str, str]) -> None:
    taken = pennant.redeem(member, "late-checkout", location="resort-hotel")
    assert pennant.redemption(taken["id"])["code"] == taken["code"]
    assert pennant.check_voucher(taken["code"])["status"] == "ready"
    assert pennant.use_voucher(taken["code"], location="resort-hotel")["status"] == "used"
    assert pennant.undo_voucher(taken["code"])["status"] == "ready"
    assert pennant.cancel_redemption(taken["id"], reason="x")["status"] == "cancelled"
    held = pennant.reserve(member, "late-checkout", minutes=5)
    assert pennant.capture(held["id"])["status"] == "issued"
    assert pennant.reservation(held["id"])["status"] == "captured"
    other = pennant.reserve(member, "late-checkout")
    assert pennant.release(other["id"], reason="x")["status"] == "released"
    assert len(list(pennant.redemptions(status="issued"))) == 1


def _activate(pennant: Any, member: str) -> None:
    (offer,) = [one for one in pennant.offers(member) if one["code"] == "long-summer"]
    assert offer["activations"] == []
    made = pennant.activate_offer(member, "long-summer")
    undone = pennant.undo_offer(member, "long-summer", activation=made["id"])
    assert undone["state"] == "undone"


def _choose(pennant: Any, member: str) -> None:
    """Five nights of one stay pass a mark that lets one choose."""
    mark = Milestone.objects.create(
        code="five", name="Five nights", counter_id="night", at=30, choose=1, choose_days=9
    )
    MilestoneOption.objects.create(
        milestone=mark, code="points", name="500 points", unit_id="point", amount=500
    )
    before = pennant.balance(member)["accounts"]
    long = STAY | {"reference": "b30", "attributes": STAY["attributes"] | {"nights": 30}}
    pennant.post_activity(long)
    pennant.confirm_activity("ref:b30")
    (open_one,) = pennant.choices(member, status="open")
    assert (open_one["name"], open_one["choose"]) == ("Five nights", 1)
    made = pennant.choose(member, open_one["id"], {"points": 1}, key="mine")
    assert pennant.choose(member, open_one["id"], {"points": 1}, key="mine") == made
    assert pennant.choice(member, open_one["id"])["status"] == "made"
    assert pennant.balance(member)["accounts"] != before


HEADER = "reference,type,occurred_at,member,location,outcome,nights,suite,revenue\n"
LINE = "{ref},stay,2026-03-02,guest-1,resort-hotel,stayed,{nights},true,100.00\n"


def _send_files(pennant: Any, library: Any, folder: Path) -> None:
    plain = folder / "march.csv"
    plain.write_text(
        HEADER + LINE.format(ref="f1", nights=1) + LINE.format(ref="f2", nights="x"), "utf-8"
    )
    sent = pennant.send_import(plain)
    assert pennant.send_import(plain)["id"] == sent["id"]  # the same bytes, packed again
    slow = _Slow(pennant)
    with pytest.raises(library.NotDone, match="is still applying"):
        library.Client.wait_for_import(slow, sent["id"], every_s=0.01, within_s=0.02)
    heard: list[str] = []
    checked = _worked(pennant, sent["id"], heard)
    assert (checked["state"], checked["file"], heard) == ("checked", "march.csv", ["checked"])
    assert (checked["report"]["good"], checked["report"]["refused"]) == (1, 1)
    told = pennant.refused_lines(sent["id"], folder / "refused.csv").read_text("utf-8")
    assert told.startswith("line,column,code,what to do")
    assert "\n3,nights," in told.replace("\r", "")
    assert pennant.activity("ref:booking-1")["reference"] == "booking-1"
    pennant.apply_import(sent["id"])
    assert _worked(pennant, sent["id"])["outcome"]["pending"] == 1
    lines = folder / "april.ndjson.gz"
    lines.write_bytes(gzip.compress(json.dumps(STAY | {"reference": "f3"}).encode()))
    other = pennant.send_import(lines)
    assert pennant.cancel_import(other["id"])["state"] == "cancelled"
    pennant.resume_import(other["id"])
    assert _worked(pennant, other["id"])["report"]["good"] == 1
    assert {one["id"] for one in pennant.imports()} == {sent["id"], other["id"]}
    with pytest.raises(ValueError, match="a file is called"):
        pennant.send_import(folder / "march.xlsx")


class _Slow:
    """An installation whose worker does not come to an end."""

    def __init__(self, pennant: Any) -> None:
        self.pennant, self._sleep = pennant, time.sleep

    def one_import(self, id: str) -> Any:
        return self.pennant.one_import(id) | {"state": "applying"}


def _worked(pennant: Any, id: str, heard: list[str] | None = None) -> Any:
    """The import after the worker has been at it."""
    tasks.work_on_imports()
    heard = [] if heard is None else heard
    return pennant.wait_for_import(id, told=lambda now: heard.append(now["state"]), every_s=0.01)


def _listen(pennant: Any, url: str) -> None:
    made = pennant.create_webhook(url, types=["voucher_used"], contact="it@example.com")
    hook = made["webhook"]["id"]
    assert [one["id"] for one in pennant.webhooks()] == [hook]
    assert pennant.update_webhook(hook, {"description": "Till"})["description"] == "Till"
    assert pennant.webhook(hook)["status"] == "active"
    assert pennant.rotate_webhook(hook)["secret"] != made["secret"]
    assert pennant.resume_webhook(hook)["status"] == "active"
    sent = pennant.test_webhook(hook)
    assert [one["id"] for one in pennant.deliveries(hook)] == [sent["id"]]
    assert pennant.delivery(sent["id"])["state"] == "waiting"
    assert pennant.replay_delivery(sent["id"])["id"] == sent["id"]
    assert pennant.replay_webhook(hook, since="2020-01-01", until="2040-01-01") == 1
    pennant.remove_webhook(hook)
    assert pennant.webhooks() == []


def test_a_broken_line_is_tried_again_under_the_same_key(
    live_server: LiveServer, hotel: Program, library: Any
) -> None:
    waits: list[float] = []
    pennant = library.Client(live_server.url, key=Till().text, sleep=waits.append)
    once, sent = pennant._once, []

    def lossy(method: str, target: str, raw: Any, headers: dict[str, str], into: Any) -> Any:
        answer = once(method, target, raw, headers, into)
        sent.append(headers["Idempotency-Key"])
        return None if len(sent) < 4 else answer  # it arrived, and the answer was lost

    pennant._once = lossy
    guest = pennant.enroll({"name": "Ines Duarte"})
    assert guest["name"] == "Ines D."
    assert len(set(sent)) == 1
    assert len(waits) == 3
    assert RememberedCall.objects.count() == 1


def test_a_storm_of_repeats_redeems_each_once(
    live_server: LiveServer, hotel: Program, library: Any
) -> None:
    member = marta()
    earn(member, 10_000_000)
    pennant = library.Client(live_server.url, key=Till(per_minute=100_000).text, attempts=60)
    taken: list[tuple[int, str]] = []

    def storm(turn: int) -> None:
        for number in range(12):
            key = (number + turn) % 12
            got = pennant.redeem({"reference": "guest-1"}, "late-checkout", key=f"k{key}")
            taken.append((key, got["id"]))

    threads = [threading.Thread(target=storm, args=(turn,)) for turn in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)  # a hang, not a slow machine
    assert len(taken) == 72
    assert len(set(taken)) == 12
    assert Redemption.objects.count() == 12
    price = Redemption.objects.first().price
    assert balance(member) == 10_000_000 - 12 * price
    assert set(Counter(key for key, _ in taken).values()) == {6}
