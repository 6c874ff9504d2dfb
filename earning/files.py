"""Files of activities, portion by portion: what they would bring, and recording them as far as they
can be recorded. Whoever reads the file, and in what form, is none of our business here.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from common.errors import LoyaltyError
from earning import confirmations, intake, rules, submissions, tracking, usage
from earning.deciding import Decider
from earning.gathering import Gatherer
from earning.limits import Usage
from earning.recording import Recorded
from earning.submissions import Checked, Submission
from members import enrolment
from members.models import Member
from program import catalog
from program.models import Program
from tiers import standing


@dataclasses.dataclass(slots=True)
class Expected:
    """What activities would bring as things stand: how many of each type, what they earn by unit,
    and how many name nobody, wait to be confirmed, or make a new member.
    """

    types: Counter[str] = dataclasses.field(default_factory=Counter)
    earned: Counter[str] = dataclasses.field(default_factory=Counter)
    unclaimed: int = 0
    pending: int = 0
    newcomers: set[str] = dataclasses.field(default_factory=set)

    def plain(self) -> dict[str, Any]:
        """The same as JSON has it."""
        return {
            "types": dict(sorted(self.types.items())),
            "earned": dict(sorted(self.earned.items())),
            "unclaimed": self.unclaimed,
            "pending": self.pending,
            "new_members": len(self.newcomers),
        }


class Rehearsal:
    """Activities decided by the rules that record them, portion by portion; nothing is recorded.

    What one portion uses of a limit that all share is used for those after it. What a rise of tier
    brings to activities recorded before, and what friends bring, is left out.
    """

    def __init__(self, *, enroll_unknown: bool) -> None:
        self.expected = Expected()
        self.enroll_unknown = enroll_unknown
        self._program = catalog.current()
        self._shared = _shared(self._program)
        self._used = Usage()
        self._new: dict[tuple[str, str], Member] = {}

    def take(self, batch: Sequence[Submission]) -> None:
        """Add what some activities would bring. What no longer fits the program is left out."""
        checked: list[Checked] = []
        for index, one in enumerate(batch):
            try:
                checked.append(submissions.check(one, index=index, program=self._program))
            except LoyaltyError:
                continue
        people = self._people(checked)
        known = [one for one in checked if one.identity in people]
        self.expected.types.update(one.type.code for one in checked)
        self.expected.unclaimed += len(checked) - len(known)
        ready = [one for one in known if not confirmations.must_wait(one, program=self._program)]
        self.expected.pending += len(known) - len(ready)
        if ready:
            self._decide(ready, people)

    def _people(self, checked: Sequence[Checked]) -> dict[tuple[str, str], Member]:
        wanted = {one.identity for one in checked if one.identity[1]}
        people = enrolment.find_many(wanted) if wanted else {}
        if not self.enroll_unknown:
            return people
        first: dict[tuple[str, str], datetime] = {}
        for one in checked:
            first[one.identity] = min(first.get(one.identity, one.occurred_at), one.occurred_at)
        for who in wanted - people.keys():
            if who[0] == "reference":
                people[who] = self._new.setdefault(who, Member(name="new", joined_at=first[who]))
                self.expected.newcomers.add(who[1])
        return people

    def _decide(self, ready: Sequence[Checked], people: dict[tuple[str, str], Member]) -> None:
        compiled, members = rules.compiled(self._program), set(people.values())
        with transaction.atomic():
            climbs = standing.climbs(members, program=self._program)
            used = usage.load(compiled, ready, {m.pk for m in members}, program=self._program)
            used.taken |= self._used.taken
            decider = Decider(
                compiled,
                gatherer=Gatherer(self._program, rules=compiled, members=members, climbs=climbs),
                climbs=climbs,
                usage=used,
                tracker=tracking.Tracker.load(self._program, members),
            )
            for one in sorted(ready, key=lambda one: (one.occurred_at, one.index)):
                self._count(decider, one, people[one.identity])
            transaction.set_rollback(True)  # what all share was locked to be looked at, no more
        for key, taken in used.taken.items():
            if key[0] in self._shared:
                self._used.taken[key] = taken

    def _count(self, decider: Decider, one: Checked, member: Member) -> None:
        decided = decider.decide(one, member)
        for outcome in decided.outcomes:
            self.expected.earned[outcome.rule.unit] += outcome.amount
        for level in decider.settle(one, member, decided.passed):
            self.expected.earned.update(level.pays)


def _shared(program: Program) -> set[str]:
    """The codes of limits that partners, or all, share."""
    specs = (spec for specs in rules.compiled(program).values() for spec in specs)
    return {limit.code for spec in specs for limit in spec.limits if limit.per != "member"}


def record(
    batch: Sequence[Submission], *, actor: str, enroll_unknown: bool
) -> list[Recorded | LoyaltyError]:
    """Record a portion whole, or, where one is refused while all are written, in ever smaller
    parts: an answer for each, in order.
    """
    try:
        return list(intake.record_batch(batch, actor=actor, enroll_unknown=enroll_unknown))
    except LoyaltyError as error:
        if len(batch) == 1:
            return [error]
        middle = len(batch) // 2
        parts = (batch[:middle], batch[middle:])
        return [
            answer
            for part in parts
            for answer in record(part, actor=actor, enroll_unknown=enroll_unknown)
        ]
