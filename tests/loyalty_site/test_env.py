"""The environment: what is accepted, and what each refusal says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from loyalty_site import env
from loyalty_site.env import BadEnvironment

KEY = "k3y-that-nobody-guesses-0123456789-abcdefghijklmnopqrstuvwxyz"
PRODUCTION = {
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "club.example.com",
    "EMAIL_HOST": "smtp.example.com",
}


def test_the_example_file_is_in_step_with_the_settings() -> None:
    assert (env.ROOT / ".env.example").read_text() == env.example(), "run: make env"


def test_an_untouched_example_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "example").write_text(env.example())
    assert env.read_file(tmp_path / "example") == {}


def test_production_needs_three_variables() -> None:
    values = env.load(PRODUCTION)
    assert values.allowed_hosts == ("club.example.com",)
    assert not values.debug
    assert values.database is None


@pytest.mark.parametrize("missing", PRODUCTION)
def test_production_names_the_variable_that_is_missing(missing: str) -> None:
    given = {name: value for name, value in PRODUCTION.items() if name != missing}
    with pytest.raises(BadEnvironment, match=f"^{missing} is not set; allowed: "):
        env.load(given)


@pytest.mark.parametrize("key", ["short", "a" * 60, "django-insecure-" + "abcdefghij" * 6])
def test_a_weak_key_stops_the_boot_and_is_not_repeated(key: str) -> None:
    with pytest.raises(BadEnvironment, match=r"SECRET_KEY is .* too easy to guess") as refusal:
        env.load({**PRODUCTION, "SECRET_KEY": key})
    assert key not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("DEBUG", "maybe", "1, true, yes, on or 0, false, no, off"),
        ("TRUSTED_PROXY_COUNT", "-1", "a whole number from 0 to 5"),
        ("TRUSTED_PROXY_COUNT", "1e999", "a whole number from 0 to 5"),
        ("EMAIL_PORT", "0", "a whole number from 1 to 65535"),
        ("EMAIL_SECURITY", "ssl", "one of starttls, tls, none"),
        ("ALLOWED_HOSTS", "*", "host names separated by commas"),
        ("ALLOWED_HOSTS", "https://club.example.com", "host names separated by commas"),
        ("CSRF_TRUSTED_ORIGINS", "club.example.com", "origins separated by commas"),
        ("DATABASE_URL", "mysql://localhost/pennant", "an address such as postgresql://"),
        ("DATABASE_URL", "postgresql://localhost", "an address such as postgresql://"),
        ("DATABASE_URL", "postgresql://localhost:port/pennant", "an address such as postgresql://"),
        ("CELERY_BROKER_URL", "sqs://", "a redis://"),
        ("LOG_LEVEL", "loud", "one of DEBUG, INFO"),
        ("CACHE", "redis", "one of database, local"),
    ],
)
def test_a_bad_value_is_refused_with_name_value_and_what_is_allowed(
    name: str, value: str, allowed: str
) -> None:
    with pytest.raises(BadEnvironment) as refusal:
        env.load({**PRODUCTION, name: value})
    assert str(refusal.value).startswith(f"{name} is {value!r}; allowed: {allowed}")


def test_a_password_in_an_address_is_not_repeated() -> None:
    with pytest.raises(BadEnvironment) as refusal:
        env.load({**PRODUCTION, "DATABASE_URL": "mysql://pennant:hunter2@db/pennant"})
    assert "hunter2" not in str(refusal.value)


def test_a_database_address_is_taken_apart() -> None:
    url = "postgresql://pen%40nant:s%2Fecret@db.example.com:5433/loyalty?sslmode=require"
    database = env.load({**PRODUCTION, "DATABASE_URL": url}).database
    assert database is not None
    assert (database.user, database.password) == ("pen@nant", "s/ecret")
    assert (database.host, database.port, database.name) == ("db.example.com", "5433", "loyalty")
    assert database.options == {"sslmode": "require"}
    assert "s/ecret" not in repr(database)


def test_a_database_on_a_socket_is_named_by_its_folder() -> None:
    url = "postgresql:///pennant?host=/run/postgresql"
    database = env.load({**PRODUCTION, "DATABASE_URL": url}).database
    assert database is not None
    assert (database.host, database.name) == ("/run/postgresql", "pennant")


def test_a_file_of_variables_is_read_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("# comment\n\nDEBUG=1\nSECRET_KEY = 'a=b'\n")
    assert env.read_file(file) == {"DEBUG": "1", "SECRET_KEY": "a=b"}


def test_a_line_that_is_no_variable_is_named_by_its_number(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("DEBUG=1\nexport\n")
    with pytest.raises(BadEnvironment, match=r"^env, line 2: write NAME=value"):
        env.read_file(file)


def _boot(*code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *code],
        cwd=env.ROOT,
        env={**kept, "PENNANT_ENV_FILE": os.devnull, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_bad_value_stops_the_command_line_with_one_sentence() -> None:
    done = _boot("check", **{**PRODUCTION, "EMAIL_PORT": "smtp"})
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        "Pennant does not start: EMAIL_PORT is 'smtp'; allowed: a whole number from 1 to 65535.\n"
    )


def test_production_passes_the_deployment_check() -> None:
    done = _boot("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr
