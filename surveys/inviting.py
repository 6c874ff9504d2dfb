"""Deciding whom to ask: batch by batch, each person under lock, each occasion once.

Gather, decide, write. Who is not in the sample is known without a lock. For the others the members'
contact rows are locked in the order of their ids, so that triggers, waves and workers that run at
the same moment take turns over one person; then the quotas, which many share. One contact rule
holds across all surveys.
"""

from __future__ import annotations

import dataclasses
import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from common import bulk, clock
from events import reading
from members import consent
from members.models import Member, SegmentMember
from program import catalog
from program.models import Program
from surveys import contacts, definitions, occasions
from surveys.definitions import Asking
from surveys.models import Case, Decision, Invitation, Outcome, QuotaUse, Trigger
from surveys.occasions import Occasion
from tiers.models import Standing

READER = "surveys"
BATCH = 1000
EVERYBODY = Decimal(100)  # a rate in percent
KNOWN = """
    SELECT d.member_id, d.source FROM surveys_decision d
    JOIN unnest(%s::uuid[], %s::text[]) AS n(member_id, source) USING (member_id, source)
"""


@dataclasses.dataclass(slots=True)
class Decided:
    """What became of one occasion; `until` is the first day on which the member can be asked."""

    one: Occasion
    outcome: Outcome
    opens_at: datetime
    until: date | None = None


def drain() -> int:
    """Decide about everything that happened since the last time. Returns how many events."""
    total = 0
    while read := step():
        total += read
        if read < BATCH:
            break
    return total


@transaction.atomic
def step(*, limit: int = BATCH) -> int:
    """Decide about the next events. Returns how many were read."""
    events = reading.take(READER, types=list(occasions.EVENTS), limit=limit)
    if events:
        program = catalog.current()
        asking = definitions.of(program)
        decide(occasions.of(events, asking=asking), program=program)
    return len(events)


def decide(found: Sequence[Occasion], *, program: Program) -> list[Decided]:
    """Decide about occasions, and invite those who are to be asked. Call it in a transaction."""
    asking = definitions.of(program)
    fresh = _without_known(found)
    decided = [_at_once(one, asking) for one in fresh]
    open_ones = [each for each in decided if each.outcome == Outcome.ASKED]
    members = {each.one.member_id for each in open_ones}
    asked = contacts.locked(members)
    uses = _quotas(open_ones, program)
    barred = _barred(members, asking)
    latest: dict[uuid.UUID, datetime] = {}
    for each in open_ones:
        member = each.one.member_id
        each.outcome = barred.get(member, Outcome.ASKED)
        if each.outcome == Outcome.ASKED:
            _apply_rules(each, asked[member], uses, asking, program)
        if each.outcome == Outcome.ASKED:
            latest[member] = asked[member] = max(each.opens_at, asked[member] or each.opens_at)
    QuotaUse.objects.bulk_update(list(uses.values()), ["used"])
    _write(decided, asking)
    contacts.asked(latest)
    return decided


def _without_known(found: Sequence[Occasion]) -> list[Occasion]:
    """Those that nobody decided upon yet."""
    with connection.cursor() as cursor:
        pairs = [one.member_id for one in found], [one.source for one in found]
        cursor.execute(KNOWN, list(pairs))
        known = set(cursor.fetchall())
    return [one for one in found if (one.member_id, one.source) not in known]


def _at_once(one: Occasion, asking: Asking) -> Decided:
    """What can be said without a lock: too late, or not in the sample."""
    now = clock.now()
    opens = one.opens_at or one.occurred_at + timedelta(hours=one.trigger.delay_hours)
    decided = Decided(one, Outcome.ASKED, max(opens, now))
    if one.occurred_at < now - timedelta(days=asking.care.max_age_days):
        decided.outcome = Outcome.TOO_LATE
    elif not is_sampled(one.trigger, one.member_id, one.subject):
        decided.outcome = Outcome.NOT_SAMPLED
    return decided


def is_sampled(trigger: Trigger, member_id: uuid.UUID, subject: str) -> bool:
    """Whether an occasion falls into the sample: the same answer whenever and wherever it is asked.

    A hash spreads occasions evenly over ten thousand slots; the rate is how many of them are asked.
    """
    if trigger.rate >= EVERYBODY:
        return True
    text = f"{trigger.pk}:{member_id}:{subject}".encode()
    slot = int.from_bytes(hashlib.sha256(text).digest()[:8], "big") % 10_000
    return Decimal(slot) < trigger.rate * 100


def _barred(members: set[uuid.UUID], asking: Asking) -> dict[uuid.UUID, Outcome]:
    """Whom not to ask whatever happened; the gravest reason is the one that is written down."""
    elsewhere, these = asking.care.asked_elsewhere_id, bulk.these(members)
    rows = SegmentMember.objects.filter(segment=elsewhere, member__in=these) if elsewhere else None
    found = dict.fromkeys(
        rows.values_list("member_id", flat=True) if rows is not None else (),
        Outcome.ASKED_ELSEWHERE,
    )
    cases = Case.objects.filter(member__in=these).exclude(status=Case.Status.CLOSED)
    found |= dict.fromkeys(cases.values_list("member_id", flat=True), Outcome.OPEN_CASE)
    found |= dict.fromkeys(consent.refused(members, topic=consent.SURVEYS), Outcome.OPTED_OUT)
    gone = Member.objects.filter(pk__in=these).exclude(status=Member.Status.ACTIVE)
    return found | dict.fromkeys(gone.values_list("pk", flat=True), Outcome.GONE)


def _apply_rules(
    each: Decided,
    asked_at: datetime | None,
    uses: dict[uuid.UUID, QuotaUse],
    asking: Asking,
    program: Program,
) -> None:
    """The contact rule and the quota, both under lock; days and months are the program's.

    A case that was closed asks again by its own clock.
    """
    if asked_at is not None and each.one.trigger.on != Trigger.On.CASE:
        last = clock.local_date(asked_at, program.time_zone)
        first = last + timedelta(days=asking.care.contact_days)
        if clock.local_date(each.opens_at, program.time_zone) < first:
            each.outcome, each.until = Outcome.ASKED_LATELY, first
            return
    use = uses.get(QuotaUse.id_for(each.one.trigger.pk, _month(each, program)))
    if use is not None and use.used >= (each.one.trigger.quota or 0):
        each.outcome = Outcome.QUOTA_FULL
        return
    if use is not None:
        use.used += 1


def _quotas(open_ones: Sequence[Decided], program: Program) -> dict[uuid.UUID, QuotaUse]:
    """The months in which triggers with a quota would ask, locked in the order of their ids."""
    made: dict[uuid.UUID, QuotaUse] = {}
    for each in open_ones:
        if each.one.trigger.quota is not None:
            month = _month(each, program)
            pk = QuotaUse.id_for(each.one.trigger.pk, month)
            made[pk] = QuotaUse(id=pk, trigger=each.one.trigger, month=month)
    if not made:
        return {}
    QuotaUse.objects.bulk_create([made[pk] for pk in sorted(made)], ignore_conflicts=True)
    rows = QuotaUse.objects.filter(pk__in=list(made)).order_by("pk").select_for_update()
    return {row.pk: row for row in rows}


def _month(each: Decided | Invitation, program: Program) -> date:
    return clock.local_date(each.opens_at, program.time_zone).replace(day=1)


def give_back(some: Iterable[Invitation]) -> None:
    """Invitations that were withdrawn unseen: others may be asked in their place this month.

    Lock the members' contact rows first.
    """
    program = catalog.current()
    uses = Counter(
        QuotaUse.id_for(one.trigger.pk, _month(one, program)) for one in some if one.trigger
    )
    for pk in sorted(uses):
        QuotaUse.objects.filter(pk=pk).update(used=Greatest(F("used") - uses[pk], 0))


def _write(decided: Sequence[Decided], asking: Asking) -> None:
    """Decisions and invitations, in a statement each."""
    asked = [each for each in decided if each.outcome == Outcome.ASKED]
    bulk.insert(
        Decision,
        [
            bulk.new(
                Decision,
                member_id=each.one.member_id,
                trigger_id=each.one.trigger.pk,
                source=each.one.source,
                outcome=each.outcome,
                until=each.until,
                occurred_at=each.one.occurred_at,
            )
            for each in decided
        ],
    )
    tiers = _tiers({each.one.member_id for each in asked})
    bulk.insert(Invitation, [_invitation(each, asking, tiers) for each in asked])


def _invitation(each: Decided, asking: Asking, tiers: dict[uuid.UUID, str]) -> Invitation:
    survey, one = asking.surveys[each.one.trigger.survey_id], each.one
    return bulk.new(
        Invitation,
        member_id=one.member_id,
        survey_id=survey.pk,
        version_id=definitions.version_of(survey, asking).pk,
        trigger_id=one.trigger.pk,
        source=one.source,
        location_id=one.location_id,
        tier=tiers.get(one.member_id, ""),
        occurred_at=one.occurred_at,
        opens_at=each.opens_at,
        ends_at=each.opens_at + timedelta(days=survey.open_days),
    )


def _tiers(members: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The tier that each member holds now, by its code; of several ladders the first."""
    rows = Standing.objects.at(clock.now()).filter(member_id__in=bulk.these(members))
    pairs = rows.order_by("-ladder__position").values_list("member_id", "tier__code")
    return dict(pairs)
