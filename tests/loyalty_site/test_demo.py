"""The demo's parts: its port, its letters, its memory, and what it prints."""

from __future__ import annotations

import contextlib
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend
from django.test import Client, override_settings
from django.urls import clear_url_caches, include, path, set_urlconf

from loyalty_site import urls
from loyalty_site.demo import farewell, mail, ports, processes, state
from loyalty_site.demo.state import State
from loyalty_site.demo.steps import Steps
from loyalty_site.errors import CannotStart

KNOWN = State(
    member_email="member@demo.example",
    member_name="Agent 240",
    member_card="482109376623",
    member_password="one",
    clerk_email="clerk@demo.example",
    clerk_password="two",
    owner_email="owner@demo.example",
    owner_password="three",
    api_key="pn_live_secret",
)


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((ports.HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("text", ["", "http", "0", "65536", "-1", "8000.0", "٨٠٠٠"])
def test_a_port_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(CannotStart, match=r"^PORT is .*; allowed: a number from 1 to 65535"):
        ports.parse(text)


def test_a_busy_port_is_said_with_one_that_is_free(busy_port: int) -> None:
    with pytest.raises(CannotStart) as refusal:
        ports.check_free(busy_port)
    message = str(refusal.value)
    assert message.startswith(f"port {busy_port} is busy: ")
    other = int(message.rpartition("PORT=")[2])
    ports.check_free(other)


def test_waiting_ends_when_the_server_has_died(busy_port: int) -> None:
    url = f"http://{ports.HOST}:{busy_port}/"
    assert not ports.wait_for(url, seconds=60, is_alive=lambda: False)


def test_letters_are_read_back_newest_first(tmp_path: Path) -> None:
    for number in (1, 2):
        backend = EmailBackend(file_path=str(tmp_path))
        letter = EmailMessage(
            f"Letter {number}", "Grüße, code 4711", "from@x.example", ["to@x.example"]
        )
        backend.send_messages([letter, letter])
    letters = mail.newest(tmp_path)
    assert [letter.subject[-1] for letter in letters] == ["2", "2", "1", "1"]
    first = mail.find(tmp_path, letter_id=letters[0].id)
    assert first is not None
    assert (first.recipient, first.text) == ("to@x.example", "Grüße, code 4711")


@pytest.mark.parametrize(
    "letter_id",
    ["", "x", "../../etc/passwd.0", "20260101-000000-1.log.0", "20260101-000000-1.log.x"],
)
def test_a_letter_that_does_not_exist_is_nothing(tmp_path: Path, letter_id: str) -> None:
    assert mail.find(tmp_path, letter_id=letter_id) is None


class DemoUrls:
    """The site's addresses as they are in the demo."""

    handler404 = urls.handler404
    urlpatterns = [path("demo/", include("loyalty_site.demo.urls")), *urls.urlpatterns]


@pytest.mark.django_db
def test_letters_are_shown_as_pages(client: Client, tmp_path: Path) -> None:
    EmailBackend(file_path=str(tmp_path)).send_messages(
        [EmailMessage("Your code", "<b>4711</b>", "from@x.example", ["to@x.example"])]
    )
    with override_settings(ROOT_URLCONF=DemoUrls, MAIL_DIR=tmp_path):
        inbox = client.get("/demo/mail/").content.decode()
        assert "Your code" in inbox
        assert "to@x.example" in inbox
        page = client.get(f"/demo/mail/{mail.newest(tmp_path)[0].id}/").content.decode()
        assert client.get("/demo/mail/nothing/").status_code == 404
    assert "&lt;b&gt;4711&lt;/b&gt;" in page
    clear_url_caches()
    set_urlconf(None)


def test_what_the_demo_remembers_is_for_its_owner_only(tmp_path: Path) -> None:
    assert state.load(tmp_path) is None
    state.save(tmp_path, KNOWN)
    assert state.load(tmp_path) == KNOWN
    assert stat.S_IMODE((tmp_path / state.FILE).stat().st_mode) == 0o600
    state.forget(tmp_path)
    assert state.load(tmp_path) is None


def test_what_another_version_remembered_is_nothing(tmp_path: Path) -> None:
    (tmp_path / state.FILE).write_text('{"member": 1}')
    assert state.load(tmp_path) is None


def test_an_interrupted_import_goes_on_with_the_same_dates(tmp_path: Path) -> None:
    first = state.newest_on(tmp_path)
    (tmp_path / state.NEWEST_FILE).write_text("2026-03-31")
    assert first != "2026-03-31"
    assert state.newest_on(tmp_path) == "2026-03-31"


def test_passwords_are_long_enough_and_never_the_same() -> None:
    made = {state.password() for _ in range(50)}
    assert len(made) == 50
    assert min(len(password) for password in made) >= 16


def test_the_last_words_name_every_address_login_and_key() -> None:
    text = farewell.text(KNOWN, base="http://127.0.0.1:8000", seconds=12.3)
    for word in ("/demo/mail/", "/admin/", "/api/v1/", "one", "two", "three", "pn_live_secret"):
        assert word in text
    assert '"card": "482109376623"' in text
    assert "{" not in text.replace('{"', "").replace("'{", "")


def test_each_step_is_one_line_with_its_time(capsys: pytest.CaptureFixture[str]) -> None:
    steps = Steps(2)
    with steps.step("First"):
        steps.progress("First").write("halfway")
    with steps.step("Second") as notes:
        notes.append("kept")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("  [1/2] First")
    assert lines[1].endswith(" s  kept")


def test_a_process_that_does_not_listen_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "STOP_WAIT_S", 0.2)
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True)"
    child = processes.Process(
        "deaf one",
        ["-c", f"{deaf}; time.sleep(60)"],
        log=tmp_path / "log",
        ends_by=processes.signal.SIGTERM,
    )
    while "up" not in child.last_words():
        assert child.is_alive
    processes.stop([child])
    assert not child.is_alive


def _demo(*arguments: str, data_dir: Path) -> subprocess.CompletedProcess[str]:
    from loyalty_site import env

    extra = {"PENNANT_DATA_DIR": str(data_dir), "PENNANT_ENV_FILE": "/dev/null", "DATABASE_URL": ""}
    return subprocess.run(
        [sys.executable, "manage.py", "demo", *arguments],
        cwd=env.ROOT,
        env=env.inherited(extra),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,  # a hang, not a slow machine
    )


def test_a_busy_port_stops_the_demo_before_it_does_anything(busy_port: int, tmp_path: Path) -> None:
    done = _demo("--port", str(busy_port), data_dir=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"Pennant does not start: port {busy_port} is busy")
    assert not (tmp_path / "postgres").exists()


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = _demo("--port", "8000", data_dir=tmp_path / "file" / "data")
    assert done.returncode == 2
    assert done.stderr.startswith("Pennant does not start: ")
    assert "PENNANT_DATA_DIR" in done.stderr
    with contextlib.suppress(FileNotFoundError):
        assert len(done.stderr.splitlines()) == 1
