"""`make demo` from the first line to the last: prepare, fill, serve, stop."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Iterator
from io import StringIO
from types import FrameType

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from loyalty_site import databases, env
from loyalty_site.demo import farewell, ports, processes, state
from loyalty_site.demo.processes import Process
from loyalty_site.demo.state import State
from loyalty_site.demo.steps import Steps
from loyalty_site.embedded import locks, place, server
from loyalty_site.errors import CannotStart

HOTEL = env.ROOT / "blueprints" / "hotel"
BOOKINGS = env.ROOT / "data" / "hotel_bookings.csv.gz"
PAGE_WAIT_S = 60
WORKER_WAIT_S = 30
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(*, port: int, is_fresh: bool) -> None:
    """Everything `make demo` does. Returns when asked to stop, with nothing left running."""
    ports.check_free(port)
    data_dir = settings.ENV.data_dir
    running: list[Process] = []
    with _lock(), _interrupted_by_signals():
        print("Pennant demo", flush=True)
        try:
            steps = Steps(6)
            known = _fill(steps, is_fresh=is_fresh)
            _serve(steps, port=port, running=running)
            print(farewell.text(known, base=_base(port), seconds=steps.seconds), flush=True)
            _watch(running)
        except KeyboardInterrupt:
            print("\nStopping ...", flush=True)
        finally:
            _ignore_signals()
            processes.stop(running)
            connections.close_all()
            server.leave(data_dir)
    print("Stopped. Nothing is left running.", flush=True)


def _fill(steps: Steps, *, is_fresh: bool) -> State:
    data_dir = settings.ENV.data_dir
    known = None if is_fresh else state.load(data_dir)
    with steps.step("Database") as notes:
        _open_database(is_fresh=is_fresh, is_known=known is not None)
        notes.append(_database_words())
    with steps.step("Tables"):
        call_command("prepare", verbosity=0)
    with steps.step("The hotel's program"):
        call_command("program", "apply", str(HOTEL), stdout=StringIO())
    if known is not None and _is_filled():
        with steps.step("Bookings") as notes:
            notes.append("kept")
        with steps.step("People and keys") as notes:
            notes.append("kept")
        return known
    from loyalty_site.demo import seed

    with steps.step("14,938 bookings"):
        options = ["--map", str(HOTEL / "bookings.toml"), "--newest-on", state.newest_on(data_dir)]
        shown = steps.progress("Bookings")
        call_command("import_activities", str(BOOKINGS), *options, stdout=shown)
    with steps.step("People and keys"):
        known = seed.people()
        state.save(data_dir, known)
    return known


def _open_database(*, is_fresh: bool, is_known: bool) -> None:
    if settings.ENV.database is not None:
        databases.verify()
        _check_database_is_ours(is_fresh=is_fresh, is_known=is_known)
        return
    where = server.ensure(settings.ENV.data_dir, database=databases.DATABASE_NAME)
    if not is_fresh:
        return
    state.forget(settings.ENV.data_dir)
    shutil.rmtree(settings.MAIL_DIR, ignore_errors=True)
    name = sql.Identifier(databases.DATABASE_NAME)
    with psycopg.connect(
        host=str(where.socket), user=server.SUPERUSER, dbname="postgres", autocommit=True
    ) as link:
        link.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        link.execute(sql.SQL("CREATE DATABASE {}").format(name))


def _check_database_is_ours(*, is_fresh: bool, is_known: bool) -> None:
    """Never fill or empty a database that somebody may be using."""
    if is_fresh:
        raise CannotStart(
            "FRESH=1 would empty the database of DATABASE_URL. Empty it yourself, or unset "
            "DATABASE_URL."
        )
    tables = connections["default"].introspection.table_names()
    if "program_program" in tables and not is_known and _is_filled():
        raise CannotStart(
            "the database of DATABASE_URL holds a program that is not the demo's. Name an empty "
            "one, or unset DATABASE_URL."
        )


def _is_filled() -> bool:
    from members.models import Member
    from program.models import Program

    return Program.objects.exists() and Member.objects.exists()


def _database_words() -> str:
    if settings.ENV.database is not None:
        return "of DATABASE_URL"
    where = server.ensure(settings.ENV.data_dir, database=databases.DATABASE_NAME)
    inside = where.data.is_relative_to(env.ROOT)
    return f"PostgreSQL 18 in {where.data.relative_to(env.ROOT) if inside else where.data}"


def _serve(steps: Steps, *, port: int, running: list[Process]) -> None:
    logs = settings.ENV.data_dir / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with steps.step("Web server and worker"):
        running.append(processes.web(host=ports.HOST, port=port, logs=logs))
        running.append(processes.worker(logs=logs, base=_base(port)))
        web, worker = running
        if not ports.wait_for(
            f"{_base(port)}/",
            seconds=PAGE_WAIT_S,
            is_alive=lambda: web.is_alive and worker.is_alive,
        ):
            raise CannotStart(_words_of_failure(running))
        ports.wait_for(
            f"{_base(port)}/readyz", seconds=WORKER_WAIT_S, is_alive=lambda: worker.is_alive
        )


def _watch(running: list[Process]) -> None:
    while all(process.is_alive for process in running):
        time.sleep(0.5)
    raise CannotStart(_words_of_failure(running))


def _words_of_failure(running: list[Process]) -> str:
    dead = next((process for process in running if not process.is_alive), running[0])
    return f"the {dead.name} does not run. The end of {dead.log}:\n{dead.last_words()}"


def _base(port: int) -> str:
    return f"http://{ports.HOST}:{port}"


@contextlib.contextmanager
def _lock() -> Iterator[None]:
    """One demo for each data folder: two would fill one database."""
    data_dir = settings.ENV.data_dir
    place.make_home(data_dir)
    descriptor = locks.take(data_dir / "demo.lock")
    if descriptor is None:
        raise CannotStart(
            "a demo is running from this folder already. Stop it with Ctrl-C in its terminal."
        )
    try:
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _interrupted_by_signals() -> Iterator[None]:
    """Ctrl-C, a request to end and a closed terminal all raise KeyboardInterrupt here.

    Set even where Ctrl-C was ignored before: shells do that to what they run in the background.
    """
    before = {number: signal.signal(number, _interrupt) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _ignore_signals() -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
