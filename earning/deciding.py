"""Deciding: what activities earn, in order, each at the tier that those before it led to.

The same steps serve what is being recorded and what is only replayed; nothing is written here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime

from earning.evaluation import Outcome, RuleSpec, evaluate
from earning.gathering import Gatherer
from earning.limits import Usage
from earning.milestones import Passed, Tracker
from earning.submissions import Checked
from members.models import Member
from tiers.ladders import Climbs
from tiers.terms import LadderRule


@dataclasses.dataclass(frozen=True, slots=True)
class Decided:
    """What one activity earns, the milestones it passes, and the tiers it earned at."""

    outcomes: list[Outcome]
    passed: list[Passed]
    tiers: frozenset[str]


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
        outcomes = evaluate(self.rules.get(one.type.code, ()), facts, self.usage)
        for outcome in outcomes:
            self.count(member, one.occurred_at, outcome.rule.unit, outcome.amount)
        return Decided(outcomes, self.tracker.take(one, member, outcomes), facts.tiers)

    def count(self, member: Member, moment: datetime, unit: str, amount: int) -> None:
        """Let an amount count on every ladder that reads its unit."""
        for code, rule in self.ladders.items():
            if unit in rule.units:
                self.climbs[member.pk, code].add(moment, unit, amount)
