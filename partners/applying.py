"""Applying files: their chunks are recorded one transaction each, by the same intake as every call.

A chunk's lines, its mark and what it earned commit together, so whoever is killed has done a chunk
or has not; any number of lanes and workers take different chunks. A member's lines are in one
chunk, or in chunks that wait for each other, so a member's activities are recorded in the order in
which they happened, whoever records them. Workers come back in slices of time, so that a long file
holds no other job up.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import structlog
from django.db import OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from psycopg.errors import DeadlockDetected

from common import bulk, clock, lanes
from common.errors import LoyaltyError
from earning import files
from earning.models import Activity, ActivityKey, Award
from earning.recording import Recorded
from members.models import Member, MemberKey
from partners import checking, imports, limits, sandbox
from partners.errors import ValueLimitReached
from partners.models import Import, ImportChunk, ImportLine, ImportProblem
from points.models import Account, Entry, Lot, Posting
from program import catalog
from program.models import Unit

SLICE_S = 20  # how long a worker stays with imports before it looks for other jobs
WORTH = 4  # chunks for each lane: with less to do, it is done before another lane has begun
GROWING = (Activity, Award, Account, ActivityKey, Posting, Entry, Lot, Member, MemberKey)
State = Import.State
log = structlog.get_logger("pennant.imports")
_busy = threading.Lock()  # one thread of a process: the others are for everybody else's jobs


def work(*, seconds: float = SLICE_S) -> bool:
    """Go on with what waits, oldest first, for some seconds. Returns whether something is left.

    Safe to run in several workers at once.
    """
    if not _busy.acquire(blocking=False):
        return False
    try:
        until = time.monotonic() + seconds
        for run in Import.objects.filter(state__in=[State.RECEIVED, State.APPLYING]).order_by("id"):
            _advance(run, until)
            if time.monotonic() >= until:
                return True
        return False
    finally:
        _busy.release()


def _advance(run: Import, until: float) -> None:
    """Take a file as far as time allows. What breaks stops that file; others go on next time."""
    with _minded(run):
        if run.state == State.RECEIVED:
            with _alone(run) as is_ours:
                if is_ours:
                    _check(run)
        run.refresh_from_db()
        if run.state == State.APPLYING:
            _apply(run, until)
            imports.finish(run)


def _apply(run: Import, until: float) -> None:
    """Record chunks for as long as there is time, in as many lanes as are worth it."""
    left = run.chunks.filter(done_at__isnull=True).count()
    count = max(1, min(lanes.count(), left // WORTH))
    order = (str(run.pk), until - time.monotonic())
    for _ in lanes.share("partners.applying.lane", [order] * count, lanes=count):
        pass


def lane(run_id: str, seconds: float) -> None:
    """Record chunks of a file one after another for some seconds, but one at least: whatever a
    slice has been used for, it comes further.
    """
    run, until = Import.objects.get(pk=run_id), time.monotonic() + seconds
    with _minded(run):
        while some(run) and time.monotonic() < until and lanes.is_wanted():
            pass


@contextmanager
def _minded(run: Import) -> Iterator[None]:
    """Stop a file that breaks, and say so; what only came at a bad moment is tried again."""
    try:
        yield
    except checking.Stopped:
        log.info("import_stopped", run=run.public_id)
    except OperationalError as error:  # a lock, or the server: the next round tries again
        log.warning("import_interrupted", run=run.public_id, exc_info=error)
    except Exception as error:
        log.error("import_broke_off", run=run.public_id, exc_info=error)
        words = "It broke off. Whoever runs the site finds the reason in its log; resume it then."
        imports.cancel(run, actor="system:imports", reason=words)
        raise


def _check(run: Import) -> None:
    run.refresh_from_db()
    if run.state == State.RECEIVED and run.staged_at is None:
        checking.stage(run)
        run.refresh_from_db()
    if run.state == State.RECEIVED:
        checking.rehearse(run)


def some(run: Import) -> bool:
    """Record the next chunk of a file that is being applied; False where there is none to take."""
    try:
        with transaction.atomic():
            chunk = _next(run)
            if chunk is None:
                return False
            _record(run, chunk)
    except ValueLimitReached as refusal:
        assert run.key is not None
        limits.alert_refused(run.key)
        imports.cancel(run, actor="system:imports", reason=refusal.message)
        return False
    except OperationalError as error:
        if not isinstance(error.__cause__, DeadlockDetected):
            raise
        log.info("import_chunk_again", run=run.public_id)
        return True
    if chunk.number.bit_count() == 1 and _outgrew(chunk.number * checking.CHUNK):
        bulk.analyze(*GROWING)
    return True


def _outgrew(lines: int) -> bool:
    """Whether so many lines change what PostgreSQL's planner believes of the tables they go to."""
    return bulk.believed(Activity) < 2 * lines


def _next(run: Import) -> ImportChunk | None:
    """The first chunk that nobody has recorded, or is recording, and that waits for no other."""
    if not Import.objects.filter(pk=run.pk, state=State.APPLYING).exists():
        return None
    left = run.chunks.filter(done_at__isnull=True).order_by("number")
    before = left.filter(number=OuterRef("number") - 1)
    ready = left.exclude(Q(is_sequel=True) & Exists(before))
    return ready.select_for_update(of=("self",), skip_locked=True).first()


@bulk.unswept()  # until all rows are let go of
def _record(run: Import, chunk: ImportChunk) -> None:
    lines = checking.lines_of(chunk, run)
    batch = [submission for _, submission in lines]
    with sandbox.of(is_test=run.is_test):
        answers = files.record(batch, actor=run.applied_by, enroll_unknown=run.enrolls)
    counts, wrong = _counted(answers), []
    for (number, _), answer in zip(lines, answers, strict=True):
        error = answer if isinstance(answer, LoyaltyError) else answer.error
        if error is not None:
            wrong.append(checking.problem_of(run, number, error))
    bulk.insert(ImportProblem, wrong)
    chunk.counts, chunk.done_at = counts, clock.now()
    chunk.save(update_fields=["counts", "done_at"])
    ImportLine.objects.filter(run=run, chunk=chunk.number).delete()
    if run.key is not None and run.key.points_per_day is not None:
        limits.credit(run.key, _credited(counts["earned"]))


def _counted(answers: Sequence[Recorded | LoyaltyError]) -> dict[str, Any]:
    sums: Counter[str] = Counter()
    earned: Counter[str] = Counter()
    for one in answers:
        if isinstance(one, LoyaltyError) or one.error is not None:
            sums["refused"] += 1
        elif one.is_replay:
            sums["repeated"] += 1
        elif one.pending is not None:
            sums["pending"] += 1
        elif one.activity is None:
            sums["unclaimed"] += 1
        else:
            sums["recorded"] += 1
            for award in one.awards:
                earned[award.unit_id] += award.amount
    return {**sums, "earned": dict(earned)}


def _credited(earned: dict[str, int]) -> int:
    """What was credited in units to spend, in smallest parts."""
    units = catalog.of(catalog.current()).units
    return sum(n for unit, n in earned.items() if units[unit].kind == Unit.Kind.SPENDABLE)


@contextmanager
def _alone(run: Import) -> Iterator[bool]:
    """Whether nobody else checks this file; then nobody does until the block ends. The lock goes
    with the connection, so one who is killed lets go of it.
    """
    name = f"import:{run.pk}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
