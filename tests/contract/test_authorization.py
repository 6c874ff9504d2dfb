"""Who may call what: every route, method and kind of caller. A route without a row fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from common.ids import public_id
from earning.models import Activity, ActivityChange
from partners import keys
from partners.models import Delivery, Endpoint, Import, Scope
from program.models import Partner, Program
from rewards.models import Redemption, Reservation
from tests.cast import earn
from tests.till import ACTOR, STAY, Till, code, marta

S = Scope
# Route: method: the one scope that opens it.
MATRIX: dict[str, dict[str, Scope]] = {
    "activities": {"get": S.ACTIVITIES_READ, "post": S.ACTIVITIES_WRITE},
    "activities/batch": {"post": S.ACTIVITIES_WRITE},
    "activities/<activity>": {"get": S.ACTIVITIES_READ},
    "activities/<activity>/confirm": {"post": S.ACTIVITIES_WRITE},
    "activities/<activity>/cancel": {"post": S.ACTIVITIES_WRITE},
    "activities/<activity>/amend": {"post": S.ACTIVITIES_WRITE},
    "quotes": {"post": S.ACTIVITIES_READ},
    "members": {"post": S.MEMBERS_WRITE},
    "members/find": {"post": S.MEMBERS_READ},
    "members/<member>": {"get": S.MEMBERS_READ, "patch": S.MEMBERS_WRITE},
    "members/<member>/balance": {"get": S.MEMBERS_READ},
    "members/<member>/standing": {"get": S.MEMBERS_READ},
    "members/<member>/entries": {"get": S.MEMBERS_READ},
    "members/<member>/statements": {"get": S.MEMBERS_READ},
    "members/<member>/statements/<month>": {"get": S.MEMBERS_READ},
    "members/<member>/offers": {"get": S.MEMBERS_READ},
    "members/<member>/offers/<offer>/activate": {"post": S.MEMBERS_WRITE},
    "members/<member>/offers/<offer>/undo": {"post": S.MEMBERS_WRITE},
    "members/<member>/plans": {"get": S.MEMBERS_READ},
    "members/<member>/plans/<plan>/benefits/<benefit>/use": {"post": S.VOUCHERS_WRITE},
    "members/<member>/choices": {"get": S.MEMBERS_READ},
    "members/<member>/choices/<choice>": {"get": S.MEMBERS_READ, "post": S.CHOICES_WRITE},
    "members/<member>/receipt": {"get": S.MEMBERS_READ},
    "rewards": {"get": S.REWARDS_READ},
    "rewards/<reward>": {"get": S.REWARDS_READ},
    "redemptions": {"get": S.REDEMPTIONS_WRITE, "post": S.REDEMPTIONS_WRITE},
    "redemptions/<redemption>": {"get": S.REDEMPTIONS_WRITE},
    "redemptions/<redemption>/cancel": {"post": S.REDEMPTIONS_WRITE},
    "reservations": {"post": S.REDEMPTIONS_WRITE},
    "reservations/<reservation>": {"get": S.REDEMPTIONS_WRITE},
    "reservations/<reservation>/capture": {"post": S.REDEMPTIONS_WRITE},
    "reservations/<reservation>/release": {"post": S.REDEMPTIONS_WRITE},
    "vouchers/<code>": {"get": S.VOUCHERS_WRITE},
    "vouchers/<code>/use": {"post": S.VOUCHERS_WRITE},
    "vouchers/<code>/undo": {"post": S.VOUCHERS_WRITE},
    "conversions": {"get": S.REWARDS_READ, "post": S.REDEMPTIONS_WRITE},
    "events": {"get": S.EVENTS_READ},
    "program": {"get": S.PROGRAM_READ},
    "scores": {"get": S.SCORES_READ},
    "scores/<survey>": {"get": S.SCORES_READ},
    "locations": {"get": S.PROGRAM_READ},
    "imports": {"get": S.IMPORTS_WRITE, "post": S.IMPORTS_WRITE},
    "imports/<import>": {"get": S.IMPORTS_WRITE},
    "imports/<import>/errors": {"get": S.IMPORTS_WRITE},
    "imports/<import>/apply": {"post": S.IMPORTS_WRITE},
    "imports/<import>/cancel": {"post": S.IMPORTS_WRITE},
    "imports/<import>/resume": {"post": S.IMPORTS_WRITE},
    "webhooks": {"get": S.WEBHOOKS_WRITE, "post": S.WEBHOOKS_WRITE},
    "webhooks/<webhook>": {
        "get": S.WEBHOOKS_WRITE,
        "patch": S.WEBHOOKS_WRITE,
        "delete": S.WEBHOOKS_WRITE,
    },
    "webhooks/<webhook>/rotate": {"post": S.WEBHOOKS_WRITE},
    "webhooks/<webhook>/resume": {"post": S.WEBHOOKS_WRITE},
    "webhooks/<webhook>/test": {"post": S.WEBHOOKS_WRITE},
    "webhooks/<webhook>/replay": {"post": S.WEBHOOKS_WRITE},
    "webhooks/<webhook>/deliveries": {"get": S.WEBHOOKS_WRITE},
    "deliveries/<delivery>": {"get": S.WEBHOOKS_WRITE},
    "deliveries/<delivery>/replay": {"post": S.WEBHOOKS_WRITE},
}
OPEN = {"schema", "docs", "problems", "problems/<code>", "."}  # for everybody, without a key
METHODS = ("get", "post", "put", "patch", "delete")
IDS = {
    "activity": "act_00000000000000000000000000",
    "member": "482109376621",
    "plan": "plus",
    "benefit": "refill",
    "offer": "long-summer",
    "reward": "late-checkout",
    "reservation": "rsv_00000000000000000000000000",
    "month": "2026-03",
    "choice": "chc_00000000000000000000000000",
    "redemption": "red_00000000000000000000000000",
    "code": "AAAABBBBCCCC",
    "survey": "after-a-stay",
    "webhook": "whe_00000000000000000000000000",
    "delivery": "whd_00000000000000000000000000",
    "import": "imp_00000000000000000000000000",
}


def routes() -> dict[str, Any]:
    found = get_resolver("partners.urls").url_patterns
    return {re.sub(r"<str:(\w+)>", r"<\1>", str(one.pattern)): one for one in found}


def rows() -> Iterator[tuple[str, str, Scope]]:
    for route, methods in MATRIX.items():
        for method, scope in methods.items():
            yield route, method, scope


def address(route: str, **ids: str) -> str:
    return re.sub(r"<(\w+)>", lambda found: (IDS | ids)[found[1]], route)


def test_every_route_and_method_has_a_row() -> None:
    there = {
        route: set(getattr(one.callback, "actions", {})) - {"head"}  # added at the first call
        for route, one in routes().items()
        if route not in OPEN
    }
    assert there == {route: set(methods) for route, methods in MATRIX.items()}
    assert routes().keys() >= OPEN


def test_nobody_gets_in_without_a_key_that_works(hotel: Program) -> None:
    till, late = Till(), Till()
    keys.revoke(till.key, actor=ACTOR)
    Partner.objects.create(code="web", name="Web")
    gone = Till("web")
    Partner.objects.filter(code="web").update(is_active=False)
    type(late.key).objects.filter(pk=late.key.pk).update(
        expires_at=late.key.created_at.replace(year=late.key.created_at.year + 1)
    )
    callers: dict[str, tuple[Client, int, str]] = {
        "nobody": (Client(), 401, "key_missing"),
        "made up": (Client(headers={"Authorization": "Bearer x"}), 401, "key_unknown"),
        "revoked": (till.client, 401, "key_revoked"),
        "partner gone": (gone.client, 403, "partner_inactive"),
    }
    for route, method, _ in rows():
        for name, (client, status, expected) in callers.items():
            got = getattr(client, method)(f"/api/v1/{address(route)}")
            assert (got.status_code, code(got)) == (status, expected), (name, method, route)


@pytest.mark.parametrize("scope", Scope.values)
def test_a_key_opens_what_its_scope_is_for_and_nothing_else(hotel: Program, scope: str) -> None:
    till = Till(scopes=[scope])
    for route, method, needed in rows():
        got = till.send(address(route), {}, method=method)
        is_denied = got.status_code == 403 and code(got) == "scope_missing"
        assert is_denied == (needed != scope), (method, route, got.content)


def test_methods_without_a_row_are_refused(hotel: Program) -> None:
    till = Till()
    for route, methods in MATRIX.items():
        for method in set(METHODS) - set(methods):
            got = till.send(address(route), {}, method=method)
            assert got.status_code == 405, (method, route)


Own = Callable[[dict[str, str]], list[tuple[str, str]]]


def test_what_is_one_partners_leads_nowhere_for_another(hotel: Program, settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = ("127.0.0.0/8",)
    till = Till()
    earn(marta(), 100_000)
    till.post()
    take = {"member": {"reference": "guest-1"}, "reward": "late-checkout"}
    assert till.send("redemptions", take).status_code == 201
    assert till.send("reservations", take).status_code == 201
    hook = {
        "url": "http://127.0.0.1:9/",
        "types": ["activity_recorded"],
        "contact": "it@example.com",
    }
    assert till.send("webhooks", hook).status_code == 201
    till.post(reference="b2")
    till.client.post("/api/v1/imports", b"reference,occurred_at\n", content_type="text/csv")
    ids = {
        "import": Import.objects.get().public_id,
        "activity": Activity.objects.first().public_id,
        "redemption": Redemption.objects.get().public_id,
        "reservation": Reservation.objects.get().public_id,
        "webhook": Endpoint.objects.get().public_id,
        "delivery": Delivery.objects.get().public_id,
    }
    Partner.objects.create(code="web", name="Web")
    other, test = Till("web"), Till(kind="test")
    body = {
        "activities/<activity>/cancel": {"reference": "c1", "reason": "x"},
        "activities/<activity>/amend": {
            "reference": "c2",
            "reason": "x",
            "attributes": {"nights": 1},
        },
        "redemptions/<redemption>/cancel": {"reason": "x"},
        "reservations/<reservation>/release": {"reason": "x"},
        "webhooks/<webhook>/replay": {"since": "2026-01-01", "until": "2026-01-02"},
    }
    for route, method, _ in rows():
        if not any(f"<{name}>" in route for name in ids):
            continue
        path, sent = address(route, **ids), body.get(route, {})
        for stranger in (other, test):
            got = stranger.send(path, sent, method=method)
            assert code(got) == "nothing_there", (method, route)
        if method == "get":
            assert till.get(path).status_code == 200, route
    for listed in ("activities", "redemptions", "webhooks", "imports"):
        assert other.get(listed).json()["data"] == []
        assert test.get(listed).json()["data"] == []
    assert Endpoint.objects.get().status == "active"
    assert Redemption.objects.get().status == "issued"
    assert Reservation.objects.get().status == "held"
    assert not ActivityChange.objects.exists()


def test_ids_of_another_kind_lead_nowhere(hotel: Program) -> None:
    till, member = Till(), marta()
    wrong = public_id("mem", member.pk)
    for name in ("activity", "redemption", "reservation", "webhook", "delivery"):
        route = next(r for r, methods in MATRIX.items() if r.endswith(f"<{name}>"))
        got: HttpResponse = till.get(address(route, **{name: wrong}))
        assert code(got) == "nothing_there"


NAMING = {  # bodies that name a member of the live books
    "quotes": {"basket": {"amount": "10.00"}},
    "redemptions": {"reward": "late-checkout"},
    "reservations": {"reward": "late-checkout"},
    "conversions": {"conversion": "none", "amount": 10},
}


def test_a_test_key_meets_nobody_of_the_live_books(hotel: Program) -> None:
    member, test = marta(), Till(kind="test")
    earn(member, 100_000)
    card = member.cards.get().number
    names = (public_id("mem", member.pk), card, "ref:guest-1")
    for route, method, _ in rows():
        if "<member>" in route:
            for name in names:
                got = test.send(address(route, member=name), {}, method=method)
                assert code(got) in ("nothing_there", "member_not_found"), (method, route)
    named = ({"card": card}, {"reference": "guest-1"}, {"email": "marta@example.org"})
    for who in named:
        assert code(test.send("members/find", who)) == "member_not_found"
        for path, body in NAMING.items():
            got = test.send(path, body | {"member": who})
            assert code(got) == "member_not_found", path
    assert test.send("activities", STAY).status_code == 202  # of nobody, in the sandbox
    assert not Activity.objects.exists()
    assert not Redemption.objects.exists()
