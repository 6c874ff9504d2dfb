"""Replaying: recorded activities once more, through the rules of a draft. In memory only."""

from __future__ import annotations

import uuid
from collections import Counter, deque
from collections.abc import Callable, Sequence
from datetime import date, datetime

from common import clock
from earning import past
from earning.deciding import Decider
from earning.evaluation import owner
from earning.gathering import Gatherer
from earning.limits import Limit, Usage
from earning.past import Happened, Moved
from earning.reviewing import Reviewer
from earning.rulebook import Rulebook
from earning.statuses import Statuses
from earning.submissions import NOBODY, Amended, Checked, Submission
from earning.tracking import Passed, Seen, Tracker
from members import households
from members.models import Member
from program import attributes, catalog

OFTEN = 1000  # activities between two reports of progress
Key = tuple[str, str, str, date]  # unit, rule, tier, month
Sums = dict[Key, tuple[int, int]]
Amounts = list[tuple[str, str, int]]  # rule, unit, amount


class Replay:
    """Sums over all members that were played: what was paid, what would have been, who moved."""

    def __init__(self, draft: Rulebook, real: Rulebook, *, since: date | None) -> None:
        self.draft, self.real, self.since = draft, real, since
        self.zone, self.now = draft.program.time_zone, clock.now()
        self.begins = clock.start_of_day(since, self.zone) if since else None
        self.really: Sums = {}
        self.drafted: Sums = {}
        self.moves: dict[str, Counter[tuple[str, str]]] = {}
        self.misfits: Counter[str] = Counter()
        self.activities = 0
        self.reached: set[uuid.UUID] = set()
        self._counters = sorted(draft.counters | real.counters)

    def play(self, ids: Sequence[uuid.UUID], *, progress: Callable[[int], None]) -> None:
        """Replay everything that some members did, and add it up."""
        others = deque(past.others(ids, self._counters))
        chunk = _Chunk(self, ids, undone={moved.undoes for moved in others})
        for count, happened in enumerate(past.activities(ids), start=1):
            while others and others[0].recorded_at <= happened.recorded_at:
                chunk.move(others.popleft())
            chunk.take(happened)
            if count % OFTEN == 0:
                progress(self.activities)
        for left in others:
            chunk.move(left)
        chunk.close()
        progress(self.activities)

    def is_before(self, moment: datetime) -> bool:
        """Whether a moment lies before the draft's first day."""
        return self.begins is not None and moment < self.begins


class _Chunk:
    """Some members while they are replayed."""

    def __init__(
        self, whole: Replay, ids: Sequence[uuid.UUID], *, undone: set[uuid.UUID | None]
    ) -> None:
        self.whole, self.draft, self._undone = whole, whole.draft, undone
        self.people = past.people(ids)
        self.statuses = Statuses(self.people, draft=whole.draft, real=whole.real)
        if whole.begins is not None and whole.draft.milestones:
            whole.reached |= past.reached(ids, before=whole.begins)
        self.decider = self._decider(ids)
        self._made: list[tuple[uuid.UUID, datetime, Amounts, Amounts]] = []
        self._reviewer = Reviewer(self.decider)
        self._earned: dict[tuple[uuid.UUID, str], int] = {}

    def _decider(self, ids: Sequence[uuid.UUID]) -> Decider:
        draft, climbs = self.draft, self.statuses.climbs
        gatherer = Gatherer(
            draft.program, rules=draft.rules, members=self.people.values(), climbs=climbs
        )
        gatherer.forget()
        return Decider(
            draft.rules,
            gatherer=gatherer,
            climbs=climbs,
            usage=Usage(),
            tracker=Tracker(
                draft.milestones,
                homes=households.homes(ids) if draft.milestones else {},
                zone=draft.program.time_zone,
                counters=catalog.counters(draft.units.values()),
            ),
        )

    def take(self, happened: Happened) -> None:
        """Decide one activity anew; before the draft's first day it keeps what it earned."""
        member = self.people[happened.member]
        for _, unit, _ in happened.awards:
            self.statuses.begin(member.pk, unit, happened.occurred_at)
        self.statuses.share(member.pk, happened.occurred_at)
        one = self._checked(happened)
        if self.whole.is_before(happened.occurred_at):
            paid: Amounts = happened.awards
            self._keep(happened, one, member)
        else:
            paid = self._decide(one, member) if one else []
            self.whole.activities += 1
            self._made.append((member.pk, happened.occurred_at, happened.awards, paid))
        if happened.id in self._undone:
            for _, unit, amount in paid:
                key = (happened.id, unit)
                self._earned[key] = self._earned.get(key, 0) + amount

    def _decide(self, one: Checked, member: Member) -> Amounts:
        with self._reviewer.watching(member):
            decided = self.decider.decide(one, member)
        paid = [(out.rule.code, out.rule.unit, out.amount) for out in decided.outcomes]
        self._reviewer.note(one, member, decided.facts, paid)
        for level in self.decider.settle(one, member, decided.passed, claim=self._claim):
            named = _named(level.milestone.code)
            paid += [(named, unit, amount) for unit, amount in level.pays.items()]
        return paid

    def _claim(self, levels: Sequence[Passed]) -> list[Passed]:
        """Those that nobody of the same owner had passed in the replay before."""
        fresh = [level for level in levels if level.id not in self.whole.reached]
        self.whole.reached |= {level.id for level in fresh}
        return fresh

    def _count(self, member: Member, moment: datetime, unit: str, amount: int) -> None:
        day = clock.local_date(moment, self.whole.zone)
        self.decider.count(member, moment, unit, amount)
        self.decider.tracker.count(member.pk, unit, day, amount)

    def _keep(self, happened: Happened, one: Checked | None, member: Member) -> None:
        """Count what really was earned, on ladders and against limits that the draft has too."""
        for _, unit, amount in happened.awards:
            self._count(member, happened.occurred_at, unit, amount)
        if one is None:
            return
        self.decider.visit(one, member)
        self.decider.tracker.add(member, Seen.of(one, times=0 if one.is_cancelled else 1), {})
        facts = self.decider.gatherer.facts(one, member)
        for code, unit, amount in happened.awards:
            for limit in self._limits(happened.type, code, unit):
                used_by = owner(limit, facts)
                self.decider.usage.take(limit, owner=used_by, day=facts.on, amount=amount)

    def _limits(self, type: str, rule: str, unit: str) -> set[Limit]:
        """The limits that awards of a rule in a unit count against."""
        known = self.draft.rules.get(type, ())
        specs = [spec for spec in known if (spec.code, spec.unit) == (rule, unit)]
        return {limit for spec in specs for limit in spec.limits if limit.per != "activity"}

    def move(self, moved: Moved) -> None:
        """Count what something else than an activity moved. What is taken back is what the draft
        gave; what a milestone paid is paid anew by the draft's own, except before its first day.
        """
        member, amount = self.people[moved.member], moved.amount
        self.statuses.begin(member.pk, moved.unit, moved.occurred_at)
        if moved.milestone and not self.whole.is_before(moved.occurred_at):
            awards: Amounts = [(_named(moved.milestone), moved.unit, amount)]
            self._made.append((member.pk, moved.occurred_at, awards, []))
            return
        if moved.undoes:
            amount = -self._earned.pop((moved.undoes, moved.unit), 0)
        if amount and moved.unit in self.draft.counters:
            self._count(member, moved.occurred_at, moved.unit, amount)

    def _checked(self, happened: Happened) -> Checked | None:
        """The activity as the draft would have understood it; None where it knows no such thing."""
        type = self.draft.types.get(happened.type)
        if type is None:
            self.whole.misfits[f"activities of the type {happened.type}, unknown to the draft"] += 1
            return None
        known = self.draft.attributes[type.code]
        values, wrong = attributes.fitting(known, happened.attributes)
        for code in wrong:
            self.whole.misfits[f"activities whose {code} the draft does not accept"] += 1
        amended = None
        if happened.left != happened.attributes:
            left, _wrong = attributes.fitting(known, happened.left, is_bounded=False)
            amended = Amended(stated=values, values=left)
        submission = Submission(
            partner=happened.partner,
            reference="",
            type=happened.type,
            occurred_at=happened.occurred_at,
            attributes={},
            location=happened.location,
        )
        return Checked(
            index=0,
            submission=submission,
            type=type,
            location=None,
            occurred_at=happened.occurred_at,
            on=clock.local_date(happened.occurred_at, self.whole.zone),
            values=values,
            identity=NOBODY,
            activity_id=happened.id,
            key_id=happened.id,
            hash="",
            amended=amended,
        )

    def close(self) -> None:
        """Add up, with the tiers as they turned out: what came late counts where it belongs."""
        whole, held = self.whole, self.statuses
        self._reviewer.review(self._count)
        for pk in self.people:
            held.share(pk, whole.now)
        old, new = whole.real.first_ladder, whole.draft.first_ladder
        for pk, moment, really, drafted in self._made:
            month = clock.local_date(moment, whole.zone).replace(day=1)
            if really:
                _add(whole.really, really, held.really(pk, old, moment, before=True), month)
            if drafted:
                _add(whole.drafted, drafted, held.drafted(pk, new, moment, before=True), month)
        for code in {*whole.draft.ladder_names, *whole.real.ladder_names}:
            counts = whole.moves.setdefault(code, Counter())
            for pk in self.people:
                before = held.really(pk, code, whole.now, before=False)
                counts[before, held.drafted(pk, code, whole.now, before=False)] += 1


def _named(milestone: str) -> str:
    """A milestone among the rules."""
    return f"milestone:{milestone}"


def _add(sums: Sums, amounts: Amounts, tier: str, month: date) -> None:
    for rule, unit, amount in amounts:
        key = (unit, rule, tier, month)
        awards, total = sums.get(key, (0, 0))
        sums[key] = (awards + 1, total + amount)
