"""The embedded PostgreSQL, with real processes in a data folder of their own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from loyalty_site import env
from loyalty_site.embedded import locks, place, server
from loyalty_site.embedded.server import ServerError

WAIT_S = 120  # a hang, not a slow machine
USE = """
import pathlib, sys, time
import psycopg
from loyalty_site.embedded import server
where = server.ensure(pathlib.Path(sys.argv[1]), database="pennant")
with psycopg.connect(host=str(where.socket), user="postgres", dbname="pennant") as link:
    print(link.execute("select pg_postmaster_start_time()").fetchone()[0], flush=True)
time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A short path that everybody can walk to, as a checkout usually has."""
    folder = Path(tempfile.mkdtemp(prefix="pn", dir="/tmp"))
    folder.chmod(0o755)
    yield folder / "data"
    assert _ends(lambda: not _server_pid(folder / "data")), "a server was left running"
    shutil.rmtree(folder)


def _use(home: Path, *, seconds: float = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", USE, str(home), str(seconds)],
        cwd=env.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _started(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _server_pid(home: Path) -> int:
    """The number of the living server, or 0."""
    try:
        pid = int((place.of(home).data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, 0)
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return pid


def _ends(is_so: object) -> bool:
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        if is_so():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def test_commands_that_start_at_once_share_one_new_server(home: Path) -> None:
    processes = [_use(home, seconds=1) for _ in range(3)]
    outputs = [process.communicate(timeout=WAIT_S) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], outputs
    assert len({output for output, _ in outputs}) == 1


def test_the_last_one_out_stops_the_server(home: Path) -> None:
    first, second = _use(home, seconds=60), _use(home, seconds=0.5)
    started = _started(first)
    assert second.communicate(timeout=WAIT_S)[0].strip() == started
    assert _server_pid(home), "the first process still needs it"
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=WAIT_S)
    assert not _server_pid(home)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_process_leaves_no_server_behind(home: Path, number: signal.Signals) -> None:
    process = _use(home, seconds=60)
    _started(process)
    process.send_signal(number)
    process.communicate(timeout=WAIT_S)
    assert _ends(lambda: not _server_pid(home))


def test_a_killed_server_and_guardian_are_replaced(home: Path) -> None:
    process = _use(home, seconds=60)
    before = _started(process)
    for file in ("guardian.lock", "start.lock"):
        assert (home / file).exists()
    os.kill(_server_pid(home), signal.SIGKILL)
    process.kill()
    process.communicate(timeout=WAIT_S)
    after, errors = _use(home).communicate(timeout=WAIT_S)
    assert after.strip() > before, errors


def test_a_number_that_belongs_to_another_program_now_is_no_obstacle(home: Path) -> None:
    _use(home).communicate(timeout=WAIT_S)
    data = place.of(home).data
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        (data / "postmaster.pid").write_text(f"{other.pid}\n{data}\n1700000000\n5432\n{data}\n\n\n")
        output, errors = _use(home).communicate(timeout=WAIT_S)
        assert output.strip(), errors
    finally:
        other.kill()
        other.wait()


def test_an_unfinished_first_start_is_begun_again(home: Path) -> None:
    place.make_home(home)
    half = place.of(home).data
    half.mkdir()
    (half / "half-written").write_text("")
    output, errors = _use(home).communicate(timeout=WAIT_S)
    assert output.strip(), errors


def test_no_mode_above_the_data_folder_is_changed(home: Path) -> None:
    folders = [home.parent, *home.parent.parents, env.ROOT, *env.ROOT.parents]
    before = {folder: folder.stat().st_mode for folder in folders}
    _use(home).communicate(timeout=WAIT_S)
    assert {folder: folder.stat().st_mode for folder in folders} == before


def test_a_long_path_gets_its_socket_elsewhere(home: Path) -> None:
    where = place.of(home / ("long-" * 20))
    assert where.socket == where.elsewhere / "socket"
    assert where.data.is_relative_to(where.home)
    assert len(str(where.socket / place.SOCKET_NAME)) <= place.SOCKET_PATH_MAX


def test_a_closed_folder_stays_closed(home: Path) -> None:
    home.parent.chmod(0o700)
    where = place.of(home)
    # Only root hands the server to another account, which cannot walk in here.
    assert where.is_moved == (os.getuid() == 0)
    try:
        output, errors = _use(home).communicate(timeout=WAIT_S)
        assert output.strip(), errors
        assert home.parent.stat().st_mode & 0o777 == 0o700
    finally:
        home.parent.chmod(0o755)
        shutil.rmtree(where.elsewhere, ignore_errors=True)


def test_a_folder_of_somebody_else_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "ELSEWHERE", home.parent)
    far = home.parent / ("long-" * 20)
    taken = place.elsewhere_of(far)
    taken.mkdir()
    taken.chmod(0o777)
    with pytest.raises(ServerError, match="is not a folder of this account alone"):
        server.ensure(far, database="pennant")
    server.leave(far)


def test_data_of_another_version_is_refused(home: Path) -> None:
    _use(home).communicate(timeout=WAIT_S)
    (place.of(home).data / "PG_VERSION").write_text("17\n")
    _, errors = _use(home).communicate(timeout=WAIT_S)
    assert "was written by PostgreSQL 17 and this is 18" in errors


def test_what_a_dead_process_left_behind_is_swept_away(home: Path) -> None:
    users = home / "users"
    users.mkdir(parents=True)
    (users / "99999-dead").touch()
    file, descriptor = locks.join(users)
    assert locks.living(users) == [file]
    locks.leave(file, descriptor)
    assert locks.living(users) == []
