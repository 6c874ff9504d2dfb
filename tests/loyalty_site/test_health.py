"""What load balancers and Prometheus see."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection
from django.test import Client

from common import clock
from events import heartbeat
from loyalty_site import jobs


def test_alive_asks_nobody(client: Client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_when_everything_is_in_place(client: Client) -> None:
    heartbeat.beat("worker")
    response = client.get("/readyz")
    assert response.status_code == 200, response.content
    assert response.json()["status"] == "ready"
    assert set(response.json()["checks"]) == {"database", "migrations", "worker"}


@pytest.mark.django_db
def test_not_ready_while_no_worker_has_been_seen(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["worker"]["ok"] is False


@pytest.mark.django_db
def test_not_ready_when_the_worker_is_gone(client: Client) -> None:
    heartbeat.beat("worker")
    with time_machine.travel(clock.now() + timedelta(minutes=10), tick=False):
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["worker"] == {"ok": False, "age_s": 600}


@pytest.mark.django_db
def test_not_ready_while_a_migration_waits(client: Client) -> None:
    heartbeat.beat("worker")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "1 migrations wait" in response.json()["checks"]["migrations"]["detail"]


@pytest.mark.django_db
def test_not_ready_without_a_database(client: Client) -> None:
    def refuse(*args: object) -> None:
        raise DatabaseError

    with connection.execute_wrapper(refuse):
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["database"]["detail"] == "The database does not answer."


@pytest.mark.django_db
def test_metrics_are_hidden_unless_enabled(client: Client) -> None:
    assert client.get("/metrics").status_code == 404


def test_metrics_count_requests_by_route(client: Client, settings: object) -> None:
    settings.METRICS_ENABLED = True  # type: ignore[attr-defined]
    client.get("/healthz")
    text = client.get("/metrics").content.decode()
    assert 'pennant_requests_total{method="GET",route="healthz",status="200"}' in text


@pytest.mark.django_db
def test_the_job_queue_is_installed_once() -> None:
    first = jobs.install()
    assert jobs.is_installed()
    assert jobs.install() == first
