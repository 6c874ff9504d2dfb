"""Occasions: a birthday, an anniversary, joining, a higher tier. The house records an activity for
each, and rules pay for it as for any other.

What must stay true: an occasion is recorded once for a member (its reference says which, and a
reference is one activity for ever), whenever and however often the run comes by.
"""

from __future__ import annotations

import calendar
import dataclasses
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.db.models import F
from django.db.models.functions import ExtractDay, ExtractMonth

from common import clock, ids
from earning import intake
from earning.models import ActivityKey, Occasion, OccasionProgress
from earning.submissions import Submission
from events.models import Event
from members.models import Member, MemberKey
from program import catalog
from program.catalog import versioned
from program.models import Program
from tiers import ladders

log = structlog.get_logger("pennant.occasions")

ACTOR = "system:occasions"
CHUNK = 500  # activities recorded in one transaction
YEAR = 365  # days looked through in one query, none of them in two years
# Events of a transaction that was still open when we came by are written with an older id: this
# long we look back for them.
OVERLAP = timedelta(hours=1)
EVENTS = {  # what announces an occasion that is not a day
    Occasion.On.ENROLMENT: "member_enrolled",
    Occasion.On.TIER: "tier_changed",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Due:
    """One occasion of one member: what tells it from the next, when it is, and what it tells."""

    member: Member
    mark: str
    moment: datetime | date
    told: dict[str, object]


@versioned
def active(program: Program) -> tuple[Occasion, ...]:
    """The occasions in force, kept in memory."""
    rows = Occasion.objects.filter(is_active=True, partner__is_active=True)
    return tuple(rows.select_related("type").prefetch_related("type__attributes"))


def run() -> int:
    """Record every occasion that is due by now. Returns how many activities were new.

    Safe to run late, often and twice at once: what was recorded is known by its reference.
    """
    program = catalog.current()
    return sum(_follow(occasion, program) for occasion in active(program))


def _follow(occasion: Occasion, program: Program) -> int:
    OccasionProgress.objects.get_or_create(occasion=occasion)
    if occasion.on in EVENTS:
        return sum(
            _record(occasion, _of_events(occasion, events, program)) for events in _pages(occasion)
        )
    return sum(
        _record(occasion, _on_days(occasion, first, last, program.time_zone))
        for first, last in _spans(occasion, program)
    )


def _spans(occasion: Occasion, program: Program) -> Iterator[tuple[date, date]]:
    """The days that have come since the last run, at most a year at a time; each span is done when
    the next is asked for.
    """
    today = clock.local_date(clock.now(), program.time_zone)
    done_on = OccasionProgress.objects.get(pk=occasion.pk).done_on
    first = clock.local_date(occasion.since, program.time_zone)
    if done_on is not None:
        first = max(first, done_on + timedelta(days=1))
    while first <= today:
        last = min(today, first + timedelta(days=YEAR - 1))
        yield first, last
        _note(occasion, done_on=last)
        first = last + timedelta(days=1)


def _on_days(occasion: Occasion, first: date, last: date, zone: str) -> Iterator[Due]:
    """Whose birthday, or anniversary of joining, lies between two days, both included."""
    wanted = _dates(first, last)
    is_birthday = occasion.on == Occasion.On.BIRTHDAY
    source = F("birthday") if is_birthday else F("joined_at")
    zoned: dict[str, Any] = {} if is_birthday else {"tzinfo": ZoneInfo(zone)}
    rows = Member.objects.filter(status=Member.Status.ACTIVE).annotate(
        on_month=ExtractMonth(source, **zoned), on_day=ExtractDay(source, **zoned)
    )
    rows = rows.filter(on_month__in={month for month, _ in wanted}).prefetch_related("cards")
    for member in rows.order_by("pk").iterator(CHUNK):
        day = wanted.get((member.on_month, member.on_day))
        joined = clock.local_date(member.joined_at, zone)
        if day is None or day < joined or (day.year == joined.year and not is_birthday):
            continue
        told: dict[str, object] = {} if is_birthday else {"years": day.year - joined.year}
        yield Due(member, str(day.year), day, told)


def _dates(first: date, last: date) -> dict[tuple[int, int], date]:
    """Month and day of each date from one to another; 29 February is the 28th in common years."""
    days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    dates = {(day.month, day.day): day for day in days}
    if (2, 28) in dates and not calendar.isleap(dates[2, 28].year):
        dates.setdefault((2, 29), dates[2, 28])
    return dates


def _pages(occasion: Occasion) -> Iterator[list[Event]]:
    """Events since the last run, and some from before it: a transaction that was still open then
    has written its own under an older id. Each page is done when the next is asked for.
    """
    last = OccasionProgress.objects.get(pk=occasion.pk).last_event
    after = occasion.after_event if last is None else ids.earlier(last, by=OVERLAP)
    after = max(after, occasion.after_event)
    rows = Event.objects.filter(type=EVENTS[Occasion.On(occasion.on)]).order_by("id")
    while events := list(rows.filter(id__gt=after)[:CHUNK]):
        yield events
        after = events[-1].pk
        _note(occasion, last_event=after if last is None else max(after, last))


def _of_events(occasion: Occasion, events: Iterable[Event], program: Program) -> Iterator[Due]:
    """Who joined, or rose, since the occasion is in force."""
    events = list(events)
    active = Member.objects.filter(status=Member.Status.ACTIVE).prefetch_related("cards")
    people = active.in_bulk([event.member_id for event in events if event.member_id])
    ranks = {rung.code: rung.rank for ladder in ladders.rules(program) for rung in ladder.rungs}
    for event in events:
        member = people.get(event.member_id) if event.member_id else None
        if member is None:
            continue
        if occasion.on == Occasion.On.ENROLMENT and member.joined_at >= occasion.since:
            yield Due(member, "once", event.occurred_at, {})
        if occasion.on == Occasion.On.TIER:
            tier, before = event.payload.get("tier"), event.payload.get("before")
            if ranks.get(tier, -1) > ranks.get(before, -1):
                yield Due(member, str(event.pk), event.occurred_at, {"tier": tier})


def _record(occasion: Occasion, due: Iterable[Due]) -> int:
    """Record what is due and not recorded yet, in chunks. Returns how many activities were new."""
    told, recorded = {one.code for one in occasion.type.attributes.all()}, 0
    for chunk in _chunks(_submission(occasion, one, told) for one in due):
        answers = intake.record_batch(_without_known(chunk), actor=ACTOR)
        recorded += sum(not answer.is_replay and answer.error is None for answer in answers)
        for answer in answers:
            if answer.error is not None:
                log.warning(
                    "occasion_refused",
                    occasion=occasion.code,
                    reference=answer.submission.reference,
                    reason=answer.error.message,
                )
    return recorded


def _submission(occasion: Occasion, due: Due, told: Collection[str]) -> Submission:
    return Submission(
        partner=occasion.partner_id,
        reference=f"{occasion.code}:{due.mark}:{due.member.pk}",
        type=occasion.type_id,
        occurred_at=due.moment,
        attributes={code: value for code, value in due.told.items() if code in told},
        kind=MemberKey.Kind.CARD,
        value=next((card.number for card in due.member.cards.all() if card.is_active), ""),
    )


def _without_known(chunk: list[Submission]) -> list[Submission]:
    keys = {ActivityKey.id_for(one.partner, one.reference): one for one in chunk}
    known = ActivityKey.objects.filter(pk__in=list(keys)).values_list("pk", flat=True)
    return [one for key, one in keys.items() if key not in set(known)]


def _chunks(submissions: Iterable[Submission]) -> Iterator[list[Submission]]:
    """The submissions in portions that one transaction takes."""
    rest = iter(submissions)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _note(occasion: Occasion, **fields: Any) -> None:
    """Remember how far it has been followed; the same again by another run does no harm."""
    OccasionProgress.objects.filter(pk=occasion.pk).update(**fields, ran_at=clock.now())
