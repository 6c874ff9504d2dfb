"""The OpenAPI document: valid, without warnings, true to what is answered; its examples run."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any
from unittest import mock

import jsonschema
import pytest
import yaml
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator

from common.problems import PROBLEM_JSON
from members.models import Member, MemberKey
from partners import examples
from partners.models import Scope
from tests.cast import earn
from tests.till import STAY, Till, card_of, marta

JSON = "application/json"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    out = io.StringIO()
    call_command(
        "spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", stdout=out
    )
    return json.loads(out.getvalue())


def calls(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            yield path, method, call


def validate(document: dict[str, Any], schema: dict[str, Any], value: Any) -> None:
    """A value against a schema of the document."""
    whole = schema | {"components": document["components"]}
    jsonschema.Draft202012Validator(whole).validate(value)


def assert_documented(document: dict[str, Any], path: str, method: str, got: HttpResponse) -> None:
    """An answer that was really given is one that the document promises."""
    promised = document["paths"][path][method]["responses"][str(got.status_code)]
    kind = got["Content-Type"]
    validate(document, promised["content"][kind]["schema"], json.loads(got.content))


def test_it_is_openapi_3_1_without_a_warning(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")


def test_every_call_of_the_api_is_in_it(document: dict[str, Any]) -> None:
    unlisted = {"schema", "docs", "problems", "problem", "nowhere"}
    patterns = get_resolver("partners.urls").url_patterns
    there = [str(p.pattern) for p in patterns if p.name not in unlisted]
    listed = {path.removeprefix("/api/v1/") for path in document["paths"]}
    assert listed == {re.sub(r"<str:(\w+)>", r"{\1}", text) for text in there}


def test_every_call_says_what_it_needs_and_how_it_refuses(document: dict[str, Any]) -> None:
    for _, _, call in calls(document):
        assert call["security"] == [{"key": []}]
        assert call["summary"]
        assert any(scope in call["description"] for scope in Scope.values)
        for status in ("401", "403", "429", "500", "503"):
            assert list(call["responses"][status]["content"]) == [PROBLEM_JSON]


def test_every_example_has_the_shape_it_is_an_example_of(document: dict[str, Any]) -> None:
    seen = 0
    for _, _, call in calls(document):
        bodies = [call["requestBody"]] if "requestBody" in call else []
        for body in [*bodies, *call["responses"].values()]:
            for content in body.get("content", {}).values():
                assert content["examples"], "an answer without an example"
                for example in content["examples"].values():
                    validate(document, content["schema"], example["value"])
                    seen += 1
    assert seen > 30


def test_examples_of_requests_run_as_they_are(document: dict[str, Any], till: Till) -> None:
    member = marta(reference=examples.AGENT)
    earn(member, 100_000)
    expected = {
        "postActivity": [201, 202],
        "postActivities": [200],
        "amendActivity": [200],
        "cancelActivity": [200],
        "postQuote": [200],
        "enrollMember": [201],
        "findMember": [200],
        "updateMember": [200],
        "activateOffer": [201],
        "undoOffer": [404],  # the body names one that nobody made
        "useBenefit": [409],  # the hotel has no plans
        "postRedemption": [201],
        "postReservation": [201],
        "releaseReservation": [404],  # the address names one that nobody made
        "cancelRedemption": [404],  # the address names one that nobody made
        "makeChoice": [404],  # the hotel has nothing to choose
        "useVoucher": [404],
        "postConversion": [404],  # the hotel converts nothing
        "createWebhook": [400],  # nobody answers to example.com here
        "updateWebhook": [404],
        "replayWebhook": [404],
    }
    found: dict[str, list[int]] = {}
    for path, method, call in calls(document):
        content = call.get("requestBody", {"content": {}})["content"]
        for example in content.get(JSON, {"examples": {}})["examples"].values():
            got = till.send(address(path, call), example["value"], method=method)
            assert_documented(document, path, method, got)
            found.setdefault(call["operationId"], []).append(got.status_code)
    assert found == expected


def test_everything_that_can_be_read_answers_as_documented(
    document: dict[str, Any], till: Till
) -> None:
    earn(marta(reference=examples.AGENT), 100_000)
    till.post(reference=examples.BOOKING, member={"reference": examples.AGENT})
    statuses = {}
    for path, method, call in calls(document):
        if method == "get":
            got = till.get(address(path, call))
            assert_documented(document, path, method, got)
            statuses[call["operationId"]] = got.status_code
    missing = {name for name, status in statuses.items() if status == 404}
    assert missing == {
        "getRedemption",
        "getReservation",
        "getChoice",
        "checkVoucher",
        "getWebhook",
        "listDeliveries",
        "getDelivery",
        "getImport",
        "getImportErrors",
    }
    assert {status for name, status in statuses.items() if name not in missing} == {200}


def address(path: str, call: dict[str, Any]) -> str:
    """A path with the examples of its parameters in their places."""
    for one in call.get("parameters", ()):
        if one["in"] == "path":
            first = next(iter(one["examples"].values()))["value"]
            path = path.replace(f"{{{one['name']}}}", first)
    return path.removeprefix("/api/v1/")


def test_the_demos_document_shows_a_card_that_there_is(
    till: Till, settings: Any, document: dict[str, Any]
) -> None:
    settings.DEMO = True
    member = marta(reference=examples.AGENT)
    shown = till.client.get("/api/v1/schema").json()
    (parameter,) = shown["paths"]["/api/v1/members/{member}"]["get"]["parameters"]
    number = parameter["examples"]["Card"]["value"]
    assert number == card_of(member)
    assert_documented(document, "/api/v1/members/{member}", "get", till.member(number))


def test_elsewhere_the_document_shows_nobodys_card(till: Till) -> None:
    marta(reference=examples.AGENT)
    shown = till.client.get("/api/v1/schema").content.decode()
    assert examples.CARD in shown
    assert card_of(Member.objects.get()) not in shown
    assert not MemberKey.objects.filter(kind="card", value=examples.CARD).exists()


def test_answers_are_as_documented(document: dict[str, Any], till: Till) -> None:
    member = marta()
    posts = [
        till.post(),
        till.post(),
        till.post(location="city-hotel"),
        till.post(reference="b2", member=None),
        till.post(reference="b3", type="flight"),
        till.post(b"{"),
        till.post(" " * 300_000),
        till.client.post("/api/v1/activities", "a", content_type="text/plain"),
        Client().post("/api/v1/activities"),
        Till(scopes=[Scope.MEMBERS_READ]).post(),
    ]
    assert [got.status_code for got in posts] == [201, 200, 409, 202, 400, 400, 413, 415, 401, 403]
    for got in posts:
        assert_documented(document, "/api/v1/activities", "post", got)
    for got in (
        till.member(card_of(member)),
        till.member("482109376621"),
        till.member("4821"),
        Client().get("/api/v1/members/482109376621"),
        Till(scopes=[Scope.ACTIVITIES_WRITE]).member("482109376621"),
    ):
        assert_documented(document, "/api/v1/members/{member}", "get", got)


def test_what_the_document_forbids_is_refused(document: dict[str, Any], till: Till) -> None:
    schema = document["paths"]["/api/v1/activities"]["post"]["requestBody"]["content"][JSON][
        "schema"
    ]
    for changes in (
        {"points": 1},
        {"reference": ""},
        {"member": {}},
        {"member": {"card": "482109376621", "email": "a@example.org"}},
        {"type": 7},
        {"attributes": []},
        {"attributes": {"x" * 41: 1}},
    ):
        with pytest.raises(jsonschema.ValidationError):
            validate(document, schema, STAY | changes)
        assert till.post(**changes).status_code == 400


def test_it_is_served_as_json_and_as_yaml_to_everybody(client: Client, db: None) -> None:
    as_json = client.get("/api/v1/schema")
    assert as_json["Content-Type"] == "application/vnd.oai.openapi+json"
    as_yaml = client.get("/api/v1/schema?format=yaml")
    assert yaml.safe_load(as_yaml.content) == as_json.json()


def test_its_reader_needs_no_script_of_its_own_page(client: Client) -> None:
    page = client.get("/api/v1/docs")
    text = page.content.decode()
    assert page.status_code == 200
    assert "<script>" not in text
    assert "https://" not in text
    script = client.get("/api/v1/docs?script=")
    assert script["Content-Type"] == "application/javascript"
    assert "/api/v1/schema" in script.content.decode()


def test_it_is_made_once_however_often_it_is_asked_for(client: Client, db: None) -> None:
    first = client.get("/api/v1/schema").content
    with mock.patch.object(SchemaGenerator, "parse", side_effect=AssertionError("made again")):
        assert client.get("/api/v1/schema?again=1").content == first
        assert client.get("/api/v1/schema?format=yaml").status_code == 200
