"""What came late: activities that were recorded before the one that lifts the member came in.

They earned at a lower tier than they should have. Each is looked at again once, in the order in
which they happened, and what its rules pay on top at the tier that was really held is awarded as a
correction. Nothing is ever taken back for it.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _

from common import clock
from common.ids import uuid7
from earning import correcting, rules, states, submissions
from earning import session as sessions
from earning.correcting import Case, Difference
from earning.gathering import Gatherer
from earning.models import Activity, ActivityChange
from earning.session import Session
from earning.submissions import Checked
from members import lineage
from members.models import Member
from points import forwarding
from points.books import Key
from program import attributes, catalog
from program.models import Program
from tiers import standing
from tiers.models import Ladder
from tiers.terms import LadderRule, Rung, Span

T = TypeVar("T")


class MoreAccounts(Exception):
    """Accounts would have to be locked out of their order: begin anew, and lock these from the
    start.
    """

    def __init__(self, keys: Collection[Key]) -> None:
        super().__init__(keys)
        self.keys = frozenset(keys)


def retried(work: Callable[[frozenset[Key]], T]) -> T:
    """Do work that opens its own transaction, with the accounts it turns out to need as well."""
    more: frozenset[Key] = frozenset()
    while True:
        try:
            return work(more)
        except MoreAccounts as missing:
            more |= missing.keys


@dataclasses.dataclass(frozen=True, slots=True)
class Rise:
    """From which moment a member has held more than was known, and the activity that shows it."""

    member: Member
    since: datetime
    cause: Activity


def follow(
    session: Session, recorded: Collection[Activity], *, actor: str, changed: Collection[Activity]
) -> None:
    """Look again at what some activities, just recorded, should have come before. `changed` are
    those among them whose changes had come before them.

    Raises MoreAccounts.
    """
    first: dict[uuid.UUID, Activity] = {}
    for activity in sorted(recorded, key=lambda one: one.occurred_at):
        first.setdefault(activity.member_id, activity)
    rises: list[Rise] = []
    for (pk, _ladder), (old, new) in session.moved_spans().items():
        since = risen(old, new)
        if since is not None and since <= clock.now() and pk in first:
            rises.append(Rise(first[pk].member, since, first[pk]))
    asking = _asking(session.program)
    if not rises or not asking:
        return
    worth, is_moved = _worth(session, rises, recorded, asking), False
    worth |= {activity.member_id for activity in changed}
    for rise in rises:
        if is_moved or rise.member.pk in worth:
            held = session.books.accounts
            is_moved |= review(rise, program=session.program, actor=actor, held=held)


def _worth(
    session: Session, rises: Sequence[Rise], recorded: Iterable[Activity], asking: Sequence[str]
) -> set[uuid.UUID]:
    """The members for whom a look may find something: those with an activity after their rise that
    was recorded before, or was decided just now at a lower tier than it should have had.
    """
    program, people = session.program, {rise.member.pk: rise.member for rise in rises}
    since: dict[uuid.UUID, datetime] = {}
    for rise in rises:
        since[rise.member.pk] = min(rise.since, since.get(rise.member.pk, rise.since))
    mine = {activity.pk: activity for activity in recorded if activity.member_id in people}
    begins = _begins(asking, program)
    found = _recorded_after(people.values(), since, asking, begins=begins, but=mine)
    climbs = session.climbs
    if any(way.rule.sharing != Ladder.Sharing.NEVER for way in climbs.values()):
        climbs = standing.climbs(people.values(), program=program)
    gatherer = Gatherer(program, rules={}, members=people.values(), climbs=climbs)
    for activity in mine.values():
        pk, type = activity.member_id, activity.type_id
        is_after = activity.occurred_at > since[pk] or type in begins
        if pk in found or type not in asking or not is_after:
            continue
        one = submissions.again(activity, program=program)
        if better(activity.facts, gatherer.tiers(one, people[pk]), gatherer.ladders.values())[1]:
            found.add(pk)
    return found


def _recorded_after(
    people: Iterable[Member],
    since: Mapping[uuid.UUID, datetime],
    types: Sequence[str],
    *,
    begins: Sequence[str],
    but: Collection[uuid.UUID],
) -> set[uuid.UUID]:
    """Who of these did something of these types after a moment of their own, or may have begun it
    then, some activities aside. One query.
    """
    whose = lineage.spread(people)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT w.owner FROM unnest(%s::uuid[], %s::uuid[], %s::timestamptz[])
                      AS w (id, owner, since)
               JOIN earning_activity a ON a.member_id = w.id
               WHERE a.type_id = ANY(%s) AND (a.occurred_at > w.since OR a.type_id = ANY(%s))
                 AND a.id <> ALL(%s)""",
            [
                list(whose),
                list(whose.values()),
                [since[owner] for owner in whose.values()],
                list(types),
                list(begins),
                list(but),
            ],
        )
        return {owner for (owner,) in cursor}


def _asking(program: Program) -> list[str]:
    """The types of activities for which some rule asks at what tier they happened."""
    return [
        code
        for code, specs in rules.compiled(program).items()
        if any(c.kind == "tier" for spec in specs for c in spec.conditions)
    ]


def _begins(types: Iterable[str], program: Program) -> list[str]:
    """Those whose tier is that of a day they tell themselves."""
    return [code for code in types if catalog.of(program).types[code].begins_by]


def risen(old: Sequence[Span], new: Sequence[Span]) -> datetime | None:
    """The first moment at which more is held than before; None where there is none."""
    moments = sorted(
        {span.starts_at for span in (*old, *new)} | {s.ends_at for s in old if s.ends_at}
    )
    for moment in moments:
        if _rank(new, moment) > _rank(old, moment):
            return moment
    return None


def _rank(spans: Sequence[Span], moment: datetime) -> int:
    return max((span.rung.rank for span in spans if span.covers(moment)), default=-1)


def review(rise: Rise, *, program: Program, actor: str, held: Collection[Key]) -> bool:
    """Award what later activities of a member earn on top at the tiers that really were held.

    Returns whether there was any. Raises MoreAccounts.
    """
    asking, is_moved = _asking(program), False
    if not asking:
        return False
    climbs: standing.Climbs | None = None  # for as long as nothing is awarded on top
    for activity in _later(rise, asking, program):
        climbs = climbs or standing.climbs([rise.member], program=program)
        if _again(activity, rise, climbs, program=program, actor=actor, held=held):
            climbs, is_moved = None, True
    return is_moved


def _later(rise: Rise, types: Sequence[str], program: Program) -> list[Activity]:
    """What the member did after the rise, or may have begun after it, in order of time."""
    begins = _begins(types, program)
    rows = Activity.objects.filter(member__in=lineage.ids(rise.member), type__in=types).filter(
        Q(occurred_at__gt=rise.since) | Q(type__in=begins)
    )
    changes = Prefetch("changes", ActivityChange.objects.order_by("number"))
    rows = rows.exclude(changes__kind=ActivityChange.Kind.CANCEL).order_by("occurred_at", "id")
    return list(rows.select_related("member", "location").prefetch_related(changes))


def _again(
    activity: Activity,
    rise: Rise,
    climbs: standing.Climbs,
    *,
    program: Program,
    actor: str,
    held: Collection[Key],
) -> bool:
    """Evaluate one activity at the tiers it should have had, if they are higher than it knew.

    Returns whether something was awarded.
    """
    seen = look(activity, rise.member, program=program, actor=actor)
    gatherer = Gatherer(program, rules={}, members=[rise.member], climbs=climbs)
    ladders = gatherer.ladders.values()
    higher, gained = better(seen.facts, gatherer.tiers(seen.one, rise.member), ladders)
    if not gained:
        return False
    seen = dataclasses.replace(
        seen,
        facts={**seen.facts, **higher},
        reason=_("A late activity was recorded"),
        cause=rise.cause,
        gained=gained,
    )
    return award_more(seen, program=program, held=held)


@dataclasses.dataclass(frozen=True, slots=True)
class Look:
    """An activity that is looked at again, with the facts that count for it from now on.

    `gained` are the names of tiers, `offer` that of an offer, because of which it is.
    """

    activity: Activity
    member: Member
    one: Checked
    number: int
    facts: Mapping[str, Any]
    actor: str
    reason: str = ""
    cause: Activity | None = None
    gained: tuple[str, ...] = ()
    offer: str = ""


def look(activity: Activity, member: Member, *, program: Program, actor: str) -> Look:
    """An activity as its changes (prefetched in their order) left it, for a member who has it now,
    with the facts that counted so far.
    """
    changes = list(activity.changes.all())
    one = submissions.again(activity, program=program, identity=("member", str(member.pk)))
    state = states.of(one.type, activity.attributes, changes)
    return Look(
        activity=activity,
        member=member,
        one=dataclasses.replace(one, amended=state.amended),
        number=len(changes) + 1,
        facts=changes[-1].facts if changes else activity.facts,
        actor=actor,
    )


def award_more(seen: Look, *, program: Program, held: Collection[Key]) -> bool:
    """Award what an activity earns on top by its new facts; nothing where it would earn less.

    Returns whether something was awarded. Raises MoreAccounts.
    """
    one, members = seen.one, {seen.one.identity: seen.member}
    own = forwarding.accounts(seen.activity.member)
    wanted = sessions.accounts(program, members=members, checked=[one]) | own
    if missing := wanted - set(held):
        raise MoreAccounts(missing)
    session = Session.open(program, members=members, checked=[one], actor=seen.actor, more=own)
    case = Case(
        session,
        seen.member,
        seen.activity,
        one,
        _change(seen),
        before=one.current,
        gained=seen.gained,
        offer=seen.offer,
    )
    found = correcting.differences(case)
    if not _is_more(found):
        return False
    correcting.carry_out(case, found)
    return True


def _change(seen: Look) -> ActivityChange:
    assert seen.one.amended is not None
    pk = uuid7()
    return ActivityChange(
        id=pk,
        member_id=seen.activity.member_id,
        activity=seen.activity,
        partner_id=seen.activity.partner_id,
        reference=f"review:{pk}",
        kind=ActivityChange.Kind.REVIEW,
        number=seen.number,
        stated=attributes.plain(seen.one.amended.stated),
        after=attributes.plain(seen.one.amended.values),
        facts=seen.facts,
        occurred_at=clock.now(),
        cause=seen.cause,
        reason=seen.reason,
        actor=seen.actor,
    )


def better(
    facts: Mapping[str, Any],
    now: tuple[frozenset[str], frozenset[str]],
    ladders: Iterable[LadderRule],
) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    """The tiers of an activity's facts, the higher of then and now on each ladder, and the names of
    those gained.
    """
    held, gained = set(facts["tiers"]), []
    for ladder in ladders:
        was, is_now = (_top(ladder, codes) for codes in (set(facts["tiers"]), now[0]))
        if is_now is not None and (was is None or is_now.rank > was.rank):
            held = (held - {rung.code for rung in ladder.rungs}) | {is_now.code}
            gained.append(is_now.name)
    reached = set(facts["reached"]) | now[1]
    return {"tiers": sorted(held), "reached": sorted(reached)}, tuple(gained)


def _top(ladder: LadderRule, codes: Collection[str]) -> Rung | None:
    found = [rung for rung in ladder.rungs if rung.code in codes]
    return max(found, key=lambda rung: rung.rank, default=None)


def _is_more(found: Sequence[Difference]) -> bool:
    """Whether something is paid on top, and in no unit less."""
    totals = correcting.counted(found).values()
    return any(total > 0 for total in totals) and all(total >= 0 for total in totals)
