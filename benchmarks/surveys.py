"""How fast 100,000 confirmed stays are decided upon, how much memory that takes, and how fast a
million answers are counted and their scores read.

    DEBUG=1 PENNANT_DATA_DIR=/somewhere/empty python -m benchmarks surveys [--stays 100000]

It works in an empty database of its own and refuses one that has members. Figures are of one
machine in one run; nothing asserts a time.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHUNK = 5000


def main(arguments: list[str] | None = None) -> None:
    """Fill, decide, count, and say how long each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stays", type=int, default=100_000)
    parser.add_argument("--answers", type=int, default=1_000_000)
    args = parser.parse_args(arguments)
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings")
    import django

    django.setup()
    _prepare()
    _fill(args.stays)
    _decide(args.stays)
    _count(args.answers)


def _prepare() -> None:
    from django.core.management import call_command

    from members.models import Member

    call_command("migrate", verbosity=0)
    call_command("program", "apply", str(ROOT / "blueprints" / "hotel"), verbosity=0)
    if Member.objects.exists():
        sys.exit("This database has members. Name an empty one.")


def _fill(stays: int) -> None:
    """Members, stays and their events, by COPY: what intake leaves behind, without its ledger."""
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


def _decide(stays: int) -> None:
    from surveys import inviting
    from surveys.models import Invitation

    before, began = _peak_mb(), time.perf_counter()
    inviting.drain()
    seconds = time.perf_counter() - began
    made = Invitation.objects.count()
    print(f"Decided upon {stays:,} stays, {made:,} invitations: {seconds:.1f} s,", end=" ")
    print(f"{stays / seconds:,.0f} a second; memory grew by {_peak_mb() - before:.0f} MB")


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


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
