"""The web server's entry: loyalty_site.wsgi:application."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import sys
from pathlib import Path

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

from loyalty_site import env
from loyalty_site.errors import CannotStart

# How many new objects, and how many such turns, until cycles among them are looked for.
COLLECT_AFTER = (50_000, 20, 100)


def _share_metrics(data_dir: Path) -> None:
    """Let all workers of one web server count in one folder, named after the server's process."""
    folder = data_dir / "metrics"
    mine = folder / str(os.getppid())
    mine.mkdir(parents=True, exist_ok=True)
    for other in folder.iterdir():
        with contextlib.suppress(ValueError, PermissionError):
            try:
                os.kill(int(other.name), 0)
            except ProcessLookupError:
                shutil.rmtree(other, ignore_errors=True)
    env.declare(env.METRICS_FOLDER, str(mine))


def _collect_seldom() -> None:
    """Look for cycles seldom, and never among what is loaded by now: a call makes few, and looking
    for them took 9 hundredths of the processor time of a batch of a thousand activities.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def _application() -> WSGIHandler:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings")
    env.declare("PENNANT_PROCESS", "web")
    values = env.read()
    if values.metrics_enabled:
        _share_metrics(values.data_dir)
    made = get_wsgi_application()

    from loyalty_site import databases

    databases.verify()
    _collect_seldom()
    return made


try:
    application = _application()
except CannotStart as error:
    sys.exit(f"Pennant does not start: {error}")
