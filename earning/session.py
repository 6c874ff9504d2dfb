"""A session: the accounts and climbs of some members under lock, taking in activities in the order
they happened.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping, Sequence

from django.utils import translation

from common import bulk, clock
from earning import milestones, rules, sentences, usage
from earning.deciding import Decided, Decider
from earning.evaluation import Outcome
from earning.gathering import Gatherer
from earning.milestones import Passed
from earning.models import Activity, Award, Rule
from earning.submissions import Checked
from events import outbox
from events.models import Event
from members.models import Member
from points import ledger
from points.books import Books
from points.ledger import Credit, Earning
from points.models import Account, Entry
from program import catalog
from program.models import Program, Unit
from tiers import ladders, standing

Identity = tuple[str, str]
Stored = tuple[Activity, tuple[Award, ...]]


@dataclasses.dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one activity, and the row it becomes."""

    one: Checked
    member: Member
    made: Decided
    activity: Activity
    passed: list[Passed]


class Session:
    """What one batch holds while it is being recorded.

    Make it with `open`, inside a transaction.
    """

    def __init__(
        self,
        program: Program,
        *,
        members: Mapping[Identity, Member],
        checked: Sequence[Checked],
        books: Books,
        actor: str,
    ) -> None:
        self.program, self.members, self.books, self.actor = program, members, books, actor
        self.rules = rules.compiled(program)
        ids = {member.pk for member in members.values()}
        self.usage = usage.load(self.rules, checked, ids, program=program)
        self.climbs = standing.climbs(set(members.values()), program=program)
        gatherer = Gatherer(program, rules=self.rules, members=members.values(), climbs=self.climbs)
        self.decider = Decider(
            self.rules,
            gatherer=gatherer,
            climbs=self.climbs,
            usage=self.usage,
            tracker=milestones.Tracker.load(program, set(members.values())),
        )
        self._held = {key: tuple(way.holds) for key, way in self.climbs.items()}
        self._accounts: dict[uuid.UUID, list[Account]] = {}
        for (member, _), account in books.accounts.items():
            self._accounts.setdefault(member, []).append(account)

    @classmethod
    def open(
        cls,
        program: Program,
        *,
        members: Mapping[Identity, Member],
        checked: Sequence[Checked],
        actor: str,
    ) -> Session:
        """Lock the accounts that the activities may touch; read what tiers need only after that."""
        compiled = rules.compiled(program)
        keys = {
            (members[one.identity].pk, rule.unit)
            for one in checked
            if one.identity in members
            for rule in compiled.get(one.type.code, ())
        }
        keys |= {
            (members[one.identity].pk, unit.code)
            for unit in catalog.of(program).units.values()
            for one in checked
            if one.type.code in unit.expiry_types and one.identity in members
        }
        keys |= milestones.keys(program, members)
        touched = {unit for _, unit in keys}
        climbing = {u for r in ladders.rules(program) if r.units & touched for u in r.units}
        keys |= {(member.pk, unit) for member in members.values() for unit in climbing}
        books = Books.open(keys)
        return cls(program, members=members, checked=checked, books=books, actor=actor)

    def record(self, checked: Sequence[Checked]) -> dict[int, Stored]:
        """Evaluate, post and store. Returns activity and awards by the submission's index."""
        with translation.override(self.program.language):
            decided = self._decide(checked)
            return self._write(decided)

    def _decide(self, checked: Sequence[Checked]) -> list[Decision]:
        decided: list[Decision] = []
        for one in sorted(checked, key=lambda one: (one.occurred_at, one.index)):
            member = self.members[one.identity]
            made = self.decider.decide(one, member)
            activity = Activity(id=one.activity_id, member=member, **one.body(self.actor))
            decided.append(Decision(one, member, made, activity, self._pass(made, activity)))
        return decided

    def _pass(self, made: Decided, activity: Activity) -> list[Passed]:
        """The milestones an activity passed first of all; what they pay counts for what follows."""
        claimed = milestones.claim([(level, activity) for level in made.passed])
        for level, _ in claimed:
            paid = level.milestone
            moment = activity.occurred_at
            self.decider.count(activity.member, moment, paid.unit_id, paid.amount)
        return [level for level, _ in claimed]

    def _write(self, decided: Sequence[Decision]) -> dict[int, Stored]:
        stored = {d.one.index: self._post(d) for d in decided}
        ledger.sweep(self.books, program=self.program)
        bulk.insert(Activity, [activity for activity, _ in stored.values()])
        self.books.write()
        bulk.insert(Award, [award for _, awards in stored.values() for award in awards])
        usage.store(self.usage, self.rules)
        standing.settle(self._moved(), actor=self.actor)
        outbox.publish_many(_event(activity, awards) for activity, awards in stored.values())
        outbox.publish_many(_reached(one, d.activity) for d in decided for one in d.passed)
        return stored

    def _post(self, decision: Decision) -> Stored:
        """Post what an activity earned, and what the milestones it passed pay on top."""
        activity, outcomes = decision.activity, decision.made.outcomes
        earning = self._earning(decision)
        entries = ledger.post_into(self.books, [earning], actor=self.actor, program=self.program)
        bonus = [milestones.earning_of(one, activity) for one in decision.passed]
        ledger.post_into(self.books, bonus, actor=self.actor, program=self.program)
        activity.result = self._result(decision.member)
        pairs = zip(outcomes, entries, strict=True)
        return activity, tuple(_award(activity, outcome, entry) for outcome, entry in pairs)

    def _earning(self, decision: Decision) -> Earning:
        units, one = catalog.of(self.program).units, decision.one
        credits = [
            Credit(
                unit=outcome.rule.unit,
                amount=outcome.amount,
                kind=Entry.Kind.BONUS if outcome.rule.is_bonus else Entry.Kind.BASE,
                reason=sentences.explain(
                    outcome, unit=units[outcome.rule.unit], type=one.type, program=self.program
                ),
                policy=outcome.rule.key.policy(units[outcome.rule.unit])
                or self._policy(decision.made.tiers, units[outcome.rule.unit]),
            )
            for outcome in decision.made.outcomes
        ]
        source = f"activity:{one.activity_id}"
        return Earning(decision.member.pk, source, one.occurred_at, credits, one.type.code)

    def _policy(self, tiers: frozenset[str], unit: Unit) -> Unit | None:
        """How points end that are earned at these tiers, where a tier has a policy of its own."""
        own = ladders.expiries(self.program)
        found = next((own[tier, unit.code] for tier in tiers if (tier, unit.code) in own), None)
        return found.policy(unit) if found else None

    def _result(self, member: Member) -> dict[str, object]:
        """Every balance that this type of activity can move, and the tier on the first ladder."""
        accounts, now = self._accounts.get(member.pk, ()), clock.now()
        balances = {account.unit_id: account.balance for account in accounts}
        ladders = self.decider.ladders
        rung = next((self.climbs[member.pk, code].rung_at(now) for code in ladders), None)
        tier = {"code": rung.code, "name": rung.name} if rung else None
        return {"balances": balances, "tier": tier}

    def _moved(self) -> standing.Climbs:
        """The climbs on which something else is held than before: only they can need storing."""
        return {key: way for key, way in self.climbs.items() if tuple(way.holds) != self._held[key]}


def _award(activity: Activity, outcome: Outcome, entry: Entry) -> Award:
    rule: Rule = outcome.rule.key
    return Award(
        member_id=activity.member_id,
        activity=activity,
        rule=rule,
        unit_id=rule.unit_id,
        entry=entry,
        award_class=rule.award_class,
        amount=outcome.amount,
        sentence=entry.reason,
        inputs=sentences.inputs(outcome),
    )


def _event(activity: Activity, awards: Sequence[Award]) -> Event:
    earned = [{"unit": award.unit_id, "amount": award.amount} for award in awards]
    payload = {"type": activity.type_id, "partner": activity.partner_id, "awards": earned}
    return outbox.draft(
        "activity_recorded",
        member_id=activity.member_id,
        subject=activity.public_id,
        payload=payload,
        occurred_at=activity.occurred_at,
    )


def _reached(one: Passed, activity: Activity) -> Event:
    return outbox.draft(
        "milestone_reached",
        member_id=one.member.pk,
        subject=activity.public_id,
        payload={"milestone": one.milestone.code, "level": one.level},
        occurred_at=activity.occurred_at,
    )
