"""The world in which posting and redeeming are measured: the hotel's program, guests with some
stays behind them, a key that may call as often as it likes, and the limit's tables beside them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import connection

from benchmarks import ground, limit
from earning import intake
from earning.submissions import Submission
from members import enrolment
from partners import keys
from partners.models import ApiKey
from points import audit
from program.models import Partner

GUESTS = 2_000
STAYS = 5  # behind each guest
EACH = 50  # rows behind each member of the limit
CHUNK = 500
ACTOR = "system:benchmark"
START = date(2026, 1, 1)
CALLS = 2_000_000  # a minute: more than any machine makes
SECONDS = 2  # of a round: neighbors come and go
WARM_S = 5  # before anything counts: pools fill, plans are made
ROUNDS = 9


@dataclass(frozen=True)
class Hotel:
    """What the callers need to know."""

    key: ApiKey
    token: str


@contextmanager
def opened() -> Iterator[Hotel]:
    """A database with all of it, dropped afterwards; its books are audited before that."""
    with ground.fresh("hotel"):
        _enroll()
        for year in range(STAYS):
            _stays(year)
        partner = Partner.objects.get(pk="front-desk")
        key, token = keys.issue(partner, name="Load", actor=ACTOR, per_minute=CALLS)
        limit.install(members=GUESTS, each=EACH)
        _guests()
        limit.settle()
        yield Hotel(key, token)
        faults = list(audit.check())
        if faults or limit.faults():
            raise SystemExit(f"Fast and wrong: {faults[:3]}, {limit.faults()} faults of the limit")
        print("  the books of both sides were audited afterwards: no fault")


def stay(number: int, *, at: date | datetime, reference: str, dice: random.Random) -> Submission:
    """A stay of one guest, as the front desk would report it."""
    told = {"outcome": "stayed", "nights": dice.randint(1, 3), "suite": False}
    told["revenue"] = f"{dice.randint(8000, 90000) / 100:.2f}"
    return Submission(
        partner="front-desk",
        reference=reference,
        type="stay",
        occurred_at=at,
        attributes=told,
        kind="reference",
        value=f"guest-{number}",
        location="resort-hotel",
    )


def record_for(seconds: float, *, guests: int = GUESTS) -> float:
    """Activities a second that one process records, one by one, without HTTP around it."""
    dice = random.Random()  # noqa: S311
    began, done = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        at = datetime.now(UTC)
        reference = f"here-{time.perf_counter_ns()}"
        one = stay(dice.randint(1, guests), at=at, reference=reference, dice=dice)
        intake.record(one, actor=ACTOR)
        done += 1
    return done / (time.perf_counter() - began)


def _enroll() -> None:
    for start in range(1, GUESTS + 1, CHUNK):
        people = [
            enrolment.Newcomer(name=f"Guest {n}", reference=f"guest-{n}")
            for n in range(start, min(start + CHUNK, GUESTS + 1))
        ]
        enrolment.enroll_many(people, actor=ACTOR)


def _stays(turn: int) -> None:
    dice = random.Random(turn)  # noqa: S311
    for start in range(1, GUESTS + 1, CHUNK):
        intake.record_batch(
            [
                stay(
                    n,
                    at=START + timedelta(days=30 * turn + n % 28),
                    reference=f"filled-{turn}-{n}",
                    dice=dice,
                )
                for n in range(start, min(start + CHUNK, GUESTS + 1))
            ],
            actor=ACTOR,
        )


def _guests() -> None:
    """The numbers by which the function on our tables knows the guests."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench.guest SELECT substr(value, 7)::int, member_id FROM members_key "
            "WHERE kind = 'reference' AND value LIKE 'guest-%'"
        )
