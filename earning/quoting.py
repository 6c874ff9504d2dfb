"""Quotes: what an activity would earn, decided by the rules that record it, and not recorded."""

from __future__ import annotations

import dataclasses

from django.db import transaction
from django.utils import translation

from common import clock
from earning import rules, sentences, submissions, tracking, usage
from earning.deciding import Decider
from earning.gathering import Gatherer
from earning.submissions import Submission
from members.models import Member
from program import catalog
from tiers import standing


@dataclasses.dataclass(frozen=True, slots=True)
class QuotedAward:
    """What one rule would pay, in the unit's smallest part, with its sentence."""

    unit: str
    amount: int
    rule: str
    sentence: str


@dataclasses.dataclass(frozen=True, slots=True)
class Quote:
    """What would come of an activity; `tier` is the one held after it on the first ladder."""

    awards: tuple[QuotedAward, ...]
    tier: tuple[str, str] | None

    @property
    def earned(self) -> dict[str, int]:
        sums: dict[str, int] = {}
        for award in self.awards:
            sums[award.unit] = sums.get(award.unit, 0) + award.amount
        return sums


def quote(submission: Submission, *, member: Member) -> Quote:
    """What the activity would earn the member, after all that is recorded by now.

    Raises what recording it would refuse it with.
    """
    program = catalog.current()
    one = submissions.check(submission, index=0, program=program)
    compiled, people = rules.compiled(program), {member}
    with transaction.atomic(), translation.override(program.language):
        climbs = standing.climbs(people, program=program)
        decider = Decider(
            compiled,
            gatherer=Gatherer(program, rules=compiled, members=people, climbs=climbs),
            climbs=climbs,
            usage=usage.load(compiled, [one], {member.pk}, program=program),
            tracker=tracking.Tracker.load(program, people),
        )
        decided = decider.decide(one, member)
        awards = [
            QuotedAward(
                unit=outcome.rule.unit,
                amount=outcome.amount,
                rule=outcome.rule.code,
                sentence=sentences.explain(
                    outcome,
                    unit=catalog.of(program).units[outcome.rule.unit],
                    type=one.type,
                    program=program,
                ),
            )
            for outcome in decided.outcomes
        ]
        levels = decider.settle(one, member, decided.passed)
        awards += [award for level in levels for award in _bonus(level)]
        transaction.set_rollback(True)  # counters that everybody shares were looked at, no more
    rung = next((climbs[member.pk, code].rung_at(clock.now()) for code in decider.ladders), None)
    return Quote(tuple(awards), (rung.code, rung.name) if rung else None)


def _bonus(level: tracking.Passed) -> list[QuotedAward]:
    """What a level pays; nothing where it lets the member choose."""
    paid = level.milestone
    return [QuotedAward(unit, amount, paid.code, paid.name) for unit, amount in level.pays.items()]
