"""Is the process alive, and can it do its work? Answers for load balancers, in JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events import heartbeat

Check = dict[str, Any]
WORKER = "worker"


@require_safe
@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    """The process answers. Nothing else is asked: a slow database must not get us restarted."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when database, migrations and worker are as they should be, else 503 and the reason."""
    checks: dict[str, Check] = {}
    for name, check in CHECKS.items():
        try:
            checks[name] = check()
        except DatabaseError:
            checks[name] = {"ok": False, "detail": "The database does not answer."}
    is_ready = all(check["ok"] for check in checks.values())
    body = {"status": "ready" if is_ready else "not ready", "checks": checks}
    return JsonResponse(body, status=200 if is_ready else 503)


def _database() -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"ok": True, "version": connection.pg_version}  # type: ignore[attr-defined]


def _migrations() -> Check:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return {"ok": False, "detail": f"{len(waiting)} migrations wait: python manage.py prepare"}
    return {"ok": True}


def _worker() -> Check:
    age = heartbeat.age(WORKER)
    if age is None:
        return {"ok": False, "detail": "No worker has given a sign of life yet."}
    is_fresh = age <= timedelta(seconds=settings.HEARTBEAT_AGE_MAX_S)
    return {"ok": is_fresh, "age_s": round(age.total_seconds())}


CHECKS: dict[str, Callable[[], Check]] = {
    "database": _database,
    "migrations": _migrations,
    "worker": _worker,
}
