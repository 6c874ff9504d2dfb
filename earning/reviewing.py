"""Looking again at replayed activities that came before a late one: what `late` does, in memory."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from earning import counting, late, usage
from earning.deciding import Decider
from earning.evaluation import Facts
from earning.submissions import Checked
from members.models import Member

Amounts = list[tuple[str, str, int]]  # rule, unit, amount
Count = Callable[[Member, datetime, str, int], None]


@dataclasses.dataclass(frozen=True, slots=True)
class Played:
    """An activity as it was decided; `paid` is changed in place when it is looked at again."""

    one: Checked
    member: Member
    facts: Facts
    paid: Amounts


class Reviewer:
    """What was played of some members, and from when on each turned out to have held more."""

    def __init__(self, decider: Decider) -> None:
        self.decider = decider
        self._is_asked = any(
            condition.kind == "tier"
            for specs in decider.rules.values()
            for spec in specs
            for condition in spec.conditions
        )
        self._played: dict[uuid.UUID, list[Played]] = {}
        self._since: dict[uuid.UUID, datetime] = {}

    @contextmanager
    def watching(self, member: Member) -> Iterator[None]:
        """Notice where what is decided inside lifts the member for a time that was played.

        Where no rule asks for a tier, there is nothing to look at again.
        """
        if not self._is_asked:
            yield
            return
        ways = [self.decider.climbs[member.pk, code] for code in self.decider.ladders]
        before = [list(way.spans()) for way in ways]
        yield
        for way, old in zip(ways, before, strict=True):
            since = late.risen(old, way.spans())
            if since is not None:
                self._since[member.pk] = min(since, self._since.get(member.pk, since))

    def note(self, one: Checked, member: Member, facts: Facts, paid: Amounts) -> None:
        """Remember what was decided."""
        if not self._is_asked:
            return
        self._played.setdefault(member.pk, []).append(Played(one, member, facts, paid))

    def review(self, count: Count) -> None:
        """Evaluate again, in order of time, what came after a rise that was not known then."""
        for pk, since in self._since.items():
            played = sorted(self._played.get(pk, ()), key=lambda it: it.one.occurred_at)
            for it in played:
                if it.one.occurred_at > since or it.one.type.begins_by:
                    self._again(it, count)

    def _again(self, it: Played, count: Count) -> None:
        known = {"tiers": sorted(it.facts.tiers), "reached": sorted(it.facts.tiers_reached)}
        now = self.decider.gatherer.tiers(it.one, it.member)
        better, gained = late.better(known, now, self.decider.ladders.values())
        if not gained:
            return
        facts = dataclasses.replace(
            it.facts, tiers=frozenset(better["tiers"]), tiers_reached=frozenset(better["reached"])
        )
        before = dict(self.decider.usage.taken)
        was = {(rule, unit): amount for rule, unit, amount in it.paid}
        for spec in self.decider.rules.get(it.one.type.code, ()):
            if amount := was.get((spec.code, spec.unit)):
                usage.release(self.decider.usage, spec, facts, amount=amount)
        outcomes = counting.counted(self.decider.evaluate(it.one, facts))
        paid = [(out.rule.code, out.rule.unit, out.amount) for out in outcomes]
        more = self._more(it, paid)
        if not more:
            self.decider.usage.taken = before
            return
        milestones = [one for one in it.paid if one[0].startswith("milestone:")]
        it.paid[:] = [*paid, *milestones]
        for unit, amount in more.items():
            count(it.member, it.one.occurred_at, unit, amount)

    @staticmethod
    def _more(it: Played, paid: Amounts) -> dict[str, int]:
        """What is paid on top, by unit; nothing where a unit would get less."""
        totals: dict[str, int] = {}
        for rule, unit, amount in it.paid:
            if not rule.startswith("milestone:"):
                totals[unit] = totals.get(unit, 0) - amount
        for _rule, unit, amount in paid:
            totals[unit] = totals.get(unit, 0) + amount
        is_less = any(amount < 0 for amount in totals.values())
        return {} if is_less else {unit: amount for unit, amount in totals.items() if amount}
