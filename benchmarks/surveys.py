"""How fast 100,000 confirmed stays are decided upon, their invitations opened and their letters
prepared, how much memory that takes, and how fast a million answers are counted and their scores
read.

What is filled in stands there as intake leaves it, by COPY and without its ledger.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from benchmarks import ground

STAYS, ANSWERS = 100_000, 1_000_000
CHUNK = 5000


def run() -> None:
    """Fill, decide, open, prepare, count, and say how long each took."""
    with ground.fresh("hotel"):
        _fill(STAYS)
        _ask(STAYS)
        _count(ANSWERS)


def _fill(stays: int) -> None:
    """Members, stays and their events."""
    from common import bulk, clock
    from earning.models import Activity
    from events import outbox
    from events.models import Event
    from members.models import Member
    from program.models import Location

    place = Location.objects.first()
    told = {"outcome": "stayed", "nights": 1, "suite": False, "revenue": "1.00"}
    for start in range(0, stays, CHUNK):
        now = clock.now()
        people = [
            Member(name=f"Guest {n}", email=f"g{n}@example.com", joined_at=now)
            for n in range(start, min(start + CHUNK, stays))
        ]
        bulk.insert(Member, people)
        acts = [
            Activity(
                member=one, partner_id="front-desk", reference=f"b-{one.pk}", type_id="stay",
                location=place, occurred_at=now - timedelta(hours=1), attributes=told, actor="b",
            )
            for one in people
        ]  # fmt: skip
        bulk.insert(Activity, acts)
        events: Iterator[Event] = (
            outbox.draft(
                "activity_recorded", member_id=act.member_id, subject=act.public_id,
                payload={"type": "stay"}, occurred_at=act.occurred_at,
            )
            for act in acts
        )  # fmt: skip
        outbox.publish_many(events)
    from surveys.models import Contact, Decision, Invitation

    bulk.analyze(Member, Activity, Event, Contact, Decision, Invitation)


def _ask(stays: int) -> None:
    from messaging import delivery
    from surveys import inviting, opening
    from surveys.models import Invitation

    _timed("decided upon", stays, inviting.drain)
    made = Invitation.objects.count()
    assert made == stays, made
    Invitation.objects.update(opens_at=_now())
    _timed("opened", stays, opening.run)

    def letters() -> None:
        while delivery.prepare() == delivery.BATCH:
            pass

    _timed("letters prepared", stays, letters)


def _now() -> object:
    from common import clock

    return clock.now()


def _timed(words: str, count: int, work: Callable[[], object]) -> None:
    """Run it, and print the rate on the wall, our own processor time, and how memory grew."""
    before, began, worked = _resident_mb(), time.perf_counter(), time.process_time()
    work()
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    print(
        f"{count:,} {words}: {seconds:.1f} s, {count / seconds:,.0f} a second "
        f"({worked:.1f} s of our own processor time); memory grew by "
        f"{_resident_mb() - before:.0f} MB"
    )


def _count(answers: int) -> None:
    """A million answers, made in the database; then the job, then what the page reads."""
    from django.db import connection

    from surveys import figures, tallies
    from surveys.models import Survey

    survey = Survey.objects.get(pk="after-a-stay")
    version, series = survey.versions.get().pk, survey.of_kind.series
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO surveys_answer (id, survey_id, version_id, series, is_anonymous,
                 is_made_up, score, least, most, items, comment, tags, answered_on, answered_at,
                 trigger, tier, location_id)
               SELECT gen_random_uuid(), %s, %s, %s, false, true, n %% 11, 0, 10, '[]', '', '[]',
                 current_date - (n %% 700), now(), 'stay-ended', 'tier-' || n %% 5,
                 (SELECT id FROM program_location LIMIT 1)
               FROM generate_series(1, %s) AS n""",
            [survey.pk, uuid.UUID(str(version)), series, answers],
        )
    began = time.perf_counter()
    tallies.count()
    counted = time.perf_counter() - began
    began = time.perf_counter()
    figures.of(survey, by="month")
    read = time.perf_counter() - began
    print(f"Counted {answers:,} answers: {counted:.2f} s; the page reads {read * 1000:.0f} ms")


def _resident_mb() -> float:
    """What this process holds of the machine's memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 2**20
