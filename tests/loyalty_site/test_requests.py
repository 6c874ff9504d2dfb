"""Headers, ids, logs and failures that every request shares."""

from __future__ import annotations

import logging

import pytest
from django.conf import LazySettings
from django.test import Client, RequestFactory
from django.urls import URLResolver, get_resolver

from loyalty_site import failures, logs

pytestmark = pytest.mark.django_db
STRICT = ["/", "/account/login/", "/api/v1/schema", "/no-such-page"]


def _policy(response: object) -> dict[str, str]:
    header: str = response["Content-Security-Policy"]  # type: ignore[index]
    return dict(part.strip().partition(" ")[::2] for part in header.split(";"))


@pytest.mark.parametrize("path", STRICT)
def test_the_content_policy_is_strict(client: Client, path: str) -> None:
    policy = _policy(client.get(path))
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert not any("unsafe" in value for value in policy.values())


def test_the_content_policy_is_relaxed_under_the_admin_only(client: Client) -> None:
    policy = _policy(client.get("/admin/login/"))
    assert "'unsafe-eval'" in policy["script-src"]
    assert "'unsafe-inline'" not in policy["script-src"]
    assert "'unsafe-inline'" in policy["style-src"]
    assert policy["frame-ancestors"] == "'none'"


def test_a_request_id_is_kept_when_it_is_harmless(client: Client) -> None:
    response = client.get("/healthz", headers={"x-request-id": "till-7.2026-03-31"})
    assert response["X-Request-Id"] == "till-7.2026-03-31"


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "semi;colon-and-more", "two words here"])
def test_a_request_id_is_made_when_there_is_no_good_one(client: Client, given: str) -> None:
    made = client.get("/healthz", headers={"x-request-id": given})["X-Request-Id"]
    assert made != given
    assert len(made) == 32


def test_a_missing_page_has_a_way_back(client: Client) -> None:
    response = client.get("/no-such-page")
    assert response.status_code == 404
    assert 'href="/"' in response.content.decode()


def test_a_missing_page_of_the_api_is_a_problem(client: Client) -> None:
    response = client.get("/api/v1/no-such-thing")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["request_id"] == response["X-Request-Id"]


@pytest.mark.parametrize(
    ("path", "kind"), [("/", "text/html"), ("/api/v1/x", "application/problem+json")]
)
def test_a_broken_page_answers_without_the_database(
    rf: RequestFactory, path: str, kind: str, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        response = failures.broken(rf.get(path))
    assert response.status_code == 500
    assert response["Content-Type"].startswith(kind)


def test_a_call_of_the_api_passes_by_what_only_pages_need(client: Client) -> None:
    answer = client.get("/api/v1/no-such-thing", headers={"cookie": "session=x"})
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Length"] == str(len(answer.content))
    refused = client.get("/api/v1/program", headers={"host": "elsewhere.example"})
    assert refused.status_code == 400


@pytest.mark.parametrize("secure_redirect", [False, True])
def test_a_wrong_host_is_refused_with_words(
    client: Client, settings: LazySettings, secure_redirect: bool
) -> None:
    settings.SECURE_SSL_REDIRECT = secure_redirect
    response = client.get("/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert "could not be understood" in response.content.decode()


def test_logs_hide_what_must_not_be_kept() -> None:
    event = {
        "event": "sent",
        "email": "a@b.example",
        "api_key": "pn_live_1",
        "claim_code": "X",
        "n": 1,
    }
    hidden = logs.hide_secrets(None, "info", dict(event))
    assert hidden == {
        "event": "sent",
        "email": "(hidden)",
        "api_key": "(hidden)",
        "claim_code": "(hidden)",
        "n": 1,
    }


def test_the_log_names_the_route_and_not_the_path(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="pennant.request"):
        client.get("/admin/auth/group/secret-code/change/")
    line = caplog.records[-1].getMessage()
    assert "admin/auth/group/<path:object_id>/change/" in line
    assert "secret-code" not in line


def test_demo_pages_exist_in_the_demo_only(client: Client) -> None:
    assert client.get("/demo/mail/").status_code == 404
    prefixes = [
        str(item.pattern) for item in get_resolver().url_patterns if isinstance(item, URLResolver)
    ]
    assert "demo/" not in prefixes
