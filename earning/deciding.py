"""Deciding: what activities earn, in order, each at the tier that those before it led to.

The same steps serve what is being recorded and what is only replayed; nothing is written here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime

from earning import counting, gathering
from earning.evaluation import Facts, Outcome, RuleSpec, evaluate
from earning.gathering import Gatherer
from earning.limits import Usage
from earning.submissions import Checked
from earning.tracking import Claim, Passed, Tracker
from members.models import Member
from tiers.ladders import Climbs
from tiers.terms import LadderRule
from tiers.visits import Visit


@dataclasses.dataclass(frozen=True, slots=True)
class Decided:
    """What one activity earns, the milestones it passes, and the tiers it earned at."""

    outcomes: list[Outcome]
    passed: list[Passed]
    facts: Facts


class Decider:
    """Rules, facts, climbs, milestones and used limits of some members, taking in activities."""

    def __init__(
        self,
        rules: Mapping[str, Sequence[RuleSpec]],
        *,
        gatherer: Gatherer,
        climbs: Climbs,
        usage: Usage,
        tracker: Tracker,
    ) -> None:
        self.rules, self.gatherer, self.climbs = rules, gatherer, climbs
        self.usage, self.tracker = usage, tracker
        self.ladders: dict[str, LadderRule] = {way.rule.code: way.rule for way in climbs.values()}

    def decide(self, one: Checked, member: Member) -> Decided:
        """Decide one activity; what it counts is counted for those that follow."""
        facts = self.gatherer.facts(one, member)
        outcomes = counting.counted(self.evaluate(one, facts))
        for outcome in outcomes:
            self.count(member, one.occurred_at, outcome.rule.unit, outcome.amount)
        if not one.is_cancelled:
            self.visit(one, member)
        return Decided(outcomes, self.tracker.take(one, member, outcomes), facts)

    def settle(
        self,
        one: Checked,
        member: Member,
        passed: Sequence[Passed],
        *,
        claim: Claim = list,
    ) -> list[Passed]:
        """The levels that an activity passed, and those that what they pay passes; all they pay
        counts for what follows. `claim` says which of some levels nobody had passed before.
        """
        found = self.tracker.settle(passed, one.on, claim=claim)
        for level in found:
            for unit, amount in level.pays.items():
                self.count(member, one.occurred_at, unit, amount)
        return found

    def rehearse(self, one: Checked, member: Member) -> list[Outcome]:
        """What an activity would earn as things stand; nothing is counted for it."""
        aside = Usage(dict(self.usage.taken))
        facts = gathering.honored(self.gatherer.facts(one, member), one, self.ladders.values())
        return evaluate(
            self.rules.get(one.type.code, ()), facts, aside, stated=gathering.stated(facts, one)
        )

    def evaluate(
        self, one: Checked, facts: Facts, rules: Sequence[RuleSpec] | None = None
    ) -> list[Outcome]:
        """What the rules (by themselves: those of its type) pay for an activity as it stands;
        nothing for one that was cancelled.
        """
        if one.is_cancelled:
            return []
        rules = self.rules.get(one.type.code, ()) if rules is None else rules
        facts = gathering.honored(facts, one, self.ladders.values())
        return evaluate(rules, facts, self.usage, stated=gathering.stated(facts, one))

    def count(self, member: Member, moment: datetime, unit: str, amount: int) -> None:
        """Let an amount count on every ladder that reads its unit."""
        for code, rule in self.ladders.items():
            if unit in rule.units:
                self.climbs[member.pk, code].add(moment, unit, amount)

    def visit(self, one: Checked, member: Member) -> None:
        """Let an activity itself count on every ladder that counts its type."""
        for code, rule in self.ladders.items():
            if one.type.code in rule.types:
                said = one.submission
                visit = Visit(one.occurred_at, one.type.code, said.partner, said.location)
                self.climbs[member.pk, code].visit(visit)
