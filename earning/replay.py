"""Replaying: recorded activities once more, through the rules of a draft. In memory only."""

from __future__ import annotations

import dataclasses
import uuid
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from common import clock
from earning import past, rules
from earning.deciding import Decider
from earning.evaluation import RuleSpec, owner
from earning.gathering import Gatherer
from earning.limits import Limit, Usage
from earning.past import ByHand, Happened
from earning.submissions import NOBODY, Checked, Submission
from members.models import Member
from program import attributes, catalog
from program.models import ActivityAttribute, ActivityType, Program, Unit
from tiers import ladders
from tiers.ladders import Climbs
from tiers.models import Standing
from tiers.qualification import Climb, LadderRule, Span

OFTEN = 1000  # activities between two reports of progress
Key = tuple[str, str, str, date]  # unit, rule, tier, month
Sums = dict[Key, tuple[int, int]]
Amounts = list[tuple[str, str, int]]  # rule, unit, amount
Ladder = tuple[uuid.UUID, str]  # a member on one


@dataclasses.dataclass(frozen=True, slots=True)
class Rulebook:
    """What replaying needs to know of a program, read once, free of the database after that."""

    program: Program
    types: Mapping[str, ActivityType]
    attributes: Mapping[str, Mapping[str, ActivityAttribute]]
    units: dict[str, Unit]
    rules: Mapping[str, Sequence[RuleSpec]]
    ladders: tuple[LadderRule, ...]
    ladder_names: dict[str, str]

    @property
    def shares_limits(self) -> bool:
        """Whether what one member earns leaves less for another: then all are replayed together."""
        return any(
            limit.per in ("partner", "budget")
            for specs in self.rules.values()
            for rule in specs
            for limit in rule.limits
        )

    def rungs(self, ladder: str) -> list[str]:
        """The codes of a ladder's tiers, lowest first."""
        return [rung.code for rule in self.ladders if rule.code == ladder for rung in rule.rungs]


def read(program: Program) -> Rulebook:
    """The rulebook of the program as it stands."""
    known = catalog.of(program)
    return Rulebook(
        program=program,
        types=known.types,
        attributes={
            code: {one.code: one for one in type.attributes.all()}
            for code, type in known.types.items()
        },
        units=known.units,
        rules=rules.compiled(program),
        ladders=ladders.rules(program),
        ladder_names={ladder.code: ladder.name for ladder in ladders.rows(program)},
    )


class Replay:
    """Sums over all members that were played: what was paid, what would have been, who moved."""

    def __init__(self, draft: Rulebook, real: Rulebook, *, since: date | None) -> None:
        self.draft, self.real, self.since = draft, real, since
        self.really: Sums = {}
        self.drafted: Sums = {}
        self.moves: dict[str, Counter[tuple[str, str]]] = {}
        self.misfits: Counter[str] = Counter()
        self.activities = 0
        self.now = clock.now()
        self._units = sorted({unit for rule in draft.ladders for unit in rule.units})

    def play(self, ids: Sequence[uuid.UUID], *, progress: Callable[[int], None]) -> None:
        """Replay everything that some members did, and add it up."""
        hand = deque(past.by_hand(ids, self._units))
        chunk = _Chunk(self, ids, undone={made.undoes for made in hand})
        for count, happened in enumerate(past.activities(ids), start=1):
            while hand and hand[0].recorded_at <= happened.recorded_at:
                chunk.move(hand.popleft())
            chunk.take(happened)
            if count % OFTEN == 0:
                progress(self.activities)
        for left in hand:
            chunk.move(left)
        chunk.close()
        progress(self.activities)


class _Chunk:
    """Some members while they are replayed."""

    def __init__(
        self, whole: Replay, ids: Sequence[uuid.UUID], *, undone: set[uuid.UUID | None]
    ) -> None:
        self.whole, self.draft, self._undone = whole, whole.draft, undone
        self.people = past.people(ids)
        self.standings = past.standings(ids)
        self.climbs: Climbs = {
            (pk, rule.code): Climb(
                rule, joined_at=member.joined_at, granted=self._granted(pk, rule)
            )
            for pk, member in self.people.items()
            for rule in self.draft.ladders
        }
        gatherer = Gatherer(
            self.draft.program,
            rules=self.draft.rules,
            members=self.people.values(),
            climbs=self.climbs,
        )
        gatherer.forget()
        self.decider = Decider(
            self.draft.rules, gatherer=gatherer, climbs=self.climbs, usage=Usage()
        )
        self._made: list[tuple[uuid.UUID, datetime, date, Amounts, Amounts]] = []
        self._earned: dict[tuple[uuid.UUID, str], int] = {}

    def _granted(self, pk: uuid.UUID, rule: LadderRule) -> list[Span]:
        """What was given by hand, on the draft's own rungs."""
        rungs = {rung.code: rung for rung in rule.rungs}
        return [
            Span(rungs[row.tier.code], row.starts_at, row.ends_at)
            for row in self.standings.get((pk, rule.code), ())
            if row.source != Standing.Source.EARNED and row.tier.code in rungs
        ]

    def take(self, happened: Happened) -> None:
        """Decide one activity anew; before the draft's first day it keeps what it earned."""
        whole, member = self.whole, self.people[happened.member]
        day = clock.local_date(happened.occurred_at, self.draft.program.time_zone)
        is_before = whole.since is not None and day < whole.since
        one = self._checked(happened, day)
        paid: Amounts = []
        if is_before:
            self._keep(happened, one, member)
        elif one is not None:
            outcomes = self.decider.decide(one, member)
            paid = [(out.rule.code, out.rule.unit, out.amount) for out in outcomes]
        if happened.id in self._undone:
            for _, unit, amount in happened.awards if is_before else paid:
                key = (happened.id, unit)
                self._earned[key] = self._earned.get(key, 0) + amount
        if not is_before:
            whole.activities += 1
            row = (happened.member, happened.occurred_at, day.replace(day=1))
            self._made.append((*row, happened.awards, paid))

    def _keep(self, happened: Happened, one: Checked | None, member: Member) -> None:
        """Count what really was earned, on ladders and against limits that the draft has too."""
        for _, unit, amount in happened.awards:
            for rule in self.draft.ladders:
                if unit in rule.units:
                    self.climbs[member.pk, rule.code].add(happened.occurred_at, unit, amount)
        if one is None:
            return
        facts = self.decider.gatherer.facts(one, member)
        for code, _, amount in happened.awards:
            for limit in self._limits(happened.type, code):
                used_by = owner(limit, facts)
                self.decider.usage.take(limit, owner=used_by, day=facts.on, amount=amount)

    def _limits(self, type: str, rule: str) -> set[Limit]:
        """The limits that awards of a rule count against."""
        specs = [spec for spec in self.draft.rules.get(type, ()) if spec.code == rule]
        return {limit for spec in specs for limit in spec.limits if limit.per != "activity"}

    def move(self, made: ByHand) -> None:
        """Count what something else than an activity moved; what is taken back is what the draft
        gave.
        """
        amount = made.amount
        if made.undoes:
            amount = -self._earned.pop((made.undoes, made.unit), 0)
        for rule in self.draft.ladders:
            if amount and made.unit in rule.units:
                self.climbs[made.member, rule.code].add(made.occurred_at, made.unit, amount)

    def _checked(self, happened: Happened, day: date) -> Checked | None:
        """The activity as the draft would have understood it; None where it knows no such thing."""
        type = self.draft.types.get(happened.type)
        if type is None:
            self.whole.misfits[f"activities of the type {happened.type}, unknown to the draft"] += 1
            return None
        values, wrong = attributes.fitting(self.draft.attributes[type.code], happened.attributes)
        for code in wrong:
            self.whole.misfits[f"activities whose {code} the draft does not accept"] += 1
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
            on=day,
            values=values,
            identity=NOBODY,
            activity_id=happened.id,
            key_id=happened.id,
            hash="",
        )

    def close(self) -> None:
        """Add up, with the tiers as they turned out: what came late counts where it belongs."""
        whole = self.whole
        old = _first_ladder(whole.real)
        new = _first_ladder(whole.draft)
        for member, moment, month, really, drafted in self._made:
            if really:
                tier = _stored_before(self.standings.get((member, old), ()), moment)
                _add(whole.really, really, tier, month)
            if drafted:
                rung = self.climbs[member, new].rung_before(moment) if new else None
                _add(whole.drafted, drafted, rung.code if rung else "", month)
        for code in {*whole.draft.ladder_names, *whole.real.ladder_names}:
            counts = whole.moves.setdefault(code, Counter())
            for pk in self.people:
                counts[self._now(pk, code)] += 1

    def _now(self, pk: uuid.UUID, ladder: str) -> tuple[str, str]:
        """The tier held now, really and under the draft."""
        now, way = self.whole.now, self.climbs.get((pk, ladder))
        rung = way.rung_at(now) if way else None
        held = [row for row in self.standings.get((pk, ladder), ()) if _covers(row, now)]
        return (_top(held), rung.code if rung else "")


def _first_ladder(book: Rulebook) -> str:
    return next(iter(book.ladder_names), "")


def _add(sums: Sums, amounts: Amounts, tier: str, month: date) -> None:
    for rule, unit, amount in amounts:
        key = (unit, rule, tier, month)
        awards, total = sums.get(key, (0, 0))
        sums[key] = (awards + 1, total + amount)


def _stored_before(rows: Sequence[Standing], moment: datetime) -> str:
    """The tier that an activity of `moment` met: held then, and reached before."""
    return _top([row for row in rows if _covers(row, moment) and row.starts_at < moment])


def _covers(row: Standing, moment: datetime) -> bool:
    return row.starts_at <= moment and (row.ends_at is None or row.ends_at > moment)


def _top(rows: Sequence[Standing]) -> str:
    best: Any = max(rows, key=lambda row: row.tier.rank, default=None)
    return best.tier.code if best else ""
