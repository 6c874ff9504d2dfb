"""A session: the accounts and climbs of some members under lock, taking in activities in the order
they happened.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from django.utils import translation

from common import bulk, clock
from earning import rules, sentences, usage
from earning.deciding import Decider
from earning.evaluation import Outcome
from earning.gathering import Gatherer
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
from program.models import Program
from tiers import standing

Identity = tuple[str, str]
Outcomes = list[tuple[Checked, Member, list[Outcome]]]


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
        self.decider = Decider(self.rules, gatherer=gatherer, climbs=self.climbs, usage=self.usage)
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
        books = Books.open(keys)
        return cls(program, members=members, checked=checked, books=books, actor=actor)

    def record(self, checked: Sequence[Checked]) -> dict[int, tuple[Activity, tuple[Award, ...]]]:
        """Evaluate, post and store. Returns activity and awards by the submission's index."""
        with translation.override(self.program.language):
            decided = self._decide(checked)
            return self._write(decided)

    def _decide(self, checked: Sequence[Checked]) -> Outcomes:
        decided: Outcomes = []
        for one in sorted(checked, key=lambda one: (one.occurred_at, one.index)):
            member = self.members[one.identity]
            decided.append((one, member, self.decider.decide(one, member)))
        return decided

    def _write(self, decided: Outcomes) -> dict[int, tuple[Activity, tuple[Award, ...]]]:
        stored: dict[int, tuple[Activity, tuple[Award, ...]]] = {}
        for one, member, outcomes in decided:
            earning = self._earning(one, member, outcomes)
            entries = ledger.post_into(
                self.books, [earning], actor=self.actor, program=self.program
            )
            activity = Activity(id=one.activity_id, member=member, **one.body(self.actor))
            activity.result = self._result(member)
            pairs = zip(outcomes, entries, strict=True)
            awards = tuple(_award(activity, outcome, entry) for outcome, entry in pairs)
            stored[one.index] = (activity, awards)
        bulk.insert(Activity, [activity for activity, _ in stored.values()])
        self.books.write()
        bulk.insert(Award, [award for _, awards in stored.values() for award in awards])
        usage.store(self.usage, self.rules)
        standing.settle(self._moved(), actor=self.actor)
        outbox.publish_many(_event(activity, awards) for activity, awards in stored.values())
        return stored

    def _earning(self, one: Checked, member: Member, outcomes: Sequence[Outcome]) -> Earning:
        units = catalog.of(self.program).units
        credits = [
            Credit(
                unit=outcome.rule.unit,
                amount=outcome.amount,
                kind=Entry.Kind.BONUS if outcome.rule.is_bonus else Entry.Kind.BASE,
                reason=sentences.explain(
                    outcome, unit=units[outcome.rule.unit], type=one.type, program=self.program
                ),
            )
            for outcome in outcomes
        ]
        return Earning(member.pk, f"activity:{one.activity_id}", one.occurred_at, credits)

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
