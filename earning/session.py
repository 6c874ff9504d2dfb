"""A session: the accounts and climbs of some members under lock, taking in activities in the order
they happened.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager

from django.utils import translation

from common import bulk, clock
from common.bundle import Bundle
from common.errors import translate
from earning import gathering, milestones, offering, rewarding, rules, sentences, tracking, usage
from earning.deciding import Decided, Decider
from earning.evaluation import Outcome, RuleSpec
from earning.gathering import Gatherer
from earning.models import Activity, Award, Rule
from earning.rewarding import Prospects
from earning.submissions import Checked
from earning.tracking import Passed
from events import outbox
from events.models import Event
from members.models import Member
from points import errors as points_errors
from points import ledger
from points.books import Books, Key
from points.ledger import Credit, Earning
from points.models import Account, Entry
from program import catalog
from program.catalog import versioned
from program.models import Program, Unit
from tiers import errors as tiers_errors
from tiers import ladders, standing
from tiers.terms import Span

Identity = tuple[str, str]
Stored = tuple[Activity, tuple[Award, ...]]
Beside = Callable[[Stored], None]  # is told what is about to be written, and may add to it
PORTION = 250  # activities that are stored while the next are decided upon


@dataclasses.dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one activity, and the row it becomes."""

    one: Checked
    member: Member
    made: Decided
    activity: Activity
    passed: list[Passed]
    tier: dict[str, str] | None  # on the first ladder, once this has counted


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
        prospects: Prospects,
        climbs: standing.Climbs | None = None,
        offers: offering.Activated | None = None,
    ) -> None:
        self.prospects = prospects
        self.beside: Beside | None = None
        self.program, self.members, self.books, self.actor = program, members, books, actor
        self.rules = rules.compiled(program)
        self.ids = {member.pk for member in members.values()}
        self.usage = usage.load(self.rules, checked, self.ids, program=program)
        if climbs is None:
            climbs = standing.climbs(set(members.values()), program=program)
        self.climbs = climbs
        gatherer = Gatherer(
            program,
            rules=self.rules,
            members=members.values(),
            climbs=self.climbs,
            offers=offers,
        )
        self.decider = Decider(
            self.rules,
            gatherer=gatherer,
            climbs=self.climbs,
            usage=self.usage,
            tracker=tracking.Tracker.load(program, set(members.values())),
        )
        self._held = {key: tuple(way.holds) for key, way in self.climbs.items()}

    @functools.cached_property
    def _accounts(self) -> dict[uuid.UUID, list[Account]]:
        found: dict[uuid.UUID, list[Account]] = {pk: [] for pk in self.ids}
        for (member, _), account in self.books.accounts.items():
            found.setdefault(member, []).append(account)  # a merge may have come by: its heirs, too
        return found

    def reopen(self) -> None:
        """Read the accounts anew: another verb has moved them in this transaction."""
        self.books = Books.open(self.books.accounts)
        self.__dict__.pop("_accounts", None)

    @classmethod
    def open(
        cls,
        program: Program,
        *,
        members: Mapping[Identity, Member],
        checked: Sequence[Checked],
        actor: str,
        more: Collection[Key] = (),
    ) -> Session:
        """Lock the accounts that the activities may touch, and `more`; read what tiers need only
        after that.
        """
        found = rewarding.prospects(program, members=members, checked=checked)
        members, checked = {**members, **found.members}, [*checked, *found.checked]
        books = Books.open(accounts(program, members=members, checked=checked) | set(more))
        return cls(
            program, members=members, checked=checked, books=books, actor=actor, prospects=found
        )

    def record(self, checked: Sequence[Checked]) -> dict[int, Stored]:
        """Evaluate, post and store. Returns activity and awards by the submission's index."""
        with _speaking(self.program.language), catalog.reading(self.program):
            stored = self._write([*checked, *self.prospects.taken(checked)])
        self.prospects.settle(stored)
        return stored

    def _decide(self, checked: Sequence[Checked], bundle: Bundle) -> list[Decision]:
        decided: list[Decision] = []
        for one in checked:
            member = self.members[one.identity]
            made = self.decider.decide(one, member)
            facts = gathering.remember(made.facts)
            activity = bulk.new(
                Activity, id=one.activity_id, member=member, facts=facts, **one.body(self.actor)
            )
            passed, tier = self._pass(one, made, activity), self._tier(member, self.climbs)
            decided.append(Decision(one, member, made, activity, passed, tier))
            bundle.advance()
        return decided

    def _pass(self, one: Checked, made: Decided, activity: Activity) -> list[Passed]:
        """The milestones an activity passed first of all; what they pay counts for what follows."""
        if not made.passed:
            return []
        claim = milestones.claim_for(activity)
        return self.decider.settle(one, activity.member, made.passed, claim=claim)

    def _write(self, checked: Sequence[Checked]) -> dict[int, Stored]:
        """Decide and post in the order in which it happened; what will not change any more is
        stored meanwhile, the rest at the end.
        """
        decided: list[Decision] = []
        stored: dict[int, Stored] = {}
        in_order = sorted(checked, key=lambda one: (one.occurred_at, one.index))
        many = len(checked) >= bulk.FEW
        refusals = translate(points_errors.REFUSALS | tiers_errors.REFUSALS)
        with refusals, bulk.together(many=many) as bundle:
            for start in range(0, len(in_order), PORTION):
                some = self._decide(in_order[start : start + PORTION], bundle)
                decided += some
                stored |= self._store(some, bundle)
            ledger.sweep(self.books, program=self.program)
            self.books.write()
            usage.store(self.usage, self.rules)
            standing.settle(self._moved(), actor=self.actor)
            outbox.publish_many(_event(activity, awards) for activity, awards in stored.values())
            outbox.publish_many(
                milestones.reached(one, d.activity) for d in decided for one in d.passed
            )
            if self.beside is not None:
                for one in stored.values():
                    self.beside(one)
        return stored

    def _store(self, decided: Sequence[Decision], bundle: Bundle) -> dict[int, Stored]:
        """Post some activities, and send off what will not change any more."""
        stored: dict[int, Stored] = {}
        for decision in decided:
            stored[decision.one.index] = self._post(decision)
            bundle.advance()
        bulk.insert(Activity, [activity for activity, _ in stored.values()])
        self.books.send()
        bulk.insert(Award, [award for _, awards in stored.values() for award in awards])
        return stored

    def _post(self, decision: Decision) -> Stored:
        """Post what an activity earned, and what the milestones it passed pay on top."""
        activity, outcomes = decision.activity, decision.made.outcomes
        earning = self._earning(decision)
        entries = ledger.post_into(self.books, [earning], actor=self.actor, program=self.program)
        bonus = [milestones.earning_of(one, activity) for one in decision.passed]
        paid = [earning for earning in bonus if earning is not None]
        ledger.post_into(self.books, paid, actor=self.actor, program=self.program)
        activity.result = self._balances(decision.member) | {"tier": decision.tier}
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
                policy=self.ending(outcome.rule, decision.made.facts.tiers),
            )
            for outcome in decision.made.outcomes
        ]
        source = f"activity:{one.activity_id}"
        return Earning(decision.member.pk, source, one.occurred_at, credits, one.type.code)

    def ending(self, rule: RuleSpec, tiers: frozenset[str]) -> Unit | None:
        """How what a rule pays ends, where the rule or a tier has a policy of its own."""
        unit = catalog.of(self.program).units[rule.unit]
        return rule.key.policy(unit) or self.policy(tiers, unit)

    def policy(self, tiers: frozenset[str], unit: Unit) -> Unit | None:
        """How points end that are earned at these tiers, where a tier has a policy of its own."""
        own = ladders.expiries(self.program)
        found = next((own[tier, unit.code] for tier in tiers if (tier, unit.code) in own), None)
        return found.policy(unit) if found else None

    def result(self, member: Member, climbs: standing.Climbs | None = None) -> dict[str, object]:
        """Every balance that this type of activity can move, and the tier on the first ladder."""
        tier = self._tier(member, self.climbs if climbs is None else climbs)
        return self._balances(member) | {"tier": tier}

    def _balances(self, member: Member) -> dict[str, object]:
        accounts = self._accounts[member.pk]
        return {"balances": {account.unit_id: account.balance for account in accounts}}

    def _tier(self, member: Member, ways: standing.Climbs) -> dict[str, str] | None:
        now = clock.now()
        rung = next((ways[member.pk, code].rung_at(now) for code in self.decider.ladders), None)
        return {"code": rung.code, "name": rung.name} if rung else None

    def moved_spans(self) -> dict[tuple[uuid.UUID, str], tuple[list[Span], list[Span]]]:
        """What is held when, before and after, on the climbs that were moved."""
        return {key: (way.flat(self._held[key]), way.spans()) for key, way in self._moved().items()}

    def _moved(self) -> standing.Climbs:
        """The climbs on which something else is held than before: only they can need storing."""
        return {key: way for key, way in self.climbs.items() if tuple(way.holds) != self._held[key]}


def _speaking(language: str) -> AbstractContextManager[None]:
    """The language that sentences are written in; nothing is done where it is spoken already."""
    is_spoken = translation.get_language() == language
    return contextlib.nullcontext() if is_spoken else translation.override(language)


def accounts(
    program: Program, *, members: Mapping[Identity, Member], checked: Collection[Checked]
) -> set[Key]:
    """The accounts that some activities of these members may touch."""
    keys = milestones.keys(program, members)
    for one in checked:
        if one.identity in members:
            keys |= {(members[one.identity].pk, unit) for unit in _paid(program, one.type.code)}
    types = {one.type.code for one in checked}
    climbing = _climbing(program, {unit for _, unit in keys}, types)
    return keys | {(member.pk, unit) for member in members.values() for unit in climbing}


def units(program: Program, type_code: str) -> frozenset[str]:
    """The units whose accounts `accounts` names for one activity of a type."""
    known = _units(program)
    if type_code not in known:
        touched = tracking.paid_in(program) | _paid(program, type_code)
        known[type_code] = frozenset(touched | _climbing(program, touched, {type_code}))
    return known[type_code]


@versioned
def _units(program: Program) -> dict[str, frozenset[str]]:
    return {}


def _paid(program: Program, type_code: str) -> set[str]:
    """The units that rules for a type pay, and those that an activity of it keeps alive."""
    known = catalog.of(program).units.values()
    live = rules.compiled(program).get(type_code, ())
    found = {unit for rule in live for unit in (rule.unit, *rule.counted_by)}
    return found | {unit.code for unit in known if type_code in unit.expiry_types}


def _climbing(program: Program, touched: set[str], types: set[str]) -> set[str]:
    """Every counter of the ladders that read one of these units, or activities of these types."""
    read = (r for r in ladders.rules(program) if r.units & touched or r.types & types)
    return {unit for rule in read for unit in rule.units}


def _award(activity: Activity, outcome: Outcome, entry: Entry) -> Award:
    rule: Rule = outcome.rule.key
    return bulk.new(
        Award,
        member_id=activity.member_id,
        activity=activity,
        rule=rule,
        unit_id=outcome.rule.unit,
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
