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


def follow(session: Session, recorded: Iterable[Activity], *, actor: str) -> None:
    """Look again at what some activities, just recorded, should have come before.

    Raises MoreAccounts.
    """
    first: dict[uuid.UUID, Activity] = {}
    for activity in sorted(recorded, key=lambda one: one.occurred_at):
        first.setdefault(activity.member_id, activity)
    for (pk, _ladder), (old, new) in session.moved_spans().items():
        since = risen(old, new)
        if since is not None and since <= clock.now() and pk in first:
            rise = Rise(first[pk].member, since, first[pk])
            review(rise, program=session.program, actor=actor, held=session.books.accounts)


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


def review(rise: Rise, *, program: Program, actor: str, held: Collection[Key]) -> None:
    """Award what later activities of a member earn on top at the tiers that really were held."""
    compiled = rules.compiled(program)
    asking = [
        code
        for code, specs in compiled.items()
        if any(c.kind == "tier" for spec in specs for c in spec.conditions)
    ]
    if not asking:
        return
    climbs: standing.Climbs | None = None  # for as long as nothing is awarded on top
    for activity in _later(rise, asking, program):
        climbs = climbs or standing.climbs([rise.member], program=program)
        if _again(activity, rise, climbs, program=program, actor=actor, held=held):
            climbs = None


def _later(rise: Rise, types: Sequence[str], program: Program) -> list[Activity]:
    """What the member did after the rise, or may have begun after it, in order of time."""
    begins = [code for code in types if catalog.of(program).types[code].begins_by]
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
    member, identity = rise.member, ("member", str(rise.member.pk))
    changes = list(activity.changes.all())
    one = submissions.again(activity, program=program, identity=identity)
    state = states.of(one.type, activity.attributes, changes)
    one = dataclasses.replace(one, amended=state.amended)
    facts = changes[-1].facts if changes else activity.facts
    gatherer = Gatherer(program, rules={}, members=[member], climbs=climbs)
    higher, gained = better(facts, gatherer.tiers(one, member), gatherer.ladders.values())
    if not gained:
        return False
    own = forwarding.accounts(activity.member)
    wanted = sessions.accounts(program, members={identity: member}, checked=[one]) | own
    if missing := wanted - set(held):
        raise MoreAccounts(missing)
    session = Session.open(
        program, members={identity: member}, checked=[one], actor=actor, more=own
    )
    change = _change(activity, one, number=len(changes) + 1, facts=facts | higher, actor=actor)
    change.cause, change.reason = rise.cause, _("A late activity was recorded")
    case = Case(session, member, activity, one, change, before=one.current, gained=gained)
    found = correcting.differences(case)
    if not _is_more(found):
        return False
    correcting.carry_out(case, found)
    return True


def _change(
    activity: Activity, one: Checked, *, number: int, facts: Mapping[str, Any], actor: str
) -> ActivityChange:
    assert one.amended is not None
    pk = uuid7()
    return ActivityChange(
        id=pk,
        member_id=activity.member_id,
        activity=activity,
        partner_id=activity.partner_id,
        reference=f"review:{pk}",
        kind=ActivityChange.Kind.REVIEW,
        number=number,
        stated=attributes.plain(one.amended.stated),
        after=attributes.plain(one.amended.values),
        facts=facts,
        occurred_at=clock.now(),
        actor=actor,
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
