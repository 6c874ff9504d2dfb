"""Simulating in the background: a draft is handed in, checked, worked off by a worker, and its
report kept. Reloading a page, or closing it, disturbs nothing.
"""

from __future__ import annotations

import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path

from common import clock
from common.errors import LoyaltyError
from earning import reporting, simulation
from earning.models import SimulationRun
from program import blueprint

EVERY_NS = 1_000_000_000  # between two reports of progress
Status = SimulationRun.Status


def order(draft: str, *, since: date | None, actor: str) -> SimulationRun:
    """Keep a draft to be replayed. Raises BlueprintInvalid, naming place and remedy."""
    blueprint.read(draft)
    return SimulationRun.objects.create(draft=draft, since=since, actor=actor)


def perform(run_id: uuid.UUID) -> SimulationRun | None:
    """Replay an ordered draft and keep the report, once; None where another worker has it."""
    waiting = SimulationRun.objects.filter(pk=run_id, status=Status.WAITING)
    if not waiting.update(status=Status.RUNNING):
        return None
    row = SimulationRun.objects.get(pk=run_id)
    try:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / blueprint.FILE).write_text(row.draft, encoding="utf-8")
            found = simulation.run(Path(folder), since=row.since, progress=_progress(row))
        row.status, row.report = Status.DONE, reporting.plain(found)
        row.done = row.total = found.activities
    except LoyaltyError as refusal:
        row.status, row.error = Status.FAILED, refusal.message
    except Exception:
        row.status, row.error = Status.FAILED, "The simulation broke off. Order it once more."
        raise
    finally:
        row.finished_at = clock.now()
        row.save(update_fields=["status", "report", "done", "total", "error", "finished_at"])
    return row


def catch_up() -> int:
    """Work off what waits, oldest first. Returns how many there were."""
    waiting = list(SimulationRun.objects.filter(status=Status.WAITING).order_by("id"))
    return sum(perform(row.pk) is not None for row in waiting)


def _progress(row: SimulationRun) -> Callable[[int, int], None]:
    """Writes down how far it has come, every second at most."""
    last = 0

    def tell(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic_ns() - last >= EVERY_NS:
            last = time.monotonic_ns()
            SimulationRun.objects.filter(pk=row.pk).update(done=done, total=total)

    return tell
