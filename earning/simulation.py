"""Simulation: what the recorded past would have paid under a draft, beside what it really paid.

Members are replayed in chunks, in memory, through the very steps that record activities, and
nothing is written. A draft counts as if it had been in force all along, or since a day: what
happened before it then counts with what it really earned. Members are in the segments they are in
today.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from django.db.models import Value
from django.db.models.functions import Concat

from common import clock
from earning import rulebook
from earning.models import Activity, Milestone, Rule
from earning.replay import Replay
from earning.rulebook import Rulebook
from members import households
from members.models import Member
from program import catalog, drafts
from program.models import Unit
from program.verbs import Progress

CHUNK = 500  # members in memory at a time
NONE = ""  # no tier
_NAMED = Concat(Value("milestone:"), "code")


@dataclasses.dataclass(frozen=True, slots=True)
class Tally:
    """How often something was paid, and how much in the unit's smallest part."""

    awards: int = 0
    amount: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.awards + other.awards, self.amount + other.amount)


@dataclasses.dataclass(frozen=True, slots=True)
class Pair:
    """What was really paid, and what the draft would have paid."""

    really: Tally = Tally()
    draft: Tally = Tally()

    def __add__(self, other: Pair) -> Pair:
        return Pair(self.really + other.really, self.draft + other.draft)

    @property
    def difference(self) -> int:
        return self.draft.amount - self.really.amount


@dataclasses.dataclass(frozen=True, slots=True)
class Cell:
    """What is counted together: awards of a rule, in a unit, at a tier, in a month (its first day).

    The tier is the one held on the first ladder when it happened; really, and under the draft.
    """

    unit: str
    rule: str
    tier: str
    month: date


@dataclasses.dataclass(frozen=True, slots=True)
class Moves:
    """Members by the tier they hold on a ladder now, and the one they would hold.

    `old` and `new` are the codes of tiers from the lowest up, starting with no tier.
    """

    ladder: str
    name: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    counts: Counter[tuple[str, str]]

    @property
    def moved(self) -> int:
        """How many hold another tier."""
        return sum(count for (old, new), count in self.counts.items() if old != new)


@dataclasses.dataclass(frozen=True, slots=True)
class Simulation:
    """The result, ready to be printed, drawn or written to a file.

    `names` has the words for rules and tiers by code. `misfits` counts what the draft could not
    read, in sentences.
    """

    draft: str
    since: date | None
    until: datetime
    activities: int
    members: int
    cells: dict[Cell, Pair]
    moves: tuple[Moves, ...]
    units: dict[str, Unit]
    names: dict[str, str]
    misfits: dict[str, int]

    @property
    def changes_nothing(self) -> bool:
        """Whether the draft would have paid exactly what was paid, and moved nobody."""
        is_same = all(pair.really == pair.draft for pair in self.cells.values())
        return is_same and not any(moves.moved for moves in self.moves)

    def by(self, *names: str) -> Iterator[tuple[tuple[str | date, ...], Pair]]:
        """Sums by fields of a cell; `unit` is always the first, for amounts of two units make no
        sum.
        """
        sums: dict[tuple[str | date, ...], Pair] = {}
        for cell, pair in self.cells.items():
            key = (cell.unit, *(getattr(cell, name) for name in names))
            sums[key] = sums.get(key, Pair()) + pair
        order = {code: place for place, code in enumerate([NONE, *self.units, *self.names])}
        for key in sorted(sums, key=lambda key: [order.get(part, part) for part in key]):  # type: ignore[arg-type]
            yield key, sums[key]


def run(
    folder: Path, *, since: date | None = None, progress: Progress = lambda done, total: None
) -> Simulation:
    """Replay everything recorded under the blueprint of a folder. Raises BlueprintInvalid."""
    program = catalog.current()
    draft = drafts.alone(folder, rulebook.read)
    replayed = Replay(draft, rulebook.read(program), since=since)
    ids = list(Member.objects.values_list("pk", flat=True))
    total = Activity.objects.count()
    for chunk in households.together(ids, len(ids) if draft.shares_limits else CHUNK):
        replayed.play(chunk, progress=lambda done: progress(done, max(done, total)))
    return _result(replayed, members=len(ids))


def _result(replayed: Replay, *, members: int) -> Simulation:
    """Everything that was counted, with its words."""
    draft, real = replayed.draft, replayed.real
    names = dict(Rule.objects.order_by("position", "revision").values_list("code", "name"))
    names |= dict(Milestone.objects.annotate(key=_NAMED).values_list("key", "name"))
    for known in (real, draft):
        names |= _names(known)
    cells = {
        cell: Pair(
            Tally(*replayed.really.get(cell, (0, 0))), Tally(*replayed.drafted.get(cell, (0, 0)))
        )
        for cell in replayed.really.keys() | replayed.drafted.keys()
    }
    return Simulation(
        draft=draft.program.name,
        since=replayed.since,
        until=clock.now(),
        activities=replayed.activities,
        members=members,
        cells={Cell(*cell): pair for cell, pair in cells.items()},
        moves=tuple(_moves(code, replayed) for code in draft.ladder_names | real.ladder_names),
        units=real.units | draft.units,
        names=names,
        misfits=dict(replayed.misfits),
    )


def _names(book: Rulebook) -> dict[str, str]:
    """What rules, milestones and tiers are called."""
    specs = [spec for specs in book.rules.values() for spec in specs]
    rungs = [rung for rule in book.ladders for rung in rule.rungs]
    return (
        {spec.code: spec.key.name for spec in specs}
        | {f"milestone:{one.code}": one.name for one in book.milestones}
        | {rung.code: rung.name for rung in rungs}
    )


def _moves(code: str, replayed: Replay) -> Moves:
    draft, real = replayed.draft, replayed.real
    return Moves(
        ladder=code,
        name=(real.ladder_names | draft.ladder_names)[code],
        old=(NONE, *real.rungs(code)),
        new=(NONE, *draft.rungs(code)),
        counts=replayed.moves.get(code, Counter()),
    )
