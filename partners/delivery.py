"""Delivery: what waits for an endpoint is sent, at least once, and tried again for three days.

A worker takes what is due by moving its due moment (a lease) in a short transaction, sends outside
of any, and writes down what came of it. What a worker held that was killed is due again when its
lease ends. No endpoint is sent more than two at a time, so one that is slow holds up only itself.
"""

from __future__ import annotations

import dataclasses
import json
import random
import uuid
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog
from django.db import connection, transaction

from common import clock
from partners import happenings, outside, signing, webhooks
from partners.errors import AddressForbidden, WebhookInvalid
from partners.models import Attempt, Delivery, Endpoint

LEASE = timedelta(seconds=60)  # longer than a call can take
KEPT_TRYING = timedelta(days=3)
PAUSED_AFTER = timedelta(days=1)
STEPS_S = (5, 30, 120, 600, 1800, 3600, 7200, 14400)  # between attempts; the last one repeats
SPREAD = 20  # percent by which a wait may be longer, so that not all come back at once
AT_ONCE = 2  # calls to one endpoint
THREADS = 16
FAILING_AT_ONCE = 8  # calls to endpoints that do not answer well: the other threads are for others
GONE = 410  # the receiver says: never again
WORDS = 500  # of an answer that are kept

State = Delivery.State
log = structlog.get_logger("pennant.webhooks")


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt."""

    status: int | None
    problem: str
    answer: str
    ms: int

    @property
    def is_delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def drain(*, limit: int = 1000) -> int:
    """Send what is due, until nothing is or `limit` were sent. Returns how many were tried.

    Safe to run in several workers at once.
    """
    tried, running = 0, set[Future[Outcome]]()
    names: dict[Future[Outcome], Delivery] = {}
    with ThreadPoolExecutor(THREADS) as pool:
        while True:
            room = min(THREADS - len(running), limit - tried)
            for row in claim(room) if room > 0 else ():
                future = pool.submit(send, row, row.endpoint, at=clock.now())
                names[future] = row
                running.add(future)
                tried += 1
            if not running:
                return tried
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                settle(names.pop(future), _outcome(future))


def _outcome(future: Future[Outcome]) -> Outcome:
    """What came of an attempt; one that broke off for what nobody foresaw has failed, alone."""
    error = future.exception()
    if error is None:
        return future.result()
    log.error("delivery_broke_off", exc_info=error)
    return Outcome(None, f"{type(error).__name__}: {error}"[:200], "", 0)


def claim(limit: int) -> list[Delivery]:
    """Take what is due, at most two of an endpoint with those that are on their way."""
    now = clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            DUE, {"now": now, "most": AT_ONCE, "failing": FAILING_AT_ONCE, "limit": limit}
        )
        ids = [pk for (pk,) in cursor.fetchall()]
        rows = Delivery.objects.filter(pk__in=ids)
        rows.update(leased_until=now + LEASE)
        return list(rows.select_related("endpoint").order_by("due_at"))


# Of each endpoint the few that are due first, however long its queue is; of those that fail, all
# together, so many that they never take every thread.
DUE = """
    WITH open AS (
        SELECT e.id, e.failing_since IS NOT NULL AS fails, (
                   SELECT count(*) FROM partners_delivery d
                   WHERE d.endpoint_id = e.id AND d.leased_until > %(now)s AND d.state = 'waiting'
               ) AS busy
        FROM partners_endpoint e WHERE e.status = 'active'),
    due AS (
        SELECT d.id, d.due_at, o.fails,
               row_number() OVER (PARTITION BY o.fails ORDER BY d.due_at)
               + (SELECT coalesce(sum(busy), 0) FROM open WHERE open.fails = o.fails) AS turn
        FROM open o CROSS JOIN LATERAL (
            SELECT d.id, d.due_at FROM partners_delivery d
            WHERE d.endpoint_id = o.id AND d.state = 'waiting' AND d.due_at <= %(now)s
              AND (d.leased_until IS NULL OR d.leased_until <= %(now)s)
            ORDER BY d.due_at LIMIT greatest(0, %(most)s - o.busy)) d)
    SELECT d.id FROM partners_delivery d JOIN due ON due.id = d.id
    WHERE (NOT due.fails OR due.turn <= %(failing)s) AND d.state = 'waiting'
      AND (d.leased_until IS NULL OR d.leased_until <= %(now)s)
    ORDER BY due.fails, d.due_at LIMIT %(limit)s FOR UPDATE OF d SKIP LOCKED
"""


def message(row: Delivery) -> bytes:
    """What is sent: the same event as the list of events has."""
    kept: dict[str, Any] = row.body
    told = happenings.answer(
        id=row.event_id,
        type=row.type,
        occurred_at=datetime.fromisoformat(kept["occurred_at"]),
        member=uuid.UUID(kept["member"]) if kept["member"] else None,
        subject=kept["subject"],
        payload=kept["payload"],
    )
    return msgspec.json.encode(told)


def send(row: Delivery, endpoint: Endpoint, *, at: datetime) -> Outcome:
    """One attempt, in no transaction and without the database."""
    body = message(row)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Pennant-Webhooks/1",
        **signing.headers(endpoint, id=row.public_id, at=at, body=body),
    }
    try:
        answer = outside.post(endpoint.url, body=body, headers=headers)
    except (outside.Unreachable, AddressForbidden, WebhookInvalid) as error:
        return Outcome(None, str(error)[:200] or type(error).__name__, "", 0)
    return Outcome(answer.status, "", answer.text[:WORDS], answer.ms)


def settle(row: Delivery, outcome: Outcome) -> None:
    """Write an attempt down, and what follows from it for the delivery and its endpoint."""
    now = clock.now()
    with transaction.atomic():
        endpoint = webhooks.locked(row.endpoint)
        kept = Delivery.objects.select_for_update().get(pk=row.pk)
        Attempt(
            delivery=kept,
            at=now,
            status=outcome.status,
            problem=outcome.problem,
            answer=outcome.answer,
            ms=outcome.ms,
        ).save(force_insert=True)
        if kept.state != State.WAITING:
            return  # taken back or delivered by another meanwhile
        kept.attempts_made += 1
        kept.leased_until = None
        if outcome.is_delivered:
            kept.state, kept.due_at, kept.ended_at = State.DELIVERED, None, now
        elif now - (kept.begun_at or kept.created_at) >= KEPT_TRYING:
            kept.state, kept.due_at, kept.ended_at = State.GIVEN_UP, None, now
        else:
            kept.due_at = now + pause_after(kept.attempts_made)
        kept.save(update_fields=["attempts_made", "leased_until", "state", "due_at", "ended_at"])
        _judge(endpoint, outcome, now)


def _judge(endpoint: Endpoint, outcome: Outcome, now: datetime) -> None:
    """An endpoint that has only failed for a day is paused; one that is gone at once."""
    if outcome.is_delivered:
        if endpoint.failing_since is not None:
            endpoint.failing_since = None
            endpoint.save(update_fields=["failing_since"])
        return
    endpoint.failing_since = endpoint.failing_since or now
    is_over = now - endpoint.failing_since >= PAUSED_AFTER or outcome.status == GONE
    if is_over and endpoint.status == Endpoint.Status.ACTIVE:
        webhooks.pause(endpoint)
    else:
        endpoint.save(update_fields=["failing_since"])


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts, a little longer by chance."""
    seconds = STEPS_S[min(attempts, len(STEPS_S)) - 1]
    return timedelta(seconds=seconds + random.randrange(seconds * SPREAD // 100 + 1))  # noqa: S311


def give_up() -> int:
    """Give up what has waited for three days, also where the endpoint is paused."""
    now = clock.now()
    old = Delivery.objects.filter(state=State.WAITING, begun_at__lte=now - KEPT_TRYING)
    fresh = Delivery.objects.filter(
        state=State.WAITING, begun_at=None, created_at__lte=now - KEPT_TRYING
    )
    ended = {"state": State.GIVEN_UP, "due_at": None, "ended_at": now, "leased_until": None}
    return old.update(**ended) + fresh.update(**ended)


def as_json(row: Delivery) -> str:
    """What is sent, as people read it."""
    return json.dumps(msgspec.json.decode(message(row)), indent=2, ensure_ascii=False)
