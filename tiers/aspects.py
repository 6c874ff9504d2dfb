"""What a draft means for status: who would hold another tier, or the same one to another day."""

from __future__ import annotations

import dataclasses
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from common import clock
from members.models import Member
from points.models import Account
from program.differences import Aspect, Finding, register
from program.models import Program
from program.verbs import Progress
from tiers import ladders
from tiers.ladders import climbs_under
from tiers.models import Standing
from tiers.qualification import Climb, LadderRule, Rung

CHUNK = 1000  # members whose history is in memory at a time
NONE = "no tier"
Hold = tuple[int, datetime, str]  # rank, end, code: the greatest is what is held
FOR_LIFE = datetime.max.replace(tzinfo=UTC)


@dataclasses.dataclass(frozen=True, slots=True)
class Status:
    """The ladders of a program, and what they are called."""

    rules: tuple[LadderRule, ...]
    names: dict[str, str]


@dataclasses.dataclass(slots=True)
class Moves:
    """Who goes from where to where on one ladder, and who stays, to another day."""

    examined: int = 0
    moved: Counter[tuple[str, str]] = dataclasses.field(default_factory=Counter)
    redated: int = 0


def _read(program: Program) -> Status:
    names = {ladder.code: ladder.name for ladder in ladders.rows(program)}
    return Status(ladders.rules(program), names)


def _compare(before: Status, after: Status, progress: Progress) -> Sequence[Finding]:
    if before.rules == after.rules:
        return [Finding("Status", ("No member changes tier: the ladders stay as they are.",))]
    moves = {rule.code: Moves() for rule in after.rules}
    ids = sorted(_concerned([*before.rules, *after.rules]))
    for start in range(0, len(ids), CHUNK):
        _examine(ids[start : start + CHUNK], before, after, moves)
        progress(min(start + CHUNK, len(ids)), len(ids))
    return [_finding(rule, moves[rule.code], before, after) for rule in after.rules]


def _concerned(rules: list[LadderRule]) -> set[uuid.UUID]:
    """Members who ever counted something, or were given a tier."""
    units = {unit for rule in rules for unit in rule.units}
    counted = Account.objects.filter(unit__in=units, version__gt=0).order_by()
    return {*counted.values_list("member", flat=True), *_holders()}


def _holders() -> Iterator[uuid.UUID]:
    rows = Standing.objects.at(clock.now()).order_by()
    yield from rows.values_list("member", flat=True).distinct()


def _examine(ids: list[uuid.UUID], before: Status, after: Status, moves: dict[str, Moves]) -> None:
    now = clock.now()
    ways = climbs_under(after.rules, Member.objects.filter(pk__in=ids))
    rungs = {rung.id: rung for rule in (*before.rules, *after.rules) for rung in rule.rungs}
    held: dict[tuple[uuid.UUID, str], Hold] = {}
    for row in Standing.objects.filter(member__in=ids).at(now):
        key = (row.member_id, row.ladder_id)
        held[key] = max(held.get(key, _hold(None)), _hold(rungs[row.tier_id], row.ends_at))
    for key, way in ways.items():
        old, new, of_ladder = held.get(key, _hold(None)), _held(way, now), moves[key[1]]
        of_ladder.examined += 1
        if old[2] != new[2]:
            of_ladder.moved[old[2], new[2]] += 1
        elif old[1] != new[1]:
            of_ladder.redated += 1


def _held(way: Climb, now: datetime) -> Hold:
    """What a climb leads to at this moment."""
    spans = [*way.spans(until=now), *way.granted]
    live = [_hold(span.rung, span.ends_at) for span in spans if span.covers(now)]
    return max(live, default=_hold(None))


def _hold(rung: Rung | None, ends_at: datetime | None = None) -> Hold:
    return (rung.rank, ends_at or FOR_LIFE, rung.code) if rung else (0, FOR_LIFE, "")


def _finding(rule: LadderRule, moves: Moves, before: Status, after: Status) -> Finding:
    names = {"": NONE}
    for known in (before, after):
        names |= {rung.code: rung.name for one in known.rules for rung in one.rungs}
    order = {rung.code: rung.rank for rung in rule.rungs}
    total = sum(moves.moved.values())
    sentences = [
        f"{total:,} of {moves.examined:,} members change tier."
        if total
        else f"None of {moves.examined:,} members changes tier."
    ]
    if moves.redated:
        sentences.append(f"{moves.redated:,} keep their tier, to another day than before.")
    rows = sorted(moves.moved.items(), key=lambda item: [order.get(code, 0) for code in item[0]])
    return Finding(
        f"Status on {after.names[rule.code]}",
        tuple(sentences),
        ("from", "to", "members"),
        tuple((names[old], names[new], count) for (old, new), count in rows),
    )


def install() -> None:
    """Register the aspects of this app."""
    register(Aspect("status", _read, _compare))
