"""DATABASE_URL: somebody else's PostgreSQL. The embedded one plays that part here."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection

from loyalty_site import databases, env
from loyalty_site.remote import base
from loyalty_site.remote.base import DatabaseRefused, DatabaseWrapper

SECRET = "hunter2-hunter2"


@pytest.fixture
def remote(db: None) -> Iterator[DatabaseWrapper]:
    """A connection through the backend that DATABASE_URL chooses, to the tests' own database."""
    known = connection.settings_dict
    wrapper = DatabaseWrapper(
        {**known, "ENGINE": "loyalty_site.remote", "OPTIONS": {}}, alias="default"
    )
    yield wrapper
    wrapper.close()


def test_a_server_that_is_new_enough_is_used(remote: DatabaseWrapper) -> None:
    with remote.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_a_server_that_is_too_old_is_refused(
    remote: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "VERSION_MIN", 99)
    with pytest.raises(DatabaseRefused, match=r"names PostgreSQL \d+; Pennant needs 99 or later"):
        remote.check_database_version_supported()


def _command(url: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    extra = {"PENNANT_ENV_FILE": os.devnull, "DEBUG": "1", "DATABASE_URL": url}
    return subprocess.run(
        [sys.executable, "manage.py", "prepare"],
        cwd=env.ROOT,
        env={**kept, **extra},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_server_out_of_reach_stops_the_start_with_one_sentence() -> None:
    done = _command(f"postgresql://pennant:{SECRET}@127.0.0.1:1/pennant")
    assert done.returncode == 2
    assert done.stderr.startswith(
        "Pennant does not start: the PostgreSQL of DATABASE_URL cannot be reached: "
    )
    assert SECRET not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_jobs_go_to_the_same_server_unless_a_broker_is_named() -> None:
    given = {"DEBUG": "1", "DATABASE_URL": "postgresql://me:p%20w@db.example.com:5433/loyalty"}
    options = databases.broker_options(env.load(given))
    assert options["conn_string"] == (
        "dbname=loyalty user=me password='p w' host=db.example.com port=5433 connect_timeout=5"
    )
    named = env.load({**given, "CELERY_BROKER_URL": "redis://cache:6379/0"})
    assert databases.broker_url(named) == "redis://cache:6379/0"
    assert databases.broker_options(named) == {}


def test_only_the_web_server_has_a_pool_and_time_limits() -> None:
    command = databases.database(env.load({"DEBUG": "1"}))
    web = databases.database(env.load({"DEBUG": "1", "PENNANT_PROCESS": "web"}))
    assert "pool" not in command["OPTIONS"]
    assert web["OPTIONS"]["pool"]["max_size"] == settings.ENV.database_pool_max
    assert "statement_timeout=15s" in web["OPTIONS"]["options"]


def test_the_web_server_keeps_plans_unless_a_pooler_cannot() -> None:
    given = {"DEBUG": "1", "PENNANT_PROCESS": "web"}
    remote = {**given, "DATABASE_URL": "postgresql://u:p@db/pennant?prepare_threshold=none"}
    assert databases.database(env.load(given))["OPTIONS"]["prepare_threshold"] == 5
    assert databases.database(env.load(remote))["OPTIONS"]["prepare_threshold"] is None
    assert "prepare" not in databases.conninfo(env.load(remote))


def test_all_connections_together_stay_below_the_servers_limit() -> None:
    web = 2 * settings.ENV.database_pool_max
    worker_and_beat = 2 + 1 + 1
    queues = 4 * (databases.QUEUE_POOL_SIZE + 1)  # two web workers, worker, beat; one listens
    commands = 10
    assert web + worker_and_beat + queues + commands < 100 - 3  # three are the superuser's
