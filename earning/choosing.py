"""Choosing: what a member takes for a milestone, K of its options, once and for good.

What must stay true: a choice is made once, by the member, by staff for them, or, after its last
day, by the program; what was chosen is one posting with one entry for each option.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from common import bulk, clock
from common.errors import LoyaltyError, translate
from common.ids import public_id
from earning import milestone_words, milestones, tracking
from earning.choice_opening import MOMENT
from earning.errors import REFUSALS, ChoiceClosed, ChoiceInvalid, ChoiceUnknown
from earning.models import (
    Milestone,
    MilestoneChoice,
    MilestoneOption,
    MilestonePick,
)
from earning.tracking import Passed, Seen
from events import outbox
from members import lineage
from members.models import Member
from points import ledger
from points.books import Books
from points.ledger import Credit, Earning
from points.models import Entry
from program import catalog
from program.models import Program
from tiers import standing
from tiers.ladders import rules

PROGRAM = "system:choices"  # who chooses after the last day
CHUNK = 200  # choices read at once
Status = MilestoneChoice.Status
log = structlog.get_logger("pennant.choosing")


def open_to(member: Member) -> list[MilestoneChoice]:
    """What a member may choose now, what ends first before the rest."""
    rows = _rows().filter(member__in=lineage.ids(member), status=Status.OPEN)
    now = clock.now()
    found = [row for row in rows if row.due_at is None or row.due_at > now]
    return sorted(found, key=lambda row: (row.due_at is None, row.due_at or now, row.pk))


def one(member: Member, pk: uuid.UUID) -> MilestoneChoice:
    """A choice of a member's. Raises ChoiceUnknown."""
    row = _rows().filter(member__in=lineage.ids(member), pk=pk).first()
    if row is None:
        raise ChoiceUnknown(_("There is no such choice of yours."))
    return row


def public(pk: str) -> str:
    """The public id of a choice, from its id as text."""
    return public_id("chc", uuid.UUID(pk))


def options(milestone: Milestone) -> list[MilestoneOption]:
    """What can be chosen, in its order."""
    return [option for option in milestone.options.all() if option.is_active]


def choose(choice: MilestoneChoice, *, picks: Mapping[str, int], actor: str) -> MilestoneChoice:
    """Take options (by code, with how often), as many in all as there are to choose. It is final.

    The same again returns the choice as it was made. Raises ChoiceInvalid for other options, more
    of one than can be had, or another number in all; ChoiceClosed once it was made or its last day
    is over, MemberErased.
    """
    return choose_once(choice, picks=picks, actor=actor)[0]


def choose_once(
    choice: MilestoneChoice, *, picks: Mapping[str, int], actor: str
) -> tuple[MilestoneChoice, bool]:
    """The same, and whether it was made just now."""
    wanted = {code: times for code, times in picks.items() if times}
    with transaction.atomic(), translate(REFUSALS):
        books, row = _lock(choice)
        if row.status == Status.MADE and _taken(row) == wanted:
            return row, False
        _refuse_closed(row)
        chosen = _checked(row, wanted)
        _make(row, chosen, books=books, actor=actor, status=Status.MADE, at=clock.now())
    return row, True


def check(choice: MilestoneChoice, picks: Mapping[str, int]) -> None:
    """Refuse what cannot be chosen, before somebody is asked whether it is meant. Raises as
    `choose` does.
    """
    _refuse_closed(choice)
    _checked(choice, {code: times for code, times in picks.items() if times})


def run() -> int:
    """Choose for those whose last day is over: the defaults, or nothing. Returns how many.

    Each is a transaction of its own: one that cannot be made is logged, waits for the next run, and
    holds nobody else up. Safe to run twice, at once, or late: what is given is dated by the last
    day.
    """
    done, last, now = 0, uuid.UUID(int=0), clock.now()
    while rows := _due(now, after=last):
        for row in rows:
            try:
                done += _end(row)
            except (LoyaltyError, DatabaseError) as error:
                log.error("choice_not_made", choice=row.public_id, exc_info=error)
        last = rows[-1].pk
    return done


def _due(now: datetime, *, after: uuid.UUID) -> list[MilestoneChoice]:
    """The next open choices whose last day is over, those that were offered first before others."""
    rows = MilestoneChoice.objects.filter(status=Status.OPEN, due_at__lte=now, id__gt=after)
    return list(rows.select_related("member__merged_into").order_by("id")[:CHUNK])


def _end(waiting: MilestoneChoice) -> bool:
    """Give one member the defaults, as far as they go, or let the choice lapse."""
    if lineage.survivor(waiting.member).status == Member.Status.ERASED:
        return _lapse(waiting)
    with transaction.atomic(), translate(REFUSALS):
        books, row = _lock(waiting)
        if row.status != Status.OPEN or row.due_at is None:
            return False
        chosen, left = [], row.many
        for option in options(row.reached.milestone):
            times = min(option.default, left)
            left -= times
            if times:
                chosen.append((option, times))
        at = row.due_at - MOMENT
        status = Status.DEFAULTED if chosen else Status.LAPSED
        _make(row, chosen, books=books, actor=PROGRAM, status=status, at=at)
    return True


def _lapse(waiting: MilestoneChoice) -> bool:
    open_rows = MilestoneChoice.objects.filter(pk=waiting.pk, status=Status.OPEN)
    return bool(open_rows.update(status=Status.LAPSED, ended_at=clock.now(), actor=PROGRAM))


def _rows() -> QuerySet[MilestoneChoice]:
    rows = MilestoneChoice.objects.select_related(
        "member__merged_into", "reached__milestone__counter", "reached__milestone__type"
    )
    return rows.prefetch_related("reached__milestone__options__unit")


def _lock(choice: MilestoneChoice) -> tuple[Books, MilestoneChoice]:
    """The accounts that options pay into, with what status is read from, then the choice."""
    milestone = Milestone.objects.prefetch_related("options").get(pk=choice.reached.milestone_id)
    counters = catalog.of(catalog.current()).counters
    paid = {option.unit_id for option in milestone.options.all()}
    units = paid | {code for unit in paid for code in counters.get(unit, ())}
    known = rules(catalog.current())
    counted = {mark.counter_id for mark in tracking.active(catalog.current())}
    if units & counted:  # it may pass marks
        units |= tracking.paid_in(catalog.current())
    units |= {unit for rule in known if rule.units & units for unit in rule.units}
    books = Books.open({(choice.member_id, unit) for unit in units})
    locked = MilestoneChoice.objects.select_for_update(of=("self",))
    rows = locked.select_related(
        "member__merged_into", "reached__milestone", "reached__activity__type"
    )
    return books, rows.get(pk=choice.pk, member=choice.member_id)


def _refuse_closed(row: MilestoneChoice) -> None:
    if row.status != Status.OPEN:
        raise ChoiceClosed(
            _("This choice has been made already, and stays as it is. Look at what was chosen.")
            if row.status in (Status.MADE, Status.DEFAULTED)
            else _("There is nothing to choose here any more.")
        )
    if row.due_at is not None and row.due_at <= clock.now():
        raise ChoiceClosed(_("The last day to choose is over. Ask the desk for help."))


def _checked(row: MilestoneChoice, wanted: Mapping[str, int]) -> list[tuple[MilestoneOption, int]]:
    known = {option.code: option for option in options(row.reached.milestone)}
    for code, times in wanted.items():
        option = known.get(code)
        if option is None:
            raise ChoiceInvalid(
                _('There is no option "%(code)s". Choose from: %(known)s.')
                % {"code": code, "known": ", ".join(known)},
                pointer="/options",
            )
        if times < 0:
            raise ChoiceInvalid(_("Say how often with a number above 0."), pointer="/options")
        if option.at_most is not None and times > option.at_most:
            raise ChoiceInvalid(
                _("%(option)s can be chosen at most this often: %(most)s.")
                % {"option": option.name, "most": option.at_most},
                pointer="/options",
            )
    if sum(wanted.values()) != row.many:
        raise ChoiceInvalid(
            _("Choose exactly this many: %(many)s.") % {"many": row.many}, pointer="/options"
        )
    return [(known[code], wanted[code]) for code in known if code in wanted]


def _taken(row: MilestoneChoice) -> dict[str, int]:
    return dict(row.picks.values_list("option__code", "times"))


def _make(
    row: MilestoneChoice,
    chosen: list[tuple[MilestoneOption, int]],
    *,
    books: Books,
    actor: str,
    status: str,
    at: datetime,
) -> None:
    program = catalog.current()
    if chosen:
        _pay(row, chosen, books=books, actor=actor, at=at, program=program)
    row.status, row.ended_at, row.actor = status, clock.now(), actor
    row.save(update_fields=["status", "ended_at", "actor"])
    level = row.reached
    outbox.publish(
        "milestone_choice_lapsed" if status == Status.LAPSED else "milestone_chosen",
        member_id=row.member_id,
        subject=row.public_id,
        payload={
            "milestone": level.milestone_id,
            "level": level.level,
            "options": {option.code: times for option, times in chosen},
            "actor": actor,
        },
    )


def _pay(
    row: MilestoneChoice,
    chosen: list[tuple[MilestoneOption, int]],
    *,
    books: Books,
    actor: str,
    at: datetime,
    program: Program,
) -> None:
    """Post what was chosen; status follows."""
    by_default = actor == PROGRAM
    with translation.override(program.language):
        credits = [
            Credit(
                unit=option.unit_id,
                amount=option.amount * times,
                reason=milestone_words.chosen(option, times, by_default=by_default),
                kind=Entry.Kind.BONUS,
            )
            for option, times in chosen
        ]
    known = catalog.of(program).counters
    credits += [
        dataclasses.replace(credit, unit=code)
        for credit in credits
        for code in known.get(credit.unit, ())
    ]
    earning = Earning(row.member_id, row.source, at, credits)
    entries = ledger.post_into(books, [earning], actor=actor, program=program)
    passed = _follow(row, credits, at=at, program=program)
    found = [milestones.earning_of(level, row.reached.activity) for level in passed]
    more = [dataclasses.replace(one, occurred_at=at) for one in found if one is not None]
    ledger.post_into(books, more, actor=actor, program=program)
    ledger.sweep(books, program=program)
    books.write()
    outbox.publish_many(milestones.reached(level, row.reached.activity) for level in passed)
    picks = [
        MilestonePick(
            member_id=row.member_id,
            choice=row,
            option=option,
            times=times,
            amount=entry.amount,
            entry=entry,
        )
        for (option, times), entry in zip(chosen, entries[: len(chosen)], strict=True)
    ]
    bulk.insert(MilestonePick, picks)
    counters = {unit for rule in rules(program) for unit in rule.units}
    if counters & {one.unit for earned in (earning, *more) for one in earned.credits}:
        standing.reassess(lineage.survivor(row.member), actor=actor)


def _follow(
    row: MilestoneChoice, credits: Sequence[Credit], *, at: datetime, program: Program
) -> list[Passed]:
    """The levels of milestones that what was chosen passes, under the activity that led to it.

    Asked before anything is written. A membership that was merged passes none.
    """
    counted = {mark.counter_id for mark in tracking.active(program)}
    if not counted & {credit.unit for credit in credits} or row.member.merged_into is not None:
        return []
    gains = Counter[str]()
    for credit in credits:
        gains[credit.unit] += credit.amount
    tracker = tracking.Tracker.load(program, [row.member])
    seen = Seen(clock.local_date(at, program.time_zone))
    passed = tracker.crossed(row.member, seen, gains)
    tracker.add(row.member, seen, gains)
    return tracker.settle(passed, seen.on, claim=milestones.claim_for(row.reached.activity))
