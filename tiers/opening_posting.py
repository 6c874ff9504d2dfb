"""Posting what was read: so many people at a time, each with all of their lots or none."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from common import bulk, clock
from members import enrolment
from members.enrolment import Newcomer
from members.models import Member, MemberKey
from points import endings, policy
from points.books import Books
from points.models import Entry, OpeningRow, OpeningRun, Posting
from program import catalog
from program.models import Unit
from tiers import grants, standing
from tiers.ladders import climbs, rules
from tiers.models import Standing, Tier
from tiers.opening_rows import keys_of, members_of, posted_of, source_of

PEOPLE_AT_ONCE = 250  # whose points are posted in one transaction


def some(run: OpeningRun) -> int:
    """Post the next people's lines, all or none of them. Returns how many people they were."""
    with transaction.atomic():
        run = OpeningRun.objects.select_for_update().get(pk=run.pk)  # one at a time
        waiting = OpeningRow.objects.filter(run=run, problem="").order_by("person")
        people = list(waiting.values_list("person", flat=True).distinct()[:PEOPLE_AT_ONCE])
        if not people:
            return 0
        rows = list(OpeningRow.objects.filter(run=run, problem="", person__in=people))
        _welcome(rows, actor=run.posted_by)
        members = Member.objects.in_bulk({row.known for row in rows})
        _enter(rows, members, run)
        _grant(rows, members, run)
        OpeningRow.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(people)


def _welcome(rows: Sequence[OpeningRow], *, actor: str) -> None:
    """Enrol those whom nobody knows; every row then says whose it is."""
    found = members_of(rows)
    mine: dict[uuid.UUID, Member] = {}
    for row in rows:
        for key in keys_of(row):
            if row.person is not None and key in found:
                mine.setdefault(row.person, found[key])
    groups: dict[uuid.UUID, list[OpeningRow]] = {}
    for row in rows:
        if row.person is not None and row.person not in mine:
            groups.setdefault(row.person, []).append(row)
    made = enrolment.enroll_many([_newcomer(group) for group in groups.values()], actor=actor)
    mine |= dict(zip(groups, made, strict=True))
    cards = {
        row.card: mine[row.person]
        for group in groups.values()
        for row in group
        if row.card and row.person is not None
    }
    bulk.insert(
        MemberKey,
        [MemberKey.make(member, MemberKey.Kind.CARD, card) for card, member in cards.items()],
    )
    for row in rows:
        if row.person is not None:
            row.known = mine[row.person].pk


def _newcomer(rows: Sequence[OpeningRow]) -> Newcomer:
    """Somebody, from whatever their lines say of them, the first line first."""

    def first(field: str) -> str:
        return next((getattr(row, field) for row in rows if getattr(row, field)), "")

    moments = [moment for row in rows for moment in (row.joined_at, row.awarded_at) if moment]
    return Newcomer(
        name=first("named"),
        email=first("email"),
        phone=first("phone"),
        reference=first("reference"),
        joined_at=min(moments, default=None),
    )


def _enter(
    rows: Sequence[OpeningRow], members: Mapping[uuid.UUID, Member], run: OpeningRun
) -> None:
    """Write the lots and counters, each under its own date, and let status follow."""
    program, now = catalog.current(), clock.now()
    units = catalog.of(program).units
    counters = {unit for rule in rules(program) for unit in rule.units}
    keys = {(member, unit) for member in members for unit in counters}
    keys |= {(row.known, row.unit) for row in rows if row.known and row.amount}
    books = Books.open(keys)
    there = posted_of(rows)
    for row in sorted(rows, key=lambda row: row.line):
        if not row.amount or row.known is None or row.awarded_at is None:
            continue
        if (row.known, source_of(row)) in there:
            continue
        key = (row.known, row.unit)
        posting = Posting(
            member_id=row.known,
            kind=Posting.Kind.OPENING,
            source=source_of(row),
            actor=run.posted_by,
            occurred_at=row.awarded_at,
        )
        books.postings.append(posting)
        entry = books.enter(
            posting, key=key, kind=Entry.Kind.OPENING, amount=row.amount, reason="Brought over"
        )
        if units[row.unit].kind == Unit.Kind.SPENDABLE:
            latest = _latest(row, units[row.unit], zone=program.time_zone)
            lot = books.award(entry, key=key, expires_at=row.expires_at, latest_at=latest)
            if row.expires_at is not None and row.expires_at <= now:
                endings.bury(books, posting, [lot], key=key)
    books.write()
    standing.settle(climbs(members.values(), program=program), actor=run.posted_by)


def _latest(row: OpeningRow, unit: Unit, *, zone: str) -> datetime | None:
    """To which moment activity moves the end of what is brought over at most: as the unit says,
    and never before the end that it comes with.
    """
    if row.expires_at is None or row.awarded_at is None:
        return None
    latest = policy.latest_at(unit, occurred_at=row.awarded_at, zone=zone)
    return max(latest, row.expires_at) if latest else None


def _grant(
    rows: Sequence[OpeningRow], members: Mapping[uuid.UUID, Member], run: OpeningRun
) -> None:
    """Give the tiers that the lines name, where none was given on that ladder before."""
    wanted = {row.known: row for row in rows if row.tier and row.known}
    tiers = {tier.code: tier for tier in Tier.objects.all()}
    now = clock.now()
    held = set(
        Standing.objects.filter(member__in=list(wanted), source=Standing.Source.GRANTED)
        .at(now)
        .values_list("member", "ladder")
    )
    for member, row in wanted.items():
        tier = tiers[row.tier]
        if member is None or (member, tier.ladder_id) in held:
            continue
        if row.tier_until is not None and row.tier_until <= now:
            continue
        grants.grant(
            members[member],
            tier=tier,
            reason="Brought over",
            actor=run.posted_by,
            ends_at=row.tier_until,
        )
