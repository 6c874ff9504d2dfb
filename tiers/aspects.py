"""What a draft means for status: who would hold another tier, or the same one to another day."""

from __future__ import annotations

import dataclasses
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from common import clock
from common.text import counted
from members import households
from members.models import Member
from points.models import Account
from program.differences import Aspect, Finding, register
from program.models import Program
from program.verbs import Progress
from tiers import ladders, sharing, visits
from tiers.ladders import climbs_under
from tiers.models import Standing
from tiers.terms import LadderRule, Span

CHUNK = 1000  # members whose history is in memory at a time
NONE = "no tier"
FOR_LIFE = datetime.max.replace(tzinfo=UTC)
Place = tuple[uuid.UUID, str]  # a member on a ladder


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
    ids, done = _concerned([*before.rules, *after.rules]), 0
    for chunk in households.together(ids, CHUNK):
        _examine(chunk, before, after, moves)
        done += len(chunk)
        progress(done, len(ids))
    return [_finding(rule, moves[rule.code], before, after) for rule in after.rules]


def _concerned(rules: list[LadderRule]) -> set[uuid.UUID]:
    """Members who ever counted something, were given a tier, or live with somebody."""
    units = {unit for rule in rules for unit in rule.units}
    rows = [
        Account.objects.filter(unit__in=units, version__gt=0).values_list("member", flat=True),
        Standing.objects.at(clock.now()).values_list("member", flat=True),
    ]
    found = {pk for row in rows for pk in row.order_by().distinct()}
    found |= visits.visitors({type for rule in rules for type in rule.types})
    return found | households.mates(found) if any(map(sharing.is_shared, rules)) else found


def _examine(ids: list[uuid.UUID], before: Status, after: Status, moves: dict[str, Moves]) -> None:
    """Compare what is stored with what would be, member by member."""
    now = clock.now()
    alone = [dataclasses.replace(rule, sharing="never") for rule in after.rules]
    ways = climbs_under(alone, Member.objects.filter(pk__in=ids))
    new = {key: [*way.spans(until=now), *way.granted] for key, way in ways.items()}
    old = _stored(ids, before, after)
    begun = {key for key, way in ways.items() if way.has_begun}
    peers = households.peers(ids)
    former = {rule.code: rule for rule in before.rules}
    for rule in after.rules:
        for pk in ids:
            is_begun = (pk, rule.code) in begun
            was = _best(former.get(rule.code), pk, peers.get(pk, []), old, is_begun, now)
            will = _best(rule, pk, peers.get(pk, []), new, is_begun, now)
            _note(moves[rule.code], was, will)


def _stored(ids: list[uuid.UUID], *books: Status) -> dict[Place, list[Span]]:
    rungs = {rung.id: rung for book in books for rule in book.rules for rung in rule.rungs}
    found: dict[Place, list[Span]] = {}
    for row in Standing.objects.filter(member__in=ids).at(clock.now()):
        span = Span(rungs[row.tier_id], row.starts_at, row.ends_at)
        found.setdefault((row.member_id, row.ladder_id), []).append(span)
    return found


def _best(
    rule: LadderRule | None,
    pk: uuid.UUID,
    peers: sharing.Peers,
    spans: dict[Place, list[Span]],
    is_begun: bool,
    now: datetime,
) -> Span | None:
    """The highest span a member has now on a ladder: their own, or of those they live with."""
    if rule is None:
        return None

    def own(one: uuid.UUID) -> list[Span]:
        return spans.get((one, rule.code), [])

    held: Iterable[Span] = own(pk)
    if sharing.is_open(rule, is_begun=is_begun):
        held = [*held, *sharing.spans(peers, own)]
    live = [span for span in held if span.covers(now)]
    return max(live, key=lambda one: (one.rung.rank, one.ends_at or FOR_LIFE), default=None)


def _note(moves: Moves, was: Span | None, will: Span | None) -> None:
    moves.examined += 1
    old, new = (span.rung.code if span else "" for span in (was, will))
    if old != new:
        moves.moved[old, new] += 1
    elif was and will and was.ends_at != will.ends_at:
        moves.redated += 1


def _finding(rule: LadderRule, moves: Moves, before: Status, after: Status) -> Finding:
    names = {"": NONE}
    for known in (before, after):
        names |= {rung.code: rung.name for one in known.rules for rung in one.rungs}
    order = {rung.code: rung.rank for rung in rule.rungs}
    total = sum(moves.moved.values())
    examined = counted(moves.examined, "member", "members")
    sentences = [
        f"{total:,} of {examined} would hold another tier."
        if total
        else f"None of {examined} would hold another tier."
    ]
    if moves.redated:
        sentences.append(f"{moves.redated:,} would keep theirs to another day than now.")
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
