"""Every refusal is problem+json with a stable code, and every code has its page."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from rest_framework.exceptions import Throttled
from rest_framework.request import Request

from common.api import problem_handler
from common.errors import LoyaltyError
from common.problems import PROBLEMS
from earning import intake
from loyalty_site import failures
from partners import problems
from partners.management.commands import api_problems
from program.models import Program
from tests.contract.elsewhere import ELSEWHERE
from tests.till import STAY, Till, code, marta

BASES = {"refused"}
STABLE = {
    "benefit_too_soon": 409,
    "benefit_unknown": 404,
    "benefit_used_up": 409,
    "not_subscribed": 409,
    "activation_closed": 409,
    "activation_unknown": 404,
    "offer_day_invalid": 400,
    "offer_unavailable": 409,
    "offer_unknown": 404,
    "offer_used_up": 409,
    "activity_cancelled": 409,
    "activity_unknown": 404,
    "change_invalid": 400,
    "change_reused": 409,
    "choice_closed": 409,
    "choice_invalid": 400,
    "contest_drawn": 409,
    "hold_ended": 409,
    "hold_too_long": 400,
    "member_inactive": 409,
    "member_merged": 409,
    "source_used": 409,
    "address_forbidden": 400,
    "voucher_early": 409,
    "fulfilment_moved": 409,
    "date_unknown": 409,
    "amount_refused": 409,
    "address_missing": 409,
    "amount_invalid": 400,
    "attempt_reused": 409,
    "cursor_invalid": 400,
    "idempotency_key_invalid": 400,
    "idempotency_key_missing": 400,
    "idempotency_key_reused": 422,
    "identifier_taken": 409,
    "insufficient_points": 409,
    "invalid_input": 400,
    "exchange_limit": 409,
    "limit_reached": 409,
    "location_denied": 403,
    "nothing_there": 404,
    "out_of_stock": 409,
    "parameter_invalid": 400,
    "reason_missing": 400,
    "reward_unavailable": 409,
    "role_missing": 403,
    "twin_running": 409,
    "undo_too_late": 409,
    "value_limit_reached": 403,
    "voucher_cancelled": 409,
    "voucher_expired": 409,
    "voucher_invalid": 404,
    "voucher_used": 409,
    "webhook_invalid": 400,
    "attributes_invalid": 400,
    "bad_request": 400,
    "body_invalid": 400,
    "body_malformed": 400,
    "body_too_large": 413,
    "broken_rule": 409,
    "busy": 503,
    "card_number_invalid": 400,
    "date_invalid": 400,
    "file_unreadable": 400,
    "forbidden": 403,
    "import_stands": 409,
    "internal_error": 500,
    "key_expired": 401,
    "key_missing": 401,
    "key_revoked": 401,
    "key_unknown": 401,
    "length_required": 411,
    "media_type_unsupported": 415,
    "member_erased": 410,
    "member_name_invalid": 400,
    "member_not_found": 404,
    "method_not_allowed": 405,
    "not_acceptable": 406,
    "not_found": 404,
    "occurred_in_future": 400,
    "partner_inactive": 403,
    "program_missing": 503,
    "reference_invalid": 400,
    "reference_reused": 409,
    "reported_too_late": 400,
    "scope_missing": 403,
    "told_too_late": 400,
    "too_many_requests": 429,
    "unknown_activity_type": 400,
    "unknown_location": 400,
    "unknown_partner": 400,
}


def kinds(parent: type[LoyaltyError] = LoyaltyError) -> Iterator[type[LoyaltyError]]:
    """Every refusal of the apps that the API stands on; the front doors have their own."""
    for kind in parent.__subclasses__():
        if kind.__module__.split(".")[0] not in ("portal", "desk", "loyalty_site", "tests"):
            yield kind
        yield from kinds(kind)


def test_no_code_means_two_things() -> None:
    known: dict[str, type[LoyaltyError]] = {}
    for kind in kinds():
        assert known.setdefault(kind.code, kind) is kind, f"{kind} and {known[kind.code]}"


def test_every_refusal_is_documented_or_out_of_reach() -> None:
    told = problems.catalogue()
    undecided = {kind.code for kind in kinds()} - told.keys() - ELSEWHERE - BASES
    assert not undecided, "Document it in partners/problems.py, or name it in ELSEWHERE"
    assert not told.keys() & ELSEWHERE


def test_codes_and_statuses_are_stable() -> None:
    assert {code: entry.status for code, entry in problems.catalogue().items()} == STABLE


def test_the_catalogue_in_the_docs_is_the_one_in_the_code() -> None:
    written = api_problems.PAGE.read_text(encoding="utf-8")
    assert written == api_problems.page(), "Run manage.py api_problems"


@pytest.mark.parametrize("known", sorted(STABLE))
def test_every_code_has_a_page_for_people_and_for_programs(client: Client, known: str) -> None:
    address = f"{PROBLEMS}{known}"
    assert address == reverse("partners:problem", args=[known])
    told = client.get(address).json()
    assert (told["code"], told["status"]) == (known, STABLE[known])
    page = client.get(address, headers={"Accept": "text/html"})
    assert page["Content-Type"].startswith("text/html")
    text = page.content.decode()
    assert "<style" not in text
    assert f"<code>{known}</code>" in text


def test_the_catalogue_lists_every_code(client: Client) -> None:
    listed = client.get("/api/v1/problems").json()
    assert {one["code"] for chapter in listed.values() for one in chapter} == STABLE.keys()
    page = client.get("/api/v1/problems", headers={"Accept": "text/html"}).content.decode()
    assert all(f"{PROBLEMS}{known}" in page for known in STABLE)


def test_an_unknown_code_has_no_page(client: Client) -> None:
    assert code(client.get(f"{PROBLEMS}nonsense")) == "not_found"


def test_a_problem_has_its_parts(till: Till) -> None:
    response = till.client.get("/api/v1/members/4821", headers={"X-Request-Id": "till-1-000042"})
    assert json.loads(response.content) == {
        "type": "/api/v1/problems/card_number_invalid",
        "title": "The card number is mistyped",
        "status": 400,
        "detail": "A card number has 12 digits. Check it against the card.",
        "instance": "/api/v1/members/4821",
        "code": "card_number_invalid",
        "request_id": "till-1-000042",
        "errors": [],
    }
    assert response["X-Request-Id"] == "till-1-000042"
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("header", ["", "Basic YTpi", "pn_live_", "Token x"])
def test_without_a_key_there_is_no_answer(hotel: Program, header: str) -> None:
    client = Client(headers={"Authorization": header} if header else {})
    for response in (
        client.get("/api/v1/members/482109376621"),
        client.post("/api/v1/activities", "{", content_type="text/plain"),
        client.delete("/api/v1/activities"),
    ):
        assert response.status_code == 401
        assert code(response) == "key_missing"
        assert response["WWW-Authenticate"] == 'Bearer realm="Pennant API"'


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "bearer pn_live_" + "0" * 52])
def test_a_wrong_key_is_unknown(hotel: Program, header: str) -> None:
    client = Client(headers={"Authorization": header})
    response = client.get("/api/v1/members/482109376621")
    assert response.status_code == 401
    assert code(response) == "key_unknown"


@pytest.mark.parametrize("path", ["", "nothing", "activities/", "members/", "members/1/2"])
@pytest.mark.parametrize("method", ["get", "post", "options"])
def test_an_address_that_is_none_is_a_problem(till: Till, path: str, method: str) -> None:
    response = getattr(till.client, method)(f"/api/v1/{path}")
    assert response.status_code == 404
    assert code(response) == "not_found"


@pytest.mark.parametrize("path", ["/api/", "/api/v2/activities", "/api/v1"])
def test_an_address_beside_the_api_is_a_problem_too(client: Client, path: str) -> None:
    assert code(client.get(path)) == "not_found"


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("activities", "delete", "GET, HEAD, POST"),
        ("activities", "put", "GET, HEAD, POST"),
        ("activities", "options", "GET, HEAD, POST"),
        ("members/482109376621", "post", "GET, HEAD, PATCH"),
        ("members/482109376621", "delete", "GET, HEAD, PATCH"),
    ],
)
def test_a_method_that_an_address_does_not_take(
    till: Till, path: str, method: str, allowed: str
) -> None:
    response = getattr(till.client, method)(f"/api/v1/{path}")
    assert response.status_code == 405
    assert code(response) == "method_not_allowed"
    assert response["Allow"] == allowed


def test_the_schema_and_its_reader_refuse_in_the_same_form(client: Client) -> None:
    assert code(client.post("/api/v1/docs")) == "method_not_allowed"
    assert code(client.post("/api/v1/schema")) == "method_not_allowed"
    odd = client.get("/api/v1/schema", headers={"Accept": "image/png"})
    assert odd.status_code == 406
    assert code(odd) == "not_acceptable"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_body_that_is_not_json(till: Till, kind: str) -> None:
    response = till.client.post("/api/v1/activities", "a=b", content_type=kind)
    assert response.status_code == 415
    assert code(response) == "media_type_unsupported"


def test_a_body_in_chunks(till: Till) -> None:
    request = {"REQUEST_METHOD": "POST", "PATH_INFO": "/api/v1/activities"}
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_TYPE": "application/json"}
    response = till.client.request(**request | chunked)
    assert response.status_code == 411
    assert code(response) == "length_required"


def test_a_compressed_body(till: Till) -> None:
    response = till.client.post(
        "/api/v1/activities",
        b"\x1f\x8b",
        content_type="application/json",
        headers={"Content-Encoding": "gzip"},
    )
    assert code(response) == "media_type_unsupported"


def test_a_body_may_have_256_kib_and_not_a_byte_more(till: Till) -> None:
    marta()
    body = json.dumps(STAY)
    assert till.post(body + " " * (256 * 1024 - len(body))).status_code == 201
    response = till.post(body + " " * (256 * 1024 - len(body) + 1))
    assert response.status_code == 413
    assert code(response) == "body_too_large"


def test_before_there_is_a_program(till: Till) -> None:
    Program.objects.all().delete()
    response = till.post()
    assert response.status_code == 503
    assert code(response) == "program_missing"


def test_what_nobody_foresaw_is_a_problem_without_its_reasons(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(intake, "record", broken)
    till.client.raise_request_exception = False
    response = till.post()
    assert response.status_code == 500
    assert code(response) == "internal_error"
    assert b"secret" not in response.content


def test_too_many_requests_say_when_to_come_back(rf: RequestFactory) -> None:
    request = Request(rf.get("/api/v1/members/1"))
    response = problem_handler(Throttled(wait=17), {"request": request, "view": None})
    assert isinstance(response, HttpResponse)
    assert response.status_code == 429
    assert code(response) == "too_many_requests"
    assert response["Retry-After"] == "17"


def test_the_sites_own_failures_speak_the_same_language(rf: RequestFactory) -> None:
    request = rf.get("/api/v1/members/1")
    for answer, expected in (
        (failures.bad_request(request, Exception()), "bad_request"),
        (failures.refused(request, Exception()), "forbidden"),
        (failures.not_found(request, Exception()), "not_found"),
        (failures.broken(request), "internal_error"),
    ):
        assert code(answer) == expected


def test_every_meaning_is_a_sentence_and_every_remedy_too() -> None:
    for entry in problems.catalogue().values():
        assert entry.meaning.endswith("."), entry.code
        assert entry.remedy.endswith("."), entry.code
        assert "|" not in entry.meaning + entry.remedy, entry.code


def test_the_command_writes_the_docs(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "API.md"
    begin, end = api_problems.BEGIN, api_problems.END
    copy.write_text(f"before\n{begin}old\n{end}after\n", encoding="utf-8")
    monkeypatch.setattr(api_problems, "PAGE", copy)
    call_command("api_problems", verbosity=0)
    text = copy.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "`reference_reused`" in text
    assert "old\n" not in text


def test_every_error_of_the_catalogue_is_a_class_of_the_house() -> None:
    for advice in problems.CHAPTERS.values():
        assert all(
            inspect.isclass(kind) and issubclass(kind, LoyaltyError) for kind, _, _ in advice
        )
