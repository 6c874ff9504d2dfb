"""Imports: files of activities are kept, released, stopped and gone on with; workers do the rest.

What must stay true: a file that was acknowledged is in the database, whole; the same file again is
the same import, and changes nothing; what was recorded of a file that is stopped stays recorded.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from common import clock
from events import outbox
from partners.errors import ImportStands
from partners.models import (
    ApiKey,
    Import,
    ImportLine,
    ImportPart,
    ImportProblem,
)
from partners.uploads import Upload
from program.models import Partner

State = Import.State
KEPT = timedelta(days=30)  # how long the lines of one that is not applied are kept
FORGET_AT_ONCE = 20
SHOWN = 20  # refused lines that an answer shows
AT_ONCE = 5000  # rows read from the database at a time


@dataclasses.dataclass(frozen=True, slots=True)
class Order:
    """How a file is to be read, and for whom. Without a key it comes from the desk."""

    partner: Partner
    name: str
    actor: str
    key: ApiKey | None = None
    type: str = ""
    location: str = ""
    enrolls: bool = False
    is_direct: bool = False

    def digest(self, upload: Upload) -> str:
        """The same for the same file, read the same way."""
        places = self.key.locations if self.key else []
        how = json.dumps([upload.form, self.type, self.location, self.enrolls, sorted(places)])
        return hashlib.sha256(f"{upload.sha256}:{how}".encode()).hexdigest()


def receive(upload: Upload, order: Order) -> tuple[Import, bool]:
    """Keep a file to be checked. Returns its import, and whether the file has come before.

    A file that waits, or was applied without a refused line, is not kept a second time.
    """
    digest, kind = order.digest(upload), order.key.kind if order.key else ApiKey.Kind.LIVE
    with transaction.atomic():
        Partner.objects.select_for_update(no_key=True).get(pk=order.partner.pk)
        known = Import.objects.filter(partner=order.partner, kind=kind, digest=digest)
        for earlier in known.order_by("-id"):
            if is_standing(earlier):
                return earlier, True
        run = Import(
            partner=order.partner,
            kind=kind,
            key=order.key,
            locations=list(order.key.locations) if order.key else [],
            file_name=order.name[:200],
            form=upload.form,
            size=upload.size,
            digest=digest,
            type=order.type,
            location=order.location,
            enrolls=order.enrolls,
            is_direct=order.is_direct,
            created_by=order.actor,
            created_at=clock.now(),
        )
        run.save(force_insert=True)
        for number, piece in enumerate(upload.pieces(), start=1):
            ImportPart(run=run, number=number, body=piece).save(force_insert=True)
        wake()
    return run, False


def is_standing(run: Import) -> bool:
    """Whether the same file again would change nothing: it waits, or all of it is recorded."""
    if run.state == State.APPLIED:
        return not run.outcome.get("refused")
    return run.state in (State.RECEIVED, State.CHECKED, State.APPLYING)


def release(run: Import, *, actor: str) -> Import:
    """Let a checked file be applied. One that is being applied, or was, is left as it is.

    Raises ImportStands while it is being checked, and for one that was stopped or refused.
    """
    with transaction.atomic():
        row = locked(run)
        if row.state in (State.APPLYING, State.APPLIED):
            return row
        if row.state != State.CHECKED:
            raise ImportStands(_WAIT[row.state], state=row.state)
        row.state, row.applied_by = State.APPLYING, actor
        row.save(update_fields=["state", "applied_by"])
        wake()
    return row


def cancel(run: Import, *, actor: str, reason: str = "") -> Import:
    """Stop a file: nothing more of it is recorded. What is recorded stays.

    Stopping it again changes nothing. Raises ImportStands for one that is done.
    """
    with transaction.atomic():
        row = locked(run)
        if row.state == State.CANCELLED:
            return row
        if row.state in (State.APPLIED, State.REFUSED):
            raise ImportStands(_WAIT[row.state], state=row.state)
        row.state, row.finished_at = State.CANCELLED, clock.now()
        row.problem = (reason or "Stopped. What was recorded by then stays recorded.")[:400]
        row.save(update_fields=["state", "finished_at", "problem"])
        _announce("import_stopped", row, actor=actor)
    return row


def refuse(run: Import, *, reason: str) -> None:
    """Close a file that cannot be read, with what is wrong with it."""
    with transaction.atomic():
        row = locked(run)
        if row.state == State.RECEIVED:
            row.state, row.finished_at, row.problem = State.REFUSED, clock.now(), reason[:400]
            row.save(update_fields=["state", "finished_at", "problem"])
            _announce("import_refused", row, actor=row.created_by, problem=row.problem)


def resume(run: Import, *, actor: str) -> Import:
    """Go on with a file that was stopped, where it stopped.

    One that goes on already is left as it is. Raises ImportStands for one that cannot go on.
    """
    with transaction.atomic():
        Partner.objects.select_for_update(no_key=True).get(pk=run.partner_id)
        row = locked(run)
        if row.state in (State.RECEIVED, State.CHECKED, State.APPLYING):
            return row
        if row.state != State.CANCELLED:
            raise ImportStands(_WAIT[row.state], state=row.state)
        same = Import.objects.filter(partner=row.partner_id, kind=row.kind, digest=row.digest)
        if any(is_standing(other) for other in same.exclude(pk=row.pk)) or not _is_kept(row):
            raise ImportStands(
                "The file was sent again since, or its lines are no longer kept. Send it anew.",
                state=row.state,
            )
        row.state = _before(row)
        row.problem, row.finished_at = "", None
        row.save(update_fields=["state", "problem", "finished_at"])
        wake()
    return row


def _before(row: Import) -> str:
    """Where a file stood before it was stopped."""
    if row.applied_by:
        return State.APPLYING
    is_looked_at = row.staged_at is not None and row.report
    return State.CHECKED if is_looked_at else State.RECEIVED


def _is_kept(row: Import) -> bool:
    """Whether what is left to do of a file is still there."""
    if row.staged_at is None:
        return row.parts.exists()
    return row.waiting.exists() or not row.chunks.filter(done_at__isnull=True).exists()


_WAIT: dict[str, str] = {
    State.RECEIVED: "The file is still being checked. Ask again until it is checked, then apply.",
    State.APPLIED: "The file is applied; nothing of it is left to do.",
    State.CANCELLED: "The file was stopped. Resume it first.",
    State.REFUSED: "The file cannot be read. Correct it and send it again.",
}


def finish(run: Import) -> None:
    """Close a file of which every chunk is recorded. Safe to run twice."""
    with transaction.atomic():
        row = locked(run)
        left = row.chunks.filter(done_at__isnull=True)
        if row.state != State.APPLYING or left.exists():
            return
        row.state, row.finished_at = State.APPLIED, clock.now()
        row.outcome = outcome(row)
        row.save(update_fields=["state", "finished_at", "outcome"])
        _announce("import_applied", row, actor=row.applied_by, **row.outcome)


def outcome(run: Import) -> dict[str, Any]:
    """What was recorded of a file so far, with what was found to be recorded before."""
    sums: Counter[str] = Counter(repeated=run.report.get("repeated", 0))
    earned: Counter[str] = Counter()
    for counts in run.chunks.filter(done_at__isnull=False).values_list("counts", flat=True):
        sums.update({name: counts.get(name, 0) for name in COUNTED})
        earned.update(counts.get("earned", {}))
    refused = run.problems.count()
    return {name: sums[name] for name in COUNTED} | {
        "refused": refused,
        "earned": dict(sorted(earned.items())),
    }


COUNTED = ("recorded", "repeated", "unclaimed", "pending")


def progress(run: Import) -> dict[str, int]:
    """How far a file has come, in lines."""
    done = run.chunks.aggregate(
        done=Sum("lines", filter=Q(done_at__isnull=False), default=0),
        all=Sum("lines", default=0),
    )
    return {
        "read": run.lines_read,
        "looked_at": run.rehearsed,
        "to_apply": done["all"],
        "applied": done["done"],
    }


def percent(run: Import) -> int:
    """How much of the present step is done; of reading a file nobody knows how much is left."""
    found = progress(run)
    done = found["looked_at"] if run.state == State.RECEIVED else found["applied"]
    return 100 * done // found["to_apply"] if found["to_apply"] else 0


def refusals(run: Import) -> Iterator[tuple[int, str, str, str]]:
    """The lines that were refused: number, column, code, and what to do."""
    rows = run.problems.order_by("line").values_list("line", "column", "code", "message")
    yield from rows.iterator(chunk_size=AT_ONCE)


def first_refusals(run: Import, count: int = SHOWN) -> Sequence[ImportProblem]:
    return list(run.problems.order_by("line")[:count])


def of(key: ApiKey) -> QuerySet[Import]:
    """The imports a key may see: its partner's and, where it acts for some places only, its own."""
    rows = Import.objects.filter(partner=key.partner_id, kind=key.kind)
    if not key.locations:
        return rows
    return rows.filter(locations__len__gte=1, locations__contained_by=key.locations)


def locked(run: Import) -> Import:
    return Import.objects.select_for_update(no_key=True).get(pk=run.pk)


def wake() -> None:
    """Have a worker look, once this is committed; what it misses, the next round finds."""
    from partners import tasks

    transaction.on_commit(tasks.work_on_imports.delay)


def forget() -> int:
    """Let go of the lines of files that were stopped, or never released, a month ago."""
    old = Import.objects.filter(created_at__lt=clock.now() - KEPT)
    waiting = old.filter(state=State.CHECKED).order_by("id")[:FORGET_AT_ONCE]
    for run in waiting:
        cancel(run, actor="system:imports", reason="Nobody released it for a month.")
    ended = old.filter(state__in=[State.CANCELLED, State.REFUSED])
    held = ended.filter(
        Exists(ImportPart.objects.filter(run=OuterRef("pk")))
        | Exists(ImportLine.objects.filter(run=OuterRef("pk")))
    )
    ids = list(held.order_by("id").values_list("pk", flat=True)[:FORGET_AT_ONCE])
    ImportPart.objects.filter(run__in=ids).delete()
    ImportLine.objects.filter(run__in=ids).delete()
    return len(ids)


def _announce(type: str, run: Import, *, actor: str, **facts: Any) -> None:
    payload = {"partner": run.partner_id, "file": run.file_name, "actor": actor, **facts}
    outbox.publish(type, subject=run.public_id, payload=payload)
