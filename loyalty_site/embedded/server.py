"""Starts the embedded PostgreSQL for the first process that needs it, stops it with the last.

What stays true: only the holder of `start.lock` starts or stops the server; each process that
uses it is registered before it connects; a guardian that outlives us all stops the server when
nobody is registered any more, so nothing is left running after a kill -9 either.
"""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import stat
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from loyalty_site.embedded import account as accounts
from loyalty_site.embedded import guardian, locks, place
from loyalty_site.embedded.account import Account
from loyalty_site.embedded.place import Place
from loyalty_site.errors import CannotStart

ROOT = Path(__file__).resolve().parents[2]
SUPERUSER = "postgres"
START_TRIES = 6  # after a crash, orphaned backends need a moment to notice and go
START_WAIT_S = 60  # crash recovery of a large ledger

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "jit": "off",
}


class ServerError(CannotStart):
    """The embedded PostgreSQL cannot run here; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Handle:
    """This process's registration; a forked child needs one of its own."""

    pid: int
    file: Path
    descriptor: int
    where: Place


_mutex = threading.RLock()
_handles: dict[Path, Handle] = {}
_guardians: list[subprocess.Popen[bytes]] = []


def ensure(home: Path, *, database: str) -> Place:
    """Make sure the server of `home` runs, holds our registration and has `database`."""
    with _mutex:
        handle = _handles.get(home)
        if handle is not None and handle.pid == os.getpid():
            return handle.where
        where = place.of(home)
        _start(where, database=database)
    return where


def revive(home: Path, *, database: str) -> None:
    """Start the server again after it was killed under us."""
    with _mutex, locks.held(home / "start.lock"):
        _run(place.of(home), database=database)


def leave(home: Path) -> None:
    """Give up our registration; the last one to leave stops the server and waits for that."""
    with _mutex:
        handle = _handles.pop(home, None)
        if handle is None or handle.pid != os.getpid() or not home.is_dir():
            return
        with locks.held(home / "start.lock"):
            locks.leave(handle.file, handle.descriptor)
            if not locks.living(home / "users"):
                _stop(place.of(home))


def _start(where: Place, *, database: str) -> None:
    try:
        place.make_home(where.home)
        with locks.held(where.home / "start.lock"):
            file, descriptor = locks.join(where.home / "users")
            _handles[where.home] = Handle(
                pid=os.getpid(), file=file, descriptor=descriptor, where=where
            )
            atexit.register(leave, where.home)
            _run(where, database=database)
    except OSError as error:
        raise ServerError(
            f"{error.filename or where.home}: {error.strerror}. Make {where.home} writable for "
            "this account, or name another folder in PENNANT_DATA_DIR, or set DATABASE_URL."
        ) from error


def _run(where: Place, *, database: str) -> None:
    """Have a guardian, a data directory, a running server and the database. Needs start.lock."""
    account = accounts.of(where.data)
    _make_folders(where, account=account)
    if not (where.data / "PG_VERSION").exists():
        _make_cluster(where, account=account)
    _check_version(where)
    if not locks.is_taken(where.home / "guardian.lock"):
        _start_guardian(where, account=account)
    if not _answers(where):
        _start_server(where, account=account)
    _make_database(where, database=database)


def _make_folders(where: Place, *, account: Account) -> None:
    needed = (where.data, where.socket, where.bin)
    if any(folder.is_relative_to(where.elsewhere) for folder in needed):
        _make_elsewhere(where.elsewhere, mode=0o700 if account.uid < 0 else 0o711)
    if where.socket != where.data and not where.socket.is_dir():
        where.socket.mkdir(mode=0o700)
        account.own(where.socket)
    if not where.bin.is_dir():
        _copy_programs(where.bin.parents[2])


def _make_elsewhere(folder: Path, *, mode: int) -> None:
    """A folder of ours in a place where anybody may make folders: refuse one that is not ours."""
    if not folder.is_symlink() and not folder.exists():
        folder.mkdir(mode=mode)
        folder.chmod(mode)
    found = folder.lstat()
    is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    if not is_ours or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise ServerError(
            f"{folder} is not a folder of this account alone. Remove it, or set PENNANT_DATA_DIR "
            "to a short path that everybody can walk to, or set DATABASE_URL."
        )


def _copy_programs(target: Path) -> None:
    half = target.with_name(target.name + ".new")
    shutil.rmtree(half, ignore_errors=True)
    for folder in place.wheel_folders():
        shutil.copytree(folder, half / folder.name, symlinks=True)
    for path in [half, *half.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    half.rename(target)


def _make_cluster(where: Place, *, account: Account) -> None:
    half = where.data.with_name(where.data.name + ".new")
    for unfinished in (half, where.data):
        if unfinished.exists():
            shutil.rmtree(unfinished)
    half.mkdir(mode=0o700)
    account.own(half)
    # C.UTF-8 is built into PostgreSQL 17 and later: the same order of names on every machine.
    _command(
        [str(where.bin / "initdb"), "-D", str(half), "-U", SUPERUSER, "--auth=trust", "--no-sync"]
        + [
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C",
            "--builtin-locale=C.UTF-8",
        ],
        account=account,
        doing="create its files",
    )
    with (half / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.write("include 'pennant.conf'\n")
    half.rename(where.data)


def _check_version(where: Place) -> None:
    found = (where.data / "PG_VERSION").read_text().strip()
    if found != "18":
        raise ServerError(
            f"{where.data} was written by PostgreSQL {found} and this is 18. Move that folder away "
            "after a dump with the old version, and restore the dump."
        )


def _start_guardian(where: Place, *, account: Account) -> None:
    paths = [str(where.home), str(where.bin / "pg_ctl"), str(where.data)]
    child = subprocess.Popen(
        [sys.executable, "-S", "-E", "-m", guardian.__name__]
        + [*paths, str(account.uid), str(account.gid)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    _guardians.append(child)  # it outlives us; forgetting it would warn about that


def _start_server(where: Place, *, account: Account) -> None:
    chosen = {**SETTINGS, "unix_socket_directories": str(where.socket)}
    conf = where.data / "pennant.conf"
    conf.write_text("".join(f"{key} = {_quoted(value)}\n" for key, value in chosen.items()))
    account.own(conf)
    for left in reversed(range(START_TRIES)):
        _forget_dead_postmaster(where)
        try:
            _command(
                [str(where.bin / "pg_ctl"), "-D", str(where.data), "-l", str(where.log), "-s"]
                + ["-w", "-t", str(START_WAIT_S), "start"],
                account=account,
                doing="start",
                log=where.log,
            )
            return
        except ServerError:
            if left == 0:
                raise
            time.sleep(1)


def _forget_dead_postmaster(where: Place) -> None:
    """Drop a lock file whose process is gone and whose number now belongs to another program.

    PostgreSQL itself recovers from a dead number, but stops before a living one of our account.
    """
    pid_file = where.data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    name = _program_name(pid)
    if name and "postgres" not in name:
        pid_file.unlink(missing_ok=True)


def _program_name(pid: int) -> str:
    """The name of a running program, or "" when there is none (or nobody can tell)."""
    try:
        if Path("/proc/self").exists():
            return Path(f"/proc/{pid}/comm").read_text().strip()
        shown = subprocess.run(
            ["ps", "-p", str(pid), "-o", "comm="], capture_output=True, text=True, check=False
        )
        return shown.stdout.strip()
    except OSError:
        return ""


def _answers(where: Place) -> bool:
    """Whether a server listens; waits while it is still starting up."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(where.socket / place.SOCKET_NAME))
        except OSError:
            return False
    deadline = time.monotonic() + START_WAIT_S
    while time.monotonic() < deadline:
        try:
            _connect(where).close()
        except psycopg.OperationalError as error:
            if "shutting down" in str(error):
                return False
            if "starting up" not in str(error):
                return True
            time.sleep(0.1)
        else:
            return True
    return False


def _make_database(where: Place, *, database: str) -> None:
    with _connect(where) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(query, [database]).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))


def _connect(where: Place) -> psycopg.Connection:
    return psycopg.connect(
        host=str(where.socket), user=SUPERUSER, dbname="postgres", autocommit=True
    )


def _stop(where: Place) -> None:
    account = accounts.of(where.data)
    if where.data.is_dir():
        pg_ctl = str(where.bin / "pg_ctl")
        guardian.stop(pg_ctl, str(where.data), uid=account.uid, gid=account.gid)


def _command(command: list[str], *, account: Account, doing: str, log: Path | None = None) -> None:
    # A session of its own: Ctrl-C must not end a start or an initdb halfway. Output goes to a
    # file, because the server inherits it and would keep a pipe open for ever.
    done = subprocess.run(
        command,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE if log is None else subprocess.DEVNULL,
        text=True,
        check=False,
        start_new_session=True,
        **account.for_subprocess,
    )
    if done.returncode == 0:
        return
    said = done.stderr if log is None else log.read_text(errors="replace") if log.exists() else ""
    lines = [line for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "error" in line.lower()] or lines
    reason = telling[-1] if telling else f"exit code {done.returncode}"
    raise ServerError(f"the embedded PostgreSQL could not {doing}: {reason}")


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
