"""The status of replayed members at any moment: as it really was, and as the draft makes it."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Sequence
from datetime import datetime

from earning import past
from earning.past import Held
from earning.rulebook import Rulebook
from members import households
from members.models import Member
from tiers import flattening, groups, sharing
from tiers.ladders import Climbs
from tiers.qualification import Climb
from tiers.terms import LadderRule, Span

Place = tuple[uuid.UUID, str]  # a member on a ladder


class Statuses:
    """Climbs under the draft, standings as stored, and who shares them."""

    def __init__(self, people: dict[uuid.UUID, Member], *, draft: Rulebook, real: Rulebook) -> None:
        ids = list(people)
        self.draft, self.real = draft, real
        self.stored = past.standings(ids, real.ladders)
        self.is_shared = any(map(sharing.is_shared, (*draft.ladders, *real.ladders)))
        self.peers = households.peers(ids) if self.is_shared else {}
        self.given = {
            (pk, rule.code): self._given(pk, rule) for pk in ids for rule in draft.ladders
        }
        asked = {group for rule in draft.ladders for group in rule.groups}
        stays = groups.read(ids, groups=asked)
        self.climbs: Climbs = {
            (pk, rule.code): Climb(
                rule,
                joined_at=member.joined_at,
                granted=self.given[pk, rule.code],
                stays=[one for one in stays.get(pk, ()) if one.group in rule.groups],
            )
            for pk, member in people.items()
            for rule in draft.ladders
        }
        self._begun: dict[Place, datetime] = {}

    def _given(self, pk: uuid.UUID, rule: LadderRule) -> list[Span]:
        """What was given by hand, on the draft's own rungs."""
        rungs = {rung.code: rung for rung in rule.rungs}
        held = self.stored.get((pk, rule.code), Held())
        return [
            Span(rungs[span.rung.code], span.starts_at, span.ends_at)
            for span in held.given
            if span.rung.code in rungs
        ]

    def begin(self, pk: uuid.UUID, unit: str, moment: datetime) -> None:
        """Remember when a member really began to count on each ladder."""
        for rule in self.real.ladders if self.is_shared else ():
            if unit in rule.units:
                known = self._begun.get((pk, rule.code), moment)
                self._begun[pk, rule.code] = min(known, moment)

    def share(self, pk: uuid.UUID, moment: datetime) -> None:
        """Let a member have what those they live with hold, under the draft, by `moment`."""
        peers = self.peers.get(pk, ())
        for rule in self.draft.ladders if peers else ():
            if sharing.is_shared(rule):
                given = self.given[pk, rule.code]
                theirs = sharing.spans(peers, functools.partial(self._own, rule.code, moment))
                self.climbs[pk, rule.code].granted = (*given, *theirs)

    def _own(self, ladder: str, moment: datetime, pk: uuid.UUID) -> Sequence[Span]:
        return [*self.climbs[pk, ladder].spans(until=moment), *self.given[pk, ladder]]

    def really(self, pk: uuid.UUID, ladder: str, moment: datetime, *, before: bool) -> str:
        """The tier that was held at `moment`, with `before` only what was reached before it."""
        stored = self._stored(pk, ladder, moment)
        held = (
            flattening.reached_before(stored, moment)
            if before
            else [span for span in stored if span.covers(moment)]
        )
        rung = flattening.top(held)
        return rung.code if rung else ""

    def _stored(self, pk: uuid.UUID, ladder: str, moment: datetime) -> Sequence[Span]:
        own = self._all(pk, ladder)
        rule = next((one for one in self.real.ladders if one.code == ladder), None)
        begun = self._begun.get((pk, ladder))
        is_begun = begun is not None and begun <= moment
        if rule is None or not sharing.is_open(rule, is_begun=is_begun):
            return own
        theirs = sharing.spans(self.peers.get(pk, ()), lambda peer: self._all(peer, ladder))
        return [*own, *theirs]

    def _all(self, pk: uuid.UUID, ladder: str) -> Sequence[Span]:
        held = self.stored.get((pk, ladder), Held())
        return [*held.earned, *held.given]

    def drafted(self, pk: uuid.UUID, ladder: str, moment: datetime, *, before: bool) -> str:
        """The same under the draft."""
        way = self.climbs.get((pk, ladder))
        rung = (way.rung_before(moment) if before else way.rung_at(moment)) if way else None
        return rung.code if rung else ""
